"""Filters with known answers."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from lastrep.motion.cleaning import (
    TWO_PASS_CUTOFF,
    fill_gaps,
    gaussian,
    hampel,
    local_polynomial,
    lowpass,
    resample,
    running_median,
    runs,
    unswap_sides,
)
from lastrep.pose.landmarks import BODY_PAIRS
from lastrep.pose.one_euro import OneEuro


def walking(n: int = 60) -> np.ndarray:
    """A body whose left half is 100 px from its right one, swaying a little."""
    points = np.zeros((n, 33, 3))
    points[:, :, 1] = np.arange(33)
    for left, right in BODY_PAIRS:
        points[:, left, 0], points[:, right, 0] = 300.0, 200.0
    points[:, :, 0] += 5 * np.sin(np.arange(n) / 9.0)[:, None]
    return points


def swap(frame: np.ndarray) -> None:
    for left, right in BODY_PAIRS:
        frame[[left, right]] = frame[[right, left]]


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(1, 59), max_size=30))
def test_swapped_frames_are_put_back(frames: set[int]) -> None:
    points = walking()
    broken = points.copy()
    for k in frames:
        swap(broken[k])
    np.testing.assert_allclose(unswap_sides(broken), points)


def test_one_crossing_pair_is_no_swap() -> None:
    points = walking()
    points[30:, [27, 28]] = points[30:, [28, 27]]
    np.testing.assert_allclose(unswap_sides(points), points)


def test_swap_guard_survives_lost_frames() -> None:
    points = walking()
    broken = points.copy()
    swap(broken[20])
    broken[18:20] = np.nan
    assert np.isnan(unswap_sides(broken)[18:20]).all()
    np.testing.assert_allclose(unswap_sides(broken)[20], points[20])


def test_hampel_removes_spikes_only() -> None:
    t = np.arange(100) / 30.0
    clean = np.sin(2 * np.pi * 0.5 * t)
    spiked = clean.copy()
    spiked[[20, 50, 77]] += (3.0, -4.0, 5.0)
    np.testing.assert_allclose(hampel(spiked), clean, atol=0.05)


def test_hampel_leaves_gaps_alone() -> None:
    x = np.arange(20.0)
    x[10] = np.nan
    np.testing.assert_array_equal(hampel(x), x)


def test_only_short_inner_gaps_are_filled() -> None:
    t_s = 0.05 * np.arange(20.0)
    x = np.arange(20.0)
    gaps = x.copy()
    gaps[0] = gaps[5:8] = gaps[11:16] = gaps[19] = np.nan
    filled = fill_gaps(t_s, gaps, max_gap_s=0.2)
    np.testing.assert_allclose(filled[5:8], x[5:8])
    assert np.isnan(filled[[0, 11, 12, 13, 14, 15, 19]]).all()


def test_gaps_are_filled_by_time_not_by_index() -> None:
    t_s = np.array([0.0, 0.15, 0.2])
    filled = fill_gaps(t_s, np.array([0.0, np.nan, 2.0]))
    assert filled[1] == pytest.approx(1.5)


def test_resampling_keeps_a_line_and_does_not_bridge_gaps() -> None:
    t_s = np.array([0.0, 0.03, 0.1, 0.11, 0.2])
    grid_s = np.linspace(0.0, 0.2, 9)
    np.testing.assert_allclose(resample(t_s, 3 * t_s, grid_s), 3 * grid_s)
    broken = 3 * t_s
    broken[2] = np.nan
    out = resample(t_s, broken, grid_s)
    assert np.isnan(out[(grid_s > 0.03) & (grid_s < 0.11)]).all()
    assert np.isfinite(out[grid_s <= 0.03]).all()


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


def test_runs() -> None:
    assert runs(np.array([True, True, False, True])) == [slice(0, 2), slice(3, 4)]
    assert runs(np.zeros(3, bool)) == []


def test_one_euro_is_steady_at_rest_and_quick_in_movement() -> None:
    rng = np.random.default_rng(0)
    steady = OneEuro(1.5, 0.02)
    still = [float(steady(k / 30, v)) for k, v in enumerate(rng.normal(0, 1, 300))]
    assert np.std(still[30:]) < 0.5
    moving = OneEuro(1.5, 0.02)
    ramp = [float(moving(k / 30, 200 * k / 30)) for k in range(60)]
    assert 200 * 59 / 30 - ramp[-1] < 200 * 0.06  # within 60 ms of a 200 deg/s movement


def test_one_euro_keeps_missing_values_missing() -> None:
    smooth = OneEuro()
    smooth(0.0, [1.0, np.nan])
    second = smooth(0.1, [np.nan, 5.0])
    assert np.isnan(second[0])
    assert second[1] == 5.0
    assert smooth(0.2, [1.0, 5.0])[0] == pytest.approx(1.0)
    with pytest.raises(ValueError, match="increase"):
        smooth(0.2, [1.0, 5.0])


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
def test_local_polynomial_is_savitzky_golay(derivative: int, samples: int, order: int) -> None:
    x = np.random.default_rng(0).normal(size=40).cumsum()
    expected = scipy.signal.savgol_filter(x, samples, order, deriv=derivative, delta=0.03)
    found = local_polynomial(x, samples, order, derivative=derivative, step=0.03)
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
