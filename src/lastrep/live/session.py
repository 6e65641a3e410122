"""The course of a training session: set-up, set, summary, rest, next set, in a plan's order.

A state machine without input or output of its own: poses, keys and times go in, events come out,
and `screen` says what there is to see.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from lastrep.live.screen import (
    PlannedSet,
    RestBegan,
    RestOver,
    Screen,
    SetFeedback,
    SetUpChecked,
    Stage,
    StageChanged,
)
from lastrep.pose.sequence import Pose, PoseSequence
from lastrep.sets.camera_setup import check_setup
from lastrep.sets.criteria import Past
from lastrep.sets.live.events import (
    CountCorrected,
    CueDue,
    LastRepAhead,
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
from lastrep.sets.results import SetReport
from lastrep.training.rest import usual_rest
from lastrep.velocity.options import BarOptions

#: The set-up is checked over this much time, this often.
SETUP_WINDOW_S, SETUP_EVERY_S = 2.0, 0.5
#: The summary of a set stays up for so long.
SUMMARY_S = 10.0
#: A cue stays up for so long.
CUE_S = 4.0
#: In the last seconds of a planned rest the next set may begin by itself.
EARLY_S = 10.0


#: Is told of a set that was done, with its poses, and says what to make of it.
OnSetDone = Callable[[PlannedSet, SetReport, LiveSet], SetFeedback]


class Session:
    """Runs the sets of a plan.

    Parameters
    ----------
    plan
        The sets in order; may be endless.
    size_px
        Width and height of the frames.
    executor
        Where the judgement of the running set is worked out.
    on_set_done
        What is done with a set that is over.
    past
        The lifter's own history.
    rest_s
        Rest to take in place of the one that is advised; None for the latter.
    bar
        How speed is measured.
    """

    def __init__(
        self,
        plan: Iterator[PlannedSet],
        size_px: tuple[int, int],
        executor: Executor,
        *,
        on_set_done: OnSetDone = lambda planned, report, engine: SetFeedback(),
        past: Past | None = None,
        rest_s: float | None = None,
        bar: BarOptions = BarOptions(),  # noqa: B008 - frozen
    ) -> None:
        self._plan, self._size_px, self._executor = plan, size_px, executor
        self._on_set_done, self._past, self._rest_s = on_set_done, past, rest_s
        self._bar = bar
        self._recent: deque[Pose] = deque()
        self._checked_s = float("-inf")
        self._stage_s = 0.0
        self._rest_until_s = float("inf")
        self._cue_until_s = float("-inf")
        self._skip_rest = False
        #: The reports of the sets done.
        self.reports: list[SetReport] = []
        first = next(plan)
        self.screen = Screen(Stage.SETUP, first, next(plan, None))
        self._engine = self._new_engine(first)

    @property
    def engine(self) -> LiveSet:
        """The running or coming set."""
        return self._engine

    def update(self, pose: Pose) -> tuple[SetEvent, ...]:
        """Take the next pose; return what it brought about."""
        self._recent.append(pose)
        while self._recent[0].t_s < pose.t_s - SETUP_WINDOW_S:
            self._recent.popleft()
        events: list[SetEvent] = []
        if self._counts(pose.t_s):
            for event in self._engine.update(pose):
                events += self._on(event)
        if self.screen.stage is Stage.SETUP:
            events += self._check(pose.t_s)
        events += self.tick(pose.t_s)
        self._show(fraction=self._engine.tracker.fraction, fps=self._fps())
        return tuple(events)

    def tick(self, t_s: float) -> tuple[SetEvent, ...]:
        """Let time pass, with or without a pose."""
        screen, events = self.screen, []
        if screen.cue is not None and t_s > self._cue_until_s:
            self._show(cue=None)
        if screen.stage is Stage.SUMMARY and t_s - self._stage_s >= SUMMARY_S:
            events.append(self._go(Stage.REST, t_s))
        if self.screen.stage in (Stage.SUMMARY, Stage.REST):
            left_s = self._rest_until_s - t_s
            self._show(rest_left_s=max(left_s, 0.0))
            if left_s <= 0:
                events += [RestOver(t_s), self._go(Stage.SETUP, t_s)]
        return tuple(events)

    def space(self, t_s: float) -> tuple[SetEvent, ...]:
        """Start or stop: end the running set, or end the rest now."""
        if self.screen.stage is Stage.SET:
            return self._close()
        if self.screen.stage in (Stage.SUMMARY, Stage.REST):
            return (self._go(Stage.SETUP, t_s),)
        return self._all(self._engine.arm(t_s))

    def next_set(self, t_s: float) -> tuple[SetEvent, ...]:
        """Go on to the next set: end this one, skip the rest, or skip a set not yet begun."""
        if self.screen.stage is Stage.SET:
            self._skip_rest = True
            return self._close()
        if self.screen.stage in (Stage.SUMMARY, Stage.REST):
            return (self._go(Stage.SETUP, t_s),)
        return self._advance(t_s)

    def undo(self) -> tuple[SetEvent, ...]:
        """Take back the last rep."""
        return self._all(self._engine.undo()) if self.screen.stage is Stage.SET else ()

    def finish(self, t_s: float, *, stopped: bool = False) -> tuple[SetEvent, ...]:
        """End the session: a running set is judged and kept.

        Parameters
        ----------
        stopped
            Whether the user ended it; otherwise the source did.
        """
        events = self._judged(t_s, stopped=stopped)
        if self.screen.stage is not Stage.DONE:
            events.append(self._go(Stage.DONE, t_s))
        return tuple(events)

    def next_recording(self, t_s: float, size_px: tuple[int, int]) -> tuple[SetEvent, ...]:
        """Go on to another recording, whose pictures have this size.

        A running set is judged and kept, and the next one may begin at once: how long the rest
        was, the recordings do not show.
        """
        events = self._judged(t_s)
        self._size_px = size_px
        if self.screen.stage is not Stage.DONE:
            self._engine = self._new_engine(self.screen.planned)
            self._recent.clear()
            if self.screen.stage is not Stage.SETUP:
                events.append(self._go(Stage.SETUP, t_s))
        return tuple(events)

    def _judged(self, t_s: float, *, stopped: bool = False) -> list[SetEvent]:
        """Judge what the source ended."""
        events: list[SetEvent] = []
        if self.screen.stage in (Stage.SETUP, Stage.READY, Stage.SET):
            sets = self._engine.finish(stopped=stopped)
            # Somebody who quits before a set may have moved once; a clip's only rep is a set.
            under_way = self.screen.stage is Stage.SET or not stopped
            wanted = under_way or any(one.report.attempts > 1 for one in sets)
            for one in sets if wanted else ():
                if one.report.attempts != self.screen.count:
                    events += self._on(CountCorrected(t_s, one.report.attempts))
                events += self._on(SetClosed(t_s, one.report))
        return events

    def mute(self) -> None:
        """Switch the sound off or on."""
        self._show(muted=not self.screen.muted)

    def trouble(self, problem: str | None) -> None:
        """Say what is wrong with the camera, or that all is well again."""
        self._show(problem=problem)

    def _counts(self, t_s: float) -> bool:
        """Whether movements may be reps now: not early in a planned rest, nor while it is shown."""
        if self.screen.stage not in (Stage.SUMMARY, Stage.REST):
            return self.screen.stage is not Stage.DONE
        planned = self.screen.planned.of is not None
        return not planned or self._rest_until_s - t_s <= EARLY_S

    def _close(self) -> tuple[SetEvent, ...]:
        return self._all(self._engine.close())

    def _all(self, events: Sequence[SetEvent]) -> tuple[SetEvent, ...]:
        return tuple(told for event in events for told in self._on(event))

    def _on(self, event: SetEvent) -> list[SetEvent]:
        """Take note of what the engine tells; return it with what follows from it."""
        match event:
            case SetArmed(t_s) if self.screen.stage is Stage.SETUP:
                return [event, self._go(Stage.READY, t_s)]
            case SetStarted(t_s):
                return [event, self._go(Stage.SET, t_s)]
            case RepCounted(_, count) | CountCorrected(_, count):
                self._show(count=count)
            case PhaseChanged(_, phase):
                self._show(phase=phase)
            case RepJudged(_, rep, good):
                self._show(last=rep, good=good)
            case CueDue(t_s):
                self._cue_until_s = t_s + CUE_S
                self._show(cue=event)
            case SetOver(_, end):
                self._show(over=end, cue=None)
            case SetClosed(t_s, report):
                return [event, *self._closed(t_s, report)]
            case LastRepAhead():
                pass
        return [event]

    def _closed(self, t_s: float, report: SetReport | None) -> list[SetEvent]:
        planned = self.screen.planned
        if report is None or not report.reps:
            self._engine = self._new_engine(planned)
            return [self._go(Stage.SETUP, t_s)]
        feedback = self._on_set_done(planned, report, self._engine)
        self.reports.append(report)
        following = self.screen.following
        self._show(report=report, feedback=feedback, good=report.good_reps, count=report.attempts)
        if following is None:
            return [self._go(Stage.DONE, t_s)]
        rest_s = self._rest_after(planned, feedback)
        self._rest_until_s = report.end_s + rest_s
        skip, self._skip_rest = self._skip_rest, False
        events: list[SetEvent] = [self._go(Stage.SUMMARY, t_s)]
        self._engine = self._new_engine(following)
        self._show(planned=following, following=next(self._plan, None), rest_s=rest_s)
        events.append(RestBegan(t_s, rest_s, feedback.lines[0] if feedback.lines else ""))
        return [*events, self._go(Stage.SETUP, t_s)] if skip else events

    def _rest_after(self, planned: PlannedSet, feedback: SetFeedback) -> float:
        if self._rest_s is not None:
            return self._rest_s
        if feedback.rest_s is not None:
            return feedback.rest_s
        if planned.exercise is None:
            return 0.0
        return float(usual_rest(planned.exercise.training, planned.prescription).seconds)

    def _advance(self, t_s: float) -> tuple[SetEvent, ...]:
        following = self.screen.following
        if following is None:
            return (self._go(Stage.DONE, t_s),)
        self._engine = self._new_engine(following)
        self._show(planned=following, following=next(self._plan, None))
        return (self._go(Stage.SETUP, t_s),)

    def _check(self, t_s: float) -> list[SetEvent]:
        enough = t_s - self._recent[0].t_s >= SETUP_WINDOW_S / 2
        if not enough or t_s - self._checked_s < SETUP_EVERY_S:
            return []
        self._checked_s = t_s
        width_px, height_px = self._size_px
        poses = PoseSequence.of(self._recent, width_px=width_px, height_px=height_px)
        before = self.screen.findings
        findings = check_setup(poses, self.screen.planned.exercise)
        self._show(findings=findings)
        if [f.text for f in findings if not f.ok] == [
            f.text for f in before if not f.ok
        ] and before:
            return []
        wrong = sorted((f for f in findings if not f.ok), key=lambda f: not f.stops)
        ready = not any(f.stops for f in wrong)
        return [SetUpChecked(t_s, ready, wrong[0].text if wrong else "")]

    def _go(self, stage: Stage, t_s: float) -> SetEvent:
        self._stage_s = t_s
        planned = self.screen.planned
        if stage in (Stage.SETUP, Stage.SET) and self.screen.stage in (Stage.SUMMARY, Stage.REST):
            self._show(count=0, good=0, last=None, cue=None, over=None, findings=())
        self._show(stage=stage)
        name = planned.exercise.name if planned.exercise else None
        return StageChanged(t_s, stage, name, planned.number, planned.goal)

    def _new_engine(self, planned: PlannedSet) -> LiveSet:
        width_px, height_px = self._size_px
        return LiveSet(
            planned.exercise,
            planned.criteria,
            width_px=width_px,
            height_px=height_px,
            executor=self._executor,
            past=self._past,
            bar=self._bar,
        )

    def _fps(self) -> float:
        if len(self._recent) < 2:
            return float("nan")
        return (len(self._recent) - 1) / (self._recent[-1].t_s - self._recent[0].t_s)

    def _show(self, **changes: object) -> None:
        self.screen = replace(self.screen, **changes)  # type: ignore[arg-type]
