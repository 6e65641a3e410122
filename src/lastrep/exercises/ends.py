"""What is seen at both ends of a movement: posture, and which hands and feet travel in the room."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.angles import joint_deg, tilt_deg
from lastrep.motion.signals import POOL_JOINTS, limb_length

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


@dataclass(frozen=True, slots=True)
class Ends:
    """Posture at rest and at the far end of a movement, and the way between them in the room.

    Parameters
    ----------
    rest, far
        Readings of each measure (see `END_MEASURES`); angles in degrees, lengths in limbs.
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
                else (_travel(points, reps, part) for part in (15, 27))
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

        con, ecc = np.radians(exercise.ends.get("trunk", (np.nan, np.nan)))
        shoulders = TRUNK_LENGTH * float(np.cos(con) - np.cos(ecc))
        hands, hips = change("hands_height"), change("hips_height")
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
    left, right = (
        {joint: joint_deg(points, joint, right=side) for joint in POOL_JOINTS}
        | {"hands_height": points[:, 11 + side, 1] - points[:, 15 + side, 1]}
        for side in (False, True)
    )
    return {name: (_middle(left[name]), _middle(right[name])) for name in left}


def _read(points: Array, left_moves: Mapping[str, bool]) -> dict[str, Readings]:
    shoulder, hip, ankle = ((points[:, i] + points[:, i + 1]) / 2 for i in (11, 23, 27))
    lean = shoulder - hip
    sides = _sides(points)
    out: dict[str, Readings] = {}
    for joint in POOL_JOINTS:
        flat, deep = (
            _middle(
                (joint_deg(points, joint, dims=d) + joint_deg(points, joint, right=True, dims=d))
                / 2
            )
            for d in (2, 3)
        )
        out[joint] = (flat, sides[joint][0 if left_moves[joint] else 1], deep)
    both = (sides["hands_height"][0] + sides["hands_height"][1]) / 2
    moving = sides["hands_height"][0 if left_moves["hands_height"] else 1]
    out["hands_height"] = (both, moving, np.nan)
    depth = np.degrees(np.arctan2(np.hypot(lean[:, 0], lean[:, 2]), -lean[:, 1]))
    out["trunk"] = (_middle(tilt_deg(hip, shoulder)), np.nan, _middle(depth))
    out["hips_height"] = _only(ankle[:, 1] - hip[:, 1])
    out["knee_split"] = _only(np.abs(points[:, 25, 1] - points[:, 26, 1]))
    for name, left in (("hands_apart", 15), ("feet_apart", 27)):
        across = points[:, left] - points[:, left + 1]
        out[name] = _only(np.linalg.norm(across[:, :2], axis=1))
    return out


def _only(x: Array) -> Readings:
    return _middle(x), np.nan, np.nan


def _middle(x: Array) -> float:
    return float(np.nanmedian(x))
