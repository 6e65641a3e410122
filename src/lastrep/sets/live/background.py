"""Judging a set that still runs: what is asked, when, and where it is worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from typing import ParamSpec, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.pose.sequence import PoseSequence
from lastrep.sets.corrections import Correction
from lastrep.sets.criteria import Past, SetCriteria
from lastrep.sets.live.options import ScheduleOptions
from lastrep.sets.options import AlgorithmOptions
from lastrep.sets.results import SetReport
from lastrep.velocity.options import BarOptions

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """What the offline pass is asked to judge.

    Parameters
    ----------
    poses
        The poses so far.
    mix
        Signals to look along (quick); None to search for the best (thorough).
    stopped
        Whether the lifter is known to have stopped.
    corrections
        What the lifter took back.
    past
        The lifter's own history.
    bar
        How speed is measured.
    options
        How it is measured and judged; None for the shipped standards and usual numbers.
    """

    poses: PoseSequence
    exercise: ExerciseDefinition | None
    criteria: SetCriteria
    mix: Mapping[str, float] | None = None
    stopped: bool = False
    corrections: tuple[Correction, ...] = ()
    past: Past | None = None
    bar: BarOptions = field(default_factory=BarOptions)
    options: AlgorithmOptions | None = None


@dataclass(frozen=True, slots=True, eq=False)
class OfflineJudgement:
    """What the offline pass says of the poses so far.

    Parameters
    ----------
    report
        The latest set; None if there is none.
    mix
        Signals it was read from.
    t_s, fraction
        Concentric fraction over the set.
    """

    report: SetReport | None
    mix: Mapping[str, float]
    t_s: NDArray[np.float64]
    fraction: NDArray[np.float64]


#: Makes a request along given signals, or (None) for the best ones.
RequestAlong = Callable[[Mapping[str, float] | None], JudgeRequest]


class Judge(Protocol):
    """Judges the poses so far; with a process executor it must be a module's function."""

    def __call__(self, look: JudgeRequest) -> OfflineJudgement:
        """Return what the offline pass says."""
        ...


class Inline(Executor):
    """Runs what it is given at once: the same input gives the same events."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run and return a finished future."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # kept for whoever asks for the result
            future.set_exception(error)
        return future


@dataclass(frozen=True, slots=True)
class LiveState:
    """What the causal half knew when the request was made.

    Parameters
    ----------
    t_s
        When it was.
    rest_s
        When the load was at rest last.
    under_way
        Whether a rep was under way.
    ended
        Whether the load had come to a standstill after moving.
    moved
        Whether there was anything to judge.
    count
        Reps so far.
    """

    t_s: float
    rest_s: float
    under_way: bool
    ended: bool
    moved: bool
    count: int

    @property
    def settled(self) -> bool:
        """Whether the rep that came back has come to its end."""
        return self.ended or self.under_way


@dataclass(frozen=True, slots=True, eq=False)
class JudgeReply:
    """What came of a question: the judgement, or None if it failed, and when it was asked."""

    said: OfflineJudgement | None
    asked: LiveState


class BackgroundJudge:
    """Has the set judged when it is due, one question at a time, and brings the answer.

    Parameters
    ----------
    judge
        OfflineJudgement.
    executor
        Where it runs; if that breaks down, it goes on in this process.
    options
        How often it is asked.
    """

    def __init__(
        self,
        judge: Judge,
        executor: Executor,
        options: ScheduleOptions = ScheduleOptions(),  # noqa: B008 - frozen
    ) -> None:
        self._options = options
        #: Signals that the reps are known to be read from; None until they are.
        self.mix: Mapping[str, float] | None = None
        #: What went wrong in the offline pass, if anything did.
        self.problem: str | None = None
        self._judge, self._executor = judge, executor
        self._question: tuple[JudgeRequest, LiveState, Future[OfflineJudgement]] | None = None
        self._reviewed_s = self._searched_s = float("-inf")
        self._quick_due_s: float | None = None
        self._thorough_due = False

    def look_soon(self, t_s: float, *, again: bool = False) -> None:
        """JudgeRequest along the known signals once the rep that came back by now has settled.

        Parameters
        ----------
        again
            A look that is already due stays due when it was.
        """
        if not (again and self._quick_due_s is not None):
            self._quick_due_s = t_s

    def look_thoroughly(self) -> None:
        """Search for the best signals again with the next question."""
        self._thorough_due = True

    def ask(self, now: LiveState, request: RequestAlong) -> None:
        """Ask if it is time to.

        Parameters
        ----------
        request
            Makes the request, along given signals or for the best ones.
        """
        if self._question is not None:
            return
        due_s = self._quick_due_s
        every_s = self._options.every_s
        quick = due_s is not None and (now.settled or now.t_s - due_s >= every_s / 2)
        overdue = now.moved and now.t_s - self._reviewed_s >= every_s
        if not (quick or overdue or self._thorough_due):
            return
        along = self.mix if quick else None
        if quick:
            self._quick_due_s = None
        if along is None:
            self._searched_s = now.t_s
        many = now.count > self._options.known_from_reps
        known = many and now.t_s - self._searched_s < self._options.search_every_s
        self._thorough_due = along is not None and not known
        self._submit(request(along), now)

    def ask_last(self, now: LiveState, request: RequestAlong) -> None:
        """Ask for the final judgement; what is under way is of no interest any more."""
        if self._question is not None:
            self._question[2].cancel()
        self._submit(request(None), now)

    def answer(self) -> JudgeReply | None:
        """Return what the offline pass said, once; None while there is nothing new."""
        if self._question is None or not self._question[2].done():
            return None
        look, asked, future = self._question
        self._question = None
        try:
            return JudgeReply(future.result(), asked)
        except BrokenExecutor:  # its process was killed: go on in this one
            self._executor = Inline()
            self._submit(look, asked)
            return self.answer()
        except Exception as error:  # a defect of ours: the set goes on with what was known
            self.problem = f"internal error: {type(error).__name__}: {error}"
            return JudgeReply(None, asked)

    def _submit(self, look: JudgeRequest, now: LiveState) -> None:
        self._reviewed_s = now.t_s
        try:
            future = self._executor.submit(self._judge, look)
        except BrokenExecutor:
            self._executor = Inline()
            future = self._executor.submit(self._judge, look)
        self._question = look, now, future
