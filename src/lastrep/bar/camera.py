"""The camera's movement: the background behind the lifter, tracked from frame to frame.

Corners outside of the person are tracked against a reference frame, not against the frame before,
so a camera at rest gives no drift. The result moves points of every image to where the first image
shows them: stabilised coordinates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.arrays import Array, Image, Mask
from lastrep.bar.images.optical_flow import (
    Corners,
    detect_corners,
    fit_similarity,
    track_corners,
)
from lastrep.bar.images.options import CornerTrackingOptions
from lastrep.bar.lifter import moving_box
from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame
from lastrep.video.resizing import resized

#: Seconds: times that differ by less are the same (rounding of containers).
SAME_TIME_S = 1e-4


@dataclass(frozen=True, slots=True)
class CameraOptions:
    """How the background is tracked, and how often."""

    #: Corners of the background.
    corners: CornerTrackingOptions = field(default_factory=CornerTrackingOptions)
    #: Pixels: long side of the images in which the camera is tracked.
    long_side_px: int = 400
    #: Share of the tracked corners that must agree on one movement.
    min_inlier_share: float = 0.5
    #: Share of the reference's corners below which a new reference is taken.
    renew_below_share: float = 0.5
    #: Images in a row that could not be placed, beyond which a new reference is taken.
    max_failed_images: int = 5
    #: Pixels: corners this near to where they were are at rest.
    resting_px: float = 0.35
    #: Share of the inliers: if this many corners are at rest, so is the camera, and what moves is
    #: people and their shadows.
    min_resting_share: float = 0.5
    #: Share of its height by which the person's box is widened: bar, plates and shadow move too.
    person_margin_share: float = 0.12
    #: Seconds between images of a hand-held camera: hands shake at up to 5 Hz.
    interval_s: float = 1 / 15
    #: Seconds between images of a camera on a tripod.
    tripod_interval_s: float = 4 / 30
    #: Pixels: a camera that moved less is at rest.
    tripod_max_move_px: float = 0.3
    #: Images in a row at rest from which on the camera is taken to be on a tripod.
    tripod_after_images: int = 10
    #: Seconds: an image this little too early is on time.
    early_s: float = 0.002


DEFAULT_CAMERA = CameraOptions()


class CameraMotionEstimator:
    """Tracks the background and says how each image lies in the first one.

    Images that are not due need not be shown (see `CameraPath`).

    Parameters
    ----------
    options
        How the background is tracked.

    Attributes
    ----------
    known
        Whether the last image could be placed; if not, the transform before is repeated.
    """

    def __init__(self, options: CameraOptions = DEFAULT_CAMERA) -> None:
        self.known = False
        self._options = options
        self._reference: Image | None = None
        self._reference_to_first = np.eye(3)
        self._to_first = np.eye(3)
        self._start: Corners = np.zeros((0, 2), np.float32)
        self._positions = self._start
        self._wanted = 0
        self._failures = 0
        self._images_at_rest = 0
        self._last_s = -math.inf

    def is_due(self, t_s: float) -> bool:
        """Return whether to show the image of this time; times must increase."""
        o = self._options
        on_tripod = self._images_at_rest >= o.tripod_after_images
        due = t_s - self._last_s >= (o.tripod_interval_s if on_tripod else o.interval_s) - o.early_s
        if due:
            self._last_s = t_s
        return due

    def update(self, grey: Image, person: Array | None) -> Array:
        """Take the next image.

        Parameters
        ----------
        grey
            shape = (h, w)
        person
            Box of the moving things as (left, top, right, bottom), pixels; None if not known.

        Returns
        -------
        shape = (2, 3): moves points of this image to where the first one shows them.
        """
        if self._reference is None:
            self._renew(grey, person)
        else:
            self._place(grey, person)
        return self._to_first[:2].copy()

    def _place(self, image: Image, person: Array | None) -> None:
        o = self._options
        before = self._to_first
        tracked = self._track(image) if len(self._start) >= o.corners.min_corners else 0
        self.known = tracked > 0
        if self.known:
            self._failures = 0
            moved = np.linalg.norm(self._to_first[:2, 2] - before[:2, 2])
            away = np.linalg.norm(self._to_first[:2, 2])
            at_rest = moved < o.tripod_max_move_px and away < o.tripod_max_move_px
            self._images_at_rest = self._images_at_rest + 1 if at_rest else 0
        else:
            self._failures += 1
            self._images_at_rest = 0
        few = self.known and tracked < o.renew_below_share * self._wanted
        if few or self._failures > o.max_failed_images:
            self._renew(image, person)

    def _track(self, image: Image) -> int:
        """Place the image; return how many corners were tracked, 0 if it cannot be placed."""
        assert self._reference is not None
        o = self._options
        least = o.corners.min_corners
        end, good = track_corners(
            self._reference, image, self._start, o.corners, guess=self._positions
        )
        if good.sum() < least:
            return 0
        common = fit_similarity(end[good], self._start[good], o.corners.max_residual_px)
        inliers = 0 if common is None else common[1]
        at_rest = np.linalg.norm(end[good] - self._start[good], axis=1) < o.resting_px
        if at_rest.sum() >= max(least, o.min_resting_share * inliers):
            move = np.eye(2, 3)
        elif common is None or inliers < max(least, o.min_inlier_share * good.sum()):
            return 0
        else:
            move = common[0]
        self._to_first = self._reference_to_first @ np.vstack([move, [0, 0, 1]])
        # Corners that were lost are looked for where the background's movement puts them.
        back = cv2.invertAffineTransform(move)
        predicted = self._start @ back[:, :2].T + back[:, 2]
        self._positions = np.where(good[:, None], end, predicted).astype(np.float32)
        return int(good.sum())

    def _renew(self, image: Image, person: Array | None) -> None:
        """Make this image the reference."""
        o = self._options
        mask = np.full(image.shape, 255, np.uint8)
        if person is not None and np.isfinite(person).all():
            left, top, right, bottom = person
            margin = o.person_margin_share * (bottom - top)
            box = np.clip([left - margin, top - margin, right + margin, bottom + margin], 0, None)
            x0, y0, x1, y1 = box.astype(int)
            mask[y0:y1, x0:x1] = 0
        self._reference = image
        self._reference_to_first = self._to_first
        self._start = detect_corners(image, mask, o.corners)
        self._positions = self._start
        self._wanted = len(self._start)
        self._failures = 0
        self.known = self._wanted >= o.corners.min_corners


@dataclass(frozen=True, slots=True, eq=False)
class CameraPath:
    """The camera's movement at some times of a recording.

    Parameters
    ----------
    t_s
        shape = (m,): times of the images in which it was estimated, increasing.
    transforms
        shape = (m, 2, 3): move points of the image to where the first one shows them, pixels.
    known
        shape = (m,): whether the image could be placed; if not, the transform before is repeated.
    """

    t_s: Array = field(default_factory=lambda: np.zeros(0))
    transforms: Array = field(default_factory=lambda: np.zeros((0, 2, 3)))
    known: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def stabilising(self, t_s: Array) -> Array:
        """Return the transforms to stabilised coordinates: those of the first image asked for.

        Between two images of the path the camera moves evenly. Before the first and after the last,
        and if the path is empty, it is taken for still.

        Parameters
        ----------
        t_s
            shape = (n,): times of the images, seconds.

        Returns
        -------
        shape = (n, 2, 3)
        """
        square = np.tile(np.eye(3), (len(t_s), 1, 1))
        if len(self.t_s) and len(t_s):
            columns = [np.interp(t_s, self.t_s, c) for c in self.transforms.reshape(-1, 6).T]
            square[:, :2] = np.stack(columns, axis=1).reshape(-1, 2, 3)
            square = np.linalg.inv(square[0]) @ square
        return square[:, :2]

    def known_at(self, t_s: Array) -> Mask:
        """Return whether the last image up to each time could be placed, shape = (n,)."""
        if not len(self.t_s):
            return np.zeros(len(t_s), np.bool_)
        last = np.searchsorted(self.t_s, t_s + SAME_TIME_S, side="right") - 1
        return self.known[np.maximum(last, 0)]

    def scaled(self, factor: float) -> CameraPath:
        """Return the same in images that are `factor` times as large."""
        transforms = self.transforms.copy()
        transforms[:, :, 2] *= factor
        return replace(self, transforms=transforms)


STILL_CAMERA = CameraPath()


def stabilise(transforms: Array, points: Array) -> Array:
    """Move points, shape = (n, 2), each by its own transform, shape = (n, 2, 3)."""
    moved: Array = np.einsum("nij,nj->ni", transforms[:, :, :2], points) + transforms[:, :, 2]
    return moved


class CameraPathEstimator:
    """Estimates the camera's path, frame after frame; starts anew when the time goes back.

    Parameters
    ----------
    options
        How the background is tracked.
    """

    def __init__(self, options: CameraOptions = DEFAULT_CAMERA) -> None:
        self._options = options
        self._begin()

    def _begin(self) -> None:
        self._motion = CameraMotionEstimator(self._options)
        self._t_s: list[float] = []
        self._transforms: list[Array] = []
        self._known: list[bool] = []

    def __call__(self, frame: Frame, pose: Pose, width_px: int | None = None) -> None:
        """Take the next frame, and the lifter in it.

        Parameters
        ----------
        frame, pose
            The frame, and the landmarks that are masked out in it.
        width_px
            Width of the image that the pose's pixels refer to (default: the frame's).
        """
        if self._t_s and frame.t_s <= self._t_s[-1]:
            self._begin()
        if not self._motion.is_due(frame.t_s):
            return
        grey = frame.grey
        height, width = grey.shape
        scale = min(1.0, self._options.long_side_px / max(width, height))
        small = resized(grey, (round(scale * width), round(scale * height)), by_area=True)
        factor = small.shape[1] / (width_px or width)
        transform = self._motion.update(small, moving_box(factor * pose.image_px))
        transform[:, 2] /= factor
        self._t_s.append(frame.t_s)
        self._transforms.append(transform)
        self._known.append(self._motion.known)

    @property
    def path(self) -> CameraPath:
        """The camera's path so far."""
        transforms = np.array(self._transforms, np.float64).reshape(-1, 2, 3)
        return CameraPath(np.array(self._t_s), transforms, np.array(self._known, np.bool_))
