"""Filters: those of SciPy, and with known answers."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from lastrep.motion.filters import (
    TWO_PASS_CUTOFF,
    gaussian,
    lowpass,
    running_median,
    savitzky_golay,
)


def test_lowpass_has_no_delay_and_the_cutoff_it_says() -> None:
    rate_hz, cutoff_hz = 100.0, 6.0
    t = np.arange(1000) / rate_hz
    at_cutoff = lowpass(np.sin(2 * np.pi * cutoff_hz * t), rate_hz, cutoff_hz)[200:-200]
    assert np.abs(at_cutoff).max() == pytest.approx(np.sqrt(0.5), rel=0.02)
    slow = np.sin(2 * np.pi * 0.5 * t)
    np.testing.assert_allclose(lowpass(slow, rate_hz, cutoff_hz), slow, atol=0.02)


def test_lowpass_splits_at_gaps() -> None:
    x = np.ones((200, 2))
    x[100:110, 0] = np.nan
    out = lowpass(x, 30.0, 6.0)
    assert np.isnan(out[100:110, 0]).all()
    np.testing.assert_allclose(out[np.isfinite(x)], 1.0)


@pytest.mark.parametrize("n", [12, 60, 301])
def test_lowpass_is_a_butterworth_run_there_and_back(n: int) -> None:
    x = np.random.default_rng(n).normal(size=(n, 2)).cumsum(axis=0)
    design_hz = 6.0 / TWO_PASS_CUTOFF
    pad = min(n - 1, 4 * round(30.0 / design_hz))
    sos = scipy.signal.butter(2, design_hz, fs=30.0, output="sos")
    expected = scipy.signal.sosfiltfilt(sos, x, axis=0, padlen=pad)
    np.testing.assert_allclose(lowpass(x, 30.0, 6.0), expected, atol=1e-3)


@pytest.mark.parametrize("derivative", [0, 1, 2])
@pytest.mark.parametrize(("samples", "order"), [(7, 2), (9, 3)])
def test_savitzky_golay_is_that_of_scipy(derivative: int, samples: int, order: int) -> None:
    x = np.random.default_rng(0).normal(size=40).cumsum()
    expected = scipy.signal.savgol_filter(x, samples, order, deriv=derivative, delta=0.03)
    found = savitzky_golay(x, samples, order, derivative=derivative, step=0.03)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 80), st.integers(1, 12), st.floats(0.2, 8.0), st.integers(0, 99))
def test_median_and_gaussian_are_those_of_scipy(
    n: int, window: int, sigma: float, seed: int
) -> None:
    x = np.random.default_rng(seed).normal(size=(n, 2))
    expected = scipy.ndimage.median_filter(x, (window, 1))
    np.testing.assert_array_equal(running_median(x, window), expected)
    reach = round(4 * sigma)
    expected = scipy.ndimage.gaussian_filter1d(x, sigma, axis=0, radius=reach)
    np.testing.assert_allclose(gaussian(x, sigma), expected, atol=1e-12)
