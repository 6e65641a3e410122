"""Sets of synthetic lifters as poses, for tests of the engine."""

from __future__ import annotations

from typing import Unpack

from lastrep.pose import PoseSequence
from lifters import BLAZEPOSE_NOISE, Camera, Clip, SetScript, landmark_recording, lifting_set


def poses_of(clip: Clip) -> PoseSequence:
    return landmark_recording(clip).poses


def clip_of(exercise: str, yaw_deg: float = 75.0, **script: Unpack[SetScript]) -> Clip:
    reps = lifting_set(8, seed=11, **script)
    return Clip("t", exercise, reps, camera=Camera(yaw_deg=yaw_deg), noise=BLAZEPOSE_NOISE)
