"""The 33 BlazePose landmarks of a jointed figure, in BlazePose's order."""

from __future__ import annotations

import numpy as np

from lifters.body import SIDES, Joints, Proportions
from lifters.geometry import Array, apply

LANDMARKS = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye",
    "right_eye_outer", "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_pinky",
    "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb", "left_hip",
    "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel", "right_heel",
    "left_foot_index", "right_foot_index",
)  # fmt: skip
INDEX = {name: i for i, name in enumerate(LANDMARKS)}

# Face points from the middle of the head, in head heights (chin to crown is about 0.13 stature):
# left for the left side, up, forward.
_FACE = {
    "nose": (0.0, -0.05, 0.52),
    "eye_inner": (0.07, 0.08, 0.42),
    "eye": (0.14, 0.09, 0.40),
    "eye_outer": (0.20, 0.09, 0.36),
    "ear": (0.33, 0.0, 0.0),
    "mouth": (0.11, -0.24, 0.42),
}
# Hand points from the wrist, in palm lengths: along the fingers, towards the little finger.
_HAND = {"pinky": (1.0, 0.40), "index": (1.08, -0.36), "thumb": (0.55, -0.55)}


def landmarks(body: Proportions, joints: Joints) -> Array:
    """World positions of the 33 landmarks, ``(n, 33, 3)`` metres."""
    p = joints.position
    n = len(p["head"])
    out = np.empty((n, len(LANDMARKS), 3))
    head_m = 0.13 * body.stature_m
    for name, (left, up, forward) in _FACE.items():
        if name == "nose":
            tip = np.array([left, up, forward]) * head_m
            out[:, INDEX["nose"]] = p["head"] + apply(joints.head, tip)
            continue
        for side, sign in SIDES.items():
            key = f"mouth_{side}" if name == "mouth" else f"{side}_{name}"
            local = np.array([sign * left, up, forward]) * head_m
            out[:, INDEX[key]] = p["head"] + apply(joints.head, local)
    for side in SIDES:
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
            out[:, INDEX[f"{side}_{joint}"]] = p[f"{side}_{joint}"]
        wrist, hand = p[f"{side}_wrist"], joints.hand[side]
        for finger, (along, across) in _HAND.items():
            tip = wrist + apply(hand, [along * body.palm_m, across * body.palm_m, 0.0])
            out[:, INDEX[f"{side}_{finger}"]] = tip
        ankle, foot = p[f"{side}_ankle"], joints.foot[side]
        sole = -0.8 * body.ankle_height_m
        out[:, INDEX[f"{side}_heel"]] = ankle + apply(foot, [0.0, sole, -body.heel_m])
        out[:, INDEX[f"{side}_foot_index"]] = ankle + apply(foot, [0.0, sole, body.foot_m])
    return out
