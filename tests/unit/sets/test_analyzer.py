"""The engine on synthetic lifters whose every rep is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lastrep.exercises import find
from lastrep.pose import BODY_PAIRS, PoseSequence
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.offline import JudgedSet, judge_landmarks
from lastrep.sets.results import EndReason, RepStatus
from lifters import (
    BLAZEPOSE_NOISE,
    Clip,
    GrowingFault,
    Move,
    Sampling,
    Tempo,
    landmark_recording,
    lifting_set,
)
from unit.sets.synthetic_sets import clip_of, poses_of


def analyze(
    poses: PoseSequence, exercise: str, options: SetCriteria | None = None
) -> tuple[JudgedSet, ...]:
    return judge_landmarks(poses, find(exercise), options or SetCriteria())


EXERCISES = [
    "back_squat", "bodyweight_squat", "deadlift", "bench_press", "push_up", "biceps_curl",
    "overhead_press", "pull_up",
]  # fmt: skip


@pytest.mark.parametrize("yaw_deg", [90.0, 50.0, 0.0])
@pytest.mark.parametrize("exercise", EXERCISES)
def test_clean_sets_are_counted_and_not_ended(exercise: str, yaw_deg: float) -> None:
    (one,) = analyze(poses_of(clip_of(exercise, yaw_deg)), exercise)
    report = one.report
    assert (report.attempts, report.completed_reps, report.good_reps) == (8, 8, 8)
    assert report.end.reason in (EndReason.VIDEO_END, EndReason.LIFTER_STOPPED)


@pytest.mark.parametrize("exercise", ["back_squat", "bench_press", "push_up"])
def test_a_stuck_last_rep_is_absolute_failure(exercise: str) -> None:
    (one,) = analyze(poses_of(clip_of(exercise, fail_last_at=0.5)), exercise)
    assert [r.status for r in one.report.reps][-1] is RepStatus.FAILED
    assert one.report.end.reason is EndReason.ABSOLUTE_FAILURE
    assert (one.report.end.rep, one.report.good_reps) == (8, 7)


def test_a_slow_grind_with_full_range_goes_on() -> None:
    clip = clip_of("back_squat", grind=0.9, velocity_loss=0.5)
    (one,) = analyze(poses_of(clip), "back_squat")
    assert one.report.good_reps == 8
    last, first = one.report.reps[-1], one.report.reps[0]
    assert last.concentric_s is not None
    assert first.concentric_s is not None
    assert last.concentric_s > 1.4 * first.concentric_s


def test_lost_depth_twice_ends_the_set_at_the_first() -> None:
    faults = (GrowingFault("depth_loss", from_rep=6, size=0.3, step=0.02),)
    (one,) = analyze(poses_of(clip_of("back_squat", faults=faults)), "back_squat")
    assert one.report.attempts == 8
    assert one.report.end.reason is EndReason.TECHNICAL_FAILURE
    assert (one.report.end.rep, one.report.end.confirmed_at_rep) == (6, 7)
    assert one.report.good_reps == 5


@pytest.mark.parametrize("exercise", ["back_squat", "biceps_curl"])
def test_a_rep_that_the_recording_cuts_is_not_short(exercise: str) -> None:
    clip = clip_of(exercise)
    poses = poses_of(clip)
    (whole,) = analyze(poses, exercise)
    first, last = whole.report.reps[0], whole.report.reps[-1]
    # From half-way into the first rep to half-way out of the last one.
    from_s, to_s = (first.start_s + first.turn_s) / 2, (last.turn_s + last.end_s) / 2
    (cut,) = analyze(poses.between(from_s, to_s), exercise)
    # Six are whole; half of a rep may be one or none.
    assert 6 <= cut.report.attempts <= 8
    assert {rep.status for rep in cut.report.reps} == {RepStatus.GOOD}
    assert all((rep.rom_pct or 0) > 90 for rep in cut.report.reps)


def test_two_sets_with_a_rest_are_two_sets() -> None:
    first, second = lifting_set(5, seed=1), lifting_set(4, seed=2)
    clip = Clip(
        "t", "bodyweight_squat", (*first, Move("rest", 20.0), *second), noise=BLAZEPOSE_NOISE
    )
    sets = analyze(poses_of(clip), "bodyweight_squat")
    assert [one.report.attempts for one in sets] == [5, 4]
    assert sets[0].report.end.reason is EndReason.LIFTER_STOPPED
    assert sets[0].report.end_s < sets[1].report.start_s


def test_unracking_and_racking_are_no_reps() -> None:
    reps = lifting_set(6, seed=3)
    clip = Clip("t", "back_squat", (Move("unrack"), *reps, Move("rerack")), noise=BLAZEPOSE_NOISE)
    assert sum(one.report.attempts for one in analyze(poses_of(clip), "back_squat")) == 6


def test_phase_times_and_boundaries_follow_the_truth() -> None:
    clip = clip_of("back_squat", tempo=Tempo(2.0, 1.0, pause_s=0.8), velocity_loss=0.0)
    truth = landmark_recording(clip).truth
    (one,) = analyze(poses_of(clip), "back_squat")
    for rep, true in zip(one.report.reps, truth.reps, strict=True):
        assert true.turn_s - 0.2 <= rep.turn_s <= true.turn_end_s + 0.2
        assert rep.start_s == pytest.approx(true.start_s, abs=0.35)
        assert rep.end_s == pytest.approx(true.end_s, abs=0.35)
        assert rep.eccentric_s == pytest.approx(true.turn_s - true.start_s, abs=0.45)
        assert rep.concentric_s == pytest.approx(true.end_s - true.turn_end_s, abs=0.45)


def test_no_person_and_no_movement_give_no_set() -> None:
    clip = clip_of("back_squat")
    poses = poses_of(clip)
    still = replace(poses, image_px=np.repeat(poses.image_px[:1], len(poses), axis=0))
    assert analyze(still, "back_squat") == ()
    nobody = replace(poses, image_px=np.full_like(poses.image_px, np.nan))
    assert analyze(nobody, "back_squat") == ()


@pytest.mark.parametrize("fps", [15.0, 24.0, 60.0])
def test_the_count_does_not_depend_on_the_frame_rate(fps: float) -> None:
    clip = replace(clip_of("back_squat"), sampling=Sampling(fps=fps))
    (one,) = analyze(poses_of(clip), "back_squat")
    assert one.report.good_reps == 8


def test_uneven_frame_times_and_dropped_frames_do_not_matter() -> None:
    clip = replace(clip_of("deadlift"), sampling=Sampling(fps=30.0, jitter=0.4, drop=0.2))
    (one,) = analyze(poses_of(clip), "deadlift")
    assert one.report.good_reps == 8


@settings(max_examples=8, deadline=None)
@given(
    scale=st.floats(0.3, 4.0),
    shift=st.floats(-500, 500),
    delay_s=st.floats(0, 1000),
    mirror=st.booleans(),
)
def test_size_place_time_and_mirror_do_not_matter(
    scale: float, shift: float, delay_s: float, mirror: bool
) -> None:
    poses = poses_of(clip_of("biceps_curl"))
    image = poses.image_px * np.float32(scale)
    image[:, :, :2] += np.float32(shift)
    world, visibility = poses.world_m.copy(), poses.visibility
    if mirror:
        order = np.arange(33)
        for left, right in ((1, 4), (2, 5), (3, 6), (7, 8), (9, 10), *BODY_PAIRS):
            order[left], order[right] = right, left
        image[:, :, 0] *= -1
        world[:, :, 0] *= -1
        image, world, visibility = image[:, order], world[:, order], visibility[:, order]
    moved = replace(
        poses, t_s=poses.t_s + delay_s, image_px=image, world_m=world, visibility=visibility
    )
    (before,), (after,) = analyze(poses, "biceps_curl"), analyze(moved, "biceps_curl")
    assert after.report.attempts == before.report.attempts == 8
    assert after.report.end.reason == before.report.end.reason
    for a, b in zip(after.report.reps, before.report.reps, strict=True):
        assert a.turn_s - delay_s == pytest.approx(b.turn_s, abs=0.05)
        assert a.rom_pct == pytest.approx(b.rom_pct, abs=2.0)
