"""Cleaning of landmark tracks: swapped sides, outliers, gaps, uneven times, noise.

Every function takes arrays whose first axis is time and returns new arrays; NaN means "not seen".
Times and windows are in seconds wherever the rule is about time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lastrep.pose.landmarks import BODY_PAIRS

Array = NDArray[np.float64]

#: Gaps up to this long are filled; longer ones stay NaN (the movement inside is unknown).
MAX_GAP_S = 0.2
#: Hampel filter: samples in the window, and distance from its median in robust deviations.
HAMPEL_WINDOW = 7
HAMPEL_LIMIT = 3.0
#: Numbers that are looked at together.
HAMPEL_AT_ONCE = 500_000
#: 1.4826 x MAD estimates the standard deviation of a Gaussian.
MAD_TO_SD = 1.4826
#: Two passes of a filter lower its cutoff by this factor for second order (Winter 2009).
TWO_PASS_CUTOFF = 0.802
#: Swapping a pair must more than halve its displacement, for at least this many leg pairs.
SWAP_GAIN = 0.5
SWAP_LEG_PAIRS = 2
_LEG_PAIRS = tuple(pair for pair in BODY_PAIRS if pair[0] >= 23)


def unswap_sides(points: Array) -> Array:
    """Undo frames in which the estimator exchanged the left and right body.

    Pairs are exchanged back when that more than halves the squared distance to the frame before,
    in at least two leg pairs at once; one pair alone may really cross.

    Parameters
    ----------
    points
        shape = (n, 33, d)
    """
    out = np.array(points, np.float64)
    complete = np.flatnonzero(np.isfinite(out[:, np.array(_LEG_PAIRS).ravel(), 0]).all(axis=1))
    legs, mirror = out[complete, :, :2], _mirror()
    kept = _pair_distance(legs[1:], legs[:-1])
    crossed = _pair_distance(legs[1:][:, mirror], legs[:-1])
    # Against a frame that is exchanged itself, staying as it is crosses.
    after_right = _is_swap(kept, crossed).tolist()
    after_exchanged = _is_swap(crossed, kept).tolist()
    exchanged = [False]
    for pair in zip(after_right, after_exchanged, strict=True):
        exchanged.append(pair[exchanged[-1]])
    swapped = complete[np.array(exchanged)[: len(complete)]]
    out[swapped] = out[swapped][:, mirror]
    return out


def _is_swap(kept: Array, crossed: Array) -> NDArray[np.bool_]:
    return np.asarray(np.sum(crossed < SWAP_GAIN * kept, axis=1) >= SWAP_LEG_PAIRS, np.bool_)


def _mirror() -> NDArray[np.intp]:
    order = np.arange(33)
    for left, right in BODY_PAIRS:
        order[left], order[right] = right, left
    return order


def _pair_distance(a: Array, b: Array) -> Array:
    """Squared distance of each pair of leg points between frames, shape = (n, pairs)."""
    squared = np.sum((a - b) ** 2, axis=2)
    left, right = np.array(_LEG_PAIRS).T
    distance: Array = squared[:, left] + squared[:, right]
    return distance


def hampel(x: Array, window: int = HAMPEL_WINDOW, limit: float = HAMPEL_LIMIT) -> Array:
    """Replace samples far from their neighbours' median by that median; NaN stays NaN.

    Parameters
    ----------
    x
        shape = (n, ...)
    window
        Odd number of samples.
    limit
        In robust standard deviations (1.4826 x MAD) of the window.
    """
    x = np.asarray(x, np.float64)
    if len(x) < window:
        return x.copy()
    flat = x.reshape(len(x), -1)
    # A dozen arrays of this size are needed at a time: of an hour of video not all columns at once.
    columns = max(1, HAMPEL_AT_ONCE // len(x))
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


def fill_gaps(t_s: Array, x: Array, max_gap_s: float = MAX_GAP_S) -> Array:
    """Fill inner gaps no longer than `max_gap_s` linearly, each column by itself.

    The length of a gap is the time between the seen samples on its two sides. Gaps at the ends
    have one side only and are never filled.

    Parameters
    ----------
    t_s
        shape = (n,)
    x
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


def lowpass(x: Array, rate_hz: float, cutoff_hz: float, *, corrected: bool = True) -> Array:
    """Zero-phase Butterworth low-pass along the first axis; NaN stretches split the signal.

    Second order run forwards and backwards, i.e. fourth order without delay. With `corrected`
    the design cutoff is raised so that the two passes together have -3 dB at `cutoff_hz`.
    Stretches too short to filter are returned as they are.

    Parameters
    ----------
    x
        shape = (n, ...)
    rate_hz
        Sampling rate of the uniform grid.
    """
    x = np.asarray(x, np.float64)
    design_hz = cutoff_hz / TWO_PASS_CUTOFF if corrected else cutoff_hz
    if design_hz >= 0.5 * rate_hz:
        return x.copy()
    flat = x.reshape(len(x), -1)
    out = flat.copy()
    seen = np.isfinite(flat)
    period = round(rate_hz / design_hz)
    if seen.all():
        if len(flat) > period + 1:
            out = _two_passes(flat, design_hz / rate_hz, period)
        return out.reshape(x.shape)
    for column in range(flat.shape[1]):
        for run in runs(seen[:, column]):
            if run.stop - run.start > period + 1:
                out[run, column] = _two_passes(flat[run, column], design_hz / rate_hz, period)
    return out.reshape(x.shape)


def _two_passes(x: Array, cutoff: float, period: int) -> Array:
    """Second-order Butterworth run there and back, by its frequency response.

    The phases of the two passes cancel, so their response is a plain factor for each frequency.
    `scipy.signal` would do the same, but takes longer to import than all else together that is
    needed to find the first pose.

    Parameters
    ----------
    x
        shape = (n, ...), no NaN; both ends are continued, mirrored in their last sample.
    cutoff, period
        Of the cutoff, per sample and in samples.
    """
    pad = min(4 * period, len(x) - 1)
    extended = np.concatenate([2 * x[:1] - x[pad:0:-1], x, 2 * x[-1:] - x[-2 : -pad - 2 : -1]])
    # The bilinear transform bends the frequency axis.
    warped = np.tan(np.pi * np.fft.rfftfreq(len(extended))) / np.tan(np.pi * cutoff)
    gain = (1 / (1 + warped**4)).reshape((-1,) + (1,) * (x.ndim - 1))
    passed = np.fft.irfft(np.fft.rfft(extended, axis=0) * gain, len(extended), axis=0)
    return np.asarray(passed[pad : pad + len(x)], np.float64)


def local_polynomial(
    x: Array, samples: int, order: int, *, derivative: int = 0, step: float = 1.0
) -> Array:
    """Savitzky-Golay: the value, or a derivative, of a polynomial fitted around each sample.

    The first and last samples lie on the polynomial of the first and last window.

    Parameters
    ----------
    x
        shape = (n,), n >= `samples`; no NaN.
    samples
        Length of the window, odd and larger than `order`.
    step
        Between samples; derivatives are per this unit.
    """
    half = samples // 2
    at = np.arange(-half, half + 1)
    fit = np.linalg.pinv(np.vander(at, order + 1, increasing=True))
    scale = math.factorial(derivative) / step**derivative
    middle = np.convolve(x, fit[derivative, ::-1] * scale, "valid")

    def end(window: Array, places: NDArray[np.intp]) -> Array:
        polynomial = np.polynomial.Polynomial(fit @ window)
        return np.asarray(polynomial.deriv(derivative)(places) / step**derivative, np.float64)

    return np.concatenate([end(x[:samples], at[:half]), middle, end(x[-samples:], at[half + 1 :])])


def running_median(x: Array, window: int) -> Array:
    """Median of the samples around each one; both ends are mirrored.

    Parameters
    ----------
    x
        shape = (n, ...), no NaN.
    window
        In samples; of an even number the upper middle is taken.
    """
    return np.partition(_around(x, window), window // 2, axis=-1)[..., window // 2]


def gaussian(x: Array, sigma: float) -> Array:
    """Gaussian mean of the samples around each one, out to four sigma; both ends are mirrored.

    Parameters
    ----------
    x
        shape = (n, ...), no NaN.
    sigma
        In samples.
    """
    reach = round(4 * sigma)
    weight = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.asarray(_around(x, 2 * reach + 1) @ (weight / weight.sum()), np.float64)


def _around(x: Array, window: int) -> Array:
    """Samples around each one, shape = (n, ..., window): what `scipy.ndimage` would filter.

    Its import takes as long as the pose model takes for dozens of pictures.
    """
    before = window // 2
    pad = ((before, window - 1 - before),) + ((0, 0),) * (x.ndim - 1)
    return sliding_window_view(np.pad(x, pad, "symmetric"), window, axis=0)


def runs(mask: NDArray[np.bool_]) -> list[slice]:
    """Return the stretches of True as slices."""
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def median(x: Array | NDArray[np.intp]) -> Array:
    """Return the median along the first axis of what holds no NaN.

    Counting asks for thousands of medians of a few numbers: `np.median` takes ten times as long.

    Parameters
    ----------
    x
        shape = (n, ...), n > 0

    Returns
    -------
    shape = (...): of no dimension for a single row of numbers.
    """
    ordered = np.sort(x, axis=0)
    return np.asarray((ordered[(len(x) - 1) // 2] + ordered[len(x) // 2]) / 2, np.float64)
