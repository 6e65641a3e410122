"""Asking for the judgement of a set that still runs, and where that judgement is worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import ParamSpec, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.pose.sequence import PoseSequence
from lastrep.sets.options import Past, SetOptions
from lastrep.sets.results import SetReport

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Look:
    """What hindsight is asked to judge.

    Parameters
    ----------
    poses
        The poses so far.
    mix
        Signals to look along (quick); None to search for the best (thorough).
    stopped
        Whether the lifter is known to have stopped.
    not_reps_s
        Times inside movements that the lifter says were no reps.
    past
        The lifter's own history.
    """

    poses: PoseSequence
    exercise: ExerciseDefinition | None
    options: SetOptions
    mix: Mapping[str, float] | None = None
    stopped: bool = False
    not_reps_s: tuple[float, ...] = ()
    past: Past | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Hindsight:
    """What hindsight says.

    Parameters
    ----------
    until_s
        Time of the last pose it saw.
    report
        The latest set; None if there is none.
    mix
        Signals it was read from.
    t_s, fraction
        Concentric fraction over the set.
    """

    until_s: float
    report: SetReport | None
    mix: Mapping[str, float]
    t_s: NDArray[np.float64]
    fraction: NDArray[np.float64]


class Judge(Protocol):
    """Judges the poses so far; with a process executor it must be a module's function."""

    def __call__(self, look: Look) -> Hindsight:
        """Return what hindsight says."""
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
