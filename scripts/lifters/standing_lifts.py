"""Poses of the exercises done on the feet.

Each function turns a :class:`~lifters.drive.Drive` into a :class:`~lifters.body.Pose`. Bars
move linearly with the drive's `up` wherever the bar is what is being lifted, so bar speed follows
the timeline's velocity profile.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lifters.body import SIDES, Pose, Proportions, shoulder_mid, standing
from lifters.drive import (
    GRIP,
    PRESS_GRIP,
    Drive,
    arm,
    hold_bar,
    lean_of,
    lean_trunk,
    legs_over_feet,
    mix,
    place_hips,
    swing,
)
from lifters.geometry import Array, X, Y, Z, apply, pitch, rotation, smoothstep, two_bone

BAR_RADIUS_M = 0.014
MID_FOOT = 0.22  # where the load balances, in foot lengths in front of the ankle
SQUAT_THIGH_DEG = 95.0  # thigh from vertical at full depth: 5 degrees below parallel
SQUAT_SHIN_DEG = 33.0
STANDING_LEAN_DEG = 4.0
PRESS_GRIP_HALF_M = 0.26
PRESS_SHRUG_DEG = 24.0


def back_squat(body: Proportions, d: Drive) -> Pose:
    """High-bar back squat."""
    load = body.trunk_m + 0.012 * Y - (body.back_depth_m + BAR_RADIUS_M) * Z
    pose, bar = _squat(body, d, load)
    up, forward, left = (apply(pose.chest, v) for v in (Y, Z, X))
    hold_bar(body, pose, bar, 0.42, 0.9 * up - 0.15 * forward, lambda g: -0.8 * up - 0.8 * forward)
    for side, sign in SIDES.items():
        pose.wrist[side] = pose.wrist[side] - 0.03 * forward
        pose.elbow_pole[side] = pose.elbow_pole[side] + 0.1 * sign * X
    pose.bar_axis = left
    return pose


def front_squat(body: Proportions, d: Drive) -> Pose:
    """Front squat, bar on the shoulders, elbows high."""
    load = body.trunk_m + 0.035 * Y + (0.8 * body.chest_depth_m + BAR_RADIUS_M) * Z
    pose, bar = _squat(body, d, load)
    up, forward = apply(pose.chest, Y), apply(pose.chest, Z)
    hold_bar(body, pose, bar, 0.25, 0.6 * up - 0.8 * forward, lambda g: forward + 0.3 * g * X)
    pose.bar_axis = apply(pose.chest, X)
    return pose


def bodyweight_squat(body: Proportions, d: Drive) -> Pose:
    """Squat without a load, arms stretched forward for balance."""
    pose, _ = _squat(body, d, body.trunk_m + 0.05 * Z)
    raise_deg = 25 + 60 * d.down
    for side, sign in SIDES.items():
        direction = apply(rotation(Y, 6.0 * -sign), swing(-Y, -raise_deg))
        arm(body, pose, side, direction, swing(direction, -6.0), sign * X)
    return pose


def _squat(body: Proportions, d: Drive, load: Array) -> tuple[Pose, Array]:
    """Legs and trunk of a squat whose load sits at `load` (from the hips, in the trunk's frame)."""
    stance, toe_out = 0.20 * body.stature_m, 18.0
    pose = standing(body, d.n, stance, toe_out)
    reach = float(np.hypot(load[1], load[2]))
    rest = np.arctan2(load[2], load[1])
    full = np.radians(SQUAT_THIGH_DEG)

    def hips(share: Array) -> tuple[Array, Array]:
        """Height and forward position of the hips, by the share of the thighs' fall."""
        thigh = np.arccos(1 - share * (1 - np.cos(full)))
        shin = 4 + thigh / full * (SQUAT_SHIN_DEG - 4)
        return legs_over_feet(body, shin, np.degrees(thigh), stance)

    # Standing, the trunk is upright; from there the load moves over the middle of the foot.
    upright = hips(np.zeros(1))[1][0] + reach * np.sin(np.radians(STANDING_LEAN_DEG) + rest)

    def balanced(share: Array) -> Array:
        """Angle of the load from the vertical over the hips, radians."""
        over = mix(share, upright, MID_FOOT * body.foot_m)
        return np.arcsin(np.clip((over - hips(share)[1]) / reach, -1, 1))

    # The load's height is linear in the drive: bar speed follows the timeline.
    shares = np.linspace(0, 1.1, 400) ** 2
    heights = hips(shares)[0] + reach * np.cos(balanced(shares))
    fall = (heights[0] - heights) / (heights[0] - np.interp(1, shares, heights))
    share = np.interp(d.down, fall, shares)
    early = d.fault("hips_shoot_up")
    balance = balanced(share)
    y2, z2 = hips(np.maximum(share - early, 0))
    # Hips rise early while the load does not: the trunk has to tip over.
    load_height = hips(share)[0] + reach * np.cos(balance)
    tip = np.arccos(np.clip((load_height - y2) / reach, -1, 1)) - np.abs(balance)
    lean = np.degrees(balance + np.where(early > 0, tip, 0.0))
    lean = lean - np.degrees(rest) + d.fault("forward_lean")
    shift = d.fault("hip_shift")
    place_hips(pose, y2, z2, shift)
    roll = -np.degrees(np.arctan2(shift, 0.6)) * 0.6
    pose.chest = rotation(Z, roll * 0.5) @ pitch(lean + d.fault("back_rounding"))
    pose.pelvis = rotation(Z, roll) @ pitch(lean)
    pose.head = pitch(lean * 0.25 - 4)
    for side, sign in SIDES.items():
        inward = sign * (toe_out - d.fault("knee_cave"))
        pose.knee_pole[side] = apply(rotation(Y, inward), Z) + 0.02 * Y
    above = load - np.array(body.lumbar_m)
    bar = pose.hip + apply(pose.pelvis, body.lumbar_m) + apply(pose.chest, above)
    return pose, bar


def deadlift(body: Proportions, d: Drive) -> Pose:
    """Conventional deadlift from the floor."""
    stance = 0.135 * body.stature_m

    def hips(down: Array) -> tuple[Array, Array]:
        return legs_over_feet(body, 1 + 18 * down**1.3, 1 + 57 * down, stance)

    return _pull(body, d, stance, hips, floor_m=d.plate_radius_m)


def romanian_deadlift(body: Proportions, d: Drive) -> Pose:
    """Romanian deadlift: hips back over nearly straight knees, bar to mid-shin."""
    stance = 0.135 * body.stature_m

    def hips(down: Array) -> tuple[Array, Array]:
        return legs_over_feet(body, 1 - 1 * down, 1 + 27 * down, stance)

    return _pull(body, d, stance, hips, bottom_lean_deg=68.0)


def _pull(
    body: Proportions,
    d: Drive,
    stance: float,
    hips: Callable[[Array], tuple[Array, Array]],
    *,
    floor_m: float | None = None,
    bottom_lean_deg: float = 0.0,
) -> Pose:
    """Hinge with a hanging bar: the bar's height is given, the trunk's lean follows.

    The lowest bar height is `floor_m` or, without it, where the trunk leans by `bottom_lean_deg`.
    """
    pose = standing(body, d.n, stance, 8.0)
    trunk = body.trunk_m
    length = float(np.hypot(trunk[1], trunk[2]))
    pose.shrug_deg = np.full(d.n, -10.0)  # the load pulls the shoulders down
    drop = body.clavicle_m * np.sin(np.radians(10.0))
    # Arms reach outwards to the grip, so they hang a little shorter than they are.
    hang = drop + 0.985 * np.sqrt((body.arm_m + GRIP * body.palm_m) ** 2 - 0.06**2)

    def bar_under(down: float, lean_deg: float, forward_m: float) -> float:
        y, z = hips(np.array([down]))
        a = np.radians(lean_deg)
        reach = z[0] + length * np.sin(a) - forward_m
        return float(y[0] + length * np.cos(a) - np.sqrt(hang**2 - reach**2))

    top_z, low_z = 0.060 * body.stature_m, 0.045 * body.stature_m
    top = bar_under(0.0, 1.0, top_z)
    low = floor_m if floor_m is not None else bar_under(1.0, bottom_lean_deg, low_z)
    bar = np.stack([0 * d.up, mix(d.up, low, top), mix(d.up, low_z, top_z)], -1)
    y, z = hips(np.maximum(d.down - d.fault("hips_shoot_up"), 0))
    place_hips(pose, y, z)
    shoulders, _, _ = two_bone(pose.hip, bar, length, hang, np.tile(Z, (d.n, 1)))
    rel = shoulders - pose.hip
    lean = lean_of(trunk, rel[:, 2], rel[:, 1])
    rounding = d.fault("back_rounding")
    lean_trunk(pose, lean - 0.4 * rounding, 1.1 * rounding)
    pose.head = pitch(lean * 0.6)
    tilt = d.fault("uneven_bar")
    hold_bar(body, pose, bar, 0.235, -Y, lambda g: -Z + 0.3 * g * X, tilt)
    return pose


def overhead_press(body: Proportions, d: Drive) -> Pose:
    """Standing strict press."""
    pose = standing(body, d.n, 0.18 * body.stature_m, 12.0)
    dip = np.radians(d.fault("leg_drive") / 2)
    back = 5 * d.down + d.fault("lay_back")
    lean_trunk(pose, -0.3 * back, -0.7 * back)
    pose.head = pitch(-back * 0.6)
    pose.shrug_deg = PRESS_SHRUG_DEG * d.up
    height = body.ankle_height_m + 0.993 * body.leg_m * np.cos(dip)
    place_hips(pose, height, 0.02 + 0.0 * dip)
    # The bar's path is fixed in the room: leaning back does not move it.
    still = pose.hip[:, 1] + body.trunk_m[1]
    front = body.chest_depth_m + 0.02
    low = still + 0.05 * body.stature_m
    aside = PRESS_GRIP_HALF_M - body.shoulder_half_m
    high = still + body.clavicle_m * np.sin(np.radians(PRESS_SHRUG_DEG))
    high = high + 0.99 * np.sqrt(body.arm_m**2 - aside**2) + PRESS_GRIP * body.palm_m
    # Round the face: the bar stays in front until it has passed the head.
    forward = 0.02 + front * (1 - smoothstep((d.up - 0.3) / 0.6)) - 0.01 * d.up
    bar = np.stack([0 * d.up, low + d.up * (high - low), forward], -1)
    outward = d.down[:, None]
    hold_bar(
        body,
        pose,
        bar,
        PRESS_GRIP_HALF_M,
        Y - 0.1 * Z,
        lambda g: -Y + 0.7 * Z * outward + 0.5 * g * X,
        d.fault("uneven_bar"),
        grip=PRESS_GRIP,
    )
    return pose


def biceps_curl(body: Proportions, d: Drive) -> Pose:
    """Standing barbell curl, underhand."""
    pose = standing(body, d.n, 0.15 * body.stature_m, 10.0)
    lean = d.fault("torso_swing")
    lean_trunk(pose, 1 - 0.6 * lean, 1 - 0.4 * lean)
    pose.head = pitch(6 - 0.5 * lean)
    pose.hip = pose.hip + 0.0015 * lean[:, None] * Z
    forward = 3 + 9 * d.up + d.fault("elbow_drift")
    flexed = mix(d.up, 12.0, 128.0)
    bars = []
    for side, sign in SIDES.items():
        upper = swing(apply(rotation(Z, sign * 9.0), -Y), -forward)
        fore = swing(swing(apply(rotation(Z, sign * -2.0), -Y), -forward), -flexed)
        arm(body, pose, side, upper, fore, -sign * X)
        bars.append(pose.wrist[side] + GRIP * body.palm_m * fore)
    pose.bar = (bars[0] + bars[1]) / 2
    return pose


def bent_over_row(body: Proportions, d: Drive) -> Pose:
    """Barbell row to the belly with the trunk held at 55 degrees."""
    stance = 0.16 * body.stature_m
    pose = standing(body, d.n, stance, 10.0)
    still = np.zeros(d.n)
    y, z = legs_over_feet(body, still + 10, still + 34, stance)
    place_hips(pose, y, z)
    lean = 55 - d.fault("torso_swing")
    lean_trunk(pose, lean, d.fault("back_rounding"))
    pose.head = pitch(lean * 0.55)
    shoulders = shoulder_mid(body, pose.hip, pose.pelvis, pose.chest)
    hang = 0.98 * np.sqrt((body.arm_m + GRIP * body.palm_m) ** 2 - 0.07**2)
    belly = body.trunk_m * [0, 0.42, 0] + [0, 0, body.chest_depth_m + 0.03]
    top = pose.hip + apply(pose.pelvis, belly)
    bar = mix(d.up, shoulders - hang * Y, top)
    up, forward = apply(pose.chest, Y), apply(pose.chest, Z)
    hold_bar(
        body, pose, bar, 0.26, -Y, lambda g: -forward - 0.4 * up + 0.4 * g * X,
        d.fault("uneven_bar"),
    )  # fmt: skip
    return pose


def lunge(body: Proportions, d: Drive) -> Pose:
    """Split squat, left foot in front."""
    pose = standing(body, d.n, 0.16, 4.0)
    h = body.stature_m
    front_z, rear_z, rear_y = 0.18 * h, -0.36 * h, 0.085 * h
    pose.ankle["left"] = pose.ankle["left"] + front_z * Z
    pose.ankle["right"] = pose.ankle["right"] + rear_z * Z + (rear_y - body.ankle_height_m) * Y
    pose.foot["right"] = np.tile(pitch(58.0), (d.n, 1, 1))
    pose.knee_pole["right"] = np.tile(Z - 0.3 * Y, (d.n, 1))
    hip_z = mix(d.down, -0.08 * h, -0.035 * h)
    top = body.ankle_height_m + np.sqrt((0.992 * body.leg_m) ** 2 - (front_z + 0.08 * h) ** 2)
    bottom = body.ankle_height_m + 0.97 * body.shank_m
    place_hips(pose, mix(d.down, top, bottom), hip_z)
    lean = 4 + 6 * d.down + d.fault("forward_lean")
    lean_trunk(pose, lean)
    pose.head = pitch(lean * 0.3)
    cave = d.fault("knee_cave")
    pose.knee_pole["left"] = apply(rotation(Y, 4 - cave), Z) + 0.02 * Y
    for side, sign in SIDES.items():
        hang = apply(rotation(Z, np.full(d.n, 8.0 * sign)), -Y)
        arm(body, pose, side, hang, swing(hang, -10.0), -Z)
    return pose


def lateral_raise(body: Proportions, d: Drive) -> Pose:
    """Dumbbell lateral raise to shoulder height."""
    pose = standing(body, d.n, 0.16 * body.stature_m, 10.0)
    lean = 2 - d.fault("torso_swing")
    lean_trunk(pose, 0.6 * lean, 0.4 * lean)
    raised = mix(d.up, 10.0, 88.0)
    for side, sign in SIDES.items():
        upper = apply(rotation(Y, -12.0 * sign), apply(rotation(Z, sign * raised), -Y))
        fore = apply(rotation(Y, -26.0 * sign), apply(rotation(Z, sign * (raised - 4)), -Y))
        arm(body, pose, side, upper, fore, -Z)
    return pose


def jumping_jack(body: Proportions, d: Drive) -> Pose:
    """Jumping jack; `up` is arms and feet spread."""
    h = body.stature_m
    pose = standing(body, d.n, 0.12, 8.0)
    half = mix(d.up, 0.05 * h, 0.21 * h)
    hop = 0.05 * np.sin(np.pi * d.up) ** 2
    leg = 0.993 * body.leg_m
    height = np.sqrt(leg**2 - (half - body.hip_half_m) ** 2)
    place_hips(pose, body.ankle_height_m + height + hop, 0.01)
    pose.shrug_deg = 20 * d.up
    for side, sign in SIDES.items():
        pose.ankle[side] = np.stack([sign * half, body.ankle_height_m + hop, 0 * hop], -1)
        raised = sign * mix(d.up, 12.0, 158.0)
        upper = apply(rotation(Z, raised), -Y)
        fore = apply(rotation(Z, raised + sign * 8), -Y)
        arm(body, pose, side, upper, fore, -Z)
    return pose
