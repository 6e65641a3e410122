"""The bar in a video file: a second, smaller look at the stretches in which somebody lifts.

The sets are known by then, so is what is lifted: nothing is made into pictures, searched or
followed while the lifter walks about, and recorded landmarks serve as well as fresh ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lastrep.bar.lifter import DEFAULT_PROXY, Proxy, stature_px
from lastrep.bar.track import BarTrack
from lastrep.bar.tracker import (
    SIDES,
    BarTracker,
    landmark_point,
)
from lastrep.errors import PoseFileError
from lastrep.pose.pace import Pace
from lastrep.pose.recording import ASKED_FIRST_S
from lastrep.pose.sequence import Pose, PoseSequence
from lastrep.video.reading import VideoFile, VideoInfo
from lastrep.video.recent import RecentPictures

#: Called with the share (0..1) that is done.
Progress = Callable[[float], None]

#: The bar is followed in pictures of at most this short side, in which the lifter is at most this
#: tall: more costs time and gives nothing. Smaller ones are smaller by so many steps.
WORK_SHORT_SIDE_PX, WORK_STATURE_PX, WORK_STEP = 480, 320.0, 3 / 4
#: Pictures in which the lifter turns out to be so tall need not be made larger or smaller.
STATURES_PX = (215.0, 360.0)

#: Times of a picture and of landmarks that differ by less are those of one frame.
SAME_FRAME_S = 1e-4

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


def track_file(
    path: Path,
    poses: PoseSequence,
    stretches: Sequence[Stretch],
    *,
    bar_px: tuple[float, float] | None = None,
    slowmo: float = 1.0,
    recent: RecentPictures | None = None,
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
    bar_px
        Where the plate or bar end is in the first frame, in pixels of `poses`, if the user shows
        it: it is then followed from there on.
    slowmo
        As in `VideoFile`.
    recent
        Pictures of the file that were kept; they are used up.
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
        stretches = [replace(stretch, start_s=0.0) for stretch in stretches]
    with VideoFile(path, slowmo=slowmo, max_short_side_px=work_short_side_px(poses)) as video:
        _check_same(path, video.info, poses)
        factor = video.info.width_px / poses.width_px
        shown = None if bar_px is None else (bar_px[0] * factor, bar_px[1] * factor)
        trackers = [BarTracker(s.proxy, bar_px=shown, find_plate=s.find_plate) for s in stretches]
        last_s = max(stretch.end_s for stretch in stretches)
        first_s = min(stretch.start_s for stretch in stretches)

        pace = Pace()

        def wanted(t_s: float) -> bool:
            due = pace.is_due(t_s)
            running = [k for k, stretch in enumerate(stretches) if t_s in stretch]
            whole = any(trackers[k].needs_pictures for k in running)
            return bool(running) and (due or whole)

        if recent is not None and not recent.every:
            recent = None if any(tracker.needs_pictures for tracker in trackers) else recent
        given = 0
        with closing(video.stored_frames(wanted, recent=recent)) as frames:
            for frame in frames:
                now = int(np.searchsorted(poses.t_s, frame.t_s - SAME_FRAME_S))
                passed_over = [_scaled(poses[k], factor) for k in range(given, now)]
                given = now + 1
                pose = _scaled(poses.at(frame.t_s), factor)
                for stretch, tracker in zip(stretches, trackers, strict=True):
                    for one in passed_over:
                        if one.t_s in stretch:
                            tracker.pass_over(one)
                    if frame.t_s in stretch:
                        tracker.update(frame, pose)
                    elif frame.t_s > stretch.end_s:
                        tracker.process()
                progress(min((frame.t_s - first_s) / max(last_s - first_s, 1e-9), 1.0))
    return tuple(tracker.finish().scaled(1 / factor) for tracker in trackers)


def work_short_side_px(poses: PoseSequence) -> int:
    """Return the short side of the pictures in which the bar is followed, pixels.

    It is chosen early and kept while the lifter stays of about that size, so that the pictures of
    this size can be kept while the file is read: the choice is looked at anew each time that the
    recording has got twice as long.
    """
    short_px = min(poses.width_px, poses.height_px)
    work_px = most_px = float(min(WORK_SHORT_SIDE_PX, short_px))
    length_s = ASKED_FIRST_S
    while True:
        so_far = poses.between(0.0, length_s)
        tall = stature_px(so_far.image_px[so_far.found].astype(np.float64)) / short_px
        # An unknown stature (NaN) changes nothing.
        if tall * work_px > STATURES_PX[-1] or (tall * work_px < STATURES_PX[0] < tall * most_px):
            work_px = most_px
            while tall * work_px > WORK_STATURE_PX:
                work_px *= WORK_STEP
        if len(so_far) == len(poses):
            return round(work_px)
        length_s *= 2


def track_landmarks(poses: PoseSequence, proxy: Proxy | None = None) -> BarTrack:
    """Return what the landmarks alone say of the bar: where its stand-in was.

    The camera is taken for one that stands still, as there is no picture to tell.
    """
    points = poses.image_px.astype(np.float64)
    visible = poses.visibility.astype(np.float64)
    n = len(poses)
    still = np.tile(np.eye(3)[:2], (n, 1, 1))
    name: Proxy = proxy or DEFAULT_PROXY
    return BarTrack(
        t_s=poses.t_s,
        bar=None,
        proxies={side: landmark_point(points, visible, name, still, side) for side in SIDES},
        proxy_name=name,
        stature_px=stature_px(points),
        camera_known=np.zeros(n, np.bool_),
        camera_shift_px=np.zeros(n),
    )


def _check_same(path: Path, info: VideoInfo, poses: PoseSequence) -> None:
    shape = info.source_width_px / info.source_height_px
    if abs(shape / (poses.width_px / poses.height_px) - 1) > SHAPE_SHARE:
        raise PoseFileError(
            f"{path}: {info.source_width_px}x{info.source_height_px} is not the shape of the video "
            f"the landmarks were taken from ({poses.width_px}x{poses.height_px}); name that one"
        )


def _scaled(pose: Pose, factor: float) -> Pose:
    return replace(pose, image_px=pose.image_px * np.float32(factor))
