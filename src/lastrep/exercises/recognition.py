"""Which exercise is this? Typical postures at both ends of a rep, compared with what was seen.

Every exercise file tells what the body looks like where its lifting phase ends and where it
begins (`[ends]`). A movement is compared with each of them, end by end and in its change from end
to end; nothing is trained. Exercises of one family differ in details that a camera may not show,
so the family is decided first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

#: Below this nobody should act on the name. On real clips 19 of 20 families named at or above it
#: are right; half of those below are.
SURE_FROM = 0.7
#: Signals behind each measure of `[ends]`; an angle is read in the image and in depth, and the
#: reading that fits better counts, because either may be foreshortened or guessed.
MEASURES: Mapping[str, tuple[str, ...]] = {
    "knee": ("knee", "knee_3d"),
    "hip": ("hip", "hip_3d"),
    "elbow": ("elbow", "elbow_3d"),
    "shoulder": ("shoulder", "shoulder_3d"),
    "trunk": ("trunk",),
    "hands_height": ("wrist_above_shoulder",),
    "hips_height": ("hip_above_ankle",),
    "hands_apart": ("hands_apart",),
    "feet_apart": ("feet_apart",),
}
#: How far a measure of the same exercise strays between people and cameras: angles in degrees
#: (camera foreshortening dominates), lengths in limbs.
STRAY: Mapping[str, float] = {
    "knee": 30.0,
    "hip": 30.0,
    "elbow": 30.0,
    "shoulder": 30.0,
    "trunk": 25.0,
    "hands_height": 0.45,
    "hips_height": 0.45,
    "hands_apart": 0.8,
    "feet_apart": 0.6,
}
#: Squared misfit of one measure is at most this: one slipped joint does not decide.
MISFIT_LIMIT = 6.0
#: What a measure costs that an exercise leaves free: as much as a usual fit.
FREE_COST = 1.0
#: The measures are far from independent: their sum counts as so many independent ones as this
#: share of them.
INDEPENDENT_SHARE = 0.35
#: Reading the ends the other way round is possible, where the rest was mistaken.
SWAPPED_COST = 4.0


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the exercise is.

    Parameters
    ----------
    name
        The best fitting exercise.
    confidence
        0..1: share of its family among all families.
    runner_up
        The best exercise of the second best family.
    """

    name: str
    confidence: float
    runner_up: str

    @property
    def sure(self) -> bool:
        """Whether to act on the name."""
        return self.confidence >= SURE_FROM


@dataclass(frozen=True, slots=True)
class Ends:
    """Posture at rest and at the far end of a movement: median readings of each signal."""

    rest: Mapping[str, float]
    far: Mapping[str, float]

    @classmethod
    def of(cls, signals: Mapping[str, Array], reps: Indices) -> Ends:
        """Read the ends of reps.

        Parameters
        ----------
        signals
            The smoothed pool.
        reps
            shape = (n, 3): start, turn, end of each rep as sample indices.
        """
        far = reps[:, 1]
        rest = np.setdiff1d(reps[:, [0, 2]], far)
        names = [name for group in MEASURES.values() for name in group]
        return cls(
            {name: float(np.median(signals[name][rest])) for name in names},
            {name: float(np.median(signals[name][far])) for name in names},
        )


def recognize(ends: Ends, exercises: Sequence[ExerciseDefinition]) -> Recognition:
    """Name the exercise whose typical ends fit best.

    Raises
    ------
    ValueError
        If there is no exercise to choose from.
    """
    if not exercises:
        raise ValueError("no exercises to choose from")
    fit = {e.name: -0.5 * INDEPENDENT_SHARE * misfit(ends, e) for e in exercises}
    best = max(fit.values())
    weight = {name: float(np.exp(value - best)) for name, value in fit.items()}
    families: dict[str, float] = {}
    # A family is as likely as its best member: many variants do not make a movement likelier.
    for e in exercises:
        families[e.family] = max(families.get(e.family, 0.0), weight[e.name])
    ranked = sorted(exercises, key=lambda e: -weight[e.name])
    first = ranked[0]
    other = next((e for e in ranked if e.family != first.family), first)
    return Recognition(first.name, 1.0 / sum(families.values()), other.name)


def misfit(ends: Ends, exercise: ExerciseDefinition) -> float:
    """Sum of squared deviations from the exercise's typical ends, in usual strays."""
    # At rest an exercise that starts by lowering is at the end of its lifting phase.
    first, second = (ends.rest, ends.far)
    con, ecc = (first, second) if exercise.start == "con_end" else (second, first)
    return min(_misfit(con, ecc, exercise), _misfit(ecc, con, exercise) + SWAPPED_COST)


def _misfit(
    con: Mapping[str, float], ecc: Mapping[str, float], exercise: ExerciseDefinition
) -> float:
    total = 0.0
    for measure, readings in MEASURES.items():
        if measure not in exercise.ends:
            total += 3 * FREE_COST
            continue
        at_con, at_ecc = exercise.ends[measure]
        stray = STRAY[measure]
        total += min(
            _cost(con[r] - at_con, stray)
            + _cost(ecc[r] - at_ecc, stray)
            + _cost((con[r] - ecc[r]) - (at_con - at_ecc), stray)
            for r in readings
        )
    return total


def _cost(deviation: float, stray: float) -> float:
    return min((deviation / stray) ** 2, MISFIT_LIMIT)
