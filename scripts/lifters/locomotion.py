"""Standing about and walking: what happens around the lift, and what passers-by do."""

from __future__ import annotations

import numpy as np

from lifters.body import SIDES, Pose, Proportions, standing
from lifters.geometry import Array, X, Y, Z, pitch, rotation
from lifters.timeline import STEP_S, State

STEP_M, STEP_HEIGHT_M, ARM_SWING_M = 0.20, 0.09, 0.16


def free_standing(body: Proportions, state: State) -> Pose:
    """Standing with hanging arms that swing in step, or bending down to the floor."""
    pose = standing(body, len(state.t_s), 0.2, 8.0)
    bend = state.bend
    pose.pelvis = pose.pelvis @ pitch(55 * bend)
    pose.chest = pose.chest @ pitch(70 * bend)
    pose.hip = pose.hip - (0.10 * bend)[:, None] * (Y + Z)
    step = ARM_SWING_M * state.gait * np.sin(state.gait_phase)
    for side, sign in SIDES.items():
        reach = bend[:, None] * (0.28 * Z - 0.42 * Y)
        pose.wrist[side] = pose.wrist[side] + reach - (sign * step)[:, None] * Z
    return pose


def walk(state: State, pose: Pose) -> Pose:
    """A pose with steps added, put where in the room the lifter is."""
    if not (state.gait.any() or state.root_z_m.any() or state.root_x_m.any()):
        return pose
    for side, sign in SIDES.items():
        forward = STEP_M * state.gait * np.sin(state.gait_phase) * sign
        lift = STEP_HEIGHT_M * state.gait * np.clip(np.cos(state.gait_phase) * sign, 0, None) ** 2
        pose.ankle[side] = pose.ankle[side] + forward[:, None] * Z + lift[:, None] * Y
    pose.hip = pose.hip - (0.02 * state.gait * np.sin(state.gait_phase) ** 2)[:, None] * Y
    place = state.root_x_m[:, None] * X + state.root_z_m[:, None] * Z
    return pose.turned(rotation(Y, state.heading_deg), place)


def passing_by(body: Proportions, t_s: Array, start: Array, end: Array, duration_s: float) -> Pose:
    """Somebody who walks straight from `start` to `end` (points on the floor)."""
    n = len(t_s)
    u = np.clip(t_s / duration_s, 0, 1)
    path = start + u[:, None] * (end - start)
    way = end - start
    zero, one = np.zeros(n), np.ones(n)
    state = State(
        t_s=t_s,
        s=zero,
        rep=np.full(n, -1),
        at_turn=zero,
        driving=zero,
        progress=zero,
        loaded=zero,
        root_z_m=path[:, 2],
        root_x_m=path[:, 0],
        heading_deg=np.full(n, np.degrees(np.arctan2(way[0], way[2]))),
        gait=one,
        gait_phase=np.pi * t_s / STEP_S,
        bend=zero,
    )
    return walk(state, free_standing(body, state))
