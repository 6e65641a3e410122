"""Camera roll: how far the image is turned about the camera's axis.

Roll goes one to one into every inclination. A lifter who stands is a plumb line: the feet carry
the hips and the shoulders. Where both lines agree on a tilt that no stance explains, it is the
camera's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.angles import joint_deg
from lastrep.pose.landmarks import Landmark

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RollOptions:
    """When a tilt of the lifter is the camera's roll.

    Parameters
    ----------
    standing_deg
        Straighter than this in knees and hips is standing.
    min_frames
        Frames of standing that must be seen.
    natural_deg
        People stand within this of plumb (side on the shoulders are over the middle of the foot, a
        little ahead of the ankle), so a smaller tilt is not taken for roll.
    agree_deg
        Legs and whole body must agree this well on the tilt, else it is not known.
    max_deg
        A tilt above this is somebody lying, not a camera.
    """

    standing_deg: float = 155.0
    min_frames: int = 3
    natural_deg: float = 4.0
    agree_deg: float = 5.0
    max_deg: float = 35.0


@dataclass(frozen=True, slots=True)
class Roll:
    """How far the image is turned.

    Parameters
    ----------
    angle_deg
        Turn to take out, degrees, clockwise positive; 0 where none is known or it is within what a
        stance explains.
    certain
        False if the image seems turned by an amount that is not sure: inclinations must then
        not be judged by absolute standards.
    """

    angle_deg: float
    certain: bool


def camera_roll(points: Array, options: RollOptions = RollOptions()) -> Roll:
    """Estimate the roll from the moments in which the lifter stands straight.

    Parameters
    ----------
    points
        shape = (n, 33, d): pixels, y down. An exercise without standing gives no roll, certain.
    options
        When a tilt is the camera's.
    """
    straight = np.ones(len(points), bool)
    for joint in ("knee", "hip"):
        both = np.fmax(joint_deg(points, joint), joint_deg(points, joint, right=True))
        straight &= both >= options.standing_deg
    if straight.sum() < options.min_frames:
        return Roll(0.0, True)
    ankle, hip, shoulder = (
        (points[straight, i, :2] + points[straight, i + 1, :2]) / 2
        for i in (Landmark.LEFT_ANKLE, Landmark.LEFT_HIP, Landmark.LEFT_SHOULDER)
    )
    legs, body = (_tilt(ankle, upper) for upper in (hip, shoulder))
    tilt = (legs + body) / 2
    if abs(body) > options.max_deg or abs(tilt) < options.natural_deg:
        return Roll(0.0, True)
    if abs(legs - body) > options.agree_deg:
        return Roll(0.0, False)
    return Roll(tilt, True)


def unroll(points: Array, roll: Roll) -> Array:
    """Return points turned back about the image's origin; only directions mean something then.

    Parameters
    ----------
    points
        shape = (..., d), d >= 2: pixels; further components stay as they are.
    """
    if roll.angle_deg == 0.0:
        return points
    a = np.radians(roll.angle_deg)
    out = points.copy()
    x, y = points[..., 0], points[..., 1]
    out[..., 0] = np.cos(a) * x + np.sin(a) * y
    out[..., 1] = -np.sin(a) * x + np.cos(a) * y
    return out


def _tilt(lower: Array, upper: Array) -> float:
    """Return the median tilt of lower -> upper, degrees, clockwise positive."""
    d = upper - lower
    return float(np.median(np.degrees(np.arctan2(d[:, 0], -d[:, 1]))))
