"""The first half of an analysis: the lifter's landmarks, from a video or recorded before.

Nothing here needs the rest of an analysis, which can be loaded while the pose model works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lastrep.analysis.checksums import content_sha256
from lastrep.analysis.options import AnalyzeOptions
from lastrep.bar.camera import CameraPath, CameraPathEstimator
from lastrep.bar.images.work_size import work_short_side_px
from lastrep.errors import PoseFileError, VideoError
from lastrep.pose import PoseSequence
from lastrep.pose.estimate_video import CacheRequest, estimate_video
from lastrep.pose.models import find_model
from lastrep.pose.pose_file import load_pose_file, save_poses
from lastrep.video.cache import FrameCache
from lastrep.video.container import require_file
from lastrep.video.reading import VideoFile

#: Called with the share (0..1) that is done.
Progress = Callable[[float], None]

#: Share of the work that the pose model takes; the rest is following the bar.
POSE_SHARE = 0.85
#: Landmarks and video of one recording differ in length by no more, seconds.
SAME_LENGTH_S = 1.0


def ignore_progress(share: float) -> None:
    """Nobody asked for the progress."""


def after_landmarks(progress: Progress) -> Progress:
    """Return what to tell of the progress of all that comes after the landmarks."""
    return lambda share: progress(POSE_SHARE + (1 - POSE_SHARE) * share)


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """The lifter in a recording, and what reading it brought to light.

    Parameters
    ----------
    poses
        The landmarks.
    clip_sha256
        Checksum of the video that they were taken from; None if that is not known.
    model_sha256
        Checksum of the pose model; None if that is not known.
    history
        What a live set is called in the history; None for clips, which their checksum tells.
    video_width
        Width of the video itself, pixels; None if it is not known or does not matter.
    warnings
        What was wrong with the file or the tracking.
    camera
        Where the camera was; None: nobody has looked yet.
    recent
        Frames that were kept for the bar.
    """

    poses: PoseSequence
    clip_sha256: str | None = None
    model_sha256: str | None = None
    history: str | None = None
    video_width: int | None = None
    warnings: tuple[str, ...] = ()
    camera: CameraPath | None = None
    recent: FrameCache | None = None


def read_landmarks(
    video: Path | None,
    options: AnalyzeOptions,
    *,
    poses_path: Path | None = None,
    clip_sha256: str | None = None,
    progress: Progress = ignore_progress,
) -> Landmarks:
    """Return the lifter in a video, or as recorded from one.

    Parameters
    ----------
    video
        The video; may be None if `poses_path` is given.
    poses_path
        Landmarks to use in place of the pose model.
    clip_sha256
        Checksum of the video's content, where it is known already.

    Raises
    ------
    LastrepError
        If an input cannot be read, or nobody is seen in it.
    ValueError
        If neither video nor landmarks are given.
    """
    name = named(video, poses_path)
    if poses_path is None:
        assert video is not None
        read = _estimated(video, options, clip_sha256, progress)
    else:
        read = _recorded(poses_path, video, options, clip_sha256)
    check_found(read.poses, name)
    return read


def named(video: Path | None, poses_path: Path | None) -> Path:
    """Return what a recording is called; raises ValueError if there is none."""
    name = video or poses_path
    if name is None:
        raise ValueError("give a video, recorded poses, or both")
    return name


def clip_checksum(video: Path | None, poses_path: Path | None) -> str:
    """Return the checksum that tells a clip: of the video, also where only its landmarks are there.

    Raises
    ------
    LastrepError
        If the input cannot be read.
    """
    if video is None:
        assert poses_path is not None
        return load_pose_file(poses_path).clip_sha256 or checksum(poses_path)
    return checksum(video)


def save_landmarks(path: Path, read: Landmarks) -> None:
    """Record landmarks with what they were taken from; raises OutputError."""
    save_poses(path, read.poses, clip_sha256=read.clip_sha256, model_sha256=read.model_sha256)


def _estimated(
    video: Path, options: AnalyzeOptions, clip_sha256: str | None, progress: Progress
) -> Landmarks:
    """Look for the lifter in a video, and watch the camera on the way."""
    watch, recent = CameraPathEstimator(), None
    if options.looks_for_plates(options.definition):
        recent = FrameCache()
    estimated = estimate_video(
        video,
        model=options.model,
        backend=options.backend,
        slowmo=options.slowmo,
        cache_request=None if recent is None else CacheRequest(recent, work_short_side_px),
        on_frame=watch,
        progress=lambda share: progress(POSE_SHARE * share),
    )
    return Landmarks(
        estimated.poses,
        clip_sha256 or checksum(video),
        content_sha256(find_model(options.model)),
        warnings=estimated.warnings,
        camera=watch.path,
        recent=recent,
    )


def _recorded(
    poses_path: Path, video: Path | None, options: AnalyzeOptions, clip_sha256: str | None
) -> Landmarks:
    """Read landmarks that were recorded before, and make sure that they are the video's."""
    file = load_pose_file(poses_path)
    clip = file.clip_sha256
    if video is not None:
        clip = clip_sha256 or checksum(video)
        if file.clip_sha256 is not None and file.clip_sha256 != clip:
            raise PoseFileError(
                f"{poses_path}: these landmarks were recorded from another video than {video}; "
                "name that one, or leave --poses out"
            )
        if file.clip_sha256 is None:
            _check_length(poses_path, file.poses, video, options.slowmo)
    return Landmarks(file.poses, clip or checksum(poses_path), file.model_sha256)


def _check_length(poses_path: Path, poses: PoseSequence, video: Path, slowmo: float) -> None:
    """Refuse landmarks that are clearly of another video than this (its shape is checked later)."""
    with VideoFile(video, slowmo=slowmo) as file:
        long_s = file.info.duration_s / slowmo
    if abs(long_s - poses.duration_s) > SAME_LENGTH_S:
        raise PoseFileError(
            f"{poses_path}: landmarks of {poses.duration_s:.1f} s do not belong to {video} "
            f"({long_s:.1f} s); name the video that they were recorded from"
        )


def checksum(path: Path) -> str:
    """Return the checksum of an input's content; raises VideoError if it cannot be read."""
    require_file(path)  # reading a pipe would wait for ever
    try:
        return content_sha256(path)
    except OSError as error:
        raise VideoError(f"{path}: cannot be read ({error.strerror}); check the file") from error


def check_found(poses: PoseSequence, name: Path) -> None:
    """Raise if nobody is seen in any frame: VideoError, or PoseFileError without a frame."""
    if not poses.found.any():
        error = VideoError if len(poses) else PoseFileError
        raise error(
            f"{name}: no person found in any of {len(poses)} frames; "
            "film the whole body, in light, and nothing else large in front"
        )
