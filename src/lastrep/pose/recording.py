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
from lastrep.pose.backends import DEFAULT_BACKEND, follow_lifter
from lastrep.pose.lifter import LifterTracker
from lastrep.pose.models import DEFAULT_MODEL
from lastrep.pose.pace import Pace, filled
from lastrep.pose.people import Whereabouts
from lastrep.pose.sequence import Pose, PoseSequence
from lastrep.video.cache import FrameCache
from lastrep.video.frames import Frame
from lastrep.video.reading import VideoFile, VideoInfo

#: Called with the share (0..1) that is done.
Progress = Callable[[float], None]
#: Is shown the frames, and the lifter in each.
Watch = Callable[[Frame, Pose], None]

#: After this time it is asked how large pictures shall be kept, and again each time it has doubled.
ASKED_FIRST_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Keeping:
    """Pictures to keep while the lifter is looked for, so that the file is decoded only once.

    Parameters
    ----------
    pictures
        Where they are kept.
    short_side_px
        Says how large, from the poses so far.
    """

    pictures: FrameCache
    short_side_px: Callable[[PoseSequence], int]


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
    backend: str = DEFAULT_BACKEND,
    slowmo: float = 1.0,
    keeping: Keeping | None = None,
    watch: Watch | None = None,
    progress: Progress | None = None,
) -> Recording:
    """Find the lifter in every frame of a video file.

    Of high-rate video not every frame is looked at (see `lastrep.pose.pace`); the poses of the
    others are put between.

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
    keeping
        What to keep of the pictures on the way.
    watch
        Is shown each frame that was looked at, with the pose in it; times go back where the file is
        read once more.
    progress
        Called after each frame with the share done. Where somebody else was followed at first, it
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
        follow = partial(follow_lifter, model, backend)
        passage = _follow(video, follow(), progress, keeping, watch, give_way=True)
        model_s = passage.model_s
        if passage.mistaken_for is not None:
            # Somebody else was followed until it showed who lifts: once more, knowing it.
            passage = _follow(video, follow(lifter=passage.mistaken_for), progress, keeping, watch)
            model_s += passage.model_s
    if not passage.poses:
        raise VideoError(f"{path}: holds no frame that can be decoded; export or record it again")
    if progress is not None:
        progress(1.0)
    return Recording(
        path=Path(path),
        info=video.info,
        poses=_sequence(passage.poses, video.info, passage.model),
        warnings=(*video.warnings, *(f"{path}: {warning}" for warning in passage.warnings)),
        model_s=model_s,
        wall_s=time.perf_counter() - start_s,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Passage:
    """The lifter in one reading of a file."""

    poses: list[Pose]
    mistaken_for: Whereabouts | None
    warnings: tuple[str, ...]
    model: str
    model_s: float


def _follow(
    video: VideoFile,
    lifter: LifterTracker,
    progress: Progress | None,
    keeping: Keeping | None,
    watch: Watch | None,
    *,
    give_way: bool = False,
) -> _Passage:
    """Follow the lifter through the file; stop, if asked, when it is clearly somebody else."""
    poses: list[Pose] = []
    pace = Pace()
    ask_s = ASKED_FIRST_S
    keep = None if keeping is None else keeping.pictures
    given = video.frames(pace.is_due, fill=keep)
    with lifter as tracker, closing(given) as frames:
        for frame in frames:
            poses.append(tracker.update(frame))
            if watch is not None:
                watch(frame, poses[-1])
            if keeping is not None and frame.t_s >= ask_s:
                so_far = _sequence(poses, video.info, tracker.name)
                keeping.pictures.size = video.scaled_size(keeping.short_side_px(so_far))
                ask_s *= 2
            if give_way and tracker.mistaken_for is not None:
                break
            if progress is not None and video.info.duration_s > 0:
                progress(min(frame.t_s / video.info.duration_s, 1.0))
    tracker.finish()
    given_back = {pose.t_s: pose for pose in tracker.given_back}
    poses = [given_back.get(p.t_s, p) for p in poses]
    for start_s, end_s in tracker.taken_back:
        poses = [Pose.missing(p.t_s) if start_s < p.t_s <= end_s else p for p in poses]
    poses = filled(poses, pace.passed_s, tracker.cuts_s)
    return _Passage(
        poses, tracker.mistaken_for, tuple(tracker.warnings), tracker.name, tracker.busy_s
    )


def _sequence(poses: Iterable[Pose], info: VideoInfo, model: str) -> PoseSequence:
    return PoseSequence.of(poses, width_px=info.width_px, height_px=info.height_px, model=model)
