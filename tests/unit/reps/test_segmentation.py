"""Reps found in synthetic lifters, with and without the exercise's name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from checks import some
from lastrep.exercises import catalogue, find
from lastrep.reps.candidates import dominant_amplitude
from lastrep.reps.segmentation import Segmentation, segment
from lifters import BLAZEPOSE_NOISE, Camera, Clip, Sampling, lifting_set
from unit.sets.synthetic_sets import poses_of

EVERY = tuple(catalogue().values())


def set_of(exercise: str, reps: int = 6, *, yaw_deg: float = 75.0, fps: float = 30.0) -> Clip:
    return Clip(
        "t",
        exercise,
        lifting_set(reps, seed=5),
        camera=Camera(yaw_deg=yaw_deg),
        noise=BLAZEPOSE_NOISE,
        sampling=Sampling(fps=fps),
    )


@pytest.mark.parametrize("fps", [15.0, 24.0, 60.0])
def test_the_frame_rate_does_not_matter(fps: float) -> None:
    found = segment(poses_of(set_of("back_squat", fps=fps)), find("back_squat"))
    assert len(found.reps) == 6
    assert found.confidence > 0.4


def test_times_are_those_of_the_source() -> None:
    poses = poses_of(set_of("biceps_curl"))
    here = segment(poses, find("biceps_curl"))
    later = segment(replace(poses, t_s=poses.t_s + 100.0), find("biceps_curl"))
    for one, other in zip(some(here.reps), later.reps, strict=True):
        assert other.turn_s == pytest.approx(one.turn_s + 100.0, abs=1e-6)


def test_boundaries_are_in_order_and_inside() -> None:
    poses = poses_of(set_of("deadlift"))
    found = segment(poses, find("deadlift"))
    assert len(found.reps) == 6
    for rep in found.reps:
        marks = (
            rep.start_s, rep.leave_s, rep.turn_in_s, rep.turn_s, rep.turn_out_s, rep.back_s,
            rep.end_s,
        )  # fmt: skip
        assert list(marks) == sorted(marks)
        assert poses.t_s[0] <= marks[0] < marks[-1] <= poses.t_s[-1]
        assert not rep.eccentric_first
        assert rep.concentric_s[1] <= rep.eccentric_s[0]
        assert rep.amplitude == pytest.approx(1.0, abs=0.2)


def test_the_concentric_fraction_is_one_at_lockout() -> None:
    found = segment(poses_of(set_of("back_squat")), find("back_squat"))
    at = np.searchsorted(found.t_s, [rep.turn_s for rep in some(found.reps)])
    assert found.rep_position[at] == pytest.approx(0.0, abs=0.15)
    assert np.percentile(found.rep_position, 90) == pytest.approx(1.0, abs=0.15)


def test_a_recording_that_starts_at_the_bottom_has_that_rep() -> None:
    poses = poses_of(set_of("back_squat"))
    whole = segment(poses, find("back_squat"))
    first = whole.reps[0]
    middle = 0.5 * (first.turn_in_s + first.turn_out_s)
    from_bottom = segment(poses.between(middle - 0.15, 1e9), find("back_squat"))
    assert len(from_bottom.reps) == len(whole.reps)
    assert from_bottom.reps[0].start_s == from_bottom.reps[0].turn_s


def test_a_recording_that_ends_on_the_way_down_has_no_further_rep() -> None:
    poses = poses_of(set_of("back_squat"))
    last = segment(poses, find("back_squat")).reps[-1]
    shorter = segment(poses.between(0.0, last.turn_in_s), find("back_squat"))
    assert len(shorter.reps) == 5


@pytest.mark.parametrize("exercise", ["back_squat", "deadlift", "push_up", "biceps_curl"])
def test_an_unnamed_exercise_is_counted(exercise: str) -> None:
    found = segment(poses_of(set_of(exercise)))
    assert len(found.reps) == 6
    assert found.sets[0].exercise is None


@pytest.mark.parametrize("exercise", ["bodyweight_squat", "deadlift", "push_up"])
def test_a_clear_exercise_is_recognised_and_counted(exercise: str) -> None:
    found = segment(poses_of(set_of(exercise)), exercises=EVERY)
    assert len(found.reps) == 6
    (one,) = found.sets
    assert one.recognition is not None
    assert one.exercise is not None
    assert one.exercise.family == find(exercise).family


def test_nobody_and_nothing() -> None:
    poses = poses_of(set_of("back_squat", reps=1))
    empty = replace(poses, image_px=np.full_like(poses.image_px, np.nan))
    still = replace(poses, image_px=np.repeat(poses.image_px[:1], len(poses), axis=0))
    for found in (segment(empty), segment(still), segment(poses.between(0.0, 0.1))):
        assert isinstance(found, Segmentation)
        assert found.sets == ()
        assert found.confidence == 0.0


def test_dominant_amplitude_ignores_noise_and_one_big_move() -> None:
    reps = [0.0, 1.0] * 10
    wiggles = [0.0, 0.05] * 40
    assert dominant_amplitude(np.array([*wiggles, *reps, 0.0, 4.0])) == pytest.approx(1.0, abs=0.1)
