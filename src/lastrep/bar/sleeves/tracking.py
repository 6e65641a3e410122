"""Tracking of both sleeves: in every image, where their template matches near the hands.

The template is the same for all images, so that nothing drifts; what is lost in one is looked for
in the next where it usually is at that height of the hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lastrep.bar.arrays import Array, Image, Mask
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.tracking import DiscTrack, Observation
from lastrep.bar.sleeves.alignment import crop_at, edges_down, match_template, rotation
from lastrep.bar.sleeves.detection import Sleeve, SleevePair
from lastrep.bar.sleeves.hand_line import HandLine
from lastrep.bar.sleeves.options import SleeveOptions
from lastrep.motion.arrays import runs
from lastrep.motion.filters import savitzky_golay


@dataclass(frozen=True, slots=True, eq=False)
class SleeveTracks:
    """Both sleeves over time; arrays share the frames as first axis.

    Parameters
    ----------
    left, right
        shape = (n, 2): the middles of the plates in the image, pixels; NaN where lost.
    middle
        The middle between them, with the plates' usual shape as large as it looks in each frame.
    """

    left: Array
    right: Array
    middle: DiscTrack

    @property
    def tilt_deg(self) -> Array:
        """How much higher the end on the right of the image is, degrees; NaN without both.

        shape = (n,)
        """
        return -np.degrees(_angle_rad(self.left, self.right))


def track_sleeves(
    images: Sequence[Image],
    sleeves: SleevePair,
    hand_line: HandLine,
    keys: Sequence[int],
    stature_px: float,
    options: SleeveOptions,
) -> SleeveTracks:
    """Track both sleeves through all images.

    Parameters
    ----------
    images
        Consecutive frames.
    sleeves
        What to track.
    hand_line
        The hands in each frame.
    keys
        Numbers of the frames in which `sleeves` were detected.
    stature_px
        Height of the lifter, pixels.
    options
        Parameters of detection and tracking.
    """
    slack = options.detection.landmark_slack_px(stature_px)
    left, right = (
        _SleeveTracker(sleeve, hand_line.at_distance(sign * sleeve.out_px), keys, slack, options)
        for sign, sleeve in ((-1, sleeves.left), (1, sleeves.right))
    )
    usual_rad = float(np.median(_angle_rad(sleeves.left.centres, sleeves.right.centres)))
    turned_rad = 0.0
    for k, image in enumerate(images):
        left.update(k, image, turned_rad)
        right.update(k, image, turned_rad)
        angle_rad = float(_angle_rad(left.position[k], right.position[k]))
        if np.isfinite(angle_rad):
            turned_rad = angle_rad - usual_rad
    return _combined(left, right, sleeves, keys, options)


def _combined(
    left_end: _SleeveTracker,
    right_end: _SleeveTracker,
    sleeves: SleevePair,
    keys: Sequence[int],
    options: SleeveOptions,
) -> SleeveTracks:
    """Put the bar between its sleeves."""
    o = options.tracking
    left, right = left_end.position, right_end.position
    both = np.isfinite(left[:, 0]) & np.isfinite(right[:, 0])
    apart = right - left
    if not both.any():
        return SleeveTracks(left, right, DiscTrack({}, 0, 0))
    half = _interpolated(apart / 2, both)
    scale = _perspective_scale(half, [k for k in keys if both[k]], o.perspective_frames)
    match = np.minimum(left_end.match, right_end.match)
    support = np.clip((match - o.chance_match) / (o.clear_match - o.chance_match), 0, 1)
    observations = {}
    either = np.isfinite(left[:, 0]) | np.isfinite(right[:, 0])
    for gap in runs(~both):
        if gap.stop - gap.start > o.max_one_sleeve_frames:
            either[gap] = False
    for k in np.flatnonzero(either):
        x, y = left[k] + half[k] if np.isfinite(left[k, 0]) else right[k] - half[k]
        a, b = sleeves.a * scale[k], sleeves.b * scale[k]
        ellipse = Ellipse(float(x), float(y), float(a), float(b))
        observations[int(k)] = Observation(ellipse, float(support[k]), shape_seen=bool(both[k]))
    return SleeveTracks(left, right, DiscTrack(observations, 0, 0))


def _angle_rad(left: Array, right: Array) -> Array:
    """How far the way from one point to another is turned, clockwise; shapes = (..., 2)."""
    across, down = np.moveaxis(right - left, -1, 0)
    return np.asarray(np.arctan2(down, across), np.float64)


def _perspective_scale(half: Array, keys: Sequence[int], smoothed_frames: int) -> Array:
    """How much larger the bar looks than in the key frames, shape = (n,).

    A bar pressed overhead goes away from the camera too: the distance between its sleeves tells.

    Parameters
    ----------
    half
        shape = (n, 2): half the way from the left to the right sleeve, pixels.
    keys
        Key frames in which both were tracked.
    smoothed_frames
        The bar comes nearer to the camera evenly: window of the smoothing.
    """
    length = np.hypot(*half.T)
    if len(length) >= smoothed_frames:
        length = savitzky_golay(length, smoothed_frames, 2)
    return np.asarray(length / np.median(length[keys] if keys else length), np.float64)


class _SleeveTracker:
    """One sleeve, image after image.

    Parameters
    ----------
    sleeve
        What to track.
    expected_px
        shape = (n, 2): the hand line at its distance, in each frame.
    keys
        Numbers of the frames in which it was detected.
    slack
        How far it may be from where it is expected, pixels sideways and up or down.
    options
        Blur, and the match needed.

    Attributes
    ----------
    position
        shape = (n, 2): where the plates are, pixels; NaN where lost.
    match
        shape = (n,): correlation with the template, 0..1.
    """

    def __init__(
        self,
        sleeve: Sleeve,
        expected_px: Array,
        keys: Sequence[int],
        slack: tuple[int, int],
        options: SleeveOptions,
    ) -> None:
        height, width = sleeve.template.shape[:2]
        self._sleeve, self._expected_px, self._slack = sleeve, expected_px, np.array(slack)
        self._blur_px = options.detection.blur_px
        self._min_match = options.tracking.min_match
        self._size = (width + 2 * slack[0], height + 2 * slack[1])
        self._usual = _usual_offset(expected_px, sleeve.centres - expected_px[list(keys)], keys)
        self._last: Array | None = None
        self.position = np.full((len(expected_px), 2), np.nan)
        self.match = np.zeros(len(expected_px))

    def update(self, k: int, image: Image, turned_rad: float) -> None:
        """Search the next image: where it last was from the hands, or usually is.

        Parameters
        ----------
        k
            Number of the frame.
        image
            shape = (h, w, 3)
        turned_rad
            How far the bar is turned from how it usually lies, clockwise.
        """
        turn = rotation(turned_rad)
        offsets = [offset for offset in (self._last, self._usual[k]) if offset is not None]
        self._last = None
        for offset in offsets:
            expected = self._expected_px[k] + offset
            if not ((expected >= 0).all() and (expected < image.shape[1::-1]).all()):
                continue
            edges = edges_down(
                crop_at(image, expected, self._size, turned_rad, blur_px=self._blur_px)
            )
            move, match = match_template(edges, self._sleeve.template)
            if match >= self._min_match and (np.abs(move) < self._slack).all():
                self.position[k] = expected + turn @ (move + self._sleeve.offset)
                self.match[k], self._last = match, offset + turn @ move
                return


def _usual_offset(expected_px: Array, offsets: Array, keys: Sequence[int]) -> Array:
    """Offset from the hand line in every frame: it changes evenly with the hands' height.

    Parameters
    ----------
    expected_px
        shape = (n, 2): the hand line in each frame, pixels.
    offsets
        shape = (m, 2): from there to the sleeve in the key frames, pixels.
    keys
        Numbers of the key frames.

    Returns
    -------
    shape = (n, 2)
    """
    level = expected_px[:, 1] - expected_px[list(keys), 1].mean()
    terms = np.stack([np.ones(len(level)), level], axis=1)
    fit, *_ = np.linalg.lstsq(terms[list(keys)], offsets, rcond=None)
    return np.asarray(terms @ fit, np.float64)


def _interpolated(values: Array, known: Mask) -> Array:
    """Fill rows that are not known from those before and after, shape = (n, 2)."""
    frames = np.arange(len(values))
    columns = [np.interp(frames, frames[known], column[known]) for column in values.T]
    return np.stack(columns, axis=1)
