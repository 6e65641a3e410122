"""Reading both ends of a movement from landmarks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from checks import some
from lastrep.exercises import find
from lastrep.exercises.ends import Ends, Travel
from lifters import NO_NOISE, Camera, Clip, landmark_recording, lifting_set

Array = NDArray[np.float64]


def recorded(exercise: str, yaw_deg: float = 90.0) -> tuple[Array, NDArray[np.intp]]:
    """Landmarks of a set, and where its reps are."""
    reps = lifting_set(3, seed=2, variation=0.3)
    clip = Clip(exercise, exercise, reps, camera=Camera(yaw_deg=yaw_deg), noise=NO_NOISE)
    recording = landmark_recording(clip)
    at = [(r.start_s, r.turn_s, r.end_s) for r in recording.truth.reps]
    return recording.image_px.astype(np.float64), np.searchsorted(recording.t_s, at).astype(np.intp)


@pytest.mark.parametrize(
    ("exercise", "hands", "feet"),
    [("overhead_press", 1.1, 0.0), ("biceps_curl", 1.1, 0.0), ("pull_up", 0.0, 1.1),
     ("dip", 0.0, -0.5), ("push_up", 0.0, 0.0)],
)  # fmt: skip
def test_what_travels_in_the_room(exercise: str, hands: float, feet: float) -> None:
    ends = Ends.of(*recorded(exercise, 60.0))
    assert ends.hands_travel == pytest.approx(hands, abs=0.4)
    assert ends.feet_travel == pytest.approx(feet, abs=0.4)


@pytest.mark.parametrize("exercise", ["overhead_press", "pull_up", "bench_press", "push_up"])
def test_travel_follows_from_the_exercise_file(exercise: str) -> None:
    definition = find(exercise)
    travel = Travel.of(definition)
    ends = Ends.of(*recorded(exercise, 60.0))
    sign = -1 if definition.start == "con_end" else 1
    assert sign * ends.hands_travel == pytest.approx(travel.hands, abs=0.4)
    assert sign * ends.feet_travel == pytest.approx(travel.feet, abs=0.4)


def test_angles_at_both_ends_of_a_curl_from_the_side() -> None:
    ends = Ends.of(*recorded("biceps_curl"))
    assert ends.rest["elbow"][0] == pytest.approx(165, abs=10)
    assert ends.far["elbow"][0] == pytest.approx(52, abs=10)
    assert ends.far["knee"][0] == pytest.approx(175, abs=8)


def test_a_mirror_changes_nothing() -> None:
    points, reps = recorded("lunge", 50.0)
    mirrored = points * [-1.0, 1.0, 1.0]
    pairs = np.arange(33)
    pairs[1:7] = [4, 5, 6, 1, 2, 3]
    pairs[7:] = pairs[7:] + np.where(pairs[7:] % 2 == 1, 1, -1)
    one, other = Ends.of(points, reps), Ends.of(mirrored[:, pairs], reps)
    assert other.hands_travel == pytest.approx(one.hands_travel, abs=1e-4)
    for end, twin in ((one.rest, other.rest), (one.far, other.far)):
        for measure, readings in some(end.items()):
            assert twin[measure] == pytest.approx(readings, rel=1e-3, nan_ok=True), measure


def test_landmarks_cut_to_the_body_tell_no_place_in_the_room() -> None:
    points, reps = recorded("pull_up")
    top, bottom = (edge(points[..., 1], axis=1)[:, None] for edge in (np.min, np.max))
    boxed = points.copy()
    boxed[..., 1] = (points[..., 1] - top) / (bottom - top) * 500
    ends = Ends.of(boxed, reps)
    assert np.isnan(ends.hands_travel)
    assert np.isnan(ends.feet_travel)


def test_what_is_not_seen_is_not_read() -> None:
    points, reps = recorded("biceps_curl")
    known = Ends.of(points, reps)
    points[: reps[0, 2]] = np.nan  # the first of three reps
    assert Ends.of(points, reps).far["elbow"][0] == pytest.approx(known.far["elbow"][0], abs=3)
    points[:] = np.nan
    ends = Ends.of(points, reps)
    assert np.isnan([*ends.rest["elbow"], *ends.far["knee"], ends.hands_travel]).all()
