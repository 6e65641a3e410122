"""The camera's path: put between looks, and counted from where one begins to ask."""

from __future__ import annotations

import numpy as np

from lastrep.bar.camera_path import CameraPath, CameraWatch
from unit.bar.scenes import Scene, lifts

SHAKY = Scene(lifts((0.5,), 0.55, 0.8), duration_s=2.5, shake_px=8.0, seed=7)


def watched(scene: Scene, watch: CameraWatch) -> CameraPath:
    for frame, pose in scene.frames():
        watch(frame, pose)
    return watch.path


def test_a_shaky_camera_is_followed_in_pixels_of_the_picture() -> None:
    path = watched(SHAKY, CameraWatch())
    assert path.known.all()
    assert np.diff(path.t_s).max() < 0.07
    to_room = path.to_room(SHAKY.t_s)
    still = np.einsum("nij,nj->ni", to_room[:, :, :2], SHAKY.camera) + to_room[:, :, 2]
    assert np.abs(still).max() < 0.6


def test_smaller_pictures_give_the_same_pixels() -> None:
    sides_px = max(SHAKY.size), max(SHAKY.size) // 2
    large, small = (watched(SHAKY, CameraWatch(px)).to_room(SHAKY.t_s) for px in sides_px)
    np.testing.assert_allclose(small[:, :, 2], large[:, :, 2], atol=1.0)


def test_a_recording_that_is_read_once_more_begins_anew() -> None:
    watch = CameraWatch()
    first = watched(SHAKY, watch)
    second = watched(SHAKY, watch)
    np.testing.assert_array_equal(first.t_s, second.t_s)
    np.testing.assert_allclose(first.places, second.places)


def test_the_room_is_as_the_first_of_the_pictures_shows_it() -> None:
    path = watched(SHAKY, CameraWatch())
    from_start, later = path.to_room(SHAKY.t_s), path.to_room(SHAKY.t_s[30:])
    np.testing.assert_allclose(later[0], np.eye(2, 3), atol=1e-12)
    point = np.array([50.0, 80.0, 1.0])
    moved = (from_start @ point)[30:]
    np.testing.assert_allclose(moved - moved[0], later @ point - (later @ point)[0], atol=0.1)


def test_places_are_put_between_looks() -> None:
    end = np.eye(2, 3)
    end[:, 2] = (4, -8)
    path = CameraPath(np.array([0.0, 0.4]), np.stack([np.eye(2, 3), end]), np.array([True, False]))
    t_s = np.arange(5) / 10
    to_room = path.to_room(t_s)
    np.testing.assert_allclose(to_room[1, :, 2], (1, -2))
    np.testing.assert_array_equal(to_room[:, :, :2], np.tile(np.eye(2), (5, 1, 1)))
    assert path.known_at(t_s).tolist() == [True, True, True, True, False]
    np.testing.assert_allclose(path.scaled(0.5).to_room(t_s)[4, :, 2], (2, -4))


def test_without_a_look_the_camera_is_taken_for_still_and_not_known() -> None:
    t_s = np.arange(2.0)
    np.testing.assert_array_equal(CameraPath().to_room(t_s), [np.eye(2, 3)] * 2)
    assert not CameraPath().known_at(t_s).any()
    assert CameraPath().to_room(np.zeros(0)).shape == (0, 2, 3)
