"""The sample the README analyses, and types of the end-to-end tests."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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
