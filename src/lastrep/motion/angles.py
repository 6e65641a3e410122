"""Joint angles and body measures from landmarks in isotropic units (pixels, never raw 0..1).

All angles are in degrees; NaN landmarks give NaN angles.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lastrep.pose.landmarks import Landmark

Array = NDArray[np.float64]

#: Included angle at the middle landmark of the left side; the right side is each index + 1.
JOINTS: MappingProxyType[str, tuple[Landmark, Landmark, Landmark]] = MappingProxyType(
    {
        "elbow": (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST),
        "shoulder": (Landmark.LEFT_HIP, Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW),
        "hip": (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP, Landmark.LEFT_KNEE),
        "knee": (Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE),
    }
)


def angle_deg(a: Array, b: Array, c: Array) -> Array:
    """Return the included angle at `b`, 0..180 degrees (180 = straight).

    Parameters
    ----------
    a, b, c
        shape = (..., d): points.

    Returns
    -------
    ndarray
        shape = (...): NaN where a point is NaN or lies on `b`.
    """
    u, v = np.asarray(a) - b, np.asarray(c) - b
    norm = np.linalg.norm(u, axis=-1) * np.linalg.norm(v, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = np.where(norm > 0, np.sum(u * v, axis=-1) / norm, np.nan)
    angle: Array = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return angle


def joint_deg(points: Array, joint: str, *, right: bool = False, dims: int = 2) -> Array:
    """Return one joint angle of one side, degrees.

    Parameters
    ----------
    points
        shape = (n, 33, 3): isotropic; z in the scale of x.
    joint
        A key of `JOINTS`.
    right
        Whether to measure the right side, rather than the left.
    dims
        2: in the image plane, the primary measure; 3: with the (weak) depth axis.

    Returns
    -------
    ndarray
        shape = (n,)
    """
    a, b, c = (int(i) + right for i in JOINTS[joint])
    return angle_deg(points[:, a, :dims], points[:, b, :dims], points[:, c, :dims])


def tilt_deg(lower: Array, upper: Array) -> Array:
    """Return the inclination of lower -> upper from the image's vertical, 0..180 degrees.

    0 = upright, 90 = horizontal, 180 = upside down.

    Parameters
    ----------
    lower, upper
        shape = (..., d), d >= 2: points, y down.

    Returns
    -------
    ndarray
        shape = (...)
    """
    d = np.asarray(upper) - lower
    tilt: Array = np.degrees(np.arctan2(np.abs(d[..., 0]), -d[..., 1]))
    return tilt
