"""A running set on synthetic lifters: what is told, when, and that hindsight has the last word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import replace
from typing import Any, Unpack

import numpy as np
import pytest

from lastrep.exercises import find
from lastrep.pose import Pose, PoseSequence
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.live.background import Inline
from lastrep.sets.live.events import (
    CountCorrected,
    CueDue,
    LastRepAhead,
    LifterBack,
    LifterLost,
    PhaseChanged,
    RepCounted,
    RepJudged,
    SetArmed,
    SetClosed,
    SetEvent,
    SetOver,
    SetStarted,
)
from lastrep.sets.live.live_set import LiveSet
from lastrep.sets.offline import judge_landmarks
from lastrep.sets.results import EndReason, RepStatus, SetReport
from lastrep.velocity.options import BarOptions
from lastrep.velocity.scale import Calibration
from lifters import (
    BLAZEPOSE_NOISE,
    Camera,
    Clip,
    GrowingFault,
    Move,
    Sampling,
    SetScript,
    Tempo,
    landmark_recording,
    lifting_set,
)
from unit.sets.synthetic_sets import poses_of

#: What a live camera gives on a modest computer.
LIVE = Sampling(fps=18.0, jitter=0.2)


def engine_for(
    poses: PoseSequence,
    exercise: str,
    options: SetCriteria,
    executor: Executor | None = None,
    bar: BarOptions = BarOptions(),  # noqa: B008 - frozen
) -> LiveSet:
    return LiveSet(
        find(exercise),
        options,
        width_px=poses.width_px,
        height_px=poses.height_px,
        executor=executor,
        bar=bar,
    )


def run(
    poses: PoseSequence,
    exercise: str = "back_squat",
    options: SetCriteria = SetCriteria(),  # noqa: B008 - frozen
    executor: Executor | None = None,
    bar: BarOptions = BarOptions(),  # noqa: B008 - frozen
) -> tuple[list[SetEvent], LiveSet]:
    engine = engine_for(poses, exercise, options, executor, bar)
    return [event for pose in poses for event in engine.update(pose)], engine


def of_kind(events: Sequence[SetEvent], kind: type[SetEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def clip_of(
    exercise: str, reps: int = 5, rest_s: float = 10.0, **script: Unpack[SetScript]
) -> Clip:
    """A quick set, and then the lifter stands about."""
    script.setdefault("tempo", Tempo(hold_s=0.4))
    events = lifting_set(reps, seed=11, **script)
    clip = Clip("t", exercise, (*events, Move("rest", rest_s)), noise=BLAZEPOSE_NOISE)
    return replace(clip, camera=Camera(yaw_deg=75.0), sampling=LIVE)


def set_of(
    exercise: str, reps: int = 5, rest_s: float = 10.0, **script: Unpack[SetScript]
) -> PoseSequence:
    return poses_of(clip_of(exercise, reps, rest_s, **script))


@pytest.fixture(scope="module")
def squat() -> tuple[PoseSequence, list[SetEvent], LiveSet]:
    """A clean set of five."""
    poses = set_of("back_squat")
    return (poses, *run(poses))


Ran = tuple[PoseSequence, list[SetEvent], LiveSet]


def test_reps_are_counted_one_by_one_and_the_set_closes_by_itself(squat: Ran) -> None:
    _, events, _ = squat
    assert [e.count for e in of_kind(events, RepCounted)] == [1, 2, 3, 4, 5]
    assert not of_kind(events, CountCorrected)
    assert [e.rep.number for e in of_kind(events, RepJudged)] == [1, 2, 3, 4, 5]
    assert of_kind(events, RepJudged)[-1].good_reps == 5
    (closed,) = of_kind(events, SetClosed)
    assert closed.report.good_reps == 5
    assert closed.report.end.reason is EndReason.LIFTER_STOPPED
    kinds = [type(e) for e in events]
    assert kinds.index(SetArmed) < kinds.index(SetStarted) < kinds.index(RepJudged)
    assert not of_kind(events, CueDue)


def test_a_rep_is_told_about_when_it_ends(squat: Ran) -> None:
    _, events, _ = squat
    (closed,) = of_kind(events, SetClosed)
    ends_s = np.array([rep.end_s for rep in closed.report.reps])
    counted_s = np.array([e.t_s for e in of_kind(events, RepCounted)])
    judged_s = np.array([e.t_s for e in of_kind(events, RepJudged)])
    assert np.abs(counted_s - ends_s).max() < 0.6
    assert np.median(judged_s - ends_s) < 0.3
    assert (judged_s - ends_s).max() < 1.0


def test_the_last_word_is_what_analysis_says_of_the_same_poses(squat: Ran) -> None:
    _, events, engine = squat
    (closed,) = of_kind(events, SetClosed)
    whole = judge_landmarks(engine.sequence, find("back_squat"))[-1]
    assert whole.report.model_dump_json() == closed.report.model_dump_json()


def test_events_are_json_objects(squat: Ran) -> None:
    _, events, _ = squat
    judged = of_kind(events, RepJudged)[0].document()
    assert judged["event"] == "rep_judged"
    assert judged["rep"]["status"] == RepStatus.GOOD.value
    closed = of_kind(events, SetClosed)[0].document()
    assert SetReport.model_validate(closed["report"]).good_reps == 5
    changed = of_kind(events, PhaseChanged)[0].document()
    assert changed["phase"] in ("eccentric", "concentric")


def test_a_lift_that_starts_at_the_bottom_is_counted_too() -> None:
    events, _ = run(set_of("deadlift", 3), "deadlift")
    assert [e.count for e in of_kind(events, RepCounted)] == [1, 2, 3]
    (closed,) = of_kind(events, SetClosed)
    assert closed.report.attempts == 3


def test_lost_depth_is_cued_once_then_ends_the_set() -> None:
    faults = (GrowingFault("depth_loss", from_rep=4, size=0.3, step=0.02),)
    events, _ = run(set_of("back_squat", 6, faults=faults))
    cues = of_kind(events, CueDue)
    assert [cue.rep for cue in cues] == [4]
    (over,) = of_kind(events, SetOver)
    assert over.end.reason is EndReason.TECHNICAL_FAILURE
    assert (over.end.rep, over.end.confirmed_at_rep) == (4, 5)
    # The lifter's next rep is still counted, and not credited.
    (closed,) = of_kind(events, SetClosed)
    assert (closed.report.attempts, closed.report.good_reps) == (6, 3)
    assert over.t_s < closed.report.reps[5].start_s + 1.0


def test_the_target_is_announced_one_rep_ahead_and_reached() -> None:
    events, _ = run(set_of("biceps_curl", 3), "biceps_curl", SetCriteria(target_reps=3))
    (ahead,) = of_kind(events, LastRepAhead)
    (over,) = of_kind(events, SetOver)
    assert ahead.count == 2
    assert ahead.t_s < over.t_s
    assert over.end.reason is EndReason.TARGET_REACHED
    (closed,) = of_kind(events, SetClosed)
    # Nobody waits for eight seconds when all is done.
    assert closed.t_s < closed.report.end_s + 5.0


def test_a_velocity_cap_ends_the_set_while_it_runs() -> None:
    poses = set_of("push_up", 8, velocity_loss=0.5)
    events, _ = run(poses, "push_up", SetCriteria(velocity_cap_pct=25.0))
    (over,) = of_kind(events, SetOver)
    (closed,) = of_kind(events, SetClosed)
    assert over.end.reason is EndReason.VELOCITY_CAP
    assert over.t_s < closed.report.reps[-1].start_s
    # Without a size nothing is said in metres.
    assert all(rep.bar.mean_velocity_m_s is None for rep in closed.report.reps)


def test_the_lifters_height_gives_metres_at_once() -> None:
    clip = replace(clip_of("back_squat"), camera=Camera(yaw_deg=45.0), sampling=Sampling(30.0))
    size = Calibration(height_m=clip.lifter.stature_m)
    events, _ = run(poses_of(clip), bar=BarOptions(size))
    speeds = [event.rep.bar for event in of_kind(events, RepJudged)]
    truth = landmark_recording(clip).truth.reps
    assert len(speeds) == len(truth) == 5
    for found, true in zip(speeds, truth, strict=True):
        assert found.mean_velocity_m_s is not None
        assert found.mean_velocity_sd is not None
        off_m_s = found.mean_velocity_m_s - true.mean_concentric_velocity_m_s
        assert abs(off_m_s) < 2 * found.mean_velocity_sd


def test_a_stuck_rep_is_absolute_failure() -> None:
    events, _ = run(set_of("back_squat", 4, fail_last_at=0.5))
    (closed,) = of_kind(events, SetClosed)
    assert closed.report.end.reason is EndReason.ABSOLUTE_FAILURE
    assert closed.report.good_reps == 3


def test_standing_about_and_walking_is_no_set() -> None:
    clip = Clip(
        "t", "back_squat", (Move("rest", 6.0), Move("walk_out", 4.0)), noise=BLAZEPOSE_NOISE
    )
    events, _ = run(poses_of(replace(clip, sampling=LIVE)))
    assert {type(e) for e in events} - {PhaseChanged} == {SetArmed}


def test_the_lifter_ends_the_set_at_once_by_key() -> None:
    poses = set_of("back_squat", 4)
    engine = engine_for(poses, "back_squat", SetCriteria())
    counted = 0
    for pose in poses:
        counted += sum(isinstance(e, RepCounted) for e in engine.update(pose))
        if counted == 3:
            break
    (closed,) = of_kind(engine.close(), SetClosed)
    assert closed.report.attempts == 3
    assert closed.report.end.reason is EndReason.LIFTER_STOPPED
    assert engine.update(poses[len(poses) - 1]) == ()
    assert engine.close() == ()


def test_a_rep_taken_back_is_no_rep_in_the_report() -> None:
    poses = set_of("back_squat", 4)
    engine = engine_for(poses, "back_squat", SetCriteria())
    events: list[SetEvent] = []
    undone = False
    for pose in poses:
        events += engine.update(pose)
        if not undone and len(of_kind(events, RepJudged)) == 3:
            events += engine.undo()
            undone = True
    assert [e.count for e in of_kind(events, CountCorrected)] == [2]
    (closed,) = of_kind(events, SetClosed)
    assert closed.report.attempts == 3
    assert "called no rep by the lifter" in {r.reason for r in closed.report.rejected}


def test_a_lifter_out_of_sight_loses_no_rep(squat: Ran) -> None:
    poses, known, _ = squat
    gone_s = of_kind(known, SetClosed)[0].report.reps[-1].end_s + 0.3
    seen: list[Pose] = [p if p.t_s < gone_s else Pose.missing(p.t_s) for p in poses]
    blind = PoseSequence.of(seen, width_px=poses.width_px, height_px=poses.height_px)
    events, _ = run(blind)
    assert len(of_kind(events, LifterLost)) == 1
    (closed,) = of_kind(events, SetClosed)
    assert closed.report.attempts == 5
    assert closed.report.end.reason is EndReason.TRACKING_LOST


def test_the_lifter_is_seen_again() -> None:
    clip = Clip("t", "back_squat", (Move("rest", 12.0),), noise=BLAZEPOSE_NOISE, sampling=LIVE)
    poses = poses_of(clip)
    blind = [p if not 2 < p.t_s < 8 else Pose.missing(p.t_s) for p in poses]
    events, _ = run(PoseSequence.of(blind, width_px=poses.width_px, height_px=poses.height_px))
    assert [type(e) for e in events if isinstance(e, (LifterLost, LifterBack))] == [
        LifterLost,
        LifterBack,
    ]


class Late(Inline):
    """Hindsight that takes a third of a second, as in a process of its own."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future, ready_s = super().submit(fn, *args, **kwargs), self.now_s + 0.3
        future.done = lambda: self.now_s >= ready_s  # type: ignore[method-assign]
        return future


def test_hindsight_may_come_late(squat: Ran) -> None:
    poses, executor = squat[0], Late()
    engine = engine_for(poses, "back_squat", SetCriteria(), executor)
    events: list[SetEvent] = []
    for pose in poses:
        executor.now_s = pose.t_s
        events += engine.update(pose)
    assert [e.count for e in of_kind(events, RepCounted)] == [1, 2, 3, 4, 5]
    (closed,) = of_kind(events, SetClosed)
    assert closed.report.good_reps == 5


class Broken(Executor):
    """A process that was killed."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor())
        return future


def test_a_killed_judging_process_costs_nothing() -> None:
    events, _ = run(set_of("back_squat", 3), executor=Broken())
    (closed,) = of_kind(events, SetClosed)
    assert closed.report.good_reps == 3


class Failing(Inline):
    """A defect in the judgement, from the third look on."""

    looks = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.looks += 1
        if self.looks <= 3:
            return super().submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        future.set_exception(ValueError("a defect"))
        return future


def test_a_defect_in_the_judgement_does_not_end_the_set(squat: Ran) -> None:
    events, engine = run(squat[0], executor=Failing())
    assert of_kind(events, RepCounted)[-1].count == 5
    (closed,) = of_kind(events, SetClosed)
    assert closed.report is not None
    assert engine.problem == "internal error: ValueError: a defect"


def test_hardly_any_frames_are_no_defect() -> None:
    poses = set_of("back_squat", 2)
    few = PoseSequence.of(list(poses)[::40], width_px=poses.width_px, height_px=poses.height_px)
    _, engine = run(few)
    assert engine.problem is None
    assert len(engine.sequence) == len(few)
    assert sum(one.report.attempts for one in engine.finish()) <= 2
