"""The room's movement is measured against the first picture, without drift."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lastrep.bar.camera_motion import CameraMotion


def wall(seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(40, 220, (24, 32)).astype(np.float32)
    return cv2.resize(coarse, (480, 360), interpolation=cv2.INTER_NEAREST).astype(np.uint8)


def seen(picture: np.ndarray, dx: float, dy: float, turn_deg: float = 0.0) -> np.ndarray:
    """What the camera shows when the room is moved by (dx, dy) and turned about the middle."""
    move = np.asarray(cv2.getRotationMatrix2D((160, 120), turn_deg, 1.0), np.float64)
    move[:, 2] += (dx - 80, dy - 60)
    return cv2.warpAffine(picture, move, (320, 240), flags=cv2.INTER_AREA)


def noisy(picture: np.ndarray, k: int) -> np.ndarray:
    rng = np.random.default_rng(k)
    grey = np.clip(picture + rng.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)
    return grey


def test_a_camera_on_a_stand_does_not_drift() -> None:
    camera, picture = CameraMotion(), wall()
    for k in range(60):
        to_room = camera.update(noisy(seen(picture, 0, 0), k), None)
    assert camera.known
    np.testing.assert_allclose(to_room, np.eye(2, 3), atol=0.08)


def test_a_swaying_camera_is_followed_to_a_quarter_pixel() -> None:
    camera, picture = CameraMotion(), wall()
    away = []
    for k in range(80):
        dx, dy = 9 * np.sin(0.11 * k), 6 * np.sin(0.07 * k)
        to_room = camera.update(noisy(seen(picture, dx, dy), k), None)
        assert camera.known
        point = np.array([100.0 + dx, 90.0 + dy])
        away.append(to_room[:, :2] @ point + to_room[:, 2] - (100.0, 90.0))
    assert np.abs(away).max() < 0.25


def test_a_turning_camera_is_followed() -> None:
    camera, picture = CameraMotion(), wall()
    for k in range(30):
        to_room = camera.update(noisy(seen(picture, 0, 0, 0.1 * k), k), None)
    turned = np.degrees(np.arctan2(to_room[1, 0], to_room[0, 0]))
    assert turned == pytest.approx(2.9, abs=0.1) or turned == pytest.approx(-2.9, abs=0.1)


def test_what_moves_inside_the_lifters_box_is_not_the_room() -> None:
    camera, picture = CameraMotion(), wall()
    moving = wall(8)[:160, :140]
    for k in range(40):
        image = seen(picture, 0, 0).copy()
        x = 60 + k
        image[60:220, x : x + 140] = moving
        to_room = camera.update(noisy(image, k), np.array([55.0, 55.0, 245.0, 225.0]))
    np.testing.assert_allclose(to_room, np.eye(2, 3), atol=0.1)


def test_a_bare_wall_tells_nothing_and_says_so() -> None:
    camera = CameraMotion()
    flat = np.full((240, 320), 128, np.uint8)
    for _ in range(12):
        to_room = camera.update(flat, None)
        assert not camera.known
    np.testing.assert_array_equal(to_room, np.eye(2, 3))


def test_looks_are_fifteen_a_second_and_fewer_on_a_stand() -> None:
    camera, picture = CameraMotion(), wall()
    looked = [k for k in range(90) if camera.is_due(k / 30) and seen_still(camera, picture, k)]
    moving, standing = np.diff(looked[:8]), np.diff(looked[-6:])
    assert set(moving) == {2}
    assert set(standing) == {4}


def seen_still(camera: CameraMotion, picture: np.ndarray, k: int) -> bool:
    camera.update(noisy(seen(picture, 0, 0), k), None)
    return True


def test_most_of_what_is_seen_may_move_while_the_camera_rests() -> None:
    camera, picture = CameraMotion(), wall()
    others = wall(9)[60:300, 80:400]
    for k in range(40):
        image = seen(picture, 0, 0).copy()
        # People cross the left six tenths of the picture together.
        image[:, :192] = np.roll(others, 2 * k, axis=1)[:, :192]
        to_room = camera.update(noisy(image, k), None)
    assert camera.known
    np.testing.assert_array_equal(to_room, np.eye(2, 3))
