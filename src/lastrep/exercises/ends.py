"""What is seen at both ends of a movement: posture, and which hands and feet travel in the room."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.measures import MEASURES, names
from lastrep.motion.signals import POOL_JOINTS, limb_length
from lastrep.pose.landmarks import Landmark

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

#: A measure read in three ways: in the image, of the side that moves more, and in depth. NaN where
#: a way does not apply or nothing was seen.
Readings = tuple[float, float, float]
#: Each end is the median over so many samples around it, of all reps.
AROUND = 2
#: Limbs from the hips to the shoulders.
TRUNK_LENGTH = 1.05
#: Landmarks cut to the body's own box touch it in every frame: within this share of a limb.
BOXED_WITHIN = 1e-3

_HANDS_AND_FEET = (Landmark.LEFT_WRIST, Landmark.LEFT_ANKLE)
#: Measures that each side of the body has, and those that depth adds to.
_SIDED = (*POOL_JOINTS, "wrist_above_shoulder")
_DEEP = (*POOL_JOINTS, "trunk_tilt")


@dataclass(frozen=True, slots=True)
class Ends:
    """Posture at rest and at the far end of a movement, and the way between them in the room.

    Parameters
    ----------
    rest, far
        Readings of each measure for ends (see `motion.measures`): degrees, or limbs.
    hands_travel, feet_travel
        Limbs that hands and feet rise in the picture from rest to far end; NaN if the landmarks
        tell no place in the room.
    """

    rest: Mapping[str, Readings]
    far: Mapping[str, Readings]
    hands_travel: float
    feet_travel: float

    @classmethod
    def of(cls, points: Array, reps: Indices) -> Ends:
        """Read the ends of reps.

        Parameters
        ----------
        points
            shape = (n, 33, 3): pixels; NaN where nobody is seen.
        reps
            shape = (n, 3): start, turn, end of each rep as sample indices.
        """
        with warnings.catch_warnings():
            # Where nobody was seen at any end, the median is NaN and means it.
            warnings.simplefilter("ignore", RuntimeWarning)
            # One size for all: foreshortening must not change it within a rep.
            points = points / max(float(np.nanmedian(limb_length(points))), 1e-9)
            far = reps[:, 1]
            rest = np.setdiff1d(reps[:, [0, 2]], far)
            there, away = _near(points, rest), _near(points, far)
            hands, feet = (
                (np.nan, np.nan)
                if _boxed(points)
                else (_travel(points, reps, part) for part in _HANDS_AND_FEET)
            )
            at_rest, at_far = _sides(there), _sides(away)
            left_moves = {
                name: abs(at_far[name][0] - at_rest[name][0])
                >= abs(at_far[name][1] - at_rest[name][1])
                for name in at_rest
            }
            return cls(_read(there, left_moves), _read(away, left_moves), hands, feet)


@dataclass(frozen=True, slots=True)
class Travel:
    """How far hands and feet rise in the room while the load is lifted, in limbs; NaN = free."""

    hands: float
    feet: float

    @classmethod
    def of(cls, exercise: ExerciseDefinition) -> Travel:
        """Follow the body from what stays in place: one end of the chain is fixed in the room."""

        def change(measure: str) -> float:
            con, ecc = exercise.ends.get(measure, (np.nan, np.nan))
            return con - ecc

        con, ecc = np.radians(exercise.ends.get("trunk_tilt", (np.nan, np.nan)))
        shoulders = TRUNK_LENGTH * float(np.cos(con) - np.cos(ecc))
        hands, hips = change("wrist_above_shoulder"), change("hip_above_ankle")
        match exercise.support:
            case "feet":
                return cls(hips + shoulders + hands, 0.0)
            case "hands":
                return cls(0.0, -hands - shoulders - hips)
            case "hips":
                return cls(shoulders + hands, -hips)
            case "none":
                return cls(np.nan, np.nan)


def _near(points: Array, at: Indices) -> Array:
    around = at[:, None] + np.arange(-AROUND, AROUND + 1)
    near: Array = points[around.clip(0, len(points) - 1).ravel()]
    return near


def _boxed(points: Array) -> bool:
    """Whether the picture was cut to the body in every frame: then nothing moves in the room."""
    edges = np.nanmin(points[:, :, 1], axis=1), np.nanmax(points[:, :, 1], axis=1)
    return all(np.nanmedian(np.abs(e - np.nanmedian(e))) < BOXED_WITHIN for e in edges)


def _travel(points: Array, reps: Indices, left: int) -> float:
    """Median over reps of how much a pair of landmarks is higher at the far end than at rest."""
    height = -(points[:, left, 1] + points[:, left + 1, 1]) / 2

    def at(index: int) -> float:
        return float(np.nanmedian(height[max(index - AROUND, 0) : index + AROUND + 1]))

    rises = [
        at(turn) - np.mean([at(end) for end in {start, stop} - {turn}])
        for start, turn, stop in reps.tolist()
    ]
    return float(np.nanmedian(rises))


def _sides(points: Array) -> dict[str, tuple[float, float]]:
    """Measures of the left and of the right limb, in the image."""
    return {
        name: (_median(points, f"{name}.left"), _median(points, f"{name}.right")) for name in _SIDED
    }


def _read(points: Array, left_moves: Mapping[str, bool]) -> dict[str, Readings]:
    sides = _sides(points)

    def readings(name: str) -> Readings:
        moving = sides[name][0 if left_moves[name] else 1] if name in _SIDED else np.nan
        deep = _median(points, f"{name}.depth") if name in _DEEP else np.nan
        if name in POOL_JOINTS:
            return _median(points, f"{name}.mean"), moving, deep
        if name in _SIDED:
            return (sides[name][0] + sides[name][1]) / 2, moving, deep
        return _median(points, name), moving, deep

    return {name: readings(name) for name in names("ends")}


def _median(points: Array, name: str) -> float:
    return float(np.nanmedian(MEASURES[name].in_picture(points)))
