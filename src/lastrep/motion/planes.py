"""Landmarks in one plane: of the image, or the lifter's own sagittal or frontal plane."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.angles import angle_deg
from lastrep.pose.landmarks import Landmark

Array = NDArray[np.float64]
Side = Literal["left", "right"]

_TOES = [Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX]
_HEELS = [Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL]
_EARS = [Landmark.LEFT_EAR, Landmark.RIGHT_EAR]
_LEFT_TRUNK = [Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP]
_RIGHT_TRUNK = [Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP]


@dataclass(frozen=True, slots=True, eq=False)
class PlanarLandmarks:
    """Landmarks in one plane.

    Parameters
    ----------
    points
        shape = (n, 33, d): x along the plane, y down; any unit. A third component is the depth,
        for the measures that need it.
    forward
        +1 if the lifter faces growing x, -1 if falling x.
    trunk
        Typical distance of shoulder and hip, in the unit of `points`; NaN if nobody needs it.
    """

    points: Array
    forward: float = 1.0
    trunk: float = float("nan")
    _angles: dict[tuple[int, ...], Array] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, points: Array, forward: float) -> PlanarLandmarks:
        """Return landmarks with their own typical trunk length; NaN if no trunk is seen."""
        shoulder, hip = (
            _middle(points, left) for left in (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP)
        )
        length = np.linalg.norm(shoulder - hip, axis=1)
        # The longest the trunk appears: while hinged towards the camera it is foreshortened.
        seen = length[np.isfinite(length)]
        return cls(points, forward, float(np.quantile(seen, 0.9)) if len(seen) else float("nan"))

    def at(self, landmark: int, side: Side = "left") -> Array:
        """Return the position of a left landmark, or its right twin, shape = (n, 2)."""
        return self.points[:, landmark + (side == "right")]

    def angle(self, a: int, b: int, c: int, side: Side = "left") -> Array:
        """Return the included angle at the landmark `b`, degrees; computed once."""
        key = (a, b, c, int(side == "right"))
        if key not in self._angles:
            self._angles[key] = angle_deg(self.at(a, side), self.at(b, side), self.at(c, side))
        return self._angles[key]

    def middle(self, landmark: int) -> Array:
        """Return the middle between a left landmark and its right twin, shape = (n, 2)."""
        return _middle(self.points, landmark)


def _middle(points: Array, left: int) -> Array:
    middle: Array = (points[:, left] + points[:, left + 1]) / 2
    return middle


def facing(points: Array) -> float:
    """Return which way the lifter looks along x: +1 or -1, from the feet and the face.

    Parameters
    ----------
    points
        shape = (n, 33, d); +1 if neither feet nor face are seen.
    """
    x = points[:, :, 0]
    feet = x[:, _TOES] - x[:, _HEELS]
    face = x[:, [Landmark.NOSE]] - x[:, _EARS]
    votes = np.concatenate([feet, face], axis=1)
    seen = votes[np.isfinite(votes)]
    return -1.0 if len(seen) and float(np.sum(np.clip(seen, *_limits(seen)))) < 0 else 1.0


def _limits(x: Array) -> tuple[float, float]:
    """Return bounds that keep single slips from outvoting the rest."""
    reach = float(np.median(np.abs(x)))
    return -2 * reach, 2 * reach


def body_planes(world_m: Array) -> tuple[Array, Array]:
    """Project world landmarks onto the lifter's sagittal and frontal plane.

    Parameters
    ----------
    world_m
        shape = (n, 33, 3): x right, y down, z away from the camera.

    Returns
    -------
    sagittal, frontal
        shape = (n, 33, 2) each: x forward, or to the lifter's left; y down. NaN if unknown.
    """
    across = world_m[:, _LEFT_TRUNK] - world_m[:, _RIGHT_TRUNK]
    across = across[np.isfinite(across[:, 0, 0])].reshape(-1, 3)
    nothing = np.full((*world_m.shape[:2], 2), np.nan)
    if not len(across):
        return nothing, nothing
    left_x, left_z = np.median(across[:, 0]), np.median(across[:, 2])
    norm = max(float(np.hypot(left_x, left_z)), 1e-9)
    x, y, z = np.moveaxis(world_m, -1, 0)
    forward = (x * left_z - z * left_x) / norm
    left = (x * left_x + z * left_z) / norm
    return np.stack([forward, y], -1), np.stack([left, y], -1)
