"""The camera's movement: without drift, between images, and from any image on."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lastrep.bar.camera import (
    CameraMotionEstimator,
    CameraOptions,
    CameraPath,
    CameraPathEstimator,
)
from unit.bar.scenes import Scene, lifts

SHAKY = Scene(lifts((0.5,), 0.55, 0.8), duration_s=2.5, shake_px=8.0, seed=7)


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
    camera, picture = CameraMotionEstimator(), wall()
    for k in range(60):
        to_first = camera.update(noisy(seen(picture, 0, 0), k), None)
    assert camera.known
    np.testing.assert_allclose(to_first, np.eye(2, 3), atol=0.08)


def test_a_swaying_camera_is_followed_to_a_quarter_pixel() -> None:
    camera, picture = CameraMotionEstimator(), wall()
    away = []
    for k in range(80):
        dx, dy = 9 * np.sin(0.11 * k), 6 * np.sin(0.07 * k)
        to_first = camera.update(noisy(seen(picture, dx, dy), k), None)
        assert camera.known
        point = np.array([100.0 + dx, 90.0 + dy])
        away.append(to_first[:, :2] @ point + to_first[:, 2] - (100.0, 90.0))
    assert np.abs(away).max() < 0.25


def test_a_turning_camera_is_followed() -> None:
    camera, picture = CameraMotionEstimator(), wall()
    for k in range(30):
        to_first = camera.update(noisy(seen(picture, 0, 0, 0.1 * k), k), None)
    turned = np.degrees(np.arctan2(to_first[1, 0], to_first[0, 0]))
    assert turned == pytest.approx(2.9, abs=0.1) or turned == pytest.approx(-2.9, abs=0.1)


def test_what_moves_inside_the_lifters_box_is_not_the_room() -> None:
    camera, picture = CameraMotionEstimator(), wall()
    moving = wall(8)[:160, :140]
    for k in range(40):
        image = seen(picture, 0, 0).copy()
        x = 60 + k
        image[60:220, x : x + 140] = moving
        to_first = camera.update(noisy(image, k), np.array([55.0, 55.0, 245.0, 225.0]))
    np.testing.assert_allclose(to_first, np.eye(2, 3), atol=0.1)


def test_a_bare_wall_tells_nothing_and_says_so() -> None:
    camera = CameraMotionEstimator()
    flat = np.full((240, 320), 128, np.uint8)
    for _ in range(12):
        to_first = camera.update(flat, None)
        assert not camera.known
    np.testing.assert_array_equal(to_first, np.eye(2, 3))


def test_images_are_fifteen_a_second_and_fewer_on_a_stand() -> None:
    camera, picture = CameraMotionEstimator(), wall()
    looked = [k for k in range(90) if camera.is_due(k / 30) and seen_still(camera, picture, k)]
    moving, standing = np.diff(looked[:8]), np.diff(looked[-6:])
    assert set(moving) == {2}
    assert set(standing) == {4}


def seen_still(camera: CameraMotionEstimator, picture: np.ndarray, k: int) -> bool:
    camera.update(noisy(seen(picture, 0, 0), k), None)
    return True


def test_most_of_what_is_seen_may_move_while_the_camera_rests() -> None:
    camera, picture = CameraMotionEstimator(), wall()
    others = wall(9)[60:300, 80:400]
    for k in range(40):
        image = seen(picture, 0, 0).copy()
        # People cross the left six tenths of the picture together.
        image[:, :192] = np.roll(others, 2 * k, axis=1)[:, :192]
        to_first = camera.update(noisy(image, k), None)
    assert camera.known
    np.testing.assert_array_equal(to_first, np.eye(2, 3))


def path_of(scene: Scene, estimator: CameraPathEstimator) -> CameraPath:
    for frame, pose in scene.frames():
        estimator(frame, pose)
    return estimator.path


def test_a_shaky_camera_is_followed_in_pixels_of_the_picture() -> None:
    path = path_of(SHAKY, CameraPathEstimator())
    assert path.known.all()
    assert np.diff(path.t_s).max() < 0.07
    stabilising = path.stabilising(SHAKY.t_s)
    still = np.einsum("nij,nj->ni", stabilising[:, :, :2], SHAKY.camera) + stabilising[:, :, 2]
    assert np.abs(still).max() < 0.6


def test_smaller_images_give_the_same_pixels() -> None:
    sides_px = max(SHAKY.size), max(SHAKY.size) // 2
    large, small = (
        path_of(SHAKY, CameraPathEstimator(CameraOptions(long_side_px=px))).stabilising(SHAKY.t_s)
        for px in sides_px
    )
    np.testing.assert_allclose(small[:, :, 2], large[:, :, 2], atol=1.0)


def test_a_recording_that_is_read_once_more_begins_anew() -> None:
    estimator = CameraPathEstimator()
    first = path_of(SHAKY, estimator)
    second = path_of(SHAKY, estimator)
    np.testing.assert_array_equal(first.t_s, second.t_s)
    np.testing.assert_allclose(first.transforms, second.transforms)


def test_stabilised_coordinates_are_those_of_the_first_image_asked_for() -> None:
    path = path_of(SHAKY, CameraPathEstimator())
    from_start, later = path.stabilising(SHAKY.t_s), path.stabilising(SHAKY.t_s[30:])
    np.testing.assert_allclose(later[0], np.eye(2, 3), atol=1e-12)
    point = np.array([50.0, 80.0, 1.0])
    moved = (from_start @ point)[30:]
    np.testing.assert_allclose(moved - moved[0], later @ point - (later @ point)[0], atol=0.1)


def test_transforms_are_interpolated_between_images() -> None:
    end = np.eye(2, 3)
    end[:, 2] = (4, -8)
    path = CameraPath(np.array([0.0, 0.4]), np.stack([np.eye(2, 3), end]), np.array([True, False]))
    t_s = np.arange(5) / 10
    stabilising = path.stabilising(t_s)
    np.testing.assert_allclose(stabilising[1, :, 2], (1, -2))
    np.testing.assert_array_equal(stabilising[:, :, :2], np.tile(np.eye(2), (5, 1, 1)))
    assert path.known_at(t_s).tolist() == [True, True, True, True, False]
    np.testing.assert_allclose(path.scaled(0.5).stabilising(t_s)[4, :, 2], (2, -4))


def test_without_an_image_the_camera_is_taken_for_still_and_not_known() -> None:
    t_s = np.arange(2.0)
    np.testing.assert_array_equal(CameraPath().stabilising(t_s), [np.eye(2, 3)] * 2)
    assert not CameraPath().known_at(t_s).any()
    assert CameraPath().stabilising(np.zeros(0)).shape == (0, 2, 3)
