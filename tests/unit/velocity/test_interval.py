"""Lifts with known start, end and shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from checks import known
from lastrep.velocity.interval import STANDSTILL, WindowRule, concentric_interval
from lastrep.velocity.parameters import DEFAULT_VELOCITY

Array = NDArray[np.float64]


def ends(t_s: Array, height: Array, rule: WindowRule = STANDSTILL) -> tuple[float, float]:
    """Start and end of a lift."""
    window = known(concentric_interval(t_s, height, rule))
    return window.start_s, window.end_s


def lift(
    power: float, lasts_s: float, rise: float, rate_hz: float, start_s: float, noise: float
) -> tuple[Array, Array]:
    """Time and height of one lift whose speed is u^p (1-u)^p, with rest before and after."""
    u = np.linspace(0, 1, 4001)
    speed = (u * (1 - u)) ** power
    path = np.concatenate([[0], np.cumsum(speed[1:] + speed[:-1])])
    t_s = np.arange(0, start_s + lasts_s + 0.8, 1 / rate_hz)
    height = rise * np.interp((t_s - start_s) / lasts_s, u, path / path[-1])
    return t_s, height + np.random.default_rng(5).normal(0, noise, len(t_s))


@pytest.mark.parametrize("rate_hz", [24, 30, 60])
@pytest.mark.parametrize("lasts_s", [0.6, 1.0, 2.0])
@pytest.mark.parametrize("power", [1.2, 1.5])
def test_duration_is_right_within_four_percent(
    rate_hz: float, lasts_s: float, power: float
) -> None:
    t_s, height = lift(power, lasts_s, 0.6, rate_hz, 0.71, noise=0.0005)
    start, end = ends(t_s, height)
    assert end - start == pytest.approx(lasts_s, rel=0.04)


@pytest.mark.parametrize("power", [0.6, 1.0, 1.5, 2.0])
def test_clear_film_tells_how_rest_is_left(power: float) -> None:
    t_s, height = lift(power, 1.2, 0.6, 60, 0.71, noise=0.0002)
    assert known(concentric_interval(t_s, height)).start_s == pytest.approx(0.71, abs=0.03)


def test_poor_film_is_less_sure() -> None:
    clear, poor = (
        known(concentric_interval(*lift(1.5, 1.0, 0.6, 30, 0.7, noise))).unsure_s
        for noise in (0.0002, 0.004)
    )
    assert 0 < clear < poor


def test_the_uncertainty_is_honest() -> None:
    rng = np.random.default_rng(8)
    deviations = []
    for _ in range(60):
        lasts_s, rate_hz = rng.uniform(0.6, 2.5), rng.choice([24.0, 30.0, 60.0])
        noise = rng.choice([0.0002, 0.0005, 0.001, 0.002])
        t_s, height = lift(rng.uniform(0.8, 2.0), lasts_s, 0.5, rate_hz, 0.8, noise)
        window = known(concentric_interval(t_s, height))
        total_s = np.hypot(window.unsure_s, DEFAULT_VELOCITY.interval.rise_pct / 100 * lasts_s)
        deviations.append((window.end_s - window.start_s - lasts_s) / total_s)
    within = np.mean(np.abs(deviations) <= 2)
    assert within >= 0.9
    assert np.std(deviations) > 0.5, "far too careful"


def test_a_threshold_cuts_the_ends_off_and_so_overstates_the_mean() -> None:
    t_s, height = lift(1.5, 1.0, 0.6, 60, 0.7, noise=0.0)
    whole = ends(t_s, height)
    cut = ends(t_s, height, WindowRule(threshold_m_s=0.1))
    assert cut[0] > whole[0] + 0.04
    assert cut[1] < whole[1] - 0.04


@settings(max_examples=20, deadline=None)
@given(shift_s=st.floats(-5, 5), factor=st.floats(0.01, 500), level=st.floats(-100, 100))
def test_units_and_clock_do_not_matter(shift_s: float, factor: float, level: float) -> None:
    t_s, height = lift(1.4, 0.9, 0.5, 30, 0.6, noise=0.001)
    start, end = ends(t_s, height)
    moved = ends(t_s + shift_s, factor * height + level)
    assert moved[0] - shift_s == pytest.approx(start, abs=1e-3)
    assert moved[1] - shift_s == pytest.approx(end, abs=1e-3)


def test_touch_and_go_starts_where_the_bar_turns() -> None:
    t_s = np.arange(0, 2.6, 1 / 30)
    height = -0.3 * np.cos(2 * np.pi * (t_s - 0.3) / 2.0)
    height[t_s < 0.3] = -0.3
    start, end = ends(t_s, height)
    assert end == pytest.approx(1.3, abs=0.05)
    assert 0.2 < start < 0.35


def test_nothing_rises_no_window() -> None:
    t_s = np.arange(0, 2, 1 / 30)
    assert concentric_interval(t_s, -t_s) is None
    with pytest.raises(ValueError, match="are needed"):
        concentric_interval(t_s[:4], t_s[:4])


def test_a_slip_at_the_start_counts_less_where_heights_may_slip() -> None:
    t_s, height = lift(1.4, 1.0, 0.6, 30, 1.0, noise=0.0)
    # A landmark comes up by 3 % of the lift and back, just before the bar leaves rest.
    height = height + 0.018 * np.exp(-(((t_s - 0.9) / 0.08) ** 2))
    trusted = concentric_interval(t_s, height)
    doubted = concentric_interval(t_s, height, misfit=0.0075)
    assert trusted is not None
    assert doubted is not None
    assert abs(doubted.start_s - 1.0) < abs(trusted.start_s - 1.0)
    assert doubted.unsure_s > trusted.unsure_s
