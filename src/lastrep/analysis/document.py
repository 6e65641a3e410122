"""The document of a recording: where it comes from, what made it, and its sets."""

from __future__ import annotations

import math
from functools import cache
from importlib import metadata
from pathlib import Path

import lastrep
from lastrep.analysis.landmarks import Landmarks
from lastrep.analysis.options import AnalyzeOptions
from lastrep.exercises import ExerciseDefinition
from lastrep.exercises.library import AUTO, shipped_digest
from lastrep.files import readable
from lastrep.pose import PoseSequence
from lastrep.sets.results import Provenance, Source

#: Libraries that compute numbers of a result.
COMPUTING = ("numpy", "opencv-python-headless", "av", "ai-edge-litert", "mediapipe")


def source_of(read: Landmarks, name: Path | None) -> Source:
    """Return what is known of the recording itself.

    Parameters
    ----------
    name
        Its path.
    """
    poses = read.poses
    frame_s = poses.frame_s if math.isfinite(poses.frame_s) else 0.0
    return Source(
        path=readable(str(name)),
        sha256=read.clip_sha256,
        history=read.history,
        video_width=read.video_width,
        warnings=read.warnings,
        duration_s=poses.duration_s + frame_s,
        fps=1.0 / frame_s if frame_s else 0.0,
        width=poses.width_px,
        height=poses.height_px,
        frames=len(poses),
        frames_with_pose=int(poses.found.sum()),
    )


def provenance_of(
    poses: PoseSequence,
    options: AnalyzeOptions,
    exercise: ExerciseDefinition | None,
    *,
    model_sha256: str | None,
) -> Provenance:
    """Return what made the result, so that it can be made again."""
    return Provenance(
        version=lastrep.__version__,
        model=poses.model,
        options=options.document() | {"exercise": AUTO if exercise is None else exercise.name},
        model_sha256=model_sha256,
        exercises_sha256=shipped_digest(),
        libraries=_versions(),
    )


@cache
def _versions() -> dict[str, str]:
    found = {}
    for name in COMPUTING:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
