"""The bar in a video file: a second, smaller look at the stretches in which somebody lifts.

The sets are known by then, so is what is lifted: nothing is made into pictures, searched or
followed while the lifter walks about, and recorded landmarks serve as well as fresh ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lastrep.bar.camera_path import CameraPath, CameraWatch
from lastrep.bar.lifter import DEFAULT_PROXY, Proxy
from lastrep.bar.stand_in import landmark_track
from lastrep.bar.track import BarTrack
from lastrep.bar.tracker import WINDOW_BYTES, BarTracker
from lastrep.bar.work_size import work_short_side_px
from lastrep.errors import PoseFileError
from lastrep.pose.sampling import FrameSampler
from lastrep.pose.sequence import Pose, PoseSequence
from lastrep.video.cache import FrameCache
from lastrep.video.reading import VideoFile, VideoInfo

#: Called with the share (0..1) that is done.
Progress = Callable[[float], None]

#: Pictures whose shape differs by more than this share are not those of the landmarks.
SHAPE_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a recording in which one thing is lifted.

    Parameters
    ----------
    start_s, end_s
        Source time.
    proxy
        The body part that moves like the bar; None if it is not known what is done.
    find_plate
        Whether a plate is looked for; False for exercises without a barbell.
    """

    start_s: float
    end_s: float
    proxy: Proxy | None = None
    find_plate: bool = True

    def __contains__(self, t_s: float) -> bool:
        return self.start_s <= t_s <= self.end_s


def watch_camera(
    path: Path,
    poses: PoseSequence,
    *,
    slowmo: float = 1.0,
    keep: FrameCache | None = None,
    progress: Progress = lambda share: None,
) -> CameraPath:
    """Find out where the camera was during a recording whose landmarks are known already.

    Parameters
    ----------
    path, poses, slowmo
        As in `track_file`.
    keep
        Where to keep the frames, in the size in which the bar is followed.
    progress
        Called with the share that is done.

    Raises
    ------
    VideoError
        If the file cannot be read.
    PoseFileError
        If the landmarks were taken from another video.
    """
    watch = CameraWatch()
    with VideoFile(path, slowmo=slowmo) as video:
        _check_same(path, video.info, poses)
        if keep is not None:
            keep.size = video.scaled_size(work_short_side_px(poses))
        watched = video.frames(FrameSampler().is_due, fill=keep, lazy=True)
        with closing(watched) as frames:
            for frame in frames:
                watch(frame, poses.at(frame.t_s), poses.width_px)
                progress(min(frame.t_s / max(poses.duration_s, 1e-9), 1.0))
    return watch.path


def track_file(
    path: Path,
    poses: PoseSequence,
    stretches: Sequence[Stretch],
    camera: CameraPath = CameraPath(),  # noqa: B008 - frozen
    *,
    bar_px: tuple[float, float] | None = None,
    slowmo: float = 1.0,
    recent: FrameCache | None = None,
    progress: Progress = lambda share: None,
) -> tuple[BarTrack, ...]:
    """Follow the bar through stretches of a video file.

    Parameters
    ----------
    path
        The video that the landmarks belong to.
    poses
        The lifter; their pixels are those of the result.
    stretches
        In order of time.
    camera
        Where the camera was, in pixels of `poses`; without, it is taken for still.
    bar_px
        Where the plate or bar end is in the first frame, in pixels of `poses`, if the user shows
        it: it is then followed from there on.
    slowmo
        As in `VideoFile`.
    recent
        Pictures of the file that were kept; they are used up, and their size is that of all.
    progress
        Called with the share of the stretches' time that is done.

    Returns
    -------
    One track a stretch.

    Raises
    ------
    VideoError
        If the file cannot be read.
    PoseFileError
        If the landmarks were taken from another video.
    """
    if bar_px is not None:
        stretches = [replace(stretch, start_s=0.0, find_plate=True) for stretch in stretches]
    sought = {k: stretch for k, stretch in enumerate(stretches) if stretch.find_plate}
    seen = _tracks_in_pictures(
        path, poses, sought, camera, bar_px=bar_px, slowmo=slowmo, recent=recent, progress=progress
    )
    return tuple(
        seen[k] if k in seen else track_landmarks(_during(poses, stretch), stretch.proxy, camera)
        for k, stretch in enumerate(stretches)
    )


def _tracks_in_pictures(
    path: Path,
    poses: PoseSequence,
    stretches: Mapping[int, Stretch],
    camera: CameraPath,
    *,
    bar_px: tuple[float, float] | None,
    slowmo: float,
    recent: FrameCache | None,
    progress: Progress,
) -> dict[int, BarTrack]:
    """Follow the bar through the numbered stretches; see `track_file`."""
    if not stretches:
        return {}
    first_s = min(stretch.start_s for stretch in stretches.values())
    last_s = max(stretch.end_s for stretch in stretches.values())
    # The size that was chosen while the file was read: another would have it decoded again.
    kept = None if recent is None or recent.size is None else min(recent.size)
    with VideoFile(
        path, slowmo=slowmo, max_short_side_px=kept or work_short_side_px(poses)
    ) as video:
        _check_same(path, video.info, poses)
        factor = video.info.width_px / poses.width_px
        shown = None if bar_px is None else (bar_px[0] * factor, bar_px[1] * factor)
        small = camera.scaled(factor)
        # Of a long file, frames wait in two windows beside those that were kept and come last.
        long = recent is not None and recent.evicted
        window_bytes = WINDOW_BYTES // 2 if long else WINDOW_BYTES
        trackers = {
            k: BarTracker(s.proxy, small, bar_px=shown, window_bytes=window_bytes)
            for k, s in stretches.items()
        }

        def wanted(t_s: float) -> bool:
            return t_s > last_s or any(t_s in stretch for stretch in stretches.values())

        with closing(video.frames(wanted, reuse=recent, lazy=True)) as frames:
            for frame in frames:
                pose = _scaled(poses.at(frame.t_s), factor)
                for k, stretch in stretches.items():
                    if frame.t_s in stretch:
                        trackers[k].update(frame, pose)
                    elif frame.t_s > stretch.end_s:
                        trackers[k].process()
                progress(min((frame.t_s - first_s) / max(last_s - first_s, 1e-9), 1.0))
                if frame.t_s > last_s:
                    break
    return {k: tracker.finish().scaled(1 / factor) for k, tracker in trackers.items()}


def track_landmarks(
    poses: PoseSequence,
    proxy: Proxy | None = None,
    camera: CameraPath = CameraPath(),  # noqa: B008 - frozen
) -> BarTrack:
    """Return what the landmarks alone say of the bar: where its stand-in was.

    Without `camera` it is taken for one that stands still, as there is no picture to tell.
    """
    return landmark_track(
        poses.t_s,
        poses.image_px.astype(np.float64),
        poses.visibility.astype(np.float64),
        proxy or DEFAULT_PROXY,
        camera,
        np.array([poses.width_px, poses.height_px]) / 2,
    )


def _check_same(path: Path, info: VideoInfo, poses: PoseSequence) -> None:
    shape = info.source_width_px / info.source_height_px
    if abs(shape / (poses.width_px / poses.height_px) - 1) > SHAPE_SHARE:
        raise PoseFileError(
            f"{path}: {info.source_width_px}x{info.source_height_px} is not the shape of the video "
            f"the landmarks were taken from ({poses.width_px}x{poses.height_px}); name that one"
        )


def _during(poses: PoseSequence, stretch: Stretch) -> PoseSequence:
    return poses.between(stretch.start_s, stretch.end_s)


def _scaled(pose: Pose, factor: float) -> Pose:
    return replace(pose, image_px=pose.image_px * np.float32(factor))
