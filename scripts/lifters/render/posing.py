"""Posing the rigged body: a :class:`~lifters.body.Pose` becomes bone rotations and a skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from lifters.body import SIDES, Joints, Pose
from lifters.geometry import Array, Y, Z, apply, frame, pitch, rotation, slerp, two_bone, unit
from lifters.render.figure import SPINE, Figure

Surface = NDArray[np.float32]
# Rotations or points by the name of a bone or joint.
Bones = dict[str, Array]

NECK = ("neck01", "neck02", "neck03", "head")
LETTER = {"left": "L", "right": "R"}
FINGER_CURL_DEG = 70.0  # bend of each further finger bone around a bar
TOE_BEND_DEG = 60.0  # how far toes bend back when the heel rises


@dataclass(frozen=True, slots=True)
class PosedBones:
    """Rotation and head of every bone, per frame: ``(n, bones, 3, 3)`` and ``(n, bones, 3)``."""

    rotations: Array
    heads: Array
    joints: Joints


class Rig:
    """Poses one figure.

    Parameters
    ----------
    figure : Figure
        The body.
    grips : bool
        Whether the hands close around something.
    """

    def __init__(self, figure: Figure, grips: bool = True) -> None:
        self.figure = figure
        self.grips = grips
        self._skins = [
            (csr_array(p.weights), p.vertices.astype(np.float32), p.normals.astype(np.float32))
            for p in figure.parts
        ]
        j = figure.head_of
        self._hips_at_rest = (j("upperleg01.L") + j("upperleg01.R")) / 2
        self._rest: dict[str, Array] = {}
        self._toe_out: dict[str, float] = {}
        for side, k in LETTER.items():
            hip, knee, ankle = (j(f"{b}.{k}") for b in ("upperleg01", "lowerleg01", "foot"))
            hinge = np.cross(Z, unit(ankle - hip))
            self._rest[f"thigh {side}"] = frame(knee - hip, hinge)
            self._rest[f"shank {side}"] = frame(ankle - knee, hinge)
            sh, elbow, wrist = (j(f"{b}.{k}") for b in ("upperarm01", "lowerarm01", "wrist"))
            hinge = np.cross(unit(wrist - sh), Z)
            self._rest[f"upper {side}"] = frame(elbow - sh, hinge)
            self._rest[f"fore {side}"] = frame(wrist - elbow, hinge)
            index, middle, little = (j(f"finger{i}-1.{k}") for i in (2, 3, 5))
            self._rest[f"hand {side}"] = frame(middle - wrist, little - index)
            toe = figure.tails[figure.index[f"toe2-3.{k}"]] - ankle
            self._toe_out[side] = float(np.degrees(np.arctan2(toe[0] * SIDES[side], toe[2])))

    def solve(self, pose: Pose) -> PosedBones:
        """Bones and joints of a pose."""
        f = self.figure
        n = len(pose.hip)
        r: dict[str, Array] = {"root": pose.pelvis}
        for i, bone in enumerate(SPINE):
            r[bone] = slerp(pose.pelvis, pose.chest, np.full(n, (i + 1) / len(SPINE)))
        for i, bone in enumerate(NECK):
            r[bone] = slerp(pose.chest, pose.head, np.full(n, (i + 1) / len(NECK)))
        root = pose.hip + apply(pose.pelvis, f.head_of("root") - self._hips_at_rest)
        heads: dict[str, Array] = {"root": root}

        def head(bone: str) -> Array:
            """Where a bone starts, from its parent's rotation."""
            if bone not in heads:
                parent = f.bones[f.parents[f.index[bone]]]
                offset = f.head_of(bone) - f.head_of(parent)
                heads[bone] = head(parent) + apply(r[parent], offset)
            return heads[bone]

        joints: dict[str, Array] = {}
        for side, k in LETTER.items():
            r[f"pelvis.{k}"] = pose.pelvis
            hip = head(f"upperleg01.{k}")
            joints |= self._leg(pose, side, k, hip, r)
            shrug = pose.chest @ rotation(Z, SIDES[side] * pose.shrug_deg)
            r[f"clavicle.{k}"] = r[f"shoulder01.{k}"] = shrug
            joints |= self._arm(pose, side, k, head(f"upperarm01.{k}"), r)
        self._inherit(r)
        joints["head"] = head("head")
        bones = f.bones
        middle = (joints["left_shoulder"] + joints["right_shoulder"]) / 2
        return PosedBones(
            np.stack([r[b] for b in bones], 1),
            np.stack([head(b) for b in bones], 1),
            Joints(joints, pose.head, pose.hand, pose.foot, middle),
        )

    def _leg(
        self, pose: Pose, side: str, k: str, hip: Array, r: dict[str, Array]
    ) -> dict[str, Array]:
        body = self.figure.proportions
        knee, ankle, hinge = two_bone(
            hip, pose.ankle[side], body.thigh_m, body.shank_m, pose.knee_pole[side]
        )
        thigh = frame(knee - hip, hinge) @ self._rest[f"thigh {side}"].T
        shank = frame(ankle - knee, hinge) @ self._rest[f"shank {side}"].T
        r[f"upperleg01.{k}"] = r[f"upperleg02.{k}"] = thigh
        r[f"lowerleg01.{k}"] = r[f"lowerleg02.{k}"] = shank
        foot = pose.foot[side] @ rotation(Y, -SIDES[side] * self._toe_out[side])
        r[f"foot.{k}"] = foot
        # With the heel up and the toes on the floor, the toes bend back.
        down = np.degrees(np.arcsin(np.clip(-pose.foot[side][:, 1, 2], -1, 1)))
        on_floor = ankle[:, 1] < 0.25
        bend = np.where(on_floor, np.clip(down, 0, TOE_BEND_DEG), 0.0)
        for bone in self.figure.bones:
            if bone.startswith("toe") and bone.endswith(f"-1.{k}"):
                r[bone] = foot @ pitch(-bend)
        return {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}

    def _arm(
        self, pose: Pose, side: str, k: str, sh: Array, r: dict[str, Array]
    ) -> dict[str, Array]:
        body = self.figure.proportions
        rest = self._rest
        elbow, wrist, hinge = two_bone(
            sh, pose.wrist[side], body.upper_arm_m, body.forearm_m, pose.elbow_pole[side]
        )
        upper = frame(elbow - sh, hinge) @ rest[f"upper {side}"].T
        fore = frame(wrist - elbow, hinge) @ rest[f"fore {side}"].T
        hand = pose.hand[side] @ rest[f"hand {side}"].T
        # The forearm takes part of the hand's twist.
        at_rest = frame(rest[f"fore {side}"][:, 0], rest[f"hand {side}"][:, 1])
        twisted = frame(wrist - elbow, pose.hand[side][..., 1]) @ at_rest.T
        part = np.ones(len(sh))
        r[f"upperarm01.{k}"] = r[f"upperarm02.{k}"] = upper
        r[f"lowerarm01.{k}"] = slerp(fore, twisted, 0.35 * part)
        r[f"lowerarm02.{k}"] = slerp(fore, twisted, 0.75 * part)
        r[f"wrist.{k}"] = hand
        if self.grips:
            along, across = rest[f"hand {side}"][:, 0], rest[f"hand {side}"][:, 1] * SIDES[side]
            for bone in self.figure.bones:
                if bone.startswith("finger1") and bone.endswith(f".{k}"):
                    r[bone] = hand @ rotation(along, -25.0 * SIDES[side])
                elif bone.startswith("finger") and bone.endswith(f".{k}"):
                    r[bone] = hand @ rotation(across, FINGER_CURL_DEG * int(bone[8]))
        return {f"{side}_shoulder": sh, f"{side}_elbow": elbow, f"{side}_wrist": wrist}

    def _inherit(self, r: dict[str, Array]) -> None:
        """Bones nobody turned follow their parents."""
        f = self.figure
        for i, bone in enumerate(f.bones):
            if bone not in r:
                r[bone] = r[f.bones[f.parents[i]]]

    def skin(self, rotations: Array, heads: Array) -> list[tuple[Surface, Surface]]:
        """Vertices and normals of every part for one frame of bones (linear blend skinning)."""
        shift = heads - apply(rotations, self.figure.heads)
        bones = np.concatenate([rotations.reshape(-1, 9), shift], 1).astype(np.float32)
        out = []
        for weights, vertices, normals in self._skins:
            m = weights @ bones
            turn = m[:, :9].reshape(-1, 3, 3)
            moved = np.einsum("vij,vj->vi", turn, vertices) + m[:, 9:]
            out.append((moved, np.einsum("vij,vj->vi", turn, normals)))
        return out


def open_hands(exercise: str, load_kind: str) -> bool:
    """Whether an exercise is done with open hands."""
    return load_kind == "none" and exercise not in ("pull_up", "dip")
