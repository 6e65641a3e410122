"""From a video file to the lifter's landmarks: what every analysis of a recording starts with."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lastrep.errors import VideoError
from lastrep.pose.mediapipe import MediapipeEstimator
from lastrep.pose.models import DEFAULT_MODEL
from lastrep.pose.sequence import Pose, PoseSequence
from lastrep.video.reading import VideoFile, VideoInfo

#: Called with the share (0..1) that is done.
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A video file with the landmarks of its lifter.

    Parameters
    ----------
    path
        The file.
    info
        What the file says of itself.
    poses
        One pose for each frame that could be read.
    warnings
        What was wrong with the file or the tracking, one line each.
    model_s
        Seconds inside the pose model.
    wall_s
        Seconds in all.
    """

    path: Path
    info: VideoInfo
    poses: PoseSequence
    warnings: tuple[str, ...]
    model_s: float
    wall_s: float

    @property
    def frames(self) -> int:
        """Number of frames read."""
        return len(self.poses)

    @property
    def frames_with_pose(self) -> int:
        """Number of frames in which the lifter was found."""
        return int(self.poses.found.sum())

    @property
    def duration_s(self) -> float:
        """Length as the file says, or else from its first to its last frame."""
        named = self.info.duration_s
        return named if math.isfinite(named) else self.poses.duration_s


def estimate_file(
    path: str | Path,
    *,
    model: str = DEFAULT_MODEL,
    slowmo: float = 1.0,
    progress: Progress | None = None,
) -> Recording:
    """Find the lifter in every frame of a video file.

    Parameters
    ----------
    path
        The video file.
    model
        ``lite``, ``full``, ``heavy``, or the path of a ``.task`` bundle.
    slowmo
        How many times the recording is slowed down (see `VideoFile`).
    progress
        Called after each frame with the share done.

    Raises
    ------
    VideoError
        If the file cannot be read or holds no frame.
    ModelError
        If the model is missing or damaged.
    """
    start_s = time.perf_counter()
    poses: list[Pose] = []
    with VideoFile(path, slowmo=slowmo) as video, MediapipeEstimator(model) as estimator:
        info = video.info
        for frame in video.frames():
            people = estimator.estimate(frame)
            poses.append(people[0] if people else Pose.missing(frame.t_s))
            if progress is not None and info.duration_s > 0:
                progress(min(frame.t_s / info.duration_s, 1.0))
        model_s, name = estimator.busy_s, estimator.name
    if not poses:
        raise VideoError(f"{path}: holds no frame that can be decoded; export or record it again")
    if progress is not None:
        progress(1.0)
    return Recording(
        path=Path(path),
        info=info,
        poses=PoseSequence.of(poses, width_px=info.width_px, height_px=info.height_px, model=name),
        warnings=video.warnings,
        model_s=model_s,
        wall_s=time.perf_counter() - start_s,
    )
