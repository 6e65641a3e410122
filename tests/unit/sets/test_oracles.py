"""What must come out of whole sets with known faults: the oracles of `docs/science.md` 10.

Sets come from the landmark generator; faults are given as what they change in the measured angle.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from checks import some
from lastrep.exercises import find
from lastrep.pose import PoseSequence
from lastrep.sets.criteria import SetCriteria, Strictness
from lastrep.sets.offline import judge_landmarks
from lastrep.sets.results import EndReason, Rep, RepStatus, SetReport
from lifters import (
    Camera,
    Clip,
    Fault,
    GrowingFault,
    Noise,
    Sampling,
    landmark_recording,
    lifting_set,
)
from lifters import Rep as Script
from unit.sets.synthetic_sets import poses_of

#: Torso swing is injected at the pelvis and the chest; the line hip-shoulder tilts this much of it.
SWING_GAIN = 0.83
SWING = 18 / SWING_GAIN
QUIET = Noise(jitter=0.002, drift=0.002, white=0.001)


def report_of(poses: PoseSequence, exercise: str, options: SetCriteria | None = None) -> SetReport:
    (one,) = judge_landmarks(poses, find(exercise), options or SetCriteria())
    return one.report


def judged(
    exercise: str,
    reps: tuple[Script, ...],
    *,
    yaw_deg: float = 85.0,
    options: SetCriteria | None = None,
    sampling: Sampling = Sampling(),  # noqa: B008 - frozen
    noise: Noise = QUIET,
    roll_deg: float = 0.0,
) -> SetReport:
    clip = Clip(
        "oracle", exercise, reps, camera=Camera(yaw_deg=yaw_deg, roll_deg=roll_deg),
        sampling=sampling, noise=noise, tail_s=3.0, seed=1,
    )  # fmt: skip
    return report_of(poses_of(clip), exercise, options)


def with_faults(faults: dict[int, tuple[Fault, ...]], reps: int = 12) -> tuple[Script, ...]:
    """A set in which single reps carry faults, by number."""
    return tuple(
        replace(rep, faults=faults.get(number, ()))
        for number, rep in enumerate(lifting_set(reps, seed=3), start=1)
    )


def major_ids(rep: Rep) -> set[str]:
    return {f.id for f in rep.faults if f.severity.value != "minor"}


@pytest.mark.parametrize("fps", [15.0, 24.0, 30.0, 60.0])
def test_ten_clean_reps_have_no_fault_at_any_frame_rate(fps: float) -> None:
    # 2 px in a figure about 300 px tall.
    noise = Noise(jitter=0.0, drift=0.0, white=0.0067)
    report = judged("back_squat", lifting_set(10, seed=2), sampling=Sampling(fps=fps), noise=noise)
    assert (report.attempts, report.good_reps) == (10, 10)
    assert [major_ids(rep) for rep in report.reps] == [set()] * 10


def test_one_rep_of_sixty_percent_is_partial_and_the_set_goes_on() -> None:
    reps = list(lifting_set(10, seed=2))
    reps[3] = replace(reps[3], rom=0.6)
    report = judged("back_squat", tuple(reps))
    assert [r.number for r in report.reps if r.status is RepStatus.PARTIAL] == [4]
    assert (report.attempts, report.good_reps) == (10, 9)
    assert report.end.reason is EndReason.LIFTER_STOPPED


def test_torso_swing_from_rep_8_ends_the_set_there() -> None:
    faults = (GrowingFault("torso_swing", 8, SWING),)
    report = judged("biceps_curl", lifting_set(12, seed=3, faults=faults))
    assert report.end.reason is EndReason.TECHNICAL_FAILURE
    assert (report.end.rep, report.end.confirmed_at_rep, report.good_reps) == (8, 9, 7)
    assert report.attempts == 12  # later reps are listed and not credited
    eighth = report.reps[7]
    assert eighth.status is RepStatus.COMPLETED
    swing = next(f for f in eighth.faults if f.id == "BC1")
    assert swing.measured > swing.limit
    assert swing.cue == "pin your back to a wall"
    assert eighth.start_s < swing.t_s < eighth.end_s
    assert "torso swing" in report.end.explanation
    assert "7 good reps" in report.end.explanation


def test_torso_swing_once_is_one_faulted_rep() -> None:
    report = judged("biceps_curl", with_faults({8: (Fault("torso_swing", SWING),)}))
    assert report.end.reason is EndReason.LIFTER_STOPPED
    assert [r.number for r in report.reps if r.status is RepStatus.COMPLETED] == [8]
    assert (report.attempts, report.completed_reps, report.good_reps) == (12, 12, 11)


def test_three_of_four_faulted_reps_end_the_set_at_the_first_of_them() -> None:
    swing, drift = Fault("torso_swing", SWING + 4), Fault("elbow_drift", 32.0)
    report = judged("biceps_curl", with_faults({6: (swing,), 8: (swing,), 9: (drift,)}))
    assert report.end.reason is EndReason.TECHNICAL_FAILURE
    assert (report.end.rep, report.end.confirmed_at_rep, report.good_reps) == (6, 9, 5)


@pytest.mark.parametrize(
    ("strictness", "confirmed", "good"), [("strict", 7, 6), ("standard", 8, 6), ("lenient", 9, 6)]
)
def test_strictness_is_how_many_bad_reps_in_a_row(
    strictness: str, confirmed: int, good: int
) -> None:
    faults = (GrowingFault("torso_swing", 7, SWING + 4),)
    options = SetCriteria(strictness=Strictness(strictness))
    report = judged("biceps_curl", lifting_set(10, seed=3, faults=faults), options=options)
    assert report.end.confirmed_at_rep == confirmed
    assert (report.end.rep, report.good_reps) == (7, good)


def test_a_stall_that_comes_down_is_absolute_failure() -> None:
    reps = lifting_set(6, seed=3, fail_last_at=0.4)
    report = judged("back_squat", reps)
    assert report.end.reason is EndReason.ABSOLUTE_FAILURE
    assert (report.end.rep, report.good_reps) == (6, 5)


def test_a_grind_that_completes_is_no_fault() -> None:
    report = judged("back_squat", lifting_set(6, seed=3, grind=0.85, velocity_loss=0.5))
    assert (report.attempts, report.good_reps) == (6, 6)
    assert report.end.reason is EndReason.LIFTER_STOPPED


def test_knee_cave_is_unknown_from_the_side() -> None:
    faults = (GrowingFault("knee_cave", 4, 30.0),)
    report = judged("bodyweight_squat", lifting_set(8, seed=3, faults=faults))
    assert report.attempts == 8
    assert all(not any(f.id == "SQ4" for f in rep.faults) for rep in some(report.reps))
    assert any(
        text.startswith("SQ4") and "front or back" in text for text in report.reps[5].not_assessed
    )
    standard = next(s for s in report.standards if s.id == "SQ4")
    assert not standard.assessed
    assert "not visible from the side" in (standard.reason or "")


def test_velocity_loss_alone_does_not_end_the_set() -> None:
    report = judged("back_squat", lifting_set(10, seed=3, velocity_loss=0.4))
    assert report.end.reason is EndReason.LIFTER_STOPPED
    assert report.good_reps == 10


def test_a_slower_tempo_of_the_same_path_changes_nothing() -> None:
    usual = lifting_set(10, seed=3, variation=0.0, velocity_loss=0.0)
    slow = tuple(
        replace(r, eccentric_s=1.5 * r.eccentric_s, concentric_s=1.5 * r.concentric_s)
        if number > 5
        else r
        for number, r in enumerate(usual, start=1)
    )
    report = judged("back_squat", slow)
    assert [major_ids(rep) for rep in report.reps] == [set()] * 10
    assert not any("movement changed" in note.lower() for note in report.form_notes)


def test_dropped_eccentrics_are_noted() -> None:
    reps = tuple(
        replace(r, eccentric_s=0.35) if number > 6 else replace(r, eccentric_s=1.6)
        for number, r in enumerate(lifting_set(10, seed=3, variation=0.0), start=1)
    )
    noted = judged("back_squat", reps)
    assert any(f.id == "G3" for rep in noted.reps for f in rep.faults)
    assert noted.end.reason is EndReason.LIFTER_STOPPED


def test_poorly_seen_lifter_is_counted_and_not_judged() -> None:
    faults = (GrowingFault("forward_lean", 5, 30.0),)
    clip = Clip(
        "dim", "bodyweight_squat", lifting_set(8, seed=3, faults=faults),
        camera=Camera(yaw_deg=85), noise=QUIET, tail_s=3.0,
    )  # fmt: skip
    poses = poses_of(clip)
    dim = replace(poses, visibility=np.full_like(poses.visibility, 0.6))
    report = report_of(dim, "bodyweight_squat")
    assert report.attempts == 8
    assert all(rep.form_score is None for rep in some(report.reps))
    assert all(m.state == "unknown" for rep in report.reps for m in some(rep.measured))
    assert report.end.reason is EndReason.LIFTER_STOPPED


def test_a_gap_in_a_rep_leaves_its_form_unknown() -> None:
    clip = Clip(
        "gap", "bodyweight_squat", lifting_set(8, seed=3), camera=Camera(yaw_deg=85), noise=QUIET
    )
    recording = landmark_recording(clip)
    poses = poses_of(clip)
    start_s, end_s = recording.truth.reps[4].concentric_window_s
    middle_s = (start_s + end_s) / 2
    hidden = np.abs(poses.t_s - middle_s) < 0.15
    image, world = poses.image_px.copy(), poses.world_m.copy()
    image[hidden], world[hidden] = np.nan, np.nan
    report = report_of(replace(poses, image_px=image, world_m=world), "bodyweight_squat")
    assert report.attempts == 8
    assert all(m.state == "unknown" for m in some(report.reps[4].measured))
    assert report.reps[3].form_score is not None


def test_a_failed_tracker_falls_silent_instead_of_ending_the_set() -> None:
    """One side of the body jumps in later reps; the world landmarks do not go along."""
    clip = Clip(
        "lost", "push_up", lifting_set(10, seed=3), camera=Camera(yaw_deg=85), noise=QUIET,
        tail_s=3.0,
    )  # fmt: skip
    recording = landmark_recording(clip)
    poses = poses_of(clip)
    late = poses.t_s > recording.truth.reps[5].start_s
    image = poses.image_px.copy()
    hips_y = np.ix_(np.flatnonzero(late), np.array([23, 24]), np.array([1]))
    image[hips_y] += 40.0  # they slip down in the picture
    report = report_of(replace(poses, image_px=image), "push_up")
    assert report.attempts == 10
    assert not any("PU1" in major_ids(rep) for rep in some(report.reps))
    reasons = [m.reason or "" for m in report.reps[7].measured if m.id == "PU1"]
    assert any("3-D pose" in reason for reason in reasons)


@pytest.mark.parametrize("roll_deg", [-12.0, 12.0])
def test_a_turned_camera_is_corrected(roll_deg: float) -> None:
    straight = judged("overhead_press", lifting_set(6, seed=3))
    turned = judged("overhead_press", lifting_set(6, seed=3), roll_deg=roll_deg)

    def lean(report: SetReport) -> float:
        return float(np.median([m.value for r in report.reps for m in r.measured if m.id == "OH1"]))

    assert lean(turned) == pytest.approx(lean(straight), abs=5.0)
    assert turned.good_reps == 6


def test_the_mirrored_video_has_the_same_verdict() -> None:
    faults = (GrowingFault("torso_swing", 8, SWING),)
    clip = Clip(
        "mirror", "biceps_curl", lifting_set(12, seed=3, faults=faults),
        camera=Camera(yaw_deg=85), noise=QUIET, tail_s=3.0, seed=1,
    )  # fmt: skip
    poses = poses_of(clip)
    order = np.arange(33)
    pairs = [(1, 4), (2, 5), (3, 6), (7, 8), (9, 10), *((i, i + 1) for i in range(11, 33, 2))]
    for a, b in pairs:
        order[a], order[b] = b, a
    image, world = poses.image_px[:, order].copy(), poses.world_m[:, order].copy()
    image[..., 0] = poses.width_px - image[..., 0]
    world[..., 0] *= -1
    mirrored = replace(poses, image_px=image, world_m=world, visibility=poses.visibility[:, order])
    one, other = report_of(poses, "biceps_curl"), report_of(mirrored, "biceps_curl")
    assert (other.end.rep, other.end.confirmed_at_rep) == (one.end.rep, one.end.confirmed_at_rep)
    assert other.good_reps == one.good_reps == 7


def test_a_change_without_a_name_is_a_note_and_no_end() -> None:
    """Straight arms in a squat mean nothing to the squat's faults, but the movement changed."""
    clip = Clip(
        "t", "bodyweight_squat", lifting_set(9, seed=3), camera=Camera(yaw_deg=85), noise=QUIET,
        tail_s=3.0,
    )  # fmt: skip
    recording = landmark_recording(clip)
    poses = poses_of(clip)
    image = poses.image_px.copy()
    late = poses.t_s >= recording.truth.reps[5].start_s - 0.3
    # From rep 6 on the hands stay at the shoulders.
    for hand in (13, 14, 15, 16):
        shoulder = 11 if hand % 2 else 12
        image[late, hand] = image[late, shoulder] + (4.0 * (hand - 12), 30.0, 0.0)
    report = report_of(replace(poses, image_px=image), "bodyweight_squat")
    assert report.end.reason is EndReason.LIFTER_STOPPED
    assert any("in no way that has a name" in note for note in report.form_notes)
    calm = report_of(poses, "bodyweight_squat")
    assert calm.attempts == report.attempts == 9
    assert not any("in no way that has a name" in note for note in calm.form_notes)


@pytest.mark.parametrize("exercise", ["overhead_press", "deadlift"])
def test_an_attempt_cut_short_before_a_whole_rep_is_no_absolute_failure(exercise: str) -> None:
    """Whoever lifts the same load whole a second later was not at the end of their strength."""
    reps = lifting_set(6, seed=3)
    report = judged(exercise, (*reps[:3], replace(reps[3], rom=0.6), *reps[4:]))
    assert report.end.reason in (EndReason.LIFTER_STOPPED, EndReason.VIDEO_END)
    assert [rep.status for rep in report.reps].count(RepStatus.PARTIAL) == 1
    assert report.good_reps == 5


def test_collapsing_knees_end_a_set_seen_from_the_front() -> None:
    reps = lifting_set(8, seed=3, faults=(GrowingFault("knee_cave", 5, 18.0, 2.0),))
    report = judged("back_squat", reps, yaw_deg=0.0)
    assert (report.end.reason, report.end.rep) == (EndReason.TECHNICAL_FAILURE, 5)
    assert "knees caving in" in report.end.explanation
