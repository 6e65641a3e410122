"""Filters of evenly sampled signals: low-pass, Savitzky-Golay, running median, Gaussian.

Each function takes an array whose first axis is time and returns a new one. They are written with
NumPy alone, as importing `scipy.signal` or `scipy.ndimage` takes longer than all else that is
needed to find the first pose; tests hold them against SciPy's.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lastrep.motion.arrays import runs

Array = NDArray[np.float64]

#: Two passes of a second-order Butterworth filter lower its cutoff by this factor (Winter 2009):
#: (sqrt(2) - 1) ** (1 / 4), rounded.
TWO_PASS_CUTOFF = 0.802


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
    cutoff_hz
        Frequency that is damped by 3 dB; at half the rate or above nothing is filtered.
    corrected
        Whether `cutoff_hz` is that of both passes together, rather than of each.

    Returns
    -------
    ndarray
        shape = (n, ...): NaN where `x` is.
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


def savitzky_golay(
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
    order
        Of the polynomial.
    derivative
        Which derivative to return; 0 for the value.
    step
        Between samples; derivatives are per this unit.

    Returns
    -------
    ndarray
        shape = (n,)
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
    """Return the samples around each one, shape = (n, ..., window); both ends are mirrored."""
    before = window // 2
    pad = ((before, window - 1 - before),) + ((0, 0),) * (x.ndim - 1)
    return sliding_window_view(np.pad(x, pad, "symmetric"), window, axis=0)
