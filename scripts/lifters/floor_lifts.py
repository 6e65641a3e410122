"""Poses of the exercises done lying, in a plank, sitting or hanging.

Lying on the back, the head points to -Z and the chest up; in a plank the head points to +Z.
"""

from __future__ import annotations

import numpy as np

from lifters.body import SIDES, Pose, Proportions, shoulder_mid, standing
from lifters.drive import (
    GRIP,
    PRESS_GRIP,
    Drive,
    hold_bar,
    lean_of,
    lean_trunk,
    leg,
    mix,
    place_hips,
    plant_feet,
    swing,
)
from lifters.geometry import Array, X, Y, Z, apply, frame, pitch, two_bone

BENCH_HEIGHT_M = 0.44
THRUST_BENCH_M = 0.40
BENCH_GRIP_HALF_M = 0.42


def bench_press(body: Proportions, d: Drive) -> Pose:
    """Flat bench press."""
    pose = standing(body, d.n, 0.3, 10.0)
    lift = d.fault("hips_lift")
    pad = BENCH_HEIGHT_M + body.lying_m
    place_hips(pose, pad + lift, 0.0)
    tip = np.degrees(np.arcsin(np.clip(lift / body.trunk_m[1], 0, 1)))
    lean_trunk(pose, -90 - tip)
    pose.head = pitch(-90 + np.zeros(d.n))
    plant_feet(body, pose, 0.16 * body.stature_m, 0.23 * body.stature_m, 15.0)
    shoulders = shoulder_mid(body, pose.hip, pose.pelvis, pose.chest)
    chest = shoulders + (body.chest_depth_m + 0.05) * Y + 0.07 * body.stature_m * Z
    top = shoulders + 0.99 * _reach(body) * Y
    bar = mix(d.up, chest, top)
    bar[:, 1] -= lift * 0.3
    hold_bar(
        body, pose, bar, BENCH_GRIP_HALF_M, Y, lambda g: 0.8 * g * X - 0.7 * Y + 0.45 * Z,
        d.fault("uneven_bar"), grip=PRESS_GRIP,
    )  # fmt: skip
    return pose


def _reach(body: Proportions) -> float:
    """How far above the shoulders straight arms hold the bar."""
    aside = BENCH_GRIP_HALF_M - body.shoulder_half_m
    return float(np.sqrt(body.arm_m**2 - aside**2)) + PRESS_GRIP * body.palm_m


def push_up(body: Proportions, d: Drive) -> Pose:
    """Push-up; the whole body turns about the toes."""
    pose = standing(body, d.n, 0.12, 0.0)
    h = body.stature_m
    ankle = np.array([0.0, 0.075 * h, 0.0])
    leg_m, trunk = 0.995 * body.leg_m, float(np.linalg.norm(body.trunk_m))
    hand_half = 0.145 * h
    aside = hand_half - body.shoulder_half_m
    top = 0.99 * np.sqrt(body.arm_m**2 - aside**2) + 0.03
    height = mix(d.up, 0.165 * h, top)
    sag = d.fault("hip_sag")
    line = np.sqrt(leg_m**2 + trunk**2 + 2 * leg_m * trunk * np.cos(np.radians(sag)))
    forward = np.sqrt(line**2 - (height - ankle[1]) ** 2)
    shoulders = np.stack([0 * height, height, forward], -1)
    hip, _, _ = two_bone(
        np.broadcast_to(ankle, shoulders.shape), shoulders, leg_m, trunk, np.tile(-Y, (d.n, 1))
    )
    pose.hip = hip
    rel = shoulders - hip
    lean = lean_of(body.trunk_m, rel[:, 2], rel[:, 1])
    lean_trunk(pose, lean)
    pose.head = pitch(lean - 12)
    hand_z = np.sqrt((leg_m + trunk) ** 2 - (top - ankle[1]) ** 2) - 0.02 * h
    along = hip - ankle
    for side, sign in SIDES.items():
        pose.ankle[side] = ankle + sign * 0.05 * X + np.zeros((d.n, 3))
        pose.foot[side] = np.tile(pitch(68.0), (d.n, 1, 1))
        # Knees point to the floor.
        pose.knee_pole[side] = np.cross(along, X) * -1.0
        pose.wrist[side] = np.tile([sign * hand_half, 0.03, hand_z], (d.n, 1))
        pose.hand[side] = np.tile(frame(Z - 0.25 * Y, sign * X), (d.n, 1, 1))
        pose.elbow_pole[side] = np.tile(0.75 * sign * X - 0.8 * Z + 0.2 * Y, (d.n, 1))
    return pose


def pull_up(body: Proportions, d: Drive) -> Pose:
    """Pull-up, overhand, chin over the bar."""
    pose = standing(body, d.n, 0.2, 5.0)
    h = body.stature_m
    bar = np.tile([0.0, 1.26 * h, 0.0], (d.n, 1))
    grip = 0.20 * h
    aside = grip - body.shoulder_half_m
    hang = 0.985 * np.sqrt(body.arm_m**2 - aside**2) + GRIP * body.palm_m + 0.035 * h
    pose.shrug_deg = 26 * d.down
    kip = d.fault("torso_swing")
    lean = -3 - 10 * d.up - 0.5 * kip
    lean_trunk(pose, lean)
    below = np.stack([0 * d.up, mix(d.up, -hang, -0.055 * h), mix(d.up, 0.0, -0.07 * h)], -1)
    trunk = apply(pose.pelvis, body.lumbar_m) + apply(pose.chest, body.thorax_m)
    pose.hip = bar + below - trunk
    pose.head = pitch(-8 - 10 * d.up)
    for side in SIDES:
        thigh = swing(-Y, -(6 + kip))
        leg(body, pose, side, thigh, swing(-Y, 32 - 0.3 * kip))
    hold_bar(body, pose, bar, grip, Y, lambda g: -Y + 0.5 * g * X + 0.35 * Z, d.fault("uneven_bar"))
    pose.bar_axis = np.tile(X, (d.n, 1))
    return pose


def dip(body: Proportions, d: Drive) -> Pose:
    """Dip on parallel bars, shoulders down to elbow height."""
    pose = standing(body, d.n, 0.2, 5.0)
    h = body.stature_m
    half, bars = 0.15 * h, 0.70 * h
    aside = half - body.shoulder_half_m
    top = 0.985 * np.sqrt(body.arm_m**2 - aside**2)
    lean = 6 + 18 * d.down + d.fault("forward_lean")
    lean_trunk(pose, lean)
    rise = mix(d.up, 0.20 * h, top)
    forward = mix(d.up, 0.085 * h, 0.01 * h)
    trunk = apply(pose.pelvis, body.lumbar_m) + apply(pose.chest, body.thorax_m)
    pose.hip = np.stack([0 * rise, bars + rise, forward], -1) - trunk
    pose.head = pitch(lean * 0.3)
    sway = d.fault("torso_swing")
    for side, sign in SIDES.items():
        thigh = swing(-Y, 0.0 * lean + 6 - sway)
        leg(body, pose, side, thigh, swing(-Y, 70.0 + 0 * lean))
        pose.wrist[side] = np.tile([sign * half, bars, 0.0], (d.n, 1))
        pose.hand[side] = np.tile(frame(0.7 * Z - 0.7 * Y, X * sign), (d.n, 1, 1))
        pose.elbow_pole[side] = np.tile(-Z + 0.25 * sign * X, (d.n, 1))
    return pose


def hip_thrust(body: Proportions, d: Drive) -> Pose:
    """Barbell hip thrust, upper back on a bench."""
    pose = standing(body, d.n, 0.3, 10.0)
    h = body.stature_m
    trunk = float(np.linalg.norm(body.trunk_m))
    shoulders = np.array([0.0, THRUST_BENCH_M + body.lying_m, 0.0])
    # Linear in hip height; full extension puts trunk and thighs level with the bench.
    knee_y = body.ankle_height_m + body.shank_m
    low, high = 0.10 * h, (shoulders[1] * body.thigh_m + knee_y * trunk) / (trunk + body.thigh_m)
    hip_y = mix(d.up, low, high)
    hip_z = np.sqrt(trunk**2 - (hip_y - shoulders[1]) ** 2)
    place_hips(pose, hip_y, hip_z)
    rel = shoulders - pose.hip
    lean_trunk(pose, lean_of(body.trunk_m, rel[:, 2], rel[:, 1]))
    pose.head = pitch(lean_of(np.array([0, 1.0, 0]), rel[:, 2], rel[:, 1]) * 0.7)
    plant_feet(body, pose, 0.06 * h, trunk + 0.985 * body.thigh_m, 10.0)
    bar = pose.hip + apply(pose.pelvis, [0.0, 0.01, 0.085 * h])
    hold_bar(body, pose, bar, 0.30, Z - 0.5 * Y, lambda g: -Y + 0.8 * g * X - 0.3 * Z)
    return pose


def sit_up(body: Proportions, d: Drive) -> Pose:
    """Sit-up, knees bent, hands beside the head."""
    pose = standing(body, d.n, 0.2, 5.0)
    h = body.stature_m
    place_hips(pose, body.lying_m, 0.0 * d.up)
    lean = mix(d.up, -88.0, -14.0)
    # The spine rolls up: the chest leads the pelvis on the way.
    lead = 16 * np.sin(np.pi * d.up)
    lean_trunk(pose, lean - 0.4 * lead, lead)
    pose.head = pitch(lean + lead + 8)
    plant_feet(body, pose, 0.07 * h, 0.26 * h, 5.0)
    shoulders = shoulder_mid(body, pose.hip, pose.pelvis, pose.chest)
    for side, sign in SIDES.items():
        beside = [sign * 0.075 * h, 0.085 * h, 0.03 * h]
        pose.wrist[side] = shoulders + apply(pose.chest, beside)
        pose.elbow_pole[side] = apply(pose.chest, np.array([sign * 1.0, 0.3, 0.5]))
        pose.hand[side] = pose.chest @ frame(Y - 0.5 * sign * X, Z)
    return pose


def lying_free(body: Proportions, start: Pose) -> Pose:
    """On the bench before the lift: the bar still in the hooks, behind the shoulders."""
    shift: Array = np.array([0.0, -0.05, -0.20])
    wrists = {s: v + shift for s, v in start.wrist.items()}
    return Pose(
        **{
            name: getattr(start, name)
            for name in Pose.__dataclass_fields__
            if name not in ("wrist", "bar")
        },
        wrist=wrists,
        bar=start.bar + shift,
    )
