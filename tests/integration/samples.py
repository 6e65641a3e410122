"""The sample the README analyses, and types of the end-to-end tests."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lastrep.pose.pose_file import save_poses
from lifters import Camera, Clip, Move, Rep, landmark_recording

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
    save_poses(path, landmark_recording(clip).poses)
