"""The jointed stick figure: proportions, what a pose is made of, and where its joints end up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np

from lifters.geometry import (
    Array,
    X,
    Y,
    Z,
    apply,
    frame,
    pitch,
    rotation,
    slerp,
    two_bone,
)

SIDES: dict[str, float] = {"left": 1.0, "right": -1.0}


@dataclass(frozen=True, slots=True)
class Proportions:
    """Lengths and offsets of a body, metres. Offsets are seen in the upright body's own frame.

    `lumbar_m` leads from between the hips to mid-spine and turns with the pelvis, `thorax_m` leads
    on to between the shoulders and turns with the chest.
    """

    stature_m: float
    thigh_m: float
    shank_m: float
    upper_arm_m: float
    forearm_m: float
    palm_m: float  # wrist to knuckles
    hip_half_m: float
    shoulder_half_m: float
    clavicle_m: float
    lumbar_m: tuple[float, float, float]
    thorax_m: tuple[float, float, float]
    ankle_height_m: float
    foot_m: float  # ankle to toe tip, along the floor
    heel_m: float  # ankle to heel, along the floor
    head_m: float  # between the shoulders to the middle of the head
    chest_depth_m: float  # shoulder line to the front of the chest
    back_depth_m: float  # shoulder line to where a bar rests on the back
    lying_m: float  # height of the hip-shoulder line over what the body lies on

    @classmethod
    def of_stature(cls, stature_m: float) -> Proportions:
        """Average body of this stature.

        Segment shares of stature follow Drillis & Contini as tabulated by Winter,
        "Biomechanics and Motor Control of Human Movement" (2009); the hands', feet's and trunk
        depths are plain measures of a grown body.
        """
        h = stature_m
        return cls(
            stature_m=h,
            thigh_m=0.245 * h,
            shank_m=0.246 * h,
            upper_arm_m=0.186 * h,
            forearm_m=0.146 * h,
            palm_m=0.05 * h,
            hip_half_m=0.052 * h,
            shoulder_half_m=0.105 * h,
            clavicle_m=0.085 * h,
            lumbar_m=(0.0, 0.128 * h, -0.003 * h),
            thorax_m=(0.0, 0.160 * h, -0.003 * h),
            ankle_height_m=0.039 * h,
            foot_m=0.105 * h,
            heel_m=0.035 * h,
            head_m=0.115 * h,
            chest_depth_m=0.075 * h,
            back_depth_m=0.04 * h,
            lying_m=0.06 * h,
        )

    @property
    def trunk_m(self) -> Array:
        """From between the hips to between the shoulders, upright."""
        return np.asarray(np.array(self.lumbar_m) + np.array(self.thorax_m))

    @property
    def leg_m(self) -> float:
        """Hip to ankle, straight."""
        return self.thigh_m + self.shank_m

    @property
    def arm_m(self) -> float:
        """Shoulder to wrist, straight."""
        return self.upper_arm_m + self.forearm_m


@dataclass(slots=True)
class Pose:
    """What a body is told to do, one row per frame; joints follow by inverse kinematics.

    Everything is ``(n, 3)`` or ``(n, 3, 3)``; per side in dictionaries. `bar` is NaN where the
    exercise moves no load. Hand frames: first column along the fingers, second from the index
    finger to the little finger. Feet: rotation of the standing foot.
    """

    hip: Array
    pelvis: Array
    chest: Array
    head: Array
    ankle: dict[str, Array]
    foot: dict[str, Array]
    knee_pole: dict[str, Array]
    wrist: dict[str, Array]
    elbow_pole: dict[str, Array]
    hand: dict[str, Array]
    shrug_deg: Array
    bar: Array
    bar_axis: Array

    def turned(self, turn: Array, move: Array) -> Pose:
        """The same pose turned about the origin and then moved."""

        def point(v: Array) -> Array:
            return apply(turn, v) + move

        return Pose(
            hip=point(self.hip),
            pelvis=turn @ self.pelvis,
            chest=turn @ self.chest,
            head=turn @ self.head,
            ankle={s: point(v) for s, v in self.ankle.items()},
            foot={s: turn @ v for s, v in self.foot.items()},
            knee_pole={s: apply(turn, v) for s, v in self.knee_pole.items()},
            wrist={s: point(v) for s, v in self.wrist.items()},
            elbow_pole={s: apply(turn, v) for s, v in self.elbow_pole.items()},
            hand={s: turn @ v for s, v in self.hand.items()},
            shrug_deg=self.shrug_deg,
            bar=point(self.bar),
            bar_axis=apply(turn, self.bar_axis),
        )


_ROTATIONS = frozenset({"pelvis", "chest", "head", "foot", "hand"})


def blend(a: Pose, b: Pose, w: Array) -> Pose:
    """Pose between `a` (w = 0) and `b` (w = 1)."""

    def mix(name: str, u: Array, v: Array) -> Array:
        if name in _ROTATIONS:
            return slerp(u, v, w)
        k = w if u.ndim == 1 else w[:, None]
        return u + k * (v - u)

    out: dict[str, Array | dict[str, Array]] = {}
    for f in fields(Pose):
        u, v = getattr(a, f.name), getattr(b, f.name)
        out[f.name] = (
            {s: mix(f.name, u[s], v[s]) for s in SIDES}
            if isinstance(u, dict)
            else mix(f.name, u, v)
        )
    return Pose(**out)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Joints:
    """Joint centres ``(n, 3)`` in metres and the frames that carry face, hands and feet."""

    position: dict[str, Array]  # "left_hip" ... and "head"
    head: Array
    hand: dict[str, Array]
    foot: dict[str, Array]
    shoulder_mid: Array = field(default_factory=lambda: np.empty((0, 3)))

    def mid(self, joint: str) -> Array:
        """Middle between the left and the right joint."""
        return (self.position[f"left_{joint}"] + self.position[f"right_{joint}"]) / 2

    def between_hands(self, reach_m: float) -> Array:
        """Middle between the points `reach_m` beyond each wrist, along the hand."""
        held = [self.position[f"{s}_wrist"] + reach_m * self.hand[s][..., 0] for s in SIDES]
        return (held[0] + held[1]) / 2


def shoulder_mid(body: Proportions, hip: Array, pelvis: Array, chest: Array) -> Array:
    """Point between the shoulders for a given trunk."""
    return hip + apply(pelvis, body.lumbar_m) + apply(chest, body.thorax_m)


def shoulder(body: Proportions, pose: Pose, side: str) -> Array:
    """Shoulder joint of one side; shrugging swings the collar bone upwards."""
    middle = shoulder_mid(body, pose.hip, pose.pelvis, pose.chest)
    sign = SIDES[side]
    a = np.radians(pose.shrug_deg)[:, None]
    inner = body.shoulder_half_m - body.clavicle_m
    local = sign * (inner + body.clavicle_m * np.cos(a)) * X + body.clavicle_m * np.sin(a) * Y
    return middle + apply(pose.chest, local)


def solve(body: Proportions, pose: Pose) -> Joints:
    """Joint centres of a pose."""
    p: dict[str, Array] = {}
    for side, sign in SIDES.items():
        hip = pose.hip + apply(pose.pelvis, sign * body.hip_half_m * X)
        knee, ankle, _ = two_bone(
            hip, pose.ankle[side], body.thigh_m, body.shank_m, pose.knee_pole[side]
        )
        sh = shoulder(body, pose, side)
        elbow, wrist, _ = two_bone(
            sh, pose.wrist[side], body.upper_arm_m, body.forearm_m, pose.elbow_pole[side]
        )
        p |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}
        p |= {f"{side}_shoulder": sh, f"{side}_elbow": elbow, f"{side}_wrist": wrist}
    middle = shoulder_mid(body, pose.hip, pose.pelvis, pose.chest)
    neck = middle + apply(pose.chest, 0.35 * body.head_m * Y)
    p["head"] = neck + apply(pose.head, 0.65 * body.head_m * Y + 0.01 * body.stature_m * Z)
    return Joints(p, pose.head, pose.hand, pose.foot, middle)


def standing(body: Proportions, n: int, stance_m: float, toe_out_deg: float) -> Pose:
    """Standing upright and free, arms hanging: where most poses start from."""

    def rows(v: Array) -> Array:
        return np.tile(np.asarray(v, float), (n,) + (1,) * np.ndim(v))

    def sides(make: Callable[[float], Array]) -> dict[str, Array]:
        return {s: rows(make(sign)) for s, sign in SIDES.items()}

    sh = body.shoulder_half_m
    pose = Pose(
        hip=rows((body.ankle_height_m + 0.995 * body.leg_m) * Y + 0.01 * Z),
        pelvis=rows(np.eye(3)),
        chest=rows(pitch(1.0)),
        head=rows(np.eye(3)),
        ankle=sides(lambda g: g * stance_m / 2 * X + body.ankle_height_m * Y),
        foot=sides(lambda g: rotation(Y, g * toe_out_deg)),
        knee_pole=sides(lambda g: rotation(Y, g * toe_out_deg) @ Z + 0.02 * Y),
        wrist=sides(lambda g: 0.0 * X),
        elbow_pole=sides(lambda g: -Z + 0.4 * g * X),
        hand=sides(lambda g: frame(-Y, -Z)),
        shrug_deg=np.zeros(n),
        bar=np.full((n, 3), np.nan),
        bar_axis=rows(X),
    )
    for side, sign in SIDES.items():
        hang = (sh * 0.25 + 0.02) * sign * X - 0.985 * body.arm_m * Y + 0.05 * Z
        hang = hang * (0.985 * body.arm_m / np.linalg.norm(hang))
        pose.wrist[side] = shoulder(body, pose, side) + hang
    return pose
