"""The sample the README analyses, and types of the end-to-end tests."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lastrep.pose import PoseSequence
from lastrep.pose.recorded import save_poses
from synthetic import Camera, Clip, Move, Rep, landmark_recording

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_videos"
#: The sample that the README analyses.
SAMPLE = SAMPLES / "squat_clean.mp4"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Analysed:
    """The outcome of `lastrep analyze` on the sample, all files written."""

    process: subprocess.CompletedProcess[str]
    folder: Path
    poses: Path


def write_landmarks(path: Path, events: tuple[Rep | Move, ...]) -> None:
    """Save the landmarks of a made-up set of squats."""
    clip = Clip("squat", "back_squat", events, camera=Camera(yaw_deg=80))
    recording = landmark_recording(clip)
    arrays = {
        name: getattr(recording, name).astype(np.float32)
        for name in ("image_px", "world_m", "visibility")
    }
    save_poses(
        path,
        PoseSequence(
            t_s=recording.t_s,
            width_px=clip.camera.width_px,
            height_px=clip.camera.height_px,
            model="synthetic",
            **arrays,
        ),
    )
