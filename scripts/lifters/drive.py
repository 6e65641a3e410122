"""What drives an exercise's pose, and the limb helpers all exercises share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lifters.body import SIDES, Pose, Proportions, shoulder
from lifters.geometry import Array, X, Y, Z, apply, frame, pitch, rotation, unit

# Where a bar lies in the hand, in palm lengths from the wrist: pulled bars hang in the fingers,
# pressed bars rest on the heel of the hand.
GRIP = 0.85
PRESS_GRIP = 0.40


@dataclass(frozen=True, slots=True)
class Drive:
    """How far the movement is, per frame.

    `down` and `up` are the same thing counted from the two ends: `up` is the concentric fraction
    (1 = end of the lifting phase), `down` = 1 - up.
    """

    up: Array
    fault: Callable[[str], Array]
    plate_radius_m: float

    @property
    def down(self) -> Array:
        """Nearness to the stretched end, 1 at the end of the lowering phase."""
        return 1.0 - self.up

    @property
    def n(self) -> int:
        """Number of frames."""
        return len(self.up)


def mix(fraction: Array, at0: ArrayLike, at1: ArrayLike) -> Array:
    """Straight line from `at0` to `at1`: ``(n,)`` for numbers, ``(n, 3)`` for points."""
    a, b = np.asarray(at0, float), np.asarray(at1, float)
    w = fraction[:, None] if max(a.ndim, b.ndim) >= 1 and a.shape[-1:] == (3,) else fraction
    return np.asarray(a + w * (b - a))


def lean_trunk(pose: Pose, lean_deg: Array, round_deg: ArrayLike = 0.0) -> None:
    """Lean pelvis and chest forward; `round_deg` flexes the upper spine on top of it."""
    pose.pelvis = pitch(lean_deg)
    pose.chest = pitch(lean_deg + np.asarray(round_deg))


def lean_of(trunk: Array, forward_m: Array, upward_m: Array) -> Array:
    """Lean (deg) that makes the trunk vector point `forward_m`, `upward_m`."""
    rest = np.degrees(np.arctan2(trunk[2], trunk[1]))
    return np.asarray(np.degrees(np.arctan2(forward_m, upward_m)) - rest)


def legs_over_feet(
    body: Proportions, shin_deg: Array, thigh_deg: Array, stance_m: float
) -> tuple[Array, Array]:
    """Height and forward position of the hips for shins leaning forward and thighs backward."""
    splay = abs(stance_m / 2 - body.hip_half_m) / body.leg_m
    k = 0.995 * np.sqrt(1 - splay**2)
    shin, thigh = np.radians(shin_deg), np.radians(thigh_deg)
    y = body.ankle_height_m + k * (body.shank_m * np.cos(shin) + body.thigh_m * np.cos(thigh))
    z = k * (body.shank_m * np.sin(shin) - body.thigh_m * np.sin(thigh))
    return y, z


def place_hips(pose: Pose, y: ArrayLike, z: ArrayLike, x: ArrayLike = 0.0) -> None:
    """Put the point between the hips somewhere."""
    pose.hip = np.stack(np.broadcast_arrays(x, y, z), -1) + np.zeros_like(pose.hip)


def hold_bar(
    body: Proportions,
    pose: Pose,
    bar: Array,
    grip_half_m: float,
    fingers: ArrayLike,
    elbows: Callable[[float], Array],
    tilt_deg: ArrayLike = 0.0,
    grip: float = GRIP,
) -> None:
    """Both hands on a bar, overhand.

    `fingers` is the direction of the hand, `elbows` gives the elbow's pole per side sign; `grip` is
    where in the hand the bar lies.
    """
    pose.bar = bar
    pose.bar_axis = apply(rotation(Z, np.zeros(len(bar)) + np.asarray(tilt_deg, float)), X)
    hand = unit(np.broadcast_to(np.asarray(fingers, float), bar.shape))
    for side, sign in SIDES.items():
        held = bar + sign * grip_half_m * pose.bar_axis
        pose.wrist[side] = held - grip * body.palm_m * hand
        pose.hand[side] = frame(hand, sign * X)
        pose.elbow_pole[side] = np.broadcast_to(elbows(sign), bar.shape)


def arm(
    body: Proportions, pose: Pose, side: str, upper: Array, fore: Array, across: ArrayLike
) -> None:
    """Set one arm by the directions of upper arm and forearm."""
    sh = shoulder(body, pose, side)
    elbow = sh + body.upper_arm_m * upper
    wrist = elbow + body.forearm_m * fore
    pose.wrist[side] = wrist
    # The tiny offset keeps the pole defined when the arm is straight.
    pose.elbow_pole[side] = elbow - (sh + wrist) / 2 - 1e-3 * Z
    pose.hand[side] = frame(fore, across)


def leg(body: Proportions, pose: Pose, side: str, thigh: Array, shank: Array) -> None:
    """Set one hanging leg by the directions of thigh and shank; the foot follows the shank."""
    hip = pose.hip + apply(pose.pelvis, SIDES[side] * body.hip_half_m * X)
    knee = hip + body.thigh_m * thigh
    pose.ankle[side] = knee + body.shank_m * shank
    pose.knee_pole[side] = knee - (hip + pose.ankle[side]) / 2 + 1e-3 * Z
    # Columns: left, up (against the shank), forward.
    left = np.broadcast_to(X, shank.shape)
    pose.foot[side] = np.stack([left, -shank, np.cross(left, -shank)], -1)


def swing(direction: ArrayLike, angle: ArrayLike) -> Array:
    """`direction` turned about the left-right axis, positive from up towards forward."""
    return apply(pitch(np.asarray(angle, float)), direction)


def plant_feet(
    body: Proportions,
    pose: Pose,
    half_m: ArrayLike,
    forward_m: ArrayLike,
    toe_out_deg: float = 10.0,
) -> None:
    """Feet flat on the floor, knees pointing up and forward: for lying and sitting."""
    for side, sign in SIDES.items():
        x, z = np.broadcast_arrays(sign * np.asarray(half_m), forward_m)
        pose.ankle[side] = np.stack([x, 0 * x + body.ankle_height_m, z], -1) + 0 * pose.hip
        pose.knee_pole[side] = np.broadcast_to(Y + 0.3 * Z + 0.1 * sign * X, pose.hip.shape)
        pose.foot[side] = np.broadcast_to(rotation(Y, sign * toe_out_deg), pose.pelvis.shape)
