"""The bar in a video file: entry points, for the stretches of a recording in which somebody lifts.

The sets are known by then, so is what is lifted: no image is decoded, searched or tracked while the
lifter walks about, and recorded landmarks serve as well as fresh ones. The images are smaller than
those that the landmarks were estimated in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lastrep.bar.bar_proxy import proxy_track
from lastrep.bar.camera import STILL_CAMERA, CameraPath, CameraPathEstimator
from lastrep.bar.images.work_size import work_short_side_px
from lastrep.bar.lifter import DEFAULT_PROXY, BarProxy
from lastrep.bar.options import DEFAULT_OPTIONS, BarTrackingOptions
from lastrep.bar.track import BarTrack
from lastrep.bar.tracker import BarTracker
from lastrep.errors import PoseFileError
from lastrep.pose.sampling import FrameSampler
from lastrep.pose.sequence import Pose, PoseSequence
from lastrep.video.cache import FrameCache
from lastrep.video.reading import VideoFile, VideoInfo

#: Called with the share (0..1) that is done.
Progress = Callable[[float], None]

#: Share: images whose shape differs by more are not those of the landmarks.
MAX_SHAPE_DIFFERENCE = 0.02


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a recording in which one thing is lifted.

    Parameters
    ----------
    start_s, end_s
        Source time, seconds.
    proxy
        The body part that moves like the bar; None if the exercise is not known.
    find_plate
        True if a plate is looked for; False for exercises without a barbell.
    bar_px
        Where the plate or bar end is in the first frame of the recording, in pixels of the
        landmarks, if the user shows it: it is then tracked from there on, whatever the other fields
        say. None if not shown.
    """

    start_s: float
    end_s: float
    proxy: BarProxy | None = None
    find_plate: bool = True
    bar_px: tuple[float, float] | None = None

    def __contains__(self, t_s: float) -> bool:
        return self.start_s <= t_s <= self.end_s


def estimate_camera_path(
    path: Path,
    poses: PoseSequence,
    *,
    slowmo: float = 1.0,
    keep: FrameCache | None = None,
    options: BarTrackingOptions = DEFAULT_OPTIONS,
    progress: Progress = lambda share: None,
) -> CameraPath:
    """Estimate the camera's path in a recording whose landmarks are known already.

    Parameters
    ----------
    path, poses, slowmo
        As in `track_file`.
    keep
        Where to keep the frames, in the size in which the bar is tracked; None for nowhere.
    options
        Parameters of all stages.
    progress
        Called with the share that is done.

    Raises
    ------
    VideoError
        If the file cannot be read.
    PoseFileError
        If the landmarks were taken from another video.
    """
    estimator = CameraPathEstimator(options.camera)
    with VideoFile(path, slowmo=slowmo) as video:
        _check_same(path, video.info, poses)
        if keep is not None:
            keep.size = video.scaled_size(work_short_side_px(poses, options.images))
        watched = video.frames(FrameSampler().is_due, fill=keep, lazy=True)
        with closing(watched) as frames:
            for frame in frames:
                estimator(frame, poses.at(frame.t_s), poses.width_px)
                progress(min(frame.t_s / max(poses.duration_s, 1e-9), 1.0))
    return estimator.path


def track_file(
    path: Path,
    poses: PoseSequence,
    stretches: Sequence[Stretch],
    camera: CameraPath = STILL_CAMERA,
    *,
    slowmo: float = 1.0,
    recent: FrameCache | None = None,
    options: BarTrackingOptions = DEFAULT_OPTIONS,
    progress: Progress = lambda share: None,
) -> tuple[BarTrack, ...]:
    """Track the bar through stretches of a video file.

    Parameters
    ----------
    path
        The video that the landmarks belong to.
    poses
        The lifter; their pixels are those of the result.
    stretches
        In order of time.
    camera
        The camera's path, in pixels of `poses`; without, it is taken for still.
    slowmo
        As in `VideoFile`.
    recent
        Images of the file that were kept; they are used up, and their size is that of all.
    options
        Parameters of all stages.
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
    stretches = [
        stretch if stretch.bar_px is None else replace(stretch, start_s=0.0, find_plate=True)
        for stretch in stretches
    ]
    sought = {k: stretch for k, stretch in enumerate(stretches) if stretch.find_plate}
    seen = _tracks_in_images(
        path,
        poses,
        sought,
        camera,
        slowmo=slowmo,
        recent=recent,
        options=options,
        progress=progress,
    )
    return tuple(
        seen[k]
        if k in seen
        else track_landmarks(_during(poses, stretch), stretch.proxy, camera, options)
        for k, stretch in enumerate(stretches)
    )


def _tracks_in_images(
    path: Path,
    poses: PoseSequence,
    stretches: Mapping[int, Stretch],
    camera: CameraPath,
    *,
    slowmo: float,
    recent: FrameCache | None,
    options: BarTrackingOptions,
    progress: Progress,
) -> dict[int, BarTrack]:
    """Track the bar through the numbered stretches; see `track_file`."""
    if not stretches:
        return {}
    first_s = min(stretch.start_s for stretch in stretches.values())
    last_s = max(stretch.end_s for stretch in stretches.values())
    # The size that was chosen while the file was read: another would have it decoded again.
    kept = None if recent is None or recent.size is None else min(recent.size)
    short_side_px = kept or work_short_side_px(poses, options.images)
    with VideoFile(path, slowmo=slowmo, max_short_side_px=short_side_px) as video:
        _check_same(path, video.info, poses)
        factor = video.info.width_px / poses.width_px
        if recent is not None and recent.evicted:
            options = _half_windows(options)
        trackers = _trackers(stretches, camera, factor, options)

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


def _half_windows(options: BarTrackingOptions) -> BarTrackingOptions:
    """Halve the windows: frames of a long file wait in two of them beside the kept frames."""
    window = options.window
    return replace(options, window=replace(window, max_bytes=window.max_bytes // 2))


def _trackers(
    stretches: Mapping[int, Stretch],
    camera: CameraPath,
    factor: float,
    options: BarTrackingOptions,
) -> dict[int, BarTracker]:
    """Return a tracker for each stretch, for images `factor` times as large as the landmarks'."""
    small = camera.scaled(factor)
    trackers = {}
    for k, stretch in stretches.items():
        at = stretch.bar_px
        shown = None if at is None else (at[0] * factor, at[1] * factor)
        trackers[k] = BarTracker(stretch.proxy, small, bar_px=shown, options=options)
    return trackers


def track_landmarks(
    poses: PoseSequence,
    proxy: BarProxy | None = None,
    camera: CameraPath = STILL_CAMERA,
    options: BarTrackingOptions = DEFAULT_OPTIONS,
) -> BarTrack:
    """Return the track of the bar proxy, from the landmarks alone.

    Parameters
    ----------
    poses
        The lifter; their pixels are those of the result.
    proxy
        The body part that moves like the bar; None if the exercise is not known.
    camera
        The camera's path; without, it is taken for still, as there is no image to tell.
    options
        Parameters of all stages.
    """
    return proxy_track(
        poses.t_s,
        poses.image_px.astype(np.float64),
        poses.visibility.astype(np.float64),
        proxy or DEFAULT_PROXY,
        camera,
        np.array([poses.width_px, poses.height_px]) / 2,
        options.lifter,
    )


def _check_same(path: Path, info: VideoInfo, poses: PoseSequence) -> None:
    shape = info.source_width_px / info.source_height_px
    if abs(shape / (poses.width_px / poses.height_px) - 1) > MAX_SHAPE_DIFFERENCE:
        raise PoseFileError(
            f"{path}: {info.source_width_px}x{info.source_height_px} is not the shape of the video "
            f"the landmarks were taken from ({poses.width_px}x{poses.height_px}); name that one"
        )


def _during(poses: PoseSequence, stretch: Stretch) -> PoseSequence:
    return poses.between(stretch.start_s, stretch.end_s)


def _scaled(pose: Pose, factor: float) -> Pose:
    return replace(pose, image_px=pose.image_px * np.float32(factor))
