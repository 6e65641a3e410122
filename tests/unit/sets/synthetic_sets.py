"""Sets of synthetic lifters as poses, for tests of the engine."""

from __future__ import annotations

import numpy as np

from lastrep.pose import PoseSequence
from synthetic import BLAZEPOSE_NOISE, Camera, Clip, landmark_recording, lifting_set


def poses_of(clip: Clip) -> PoseSequence:
    recording = landmark_recording(clip)
    return PoseSequence(
        t_s=recording.t_s,
        image_px=recording.image_px.astype(np.float32),
        world_m=recording.world_m.astype(np.float32),
        visibility=recording.visibility.astype(np.float32),
        width_px=clip.camera.width_px,
        height_px=clip.camera.height_px,
        model="synthetic",
    )


def clip_of(exercise: str, yaw_deg: float = 75.0, **script: object) -> Clip:
    reps = lifting_set(8, seed=11, **script)  # type: ignore[arg-type]
    return Clip("t", exercise, reps, camera=Camera(yaw_deg=yaw_deg), noise=BLAZEPOSE_NOISE)
