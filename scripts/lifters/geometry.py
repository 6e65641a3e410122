"""Rotations, two-bone inverse kinematics and angles, vectorised over frames.

World axes: metres, Y up, the lifter faces +Z and has the left hand at +X, the floor is y = 0.
Vectors are ``(n, 3)``, rotations ``(n, 3, 3)`` and act on column vectors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]

X, Y, Z = np.eye(3)

# A chain is never pulled quite straight: at 180 degrees the hinge direction is undefined.
MAX_REACH = 0.9999


def unit(v: ArrayLike) -> Array:
    """Vectors scaled to length one along the last axis."""
    vectors = np.asarray(v, float)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def smoothstep(u: ArrayLike) -> Array:
    """Minimum-jerk ramp: 0 below 0, 1 above 1, without velocity or acceleration at both ends."""
    x = np.clip(np.asarray(u, float), 0.0, 1.0)
    return np.asarray(x**3 * (10 - 15 * x + 6 * x**2))


def rotation(axis: ArrayLike, angle_deg: ArrayLike) -> Array:
    """Rotations by `angle_deg` (any shape) about one `axis`, right-handed."""
    a = unit(axis)
    t = np.radians(np.asarray(angle_deg, float))[..., None, None]
    k = np.array([[0, -a[2], a[1]], [a[2], 0, -a[0]], [-a[1], a[0], 0]])
    return np.asarray(np.eye(3) + np.sin(t) * k + (1 - np.cos(t)) * (k @ k))


def pitch(angle_deg: ArrayLike) -> Array:
    """Rotations about the lifter's left-right axis; positive leans an upright trunk forward."""
    return rotation(X, angle_deg)


def apply(rotations: Array, v: ArrayLike) -> Array:
    """``rotations @ v`` for ``(..., 3, 3)`` rotations and vectors ``(..., 3)``, broadcasting."""
    return np.asarray(np.einsum("...ij,...j->...i", rotations, np.asarray(v, float)))


def frame(direction: ArrayLike, hinge: ArrayLike) -> Array:
    """Rotations whose first column is `direction` and whose second is as near `hinge` as can be."""
    d = unit(direction)
    h = np.broadcast_to(np.asarray(hinge, float), d.shape)
    h = unit(h - d * (h * d).sum(-1, keepdims=True))
    return np.stack([d, h, np.cross(d, h)], -1)


def slerp(a: Array, b: Array, fraction: ArrayLike) -> Array:
    """Rotations the `fraction` of the way from `a` to `b`."""
    a, b = np.broadcast_arrays(a, b)
    between = Rotation.from_matrix(np.swapaxes(a, -1, -2) @ b).as_rotvec()
    part = Rotation.from_rotvec(between * np.asarray(fraction, float)[..., None])
    return np.asarray(a @ part.as_matrix())


def two_bone(
    root: Array, target: Array, upper_m: float, lower_m: float, pole: Array
) -> tuple[Array, Array, Array]:
    """Bend a two-bone chain so that it reaches a target.

    Parameters
    ----------
    root, target : (n, 3)
        Where the chain starts and should end; a target out of reach is approached straight.
    upper_m, lower_m : float
        Lengths of the two bones.
    pole : (n, 3)
        Direction in which the middle joint points.

    Returns
    -------
    middle, end, hinge : (n, 3)
        Middle joint, end joint, and the axis about which the middle joint bends.
    """
    v = target - root
    distance = np.linalg.norm(v, axis=-1, keepdims=True)
    along = v / distance
    reach = np.clip(distance, abs(upper_m - lower_m) + 1e-6, (upper_m + lower_m) * MAX_REACH)
    p = unit(pole - along * (pole * along).sum(-1, keepdims=True))
    cos = np.clip((upper_m**2 + reach**2 - lower_m**2) / (2 * upper_m * reach), -1, 1)
    middle = root + upper_m * (along * cos + p * np.sqrt(1 - cos**2))
    return middle, root + along * reach, np.cross(p, along)


def angle_deg(a: Array, b: Array, c: Array) -> Array:
    """Angle ABC in degrees along the last axis, 180 = straight; any number of dimensions."""
    u, v = a - b, c - b
    cos = (u * v).sum(-1) / (np.linalg.norm(u, axis=-1) * np.linalg.norm(v, axis=-1))
    return np.asarray(np.degrees(np.arccos(np.clip(cos, -1, 1))))
