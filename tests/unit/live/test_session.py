"""A session from set-up to the end, on made-up lifters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from checks import some
from lastrep.exercises import find
from lastrep.live.loop import Loop, SessionOver, SourceBack, SourceLost
from lastrep.live.screen import (
    PlannedSet,
    RestBegan,
    RestOver,
    Screen,
    SetFeedback,
    Stage,
    StageChanged,
)
from lastrep.live.session import Session
from lastrep.pose import Pose
from lastrep.sets.live.background import Inline
from lastrep.sets.live.events import RepCounted, SetClosed, SetEvent
from lastrep.sets.live.live_set import LiveSet
from lastrep.sets.results import EndReason, SetReport
from lastrep.training.prescription import parse_prescription
from lastrep.video.orientation import Image
from lifters import Move, Tempo, lifting_set
from unit.live.made_up import SIZE_PX, FakeCamera, FakeLifter, poses_of


def plan(text: str) -> Iterator[PlannedSet]:
    sets = parse_prescription(text).sets
    for number, one in enumerate(sets, start=1):
        yield PlannedSet(find("back_squat"), one.criteria(), one, number, len(sets))


class Log:
    """Keeps what it is told; presses keys when it is told certain things."""

    interactive = False

    def __init__(self, keys: dict[type[SetEvent], str] | None = None) -> None:
        self.events: list[SetEvent] = []
        self.screens: list[Screen] = []
        self._keys, self._pressed = keys or {}, list[str]()

    def tell(self, events: Sequence[SetEvent]) -> None:
        self.events += events
        self._pressed += [self._keys.pop(type(e)) for e in events if type(e) in self._keys]

    def show(self, image_rgb: Image | None, pose: Pose | None, screen: Screen) -> None:
        self.screens.append(screen)

    def pressed(self) -> list[str]:
        pressed, self._pressed = self._pressed, []
        return pressed

    def of(self, kind: type[SetEvent]) -> list[Any]:
        return [e for e in self.events if isinstance(e, kind)]

    @property
    def stages(self) -> list[Stage]:
        return [e.stage for e in self.of(StageChanged)]


def run(
    poses: Any, sets: Iterator[PlannedSet], log: Log, silences: dict[int, int] | None = None,
    **options: Any,
) -> Log:  # fmt: skip
    loop = Loop(
        FakeCamera(poses.t_s, silences),
        FakeLifter(poses),  # type: ignore[arg-type]
        lambda size: Session(sets, SIZE_PX, Inline(), **options),
        [log],
    )
    loop.run()
    return log


THREE = lifting_set(3, seed=2, tempo=Tempo(hold_s=0.4))


@pytest.fixture(scope="module")
def planned() -> tuple[Log, list[tuple[PlannedSet, SetReport]]]:
    """Two sets of three with a short rest; what was handed on afterwards."""
    poses = poses_of((Move("rest", 1.5), *THREE, Move("rest", 14.0), *THREE, Move("rest", 4.0)))
    done: list[tuple[PlannedSet, SetReport]] = []

    def keep(one: PlannedSet, report: SetReport, engine: LiveSet) -> SetFeedback:
        done.append((one, report))
        return SetFeedback(("Well done.",), 12.0)

    return run(poses, plan("2x3"), Log(), on_set_done=keep), done


def test_a_plan_runs_by_itself_from_set_up_to_the_end(
    planned: tuple[Log, list[tuple[PlannedSet, SetReport]]],
) -> None:
    log, done = planned
    assert [(one.number, report.good_reps) for one, report in done] == [(1, 3), (2, 3)]
    assert {report.end.reason for _, report in done} == {EndReason.TARGET_REACHED}
    assert log.stages == [
        Stage.READY, Stage.SET, Stage.SUMMARY, Stage.REST, Stage.SETUP, Stage.SET, Stage.DONE,
    ]  # fmt: skip
    assert [e.rest_s for e in log.of(RestBegan)] == [12.0]
    assert log.of(RestBegan)[0].advice == "Well done."


def test_the_screen_counts_from_nothing_again_in_the_next_set(
    planned: tuple[Log, list[tuple[PlannedSet, SetReport]]],
) -> None:
    log, _ = planned
    counts = [(s.planned.number, s.count) for s in log.screens if s.stage is Stage.SET]
    assert counts[0][1] <= 1
    second = [count for number, count in counts if number == 2]
    assert second[0] <= 1
    assert max(second) == 3
    rest = [s.rest_left_s for s in log.screens if s.stage is Stage.REST]
    assert some(rest) == sorted(rest, reverse=True)


def test_a_camera_that_vanishes_in_mid_set_loses_nothing() -> None:
    poses = poses_of((Move("rest", 1.0), *THREE, Move("rest", 1.0)))
    middle = int(0.6 * len(poses))
    log = run(poses, plan("1x5"), Log(), {middle: 3})
    assert len(log.of(SourceLost)) == len(log.of(SourceBack)) == 1
    (closed,) = log.of(SetClosed)
    assert closed.report.attempts == 3
    lost = [s.problem for s in log.screens if s.problem]
    assert lost
    assert "nothing is lost" in lost[0]
    assert log.screens[-1].problem is None


def test_a_source_that_ends_in_mid_set_keeps_the_reps_so_far() -> None:
    poses = poses_of((Move("rest", 1.0), *THREE))
    log = run(poses, plan("3x8"), Log())
    (closed,) = log.of(SetClosed)
    assert closed.report.attempts == 3
    assert closed.report.end.reason is EndReason.VIDEO_END
    assert isinstance(log.events[-1], SessionOver)
    assert log.events[-1].frames == len(poses)


def test_q_ends_the_session_and_the_set_is_kept() -> None:
    poses = poses_of((Move("rest", 1.0), *THREE, Move("rest", 9.0)))
    log = run(poses, plan("3x8"), Log({RepCounted: "q"}))
    (closed,) = log.of(SetClosed)
    assert closed.report.attempts == 1
    assert closed.report.end.reason is EndReason.LIFTER_STOPPED
    assert log.stages[-1] is Stage.DONE


def test_space_ends_the_set_and_then_the_rest() -> None:
    poses = poses_of((Move("rest", 1.0), *THREE, Move("rest", 3.0)))
    log = run(poses, plan("3x8"), Log({RepCounted: "space", RestBegan: "space"}))
    assert log.stages[:4] == [Stage.READY, Stage.SET, Stage.SUMMARY, Stage.SETUP]
    assert log.of(SetClosed)[0].report.attempts == 1


def test_n_skips_a_set_that_has_not_begun() -> None:
    poses = poses_of((Move("rest", 3.0),))

    class Skip(Log):
        def show(self, image_rgb: Image | None, pose: Pose | None, screen: Screen) -> None:
            super().show(image_rgb, pose, screen)
            if len(self.screens) in (5, 6):
                self._pressed.append("n")

    log = run(poses, plan("2x8"), Skip())
    assert log.stages[-1] is Stage.DONE
    assert not log.of(SetClosed)
    assert [s.planned.number for s in log.screens[-1:]] == [2]


def test_m_mutes() -> None:
    poses = poses_of((Move("rest", 1.0), *THREE[:1], Move("rest", 1.0)))
    log = run(poses, plan("1x3"), Log({StageChanged: "m"}))
    assert not log.screens[0].muted
    assert log.screens[-1].muted


def test_the_rest_can_be_given() -> None:
    poses = poses_of((Move("rest", 1.0), *THREE, Move("rest", 8.0)))
    log = run(poses, plan("2x3"), Log(), rest_s=2.0)
    assert [e.rest_s for e in log.of(RestBegan)] == [2.0]
    assert len(log.of(RestOver)) == 1
