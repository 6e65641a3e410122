"""What bar tracking takes from the pose: stature, and the points that move like the bar."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.angles import joint_deg, tilt_deg
from lastrep.motion.filters import running_median

Array = NDArray[np.float64]
Proxy = Literal["wrist", "shoulder", "hip", "ankle"]

#: (left, right) landmarks of each body part that can stand in for the bar.
PROXY_LANDMARKS: dict[Proxy, tuple[int, int]] = {
    "wrist": (15, 16),
    "shoulder": (11, 12),
    "hip": (23, 24),
    "ankle": (27, 28),
}
#: The same for measuring: a bar lies in the palm, between the wrist and the knuckles of index and
#: little finger. A curl moves it a third farther than the wrist.
TRAVEL_LANDMARKS: dict[Proxy, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "wrist": ((15, 17, 19), (16, 18, 20)),
    "shoulder": ((11,), (12,)),
    "hip": ((23,), (24,)),
    "ankle": ((27,), (28,)),
}
#: What stands in for the bar where it is not known what is done: most loads are held in the hands.
DEFAULT_PROXY: Proxy = "wrist"
#: Shoulder-hip, hip-knee and knee-ankle together are this share of stature
#: (Drillis & Contini's segment lengths, as given by Winter 2009).
SEGMENTS_OF_STATURE = 0.288 + 0.245 + 0.246
#: Segments are seen at most as long as they are: the 80th percentile is nearly the full length,
#: and outliers do not reach it.
LENGTH_PERCENTILE = 80
#: The same three segments (mean of both sides), and the height of the eyes above the ankles, as
#: the pose model shows them of somebody who stands upright. Its landmarks are no joint centres:
#: medians over 30 rendered standing sets from all sides, which scatter by 2.3 % each.
STANDING_SEGMENTS, STANDING_EYES = 0.757, 0.877
#: Standing upright: hips and knees this straight (degrees), the trunk this near to the vertical,
#: the feet no further apart than this share of the segments, in so many frames at least.
STRAIGHT_DEG, UPRIGHT_DEG, FEET_APART, STANDING_FRAMES = 155.0, 30.0, 0.35, 5
#: Who seems to stand, but with bones shorter than this share of the longest ones, does not: bent
#: over behind the plates, the model squeezes a body into the little that it sees.
SQUEEZED = 0.8
#: Upper arm and forearm as the pose model shows them, mean of both sides, 80th percentile (median
#: over rendered push-ups, rows and curls from all sides; Winter's joint centres have 0.332).
ARMS_OF_STATURE = 0.30
#: A body part is seen where the better visible side's landmark is at least so visible: behind a
#: plate it is a guess, off by half a lift.
SEEN_FROM = 0.8
#: Sides count by this power of their visibility, one that is hidden as if it were half seen: a
#: sixteenth. The guess moves like the other side, but slips by as much as a third of a bench press.
VISIBLE_POWER, LEAST_VISIBLE = 4.0, 0.5
#: Median against slips of a landmark, frames.
MEDIAN_FRAMES = 5
_SIDES = ((11, 23, 25, 27), (12, 24, 26, 28))
_ARMS = ((11, 13, 15), (12, 14, 16))


def stature_px(points: Array) -> float:
    """Height of the lifter in the image, pixels; NaN if never seen.

    Read from frames in which the lifter stands upright, if there are any: bent joints shift the
    landmarks. Else from the length of trunk and legs.

    Parameters
    ----------
    points
        shape = (n, 33, 2 or more): landmarks in pixels.
    """
    lengths = _bones(points)
    seen = np.isfinite(lengths).any(axis=0).all(axis=0)
    if not seen.any():
        return float("nan")
    longest = np.nanpercentile(lengths[:, :, seen], LENGTH_PERCENTILE, axis=0).sum(axis=0).max()
    standing = _standing(points) & (lengths.sum(axis=1).mean(axis=1) > SQUEEZED * longest)
    if standing.sum() >= STANDING_FRAMES:
        upright = points[standing, :, :2]
        bones = np.median(lengths[standing].sum(axis=1).mean(axis=1))
        eyes_y, ankles_y = (upright[:, pair, 1].mean(axis=1) for pair in ((2, 5), (27, 28)))
        height = np.median(ankles_y - eyes_y)
        return float(np.nanmean((bones / STANDING_SEGMENTS, height / STANDING_EYES)))
    arms = np.nanpercentile(_bones(points, _ARMS), LENGTH_PERCENTILE, axis=0).sum(axis=0)
    # What points at the camera looks short, nothing looks long: the larger one is the better.
    return float(np.fmax(longest / SEGMENTS_OF_STATURE, arms.mean() / ARMS_OF_STATURE))


def _bones(points: Array, sides: tuple[tuple[int, ...], ...] = _SIDES) -> Array:
    """Lengths of trunk, thigh and shank (or of the arm) by side, shape = (n, bones, 2)."""
    lengths = [
        [np.linalg.norm(points[:, p, :2] - points[:, q, :2], axis=1) for p, q in pairwise(side)]
        for side in sides
    ]
    return np.array(lengths).transpose(2, 1, 0)


def _standing(points: Array) -> NDArray[np.bool_]:
    """In which frames the lifter stands upright, shape = (n,)."""
    shoulders, hips, ankles = (
        points[:, pair, :2].mean(axis=1) for pair in ((11, 12), (23, 24), (27, 28))
    )
    with np.errstate(invalid="ignore"):
        straight = tilt_deg(hips, shoulders) < UPRIGHT_DEG
        for joint, right in product(("hip", "knee"), (False, True)):
            straight &= joint_deg(points, joint, right=right) > STRAIGHT_DEG
        apart = np.abs(points[:, 27, 0] - points[:, 28, 0])
        straight &= apart < FEET_APART * _bones(points).sum(axis=1).mean(axis=1)
        straight &= ankles[:, 1] > shoulders[:, 1]
    return np.asarray(straight, np.bool_)


def proxy_line(points: Array, proxy: Proxy) -> Array:
    """Middle of a left and right landmark over time, gaps bridged, shape = (n, 2).

    All NaN if never seen.
    """
    left, right = PROXY_LANDMARKS[proxy]
    line = bridge((points[:, left, :2] + points[:, right, :2]) / 2)
    if not np.isfinite(line).all():
        return line
    return running_median(line, MEDIAN_FRAMES)


def clearly_seen(visibility: Array, landmarks: Sequence[int]) -> NDArray[np.bool_]:
    """In which frames the best visible of some landmarks is seen, shape = (n,).

    Parameters
    ----------
    visibility
        shape = (n, 33): 0..1
    """
    best = np.nan_to_num(visibility[:, list(landmarks)]).max(axis=1)
    return np.asarray(best >= SEEN_FROM, np.bool_)


def side_weights(visibility: Array, landmarks: Sequence[int]) -> Array:
    """How much each side's landmark counts over a recording, shape = (sides,), sum 1.

    Parameters
    ----------
    visibility
        shape = (n, 33): 0..1
    """
    seen = visibility[:, list(landmarks)]
    known = np.isfinite(seen).all(axis=1)
    often = np.median(seen[known], axis=0) if known.any() else np.ones(len(landmarks))
    weights = np.maximum(often, LEAST_VISIBLE) ** VISIBLE_POWER
    return np.asarray(weights / weights.sum(), np.float64)


def head_line(points: Array) -> Array:
    """Middle of nose and ears, shape = (n, 2); NaN where not seen."""
    return np.asarray(points[:, (0, 7, 8), :2].mean(axis=1), np.float64)


def bridge(x: Array) -> Array:
    """Linear interpolation over NaN along the first axis; the ends repeat; all NaN stays NaN."""
    out = np.array(x, np.float64, order="C")  # reshaped below without another copy
    frames = np.arange(len(out))
    for column in out.reshape(len(out), -1).T:
        seen = np.isfinite(column)
        if seen.any() and not seen.all():
            column[~seen] = np.interp(frames[~seen], frames[seen], column[seen])
    return out


def moving_box(points: Array | NDArray[np.float32]) -> Array | None:
    """Box (left, top, right, bottom) around what may move: the lifter, and the bar to both sides.

    Parameters
    ----------
    points
        shape = (33, 3): landmarks of one frame; None is returned if none is seen.
    """
    if not np.isfinite(points[:, 0]).any():
        return None
    left, top = np.nanmin(points[:, :2], axis=0)
    right, bottom = np.nanmax(points[:, :2], axis=0)
    beside = 0.25 * max(bottom - top, right - left)
    return np.array([left - beside, top, right + beside, bottom], np.float64)
