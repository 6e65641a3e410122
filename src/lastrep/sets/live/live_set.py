"""A set while it runs: reps at once, verdicts a moment later, the end when it is due.

Two halves work together. The causal half (`RepTracker`) counts each rep as it comes back to its
start. The offline pass is the very judgement that a recording gets, over the poses so far: it runs
at rep ends and now and then between, and everything that is said about a rep, a cue, the end of the
set, comes from it. It takes some tenths of a second, so it may run elsewhere (an `Executor`) while
poses go on coming; then it is applied at the first pose after it is done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from statistics import median

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.library import resolved
from lastrep.pose.sequence import Pose, PoseSequence
from lastrep.reps.phases import Phase
from lastrep.sets.corrections import Correction
from lastrep.sets.criteria import Past, SetCriteria
from lastrep.sets.live.background import (
    BackgroundJudge,
    Inline,
    JudgeRequest,
    LiveState,
    OfflineJudgement,
)
from lastrep.sets.live.cues import CuePolicy
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
from lastrep.sets.live.presence import Presence
from lastrep.sets.live.rep_tracker import RepEventKind, RepTracker
from lastrep.sets.live.stillness import Stillness
from lastrep.sets.offline import JudgedSet, Search, judge_landmarks, judge_so_far
from lastrep.sets.options import AlgorithmOptions
from lastrep.sets.results import EndReason, Rep, RepStatus, SetEnd, SetReport
from lastrep.velocity.options import BarOptions

#: Who takes a rep back while the set runs.
LIFTER = "the lifter"
#: Ends that are announced while the set runs.
ANNOUNCED = frozenset(
    {
        EndReason.TECHNICAL_FAILURE,
        EndReason.ABSOLUTE_FAILURE,
        EndReason.TARGET_REACHED,
        EndReason.VELOCITY_CAP,
    }
)


class LiveSet:
    """One set while it runs: feed it every pose, in order of time, and heed the events.

    Parameters
    ----------
    exercise
        What is done: its name or definition; None or "auto" if it is to be found out.
    criteria
        How the set is judged.
    width_px, height_px
        Size of the upright frames.
    executor
        Where the set so far is judged: at once, in this process (`Inline`, the default: the same
        poses give the same events), or in a process of its own, so that poses never wait.
    past
        The lifter's own history; None without.
    bar
        How speed is measured.
    options
        How it is followed, measured and judged; None for the shipped standards and usual numbers.

    Raises
    ------
    ExerciseError
        If there is no such exercise.
    """

    def __init__(
        self,
        exercise: ExerciseDefinition | str | None,
        criteria: SetCriteria = SetCriteria(),  # noqa: B008 - frozen
        *,
        width_px: int,
        height_px: int,
        executor: Executor | None = None,
        past: Past | None = None,
        bar: BarOptions = BarOptions(),  # noqa: B008 - frozen
        options: AlgorithmOptions | None = None,
    ) -> None:
        self._judging = options or AlgorithmOptions()
        self._options = self._judging.live
        self._exercise = resolved(exercise)
        self.tracker = RepTracker(self._exercise, self._options.tracker)
        #: What the set so far was judged to be; None before the first rep.
        self.report: SetReport | None = None
        self.closed = False
        self._criteria, self._size_px = criteria, (width_px, height_px)
        self._past, self._bar = past, bar
        self._judge = BackgroundJudge(judge_so_far, executor or Inline(), self._options.schedule)
        self._presence = Presence(self._options.presence)
        rules = {rule.id: rule for rule in self._exercise.faults} if self._exercise else {}
        self._cues = CuePolicy(rules, self._judging.standards.cues)
        self._poses: deque[Pose] = deque()
        self._still = Stillness(self._options.stillness)
        self._armed = self._started = self._closing = self._stopped = False
        self._started_s = float("inf")
        self._over: SetEnd | None = None
        self._suspected: tuple[EndReason, int | None] | None = None
        self._count = 0
        self._settled_reps: Sequence[Rep] = ()
        self._told_s: list[float] = []
        #: When the load was at rest last, and when a rep last came back.
        self._rest_s = self._completed_s = float("-inf")
        self._corrections: tuple[Correction, ...] = ()
        self._last_called = False
        self._phase = Phase.UNKNOWN

    @property
    def sequence(self) -> PoseSequence:
        """The poses of the set, with some before it."""
        width_px, height_px = self._size_px
        return PoseSequence.of(self._poses, width_px=width_px, height_px=height_px)

    @property
    def problem(self) -> str | None:
        """What went wrong in the offline pass, if anything did; the set goes on."""
        return self._judge.problem

    @property
    def stopped(self) -> bool:
        """Whether the lifter is known to have stopped: walked away, or said so."""
        return self._stopped

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """What the lifter took back."""
        return self._corrections

    @property
    def count(self) -> int:
        """Reps so far: those that the offline pass knows, and those since."""
        return len(self._settled_reps) + len(self._provisional_s())

    def _provisional_s(self) -> list[float]:
        """Turns of the reps that the offline pass does not know yet."""
        return [
            t_s
            for t_s in self.tracker.turns_s
            if all(abs(t_s - taken.at_s) >= self._options.same_rep_s for taken in self._corrections)
        ]

    def update(self, pose: Pose) -> tuple[SetEvent, ...]:
        """Take the next pose; return what it brought about."""
        if self.closed:
            return ()
        events: list[SetEvent] = []
        self._poses.append(pose)
        if not self._started:
            while self._poses[0].t_s < pose.t_s - self._options.lead_in_s:
                self._poses.popleft()
        events += self._collect(pose.t_s)
        if self._closing or self.closed:
            return tuple(events)
        events += self._follow(pose)
        if self._presence.update(pose):
            events.append(LifterLost(pose.t_s) if self._presence.lost else LifterBack(pose.t_s))
        if self._must_close(pose):
            self._ask_last()
            return (*events, *self._collect(pose.t_s))
        self._judge.ask(self._moment(), self._look)
        return (*events, *self._collect(pose.t_s))

    def finish(self, *, stopped: bool = False) -> tuple[JudgedSet, ...]:
        """Return the sets in the poses so far, judged as those of a recording are.

        Parameters
        ----------
        stopped
            Whether the lifter ended it, by word; otherwise the poses just end.
        """
        search = Search(stopped=stopped or self._stopped, corrections=self._corrections)
        sets = judge_landmarks(
            self.sequence, self._exercise, self._criteria,
            search=search, past=self._past, bar=self._bar, options=self._judging,
        )  # fmt: skip
        return tuple(one for one in sets if one.report.reps)

    def close(self) -> tuple[SetEvent, ...]:
        """End the set by the lifter's word; `SetClosed` comes now or with one of the next poses."""
        if self.closed or self._closing or not self._poses:
            return ()
        self._stopped = True
        self._ask_last()
        return tuple(self._collect(self._poses[-1].t_s))

    def arm(self, t_s: float) -> tuple[SetEvent, ...]:
        """Take the lifter's word for standing in the start position."""
        if self._armed or self._started:
            return ()
        self._armed = True
        return (SetArmed(t_s),)

    def undo(self) -> tuple[SetEvent, ...]:
        """Take back the last rep counted: it was none."""
        if provisional := self._provisional_s():
            at_s = provisional[-1]
        elif self._settled_reps:
            at_s = self._settled_reps[-1].turn_s
        else:
            return ()
        taken = Correction(kind="mark", at_s=max(at_s, 0.0), mark="not_a_rep", by=LIFTER)
        self._corrections += (taken,)
        self._judge.look_thoroughly()
        self._judge.ask(self._moment(), self._look)
        self._count = max(self._count - 1, 0)
        return (CountCorrected(self._poses[-1].t_s, self._count),)

    def _follow(self, pose: Pose) -> list[SetEvent]:
        """Go on with the causal half."""
        events: list[SetEvent] = []
        happened = self.tracker.update(pose)
        if self._armed or self._started:
            if happened is not None and happened.kind is RepEventKind.COMPLETED:
                if not self._started:
                    events.append(self._start(pose.t_s))
                if self.count > self._count:
                    self._count = self.count
                    events.append(RepCounted(pose.t_s, self._count))
            if self.tracker.phase is not self._phase:
                self._phase = self.tracker.phase
                events.append(PhaseChanged(pose.t_s, self._phase))
        if happened is not None and happened.kind is RepEventKind.COMPLETED:
            self._completed_s = pose.t_s
            self._judge.look_soon(pose.t_s)
        self._still.update(pose.t_s, self.tracker.fraction)
        resting = not self.tracker.under_way
        if resting:
            self._rest_s = pose.t_s
        if not (self._armed or self._started) and resting and self._still.is_still:
            self._armed = True
            events.append(SetArmed(pose.t_s))
        return events

    def _start(self, t_s: float) -> SetEvent:
        self._started, self._started_s = True, t_s
        return SetStarted(t_s)

    def _moment(self) -> LiveState:
        return LiveState(
            self._poses[-1].t_s,
            rest_s=self._rest_s,
            under_way=self.tracker.under_way,
            ended=self._still.ended,
            moved=self._started or self._still.moved,
            count=self.count,
        )

    def _look(self, mix: Mapping[str, float] | None) -> JudgeRequest:
        return JudgeRequest(
            self.sequence,
            self._exercise,
            self._criteria,
            mix,
            self._stopped,
            self._corrections,
            self._past,
            self._bar,
            self._judging,
        )

    def _ask_last(self) -> None:
        self._closing = True
        self._judge.ask_last(self._moment(), self._look)

    def _collect(self, now_s: float) -> list[SetEvent]:
        """Apply the offline pass if it is there."""
        answer = self._judge.answer()
        if answer is None:
            return []
        said = answer.said
        if self._closing:
            self.closed = True
            self.report = self.report if said is None else said.report
            return [SetClosed(now_s, self.report)]
        return [] if said is None else self._apply(said, answer.asked, now_s)

    def _apply(self, said: OfflineJudgement, asked: LiveState, now_s: float) -> list[SetEvent]:
        events: list[SetEvent] = []
        reps = said.report.reps if said.report is not None else ()
        settled = [rep for rep in reps if self._is_settled(rep, asked)]
        if not self._started:
            if sum(self._is_lift(rep) for rep in settled) < self._options.min_unseen_reps:
                return events
            events.append(self._start(now_s))
        self.report, self._settled_reps = said.report, settled
        if settled:
            if said.mix and self.tracker.learn(said.mix, said.t_s, said.fraction):
                self._judge.mix = said.mix
            self.tracker.restart(settled[-1].end_s)
            start_s, end_s = settled[0].start_s, settled[-1].end_s
            self._presence.takes_place(p for p in self._poses if start_s <= p.t_s <= end_s)
        before, self._count = self._count, self.count
        if self._count < before and now_s - self._completed_s < self._options.grace_s:
            self._count = before  # the offline pass has not seen the whole rep yet
        if self._count != before:
            # One more is a rep like any other, only found late.
            kind = RepCounted if self._count == before + 1 else CountCorrected
            events.append(kind(now_s, self._count))
        if said.report is not None:
            if len(settled) < len(reps):
                self._judge.look_soon(now_s, again=True)
            events += self._tell(said.report, settled, now_s)
        return events

    def _is_lift(self, rep: Rep) -> bool:
        """Whether a rep is large enough to begin a set, rather than swaying while one waits."""
        if self._exercise is None or rep.rom_deg is None:
            return True
        angle = self._exercise.angle
        usual_deg = abs(angle.con_end_deg - angle.ecc_end_deg)
        return rep.rom_deg >= self._options.min_lift_share * usual_deg

    def _is_settled(self, rep: Rep, asked: LiveState) -> bool:
        """Whether a rep has really ended, rather than being cut off by what is not seen yet.

        It has if the load was at rest after it by the causal line. Before that line is known, or
        if it stays away from rest for too long to be believed, time alone must tell.
        """
        standing = asked.ended and not asked.under_way
        options = self._options
        if rep.end_s > asked.t_s - options.settled_s and not standing:
            return False
        unknown = self._judge.mix is None
        patience_s = options.unknown_signal_s if unknown else options.doubted_signal_s
        return rep.end_s <= max(asked.rest_s + 2 * options.settled_s, asked.t_s - patience_s)

    def _tell(self, report: SetReport, settled: Sequence[Rep], now_s: float) -> list[SetEvent]:
        """Say what is new about reps, cues and the end."""
        over = self._agreed_end(report, len(settled))
        events: list[SetEvent] = []
        same_s, cue_s = self._options.same_rep_s, self._judging.standards.cues.within_s
        for i, rep in enumerate(settled):
            if i < len(self._told_s) and abs(self._told_s[i] - rep.turn_s) < same_s:
                continue
            self._told_s[i:] = [rep.turn_s]
            good = sum(r.status is RepStatus.GOOD for r in settled)
            credited = good if self._over is None else min(good, report.good_reps)
            events.append(RepJudged(now_s, rep, credited))
            cue = self._cues.choose(rep)
            # The end of the set, if this is it, says it all: no cue beside it.
            quiet = self._over is not None or self._suspected is not None
            if cue is not None and now_s - rep.end_s <= cue_s and not quiet:
                events.append(CueDue(now_s, rep.number, cue.fault, cue.text, cue.severity))
        if over is not None:
            return [*events, SetOver(now_s, over)]
        target = self._criteria.target_reps
        if target is not None and not self._last_called and self._over is None:
            self._last_called = 1 <= report.completed_reps == target - 1
            if self._last_called:
                events.append(LastRepAhead(now_s, report.completed_reps))
        return events

    def _agreed_end(self, report: SetReport, settled: int) -> SetEnd | None:
        """Return an end to announce now: two looks agree on it, one of them thorough."""
        end = report.end
        if self._over is not None:
            return None
        if end.reason not in ANNOUNCED or (end.confirmed_at_rep or len(report.reps)) > settled:
            self._suspected = None
            return None
        if self._suspected != (end.reason, end.rep):
            self._suspected = end.reason, end.rep
            self._judge.look_thoroughly()
            return None
        self._over = end
        return end

    def _must_close(self, pose: Pose) -> bool:
        if not self._started:
            return False
        if self._presence.walked_away:
            self._stopped = True
            return True
        if self._presence.lost:
            return True
        ends = [r.end_s for r in self._settled_reps]
        last_s = max([*ends, *self.tracker.turns_s], default=self._started_s)
        idle_s = pose.t_s - last_s
        usual_s = self._usual_rep_s()
        pause = self._judging.reps.sets
        limit_s = max(pause.pause_s, pause.pause_reps * usual_s)
        if self._over is not None:
            limit_s = self._options.closed_after_s
        # A rep under way may still come to its end.
        if self.tracker.under_way:
            limit_s += self._options.under_way_reps * usual_s
        return idle_s > limit_s

    def _usual_rep_s(self) -> float:
        reps = self._settled_reps
        return median(r.end_s - r.start_s for r in reps) if reps else self._options.usual_rep_s
