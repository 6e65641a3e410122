"""Which side of the body did each rep: alternating arms, one arm alone, the leg in front."""

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
from lastrep.reps.candidates import SegmentationCandidate
from lastrep.reps.parameters import SideOptions
from lastrep.reps.scoring import SignalSet

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

SIDES: tuple[Side, Side] = ("left", "right")


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
    def of(
        cls,
        track: Track,
        poses: PoseSequence,
        exercise: ExerciseDefinition,
        options: SideOptions,
    ) -> Limbs:
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
                np.quantile(
                    visibility[:, [i + k for i in joints]].min(axis=1), options.hidden_share
                )
                >= options.resting_visibility
            )
            if joints
            else False
            for k in (0, 1)
        )
        return cls(split, (left, right))

    def part(self, where: slice) -> Limbs:
        """Return a stretch of the recording."""
        return Limbs(self.knee_split[where], self.seen)


def alternating(
    candidates: Sequence[SegmentationCandidate],
    signal_set: SignalSet,
    exercise: ExerciseDefinition,
    options: SideOptions,
) -> SegmentationCandidate | None:
    """Return the best candidate in which the limbs alternate; None if they do not.

    One that takes a rep of each limb for one, or that sees one limb only, is as regular, so the
    score cannot choose between them. But in these every rep is the same limb's.

    Parameters
    ----------
    candidates
        All ways to cut the set.
    signal_set
        The signals of the same samples.
    exercise
        What is done.
    options
        Parameters of the sides.
    """
    if exercise.sides != "each":
        return None
    cuts = [
        c
        for c in candidates
        if _alternate(moving_sides(signal_set, exercise, c.reps, options), options)
    ]
    best = max(cuts, key=lambda c: c.score, default=None)
    if best is None or best.score < options.alternating_score * max(c.score for c in candidates):
        return None
    return best


def _alternate(sides: Sequence[Side], options: SideOptions) -> bool:
    changes = [{a, b} == {"left", "right"} for a, b in pairwise(sides)]
    enough = len(sides) >= options.alternating_reps
    return enough and float(np.mean(changes)) >= options.side_share


def moving_sides(
    signal_set: SignalSet, exercise: ExerciseDefinition, reps: Indices, options: SideOptions
) -> tuple[Side, ...]:
    """Return the side whose limb moves while the other rests, or both, for each rep."""
    names = [f"{exercise.angle.joint}.{side}" for side in SIDES]
    if not signal_set.signals.keys() >= set(names):  # a limb that is never seen is left out
        return tuple(_moving(0.0, 0.0, options) for _ in reps)
    left, right = (
        np.abs(x[reps[:, 1]] - (x[reps[:, 0]] + x[reps[:, 2]]) / 2)
        for x in (signal_set.signals[name] for name in names)
    )
    return tuple(_moving(one, other, options) for one, other in zip(left, right, strict=True))


def rep_sides(
    signal_set: SignalSet,
    exercise: ExerciseDefinition | None,
    reps: Indices,
    limbs: Limbs | None,
    options: SideOptions,
    *,
    alternate: bool,
) -> tuple[Side, ...]:
    """Return which side did each rep, or led it.

    Parameters
    ----------
    reps
        shape = (n, 3): start, turn, end of each rep as sample indices.
    limbs
        Of the same samples as the signals.
    options
        Parameters of the sides.
    alternate
        Whether the limbs alternated (see `alternating`).
    """
    unknown: list[Side] = ["both"] * len(reps)
    if exercise is None or limbs is None or exercise.sides == "both":
        return tuple(unknown)
    if exercise.sides == "lead":
        split = limbs.knee_split[reps[:, 1]]
        return tuple(_higher(float(one), options.knee_split) for one in split)
    sides = moving_sides(signal_set, exercise, reps, options)
    if alternate:
        return sides
    # One limb did the whole set, while the other was seen to rest.
    for k, side in enumerate(SIDES):
        if limbs.seen[1 - k] and sides.count(side) >= options.side_share * len(sides):
            return (side,) * len(reps)
    return tuple(unknown)


def _moving(left: float, right: float, options: SideOptions) -> Side:
    if min(left, right) >= options.resting_share * max(left, right):
        return "both"
    return "left" if left > right else "right"


def _higher(split: float, min_split: float) -> Side:
    if not abs(split) >= min_split:
        return "both"
    return "left" if split > 0 else "right"
