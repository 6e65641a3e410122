"""Which side of the body did each rep: arms that take turns, one arm alone, the leg in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.track import Side
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.measures import MEASURES
from lastrep.motion.signals import limb_length
from lastrep.motion.track import Track
from lastrep.pose.landmarks import Landmark
from lastrep.pose.sequence import PoseSequence
from lastrep.reps.candidates import Hypothesis
from lastrep.reps.scoring import Body

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

SIDES: tuple[Side, Side] = ("left", "right")
#: A limb rests in a rep if it swings by less than this share of the other.
RESTS_BELOW = 0.5
#: Limbs take turns in a cut of so many reps or more if this share of them follows one of the other
#: side; such a cut is believed with this share of the best cut's score.
TURNS_REPS = 3
TURNS_SHARE = 0.8
TURNS_SCORE = 0.5
#: A limb that rests all set long must be seen this well for most of the time: a hidden one seems
#: to rest as well.
RESTING_SEEN = 0.8
SEEN_QUANTILE = 0.2
#: The knee of the leg in front is higher by this many limbs at the bottom of a lunge.
KNEES_SPLIT = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Limbs:
    """What tells the sides apart in one recording.

    Parameters
    ----------
    knee_split
        shape = (n,): left knee above the right, in limbs.
    seen
        Whether the left and the right limb can be trusted to rest when they seem to.
    """

    knee_split: Array
    seen: tuple[bool, bool]

    @classmethod
    def of(cls, track: Track, poses: PoseSequence, exercise: ExerciseDefinition) -> Limbs:
        """Read the knees' heights and how well the limbs that work are seen."""
        points = track.points
        size = np.nanmedian(limb_length(points)) if track.found.any() else 1.0
        left_knee, right_knee = points[:, Landmark.LEFT_KNEE], points[:, Landmark.RIGHT_KNEE]
        split = (right_knee - left_knee)[:, 1] / max(float(size), 1e-9)
        angle = MEASURES[exercise.angle.joint]
        joints = [int(i) for i in angle.landmarks] if angle.sided else []
        visibility = np.nan_to_num(poses.visibility.astype(np.float64))
        left, right = (
            bool(
                np.quantile(visibility[:, [i + k for i in joints]].min(axis=1), SEEN_QUANTILE)
                >= RESTING_SEEN
            )
            if joints
            else False
            for k in (0, 1)
        )
        return cls(split, (left, right))

    def part(self, where: slice) -> Limbs:
        """Return a stretch of the recording."""
        return Limbs(self.knee_split[where], self.seen)


def in_turns(
    hypotheses: Sequence[Hypothesis], body: Body, exercise: ExerciseDefinition
) -> Hypothesis | None:
    """Return the best cut in which the limbs take turns; None if they do not.

    A cut into whole turns, or one that sees one limb only, is as regular, so the score cannot
    choose between them. But in these every rep is the same limb's.
    """
    if exercise.sides != "each":
        return None
    cuts = [h for h in hypotheses if _alternate(moving_sides(body, exercise, h.reps))]
    best = max(cuts, key=lambda h: h.score, default=None)
    if best is None or best.score < TURNS_SCORE * max(h.score for h in hypotheses):
        return None
    return best


def _alternate(sides: Sequence[Side]) -> bool:
    changes = [{a, b} == {"left", "right"} for a, b in pairwise(sides)]
    return len(sides) >= TURNS_REPS and float(np.mean(changes)) >= TURNS_SHARE


def moving_sides(body: Body, exercise: ExerciseDefinition, reps: Indices) -> tuple[Side, ...]:
    """Return the side whose limb swings while the other rests, or both, for each rep."""
    names = [f"{exercise.angle.joint}.{side}" for side in SIDES]
    if not body.signals.keys() >= set(names):  # a limb that is never seen is left out
        return tuple(_moving(0.0, 0.0) for _ in reps)
    left, right = (
        np.abs(x[reps[:, 1]] - (x[reps[:, 0]] + x[reps[:, 2]]) / 2)
        for x in (body.signals[name] for name in names)
    )
    return tuple(_moving(one, other) for one, other in zip(left, right, strict=True))


def rep_sides(
    body: Body,
    exercise: ExerciseDefinition | None,
    reps: Indices,
    limbs: Limbs | None,
    *,
    turns: bool,
) -> tuple[Side, ...]:
    """Return which side did each rep, or led it.

    Parameters
    ----------
    reps
        shape = (n, 3): start, turn, end of each rep as sample indices.
    limbs
        Of the same samples as the body.
    turns
        Whether the limbs took turns (see `in_turns`).
    """
    unknown: list[Side] = ["both"] * len(reps)
    if exercise is None or limbs is None or exercise.sides == "both":
        return tuple(unknown)
    if exercise.sides == "lead":
        return tuple(_higher(float(limbs.knee_split[turn])) for turn in reps[:, 1])
    sides = moving_sides(body, exercise, reps)
    if turns:
        return sides
    # One limb did the whole set, while the other was seen to rest.
    for k, side in enumerate(SIDES):
        if limbs.seen[1 - k] and _mostly(sides, side):
            return (side,) * len(reps)
    return tuple(unknown)


def _moving(left: float, right: float) -> Side:
    if min(left, right) >= RESTS_BELOW * max(left, right):
        return "both"
    return "left" if left > right else "right"


def _higher(split: float) -> Side:
    if not abs(split) >= KNEES_SPLIT:
        return "both"
    return "left" if split > 0 else "right"


def _mostly(sides: Sequence[Side], side: Side) -> bool:
    return sides.count(side) >= TURNS_SHARE * len(sides)
