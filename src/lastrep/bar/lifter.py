"""What bar tracking takes from the pose: stature, and the points that move like the bar."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

Array = NDArray[np.float64]
Proxy = Literal["wrist", "shoulder", "hip", "ankle"]

#: (left, right) landmarks of each body part that can stand in for the bar.
PROXY_LANDMARKS: dict[Proxy, tuple[int, int]] = {
    "wrist": (15, 16),
    "shoulder": (11, 12),
    "hip": (23, 24),
    "ankle": (27, 28),
}
#: What stands in for the bar where it is not known what is done: most loads are held in the hands.
DEFAULT_PROXY: Proxy = "wrist"
#: Shoulder-hip, hip-knee and knee-ankle together are this share of stature
#: (Drillis & Contini's segment lengths, as given by Winter 2009).
SEGMENTS_OF_STATURE = 0.288 + 0.245 + 0.246
#: Segments are seen at most as long as they are: the 80th percentile is nearly the full length,
#: and outliers do not reach it.
LENGTH_PERCENTILE = 80
#: Median against slips of a landmark, frames.
MEDIAN_FRAMES = 5
_SIDES = ((11, 23, 25, 27), (12, 24, 26, 28))


def stature_px(points: Array) -> float:
    """Height of the lifter in the image, pixels; NaN if never seen.

    Parameters
    ----------
    points
        shape = (n, 33, 2 or more): landmarks in pixels.
    """
    lengths = []
    for side in _SIDES:
        bones = [points[:, p, :2] - points[:, q, :2] for p, q in pairwise(side)]
        sizes = [np.linalg.norm(bone, axis=1) for bone in bones]
        if all(np.isfinite(size).any() for size in sizes):
            lengths.append(sum(float(np.nanpercentile(s, LENGTH_PERCENTILE)) for s in sizes))
    return max(lengths) / SEGMENTS_OF_STATURE if lengths else float("nan")


def proxy_line(points: Array, proxy: Proxy) -> Array:
    """Middle of a left and right landmark over time, gaps bridged, shape = (n, 2).

    All NaN if never seen.
    """
    left, right = PROXY_LANDMARKS[proxy]
    line = bridge((points[:, left, :2] + points[:, right, :2]) / 2)
    if not np.isfinite(line).all():
        return line
    return np.asarray(median_filter(line, size=(MEDIAN_FRAMES, 1), mode="nearest"), np.float64)


def head_line(points: Array) -> Array:
    """Middle of nose and ears, shape = (n, 2); NaN where not seen."""
    return np.asarray(points[:, (0, 7, 8), :2].mean(axis=1), np.float64)


def bridge(x: Array) -> Array:
    """Linear interpolation over NaN along the first axis; the ends repeat; all NaN stays NaN."""
    out = np.array(x, np.float64)
    frames = np.arange(len(out))
    for column in out.reshape(len(out), -1).T:
        seen = np.isfinite(column)
        if seen.any() and not seen.all():
            column[~seen] = np.interp(frames[~seen], frames[seen], column[seen])
    return out
