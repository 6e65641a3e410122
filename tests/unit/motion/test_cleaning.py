"""Cleaning of landmark tracks, on cases with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lastrep.motion.cleaning import correct_side_swaps, fill_gaps, hampel, resample
from lastrep.pose.landmarks import BODY_PAIRS


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
    np.testing.assert_allclose(correct_side_swaps(broken), points)


def test_one_crossing_pair_is_no_swap() -> None:
    points = walking()
    points[30:, [27, 28]] = points[30:, [28, 27]]
    np.testing.assert_allclose(correct_side_swaps(points), points)


def test_swap_guard_survives_lost_frames() -> None:
    points = walking()
    broken = points.copy()
    swap(broken[20])
    broken[18:20] = np.nan
    assert np.isnan(correct_side_swaps(broken)[18:20]).all()
    np.testing.assert_allclose(correct_side_swaps(broken)[20], points[20])


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
