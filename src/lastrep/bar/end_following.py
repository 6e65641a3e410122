"""Follow both ends of the bar: in every picture, where their edges are found near the hands.

What is sought is the same in all pictures, so that nothing drifts; what is lost in one is looked
for in the next where it usually is at that height of the hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.ellipse import Array, Ellipse, Image
from lastrep.bar.end_pictures import best_match, edges_down, part_at, turning
from lastrep.bar.ends import SLACK_X, SLACK_Y, End, Ends
from lastrep.bar.following import Following, Sighting
from lastrep.bar.grip import Grip
from lastrep.motion.arrays import runs
from lastrep.motion.filters import savitzky_golay

#: How alike edges are that are not the bar's (wrong bodies in clips without any: 0.1 to 0.5), and
#: how alike the bar's own at least usually are (0.7 to 0.95).
CHANCE_MATCH, CLEAR_MATCH = 0.40, 0.70
#: Less than this is not the bar.
LEAST_MATCH = 0.45
#: The bar comes nearer to the camera evenly: fitted over so many frames, half a second at 30 Hz.
NEARNESS_FRAMES = 15
#: Of one end alone the bar's middle is known for so many frames: then it may have tilted.
ONE_END_FRAMES = 4


@dataclass(frozen=True, slots=True, eq=False)
class FollowedEnds:
    """Both ends of the bar over time; arrays share the frames as first axis.

    Parameters
    ----------
    left, right
        shape = (n, 2): the middles of the plates in the picture, pixels; NaN where not seen.
    following
        The middle between them, with the plates' usual shape as large as it looks in each frame.
    """

    left: Array
    right: Array
    following: Following

    @property
    def tilt_deg(self) -> Array:
        """How much higher the end on the right of the picture is, degrees; NaN without both.

        shape = (n,)
        """
        return -np.degrees(_angle_rad(self.left, self.right))


def follow_ends(
    images: Sequence[Image], ends: Ends, grip: Grip, keys: Sequence[int], stature_px: float
) -> FollowedEnds:
    """Follow both ends through all pictures.

    Parameters
    ----------
    images
        Consecutive frames.
    grip
        The hands in each.
    keys
        Numbers of the frames in which `ends` were found.
    stature_px
        Height of the lifter.
    """
    left, right = (
        _EndFollower(end, grip.beside(side * end.out_px), keys, stature_px)
        for side, end in ((-1, ends.left), (1, ends.right))
    )
    usual_rad = float(np.median(_angle_rad(ends.left.centres, ends.right.centres)))
    turned_rad = 0.0
    for k, image in enumerate(images):
        left.look(k, image, turned_rad)
        right.look(k, image, turned_rad)
        angle_rad = float(_angle_rad(left.plate[k], right.plate[k]))
        if np.isfinite(angle_rad):
            turned_rad = angle_rad - usual_rad
    return _together(left, right, ends, keys)


def _together(
    left_end: _EndFollower, right_end: _EndFollower, ends: Ends, keys: Sequence[int]
) -> FollowedEnds:
    """Put the bar between its ends."""
    left, right = left_end.plate, right_end.plate
    both = np.isfinite(left[:, 0]) & np.isfinite(right[:, 0])
    apart = right - left
    if not both.any():
        return FollowedEnds(left, right, Following({}, 0, 0))
    half = _between(apart / 2, both)
    nearness = _nearness(half, [k for k in keys if both[k]])
    likeness = np.minimum(left_end.likeness, right_end.likeness)
    support = np.clip((likeness - CHANCE_MATCH) / (CLEAR_MATCH - CHANCE_MATCH), 0, 1)
    sightings = {}
    either = np.isfinite(left[:, 0]) | np.isfinite(right[:, 0])
    for gap in runs(~both):
        if gap.stop - gap.start > ONE_END_FRAMES:
            either[gap] = False
    for k in np.flatnonzero(either):
        x, y = left[k] + half[k] if np.isfinite(left[k, 0]) else right[k] - half[k]
        a, b = ends.a * nearness[k], ends.b * nearness[k]
        ellipse = Ellipse(float(x), float(y), float(a), float(b))
        sightings[int(k)] = Sighting(ellipse, float(support[k]), shape_seen=bool(both[k]))
    return FollowedEnds(left, right, Following(sightings, 0, 0))


def _angle_rad(left: Array, right: Array) -> Array:
    """How far the way from one point to another is turned, clockwise; shapes = (..., 2)."""
    across, down = np.moveaxis(right - left, -1, 0)
    return np.asarray(np.arctan2(down, across), np.float64)


def _nearness(half: Array, keys: Sequence[int]) -> Array:
    """How much larger the bar looks than where its ends were found, shape = (n,).

    A bar pressed overhead goes away from the camera too: the distance between its ends tells.
    """
    length = np.hypot(*half.T)
    if len(length) >= NEARNESS_FRAMES:
        length = savitzky_golay(length, NEARNESS_FRAMES, 2)
    return np.asarray(length / np.median(length[keys] if keys else length), np.float64)


class _EndFollower:
    """One plate, picture after picture.

    Attributes
    ----------
    plate
        shape = (n, 2): where it is, pixels; NaN where not seen.
    likeness
        shape = (n,): how well it is seen, 0..1.
    """

    def __init__(self, end: End, hands: Array, keys: Sequence[int], stature_px: float) -> None:
        slack = max(3, round(SLACK_X * stature_px)), max(4, round(SLACK_Y * stature_px))
        height, width = end.edges.shape[:2]
        self._end, self._hands, self._slack = end, hands, np.array(slack)
        self._size = (width + 2 * slack[0], height + 2 * slack[1])
        self._usual = _beside(hands, end.centres - hands[list(keys)], keys)
        self._last: Array | None = None
        self.plate, self.likeness = np.full((len(hands), 2), np.nan), np.zeros(len(hands))

    def look(self, k: int, image: Image, turned_rad: float) -> None:
        """Look for it in the next picture: where it last was from the hands, or usually is.

        Parameters
        ----------
        turned_rad
            How far the bar was turned from how it usually lies, clockwise.
        """
        turn = turning(turned_rad)
        places = [place for place in (self._last, self._usual[k]) if place is not None]
        self._last = None
        for place in places:
            expected = self._hands[k] + place
            if not ((expected >= 0).all() and (expected < image.shape[1::-1]).all()):
                continue
            edges = edges_down(part_at(image, expected, self._size, turned_rad))
            move, alike = best_match(edges, self._end.edges)
            if alike >= LEAST_MATCH and (np.abs(move) < self._slack).all():
                self.plate[k] = expected + turn @ (move + self._end.offset)
                self.likeness[k], self._last = alike, place + turn @ move
                return


def _beside(hands: Array, beside: Array, keys: Sequence[int]) -> Array:
    """Where the end is from the hands in every frame: it changes evenly with their height."""
    level = hands[:, 1] - hands[list(keys), 1].mean()
    terms = np.stack([np.ones(len(level)), level], axis=1)
    fit, *_ = np.linalg.lstsq(terms[list(keys)], beside, rcond=None)
    return np.asarray(terms @ fit, np.float64)


def _between(values: Array, known: NDArray[np.bool_]) -> Array:
    """Fill rows that are not known from those before and after, shape = (n, 2)."""
    frames = np.arange(len(values))
    columns = [np.interp(frames, frames[known], column[known]) for column in values.T]
    return np.stack(columns, axis=1)
