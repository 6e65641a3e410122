"""Cleaning of landmark tracks: swapped sides, outliers, gaps, uneven times.

Every function takes arrays whose first axis is time and returns new arrays; NaN means "not seen".
Times and windows are in seconds wherever the rule is about time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.pose.landmarks import BODY_PAIRS, LANDMARK_COUNT, Landmark

Array = NDArray[np.float64]

#: Numbers that the Hampel filter looks at together: it bounds the memory, not the result.
HAMPEL_CHUNK_VALUES = 500_000
#: 1.4826 x MAD estimates the standard deviation of a Gaussian.
MAD_TO_SD = 1.4826
_LEG_PAIRS = tuple(pair for pair in BODY_PAIRS if pair[0] >= Landmark.LEFT_HIP)


@dataclass(frozen=True, slots=True)
class CleaningOptions:
    """How landmark tracks are cleaned.

    Parameters
    ----------
    swap_gain
        Exchanging left and right must lower the squared displacement of a pair to less than this
        share ...
    swap_leg_pairs
        ... in at least this many pairs of the legs at once, as one pair alone may really cross.
    hampel_window
        Samples in the window of the outlier filter, odd: a quarter of a second at 30 frames/s.
    hampel_limit
        Distance of an outlier from the median of the window, in robust standard deviations: the
        usual three.
    max_gap_s
        Gaps up to this long, seconds, are filled; longer ones stay NaN, as the movement inside is
        unknown.
    """

    swap_gain: float = 0.5
    swap_leg_pairs: int = 2
    hampel_window: int = 7
    hampel_limit: float = 3.0
    max_gap_s: float = 0.2


_DEFAULTS = CleaningOptions()


def correct_side_swaps(points: Array, options: CleaningOptions = _DEFAULTS) -> Array:
    """Correct left-right swaps: frames in which the estimator exchanged both sides of the body.

    Pairs are exchanged back when that lowers the squared distance to the frame before by enough, in
    enough pairs of the legs at once.

    Parameters
    ----------
    points
        shape = (n, 33, d), d >= 2; frames with a leg that is not seen are left as they are.
    options
        How much is enough.

    Returns
    -------
    ndarray
        shape = (n, 33, d)
    """
    out = np.array(points, np.float64)
    complete = np.flatnonzero(np.isfinite(out[:, np.array(_LEG_PAIRS).ravel(), 0]).all(axis=1))
    legs, mirror = out[complete, :, :2], _mirror()
    kept = _pair_distance(legs[1:], legs[:-1])
    crossed = _pair_distance(legs[1:][:, mirror], legs[:-1])
    # Against a frame that is exchanged itself, staying as it is crosses.
    after_right = _is_swap(kept, crossed, options).tolist()
    after_exchanged = _is_swap(crossed, kept, options).tolist()
    exchanged = [False]
    for pair in zip(after_right, after_exchanged, strict=True):
        exchanged.append(pair[exchanged[-1]])
    swapped = complete[np.array(exchanged)[: len(complete)]]
    out[swapped] = out[swapped][:, mirror]
    return out


def _is_swap(kept: Array, crossed: Array, options: CleaningOptions) -> NDArray[np.bool_]:
    nearer = np.sum(crossed < options.swap_gain * kept, axis=1)
    return np.asarray(nearer >= options.swap_leg_pairs, np.bool_)


def _mirror() -> NDArray[np.intp]:
    order = np.arange(LANDMARK_COUNT)
    for left, right in BODY_PAIRS:
        order[left], order[right] = right, left
    return order


def _pair_distance(a: Array, b: Array) -> Array:
    """Squared distance of each pair of leg points between frames, shape = (n, pairs)."""
    squared = np.sum((a - b) ** 2, axis=2)
    left, right = np.array(_LEG_PAIRS).T
    distance: Array = squared[:, left] + squared[:, right]
    return distance


def hampel(
    x: Array, window: int = _DEFAULTS.hampel_window, limit: float = _DEFAULTS.hampel_limit
) -> Array:
    """Replace samples far from their neighbours' median by that median; NaN stays NaN.

    Parameters
    ----------
    x
        shape = (n, ...)
    window
        Odd number of samples; shorter arrays are returned as they are.
    limit
        In robust standard deviations (1.4826 x MAD) of the window.

    Returns
    -------
    ndarray
        shape = (n, ...)
    """
    x = np.asarray(x, np.float64)
    if len(x) < window:
        return x.copy()
    flat = x.reshape(len(x), -1)
    # A dozen arrays of this size are needed at a time: of an hour of video not all columns at once.
    columns = max(1, HAMPEL_CHUNK_VALUES // len(x))
    parts = [
        _hampel(flat[:, k : k + columns], window, limit) for k in range(0, flat.shape[1], columns)
    ]
    return np.hstack(parts).reshape(x.shape) if parts else x.copy()


def _hampel(flat: Array, window: int, limit: float) -> Array:
    half = window // 2
    padded = np.pad(flat, ((half, half), (0, 0)), mode="reflect")
    neighbours = [padded[k : k + len(flat)] for k in range(window)]
    # Windows that hold a gap have no median, and are left alone.
    middle = _middle_of(neighbours)
    deviation = MAD_TO_SD * _middle_of([np.abs(one - middle) for one in neighbours])
    outlier = np.abs(flat - middle) > np.maximum(limit * deviation, 1e-9)
    cleaned: Array = np.where(outlier & np.isfinite(middle), middle, flat)
    return cleaned


def _middle_of(arrays: Sequence[Array]) -> Array:
    """Return the median of an odd number of arrays, element by element; NaN if any is.

    Sorted by comparing neighbours in turns, which is quick for a few large arrays: a quarter of the
    time that `np.median` takes. NaN spreads to all that it is compared with.
    """
    rows = list(arrays)
    for turn in range(len(rows)):
        for k in range(turn % 2, len(rows) - 1, 2):
            rows[k], rows[k + 1] = np.minimum(*rows[k : k + 2]), np.maximum(*rows[k : k + 2])
    return rows[len(rows) // 2]


def fill_gaps(t_s: Array, x: Array, max_gap_s: float = _DEFAULTS.max_gap_s) -> Array:
    """Fill inner gaps no longer than `max_gap_s` linearly, each column by itself.

    The length of a gap is the time between the seen samples on its two sides. Gaps at the ends
    have one side only and are never filled.

    Parameters
    ----------
    t_s
        shape = (n,): increasing.
    x
        shape = (n, ...)

    Returns
    -------
    ndarray
        shape = (n, ...)
    """
    x = np.asarray(x, np.float64)
    flat = x.reshape(len(x), -1).copy()
    seen = np.isfinite(flat)
    for column in np.flatnonzero(~seen.all(axis=0) & (seen.sum(axis=0) > 1)):
        known = np.flatnonzero(seen[:, column])
        missing = np.flatnonzero(~seen[:, column])
        after = np.searchsorted(known, missing)
        inner = (after > 0) & (after < len(known))
        missing, after = missing[inner], after[inner]
        # A little slack, so that a gap of exactly the limit is not decided by rounding.
        short = t_s[known[after]] - t_s[known[after - 1]] <= max_gap_s + 1e-6
        fill = missing[short]
        flat[fill, column] = np.interp(t_s[fill], t_s[known], flat[known, column])
    return flat.reshape(x.shape)


def resample(t_s: Array, x: Array, grid_s: Array) -> Array:
    """Linear interpolation onto `grid_s`; NaN wherever a neighbouring sample is NaN.

    Parameters
    ----------
    t_s
        shape = (n,), increasing
    x
        shape = (n, ...)
    grid_s
        shape = (m,); outside of `t_s` the nearest sample holds.

    Returns
    -------
    ndarray
        shape = (m, ...)
    """
    x = np.asarray(x, np.float64)
    if len(t_s) == 1:
        return np.repeat(x, len(grid_s), axis=0)
    after = np.clip(np.searchsorted(t_s, grid_s), 1, len(t_s) - 1)
    weight = (grid_s - t_s[after - 1]) / (t_s[after] - t_s[after - 1])
    weight = np.clip(weight, 0.0, 1.0).reshape((-1,) + (1,) * (x.ndim - 1))
    low, high = x[after - 1], x[after]
    # Exact hits must not be spoiled by a NaN neighbour of weight zero.
    blend = np.where(weight == 0, low, np.where(weight == 1, high, low + weight * (high - low)))
    return np.asarray(blend, np.float64)
