"""A set that was analysed: its report, and the movement it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.lifter import BarProxy
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.recognition import Recognition
from lastrep.sets.ending import Aftermath
from lastrep.sets.results import SetReport
from lastrep.reps.segmentation import RepSpan

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AnalyzedSet:
    """A set's report and the movement it was read from.

    Parameters
    ----------
    report
        The result.
    exercise
        The definition it was judged by; None if the exercise is not known.
    recognition
        How the exercise was recognised; None if it was given.
    t_s, fraction
        shape = (n,) each: concentric fraction over the set's time.
    spans
        Where the reps are in time, as in `report.reps`.
    aftermath
        What followed the set.
    mix
        Gains of the signals that the fraction was read from.
    """

    report: SetReport
    exercise: ExerciseDefinition | None
    recognition: Recognition | None
    t_s: Array
    fraction: Array
    spans: tuple[RepSpan, ...]
    aftermath: Aftermath
    mix: Mapping[str, float]

    @property
    def bar_proxy(self) -> BarProxy | None:
        """The body part that moves like the bar; None if it is not known what is done."""
        return None if self.exercise is None else self.exercise.bar_proxy
