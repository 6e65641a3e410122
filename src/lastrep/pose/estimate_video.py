"""From a video file to the lifter's landmarks: what every analysis of a recording starts with."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lastrep.errors import VideoError
from lastrep.pose.backends import DEFAULT_BACKEND, make_subject_tracker
from lastrep.pose.models import DEFAULT_MODEL
from lastrep.pose.sampling import FrameSampler, with_interpolated
from lastrep.pose.sequence import Pose, PoseSequence
from lastrep.pose.subject.gating import Gate
from lastrep.pose.subject.tracker import SubjectTracker
from lastrep.video.cache import FrameCache
from lastrep.video.frames import Frame
from lastrep.video.reading import VideoFile, VideoInfo

#: Called with the share (0..1) that is done.
Progress = Callable[[float], None]
#: Called with each sampled frame, and the lifter's pose in it.
OnFrame = Callable[[Frame, Pose], None]

#: After this time, seconds, it is asked in which size frames shall be cached, and again each time
#: that the time has doubled.
CACHE_SIZE_ASKED_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class CacheRequest:
    """Frames to cache while the lifter is looked for, so that the file is decoded only once.

    Parameters
    ----------
    cache
        Where they are kept.
    short_side_px
        Says in which size (its shorter side, pixels), from the poses so far.
    """

    cache: FrameCache
    short_side_px: Callable[[PoseSequence], int]


@dataclass(frozen=True, slots=True, eq=False)
class EstimatedVideo:
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
        """Length as the file says, or else from its first to its last frame, seconds."""
        named = self.info.duration_s
        return named if math.isfinite(named) else self.poses.duration_s


def estimate_video(
    path: str | Path,
    *,
    model: str = DEFAULT_MODEL,
    backend: str = DEFAULT_BACKEND,
    slowmo: float = 1.0,
    cache_request: CacheRequest | None = None,
    on_frame: OnFrame | None = None,
    progress: Progress | None = None,
) -> EstimatedVideo:
    """Find the lifter in every frame of a video file.

    High-rate video is sampled (see `lastrep.pose.sampling`); the poses of skipped frames are
    interpolated.

    Parameters
    ----------
    path
        The video file.
    model
        ``lite``, ``full``, ``heavy``, or the path of a ``.task`` bundle.
    backend
        What runs the model (see `lastrep.pose.backends`).
    slowmo
        How many times the recording is slowed down (see `VideoFile`).
    cache_request
        What to cache of the frames on the way.
    on_frame
        Called with each sampled frame and the pose in it; times go back where the file is read once
        more.
    progress
        Called after each frame with the share done. Where another person was followed at first, it
        begins again.

    Raises
    ------
    VideoError
        If the file cannot be read or holds no frame.
    ModelError
        If the model is missing or damaged, or the backend is not installed.
    """
    start_s = time.perf_counter()
    with VideoFile(path, slowmo=slowmo) as video:
        make = partial(make_subject_tracker, model, backend)
        run = partial(
            _track, video, progress=progress, cache_request=cache_request, on_frame=on_frame
        )
        done = run(make(), stop_if_wrong=True)
        model_s = done.model_s
        if done.subject_gate is not None:
            # Another person was followed until it showed who lifts: once more, knowing it.
            done = run(make(gate=done.subject_gate))
            model_s += done.model_s
    if not done.poses:
        raise VideoError(f"{path}: holds no frame that can be decoded; export or record it again")
    if progress is not None:
        progress(1.0)
    return EstimatedVideo(
        path=Path(path),
        info=video.info,
        poses=_sequence(done.poses, video.info, done.model),
        warnings=(*video.warnings, *(f"{path}: {warning}" for warning in done.warnings)),
        model_s=model_s,
        wall_s=time.perf_counter() - start_s,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    """The subject in one reading of a file."""

    poses: list[Pose]
    subject_gate: Gate | None
    warnings: tuple[str, ...]
    model: str
    model_s: float


def _track(
    video: VideoFile,
    subject: SubjectTracker,
    *,
    progress: Progress | None,
    cache_request: CacheRequest | None,
    on_frame: OnFrame | None,
    stop_if_wrong: bool = False,
) -> _Pass:
    """Track the subject through the file; stop, if asked, when it is clear that another lifts."""
    poses: list[Pose] = []
    sampler = FrameSampler()
    ask_s = CACHE_SIZE_ASKED_S
    cache = None if cache_request is None else cache_request.cache
    given = video.frames(sampler.is_due, fill=cache)
    with subject as tracker, closing(given) as frames:
        for frame in frames:
            poses.append(tracker.update(frame))
            if on_frame is not None:
                on_frame(frame, poses[-1])
            if cache_request is not None and frame.t_s >= ask_s:
                so_far = _sequence(poses, video.info, tracker.name)
                short_side_px = cache_request.short_side_px(so_far)
                cache_request.cache.size = video.scaled_size(short_side_px)
                ask_s *= 2
            if stop_if_wrong and tracker.wrong_subject:
                break
            if progress is not None and video.info.duration_s > 0:
                progress(min(frame.t_s / video.info.duration_s, 1.0))
    tracker.finish()
    return _Pass(
        with_interpolated(_corrected(poses, tracker), sampler.skipped_s, tracker.cuts_s),
        tracker.subject_gate,
        tuple(tracker.warnings),
        tracker.name,
        tracker.busy_s,
    )


def _corrected(poses: Iterable[Pose], tracker: SubjectTracker) -> list[Pose]:
    """Put restored poses back, and take revoked ones out."""
    restored = {pose.t_s: pose for pose in tracker.restored}
    corrected = [restored.get(p.t_s, p) for p in poses]
    for start_s, end_s in tracker.revoked:
        corrected = [Pose.missing(p.t_s) if start_s < p.t_s <= end_s else p for p in corrected]
    return corrected


def _sequence(poses: Iterable[Pose], info: VideoInfo, model: str) -> PoseSequence:
    return PoseSequence.of(poses, width_px=info.width_px, height_px=info.height_px, model=model)
