"""Known answers for one-repetition maxima from reps, own data and bar speed."""

from __future__ import annotations

import pytest

from lastrep.training.strength import (
    FailurePoint,
    MaxSource,
    NotEnough,
    OneRepMax,
    ProfilePoint,
    RepsAtLoad,
    brzycki,
    epley,
    estimate_max,
    fit_reps_at_load,
    max_from_velocity,
    one_rep_max,
)


@pytest.mark.parametrize(
    ("reps", "epley_pct", "brzycki_pct"),
    [
        (1, 100.0, 100.0),
        (2, 93.8, 97.2),
        (3, 90.9, 94.4),
        (5, 85.7, 88.9),
        (8, 78.9, 80.6),
        (10, 75.0, 75.0),
        (12, 71.4, 69.4),
        (15, 66.7, 61.1),
    ],
)
def test_formulas_as_tabled(reps: int, epley_pct: float, brzycki_pct: float) -> None:
    assert 100 / epley(1.0, reps) == pytest.approx(epley_pct, abs=0.051)
    assert 100 / brzycki(1.0, reps) == pytest.approx(brzycki_pct, abs=0.051)


@pytest.mark.parametrize(
    ("reps", "expected_kg"),
    [
        (1, 100.0),
        (5, (100 * (1 + 5 / 30) + 100 * 36 / 32) / 2),
        (10, 100 * 4 / 3),
        (12, 140.0),  # Epley alone
        (15, 150.0),
        (16, None),
        (0, None),
    ],
)
def test_mean_then_epley_then_nothing(reps: int, expected_kg: float | None) -> None:
    assert one_rep_max(100.0, reps) == (expected_kg and pytest.approx(expected_kg))


def test_error_grows_with_what_is_not_known() -> None:
    exact = estimate_max(100.0, (8, 8), technical=True)
    band = estimate_max(100.0, (8, 10), technical=False)
    many = estimate_max(100.0, (12, 12), technical=False)
    assert isinstance(exact, OneRepMax)
    assert isinstance(band, OneRepMax)
    assert isinstance(many, OneRepMax)
    assert (exact.error_pct, exact.technical, exact.source) == (5.0, True, MaxSource.REPS)
    assert band.kg == pytest.approx(((1 + 8 / 30) * 50 + 1800 / 29 + 100 * 4 / 3) / 2)
    assert many.error_pct == 10.0
    wide = estimate_max(100.0, (3, 9), technical=False)
    assert isinstance(wide, OneRepMax)
    assert wide.error_pct > 5.0
    assert isinstance(estimate_max(100.0, (14, 16), technical=False), NotEnough)
    assert isinstance(estimate_max(100.0, (0, 0), technical=True), NotEnough)


def points(k_reps: float, *reps: int) -> list[FailurePoint]:
    return [FailurePoint(150 / (1 + r / k_reps), r, technical=r > 8) for r in reps]


def test_own_curve_finds_the_lifters_own_shape() -> None:
    curve = fit_reps_at_load(points(45.0, 3, 5, 8, 12))
    assert isinstance(curve, RepsAtLoad)
    assert curve.k_reps == pytest.approx(45.0)
    assert curve.load_at_zero_kg == pytest.approx(150.0)
    assert curve.load_for(10) == pytest.approx(150 / (1 + 10 / 45))
    assert curve.reps_at(curve.load_for(7)) == pytest.approx(7.0)
    assert (curve.points, curve.technical) == (4, True)
    assert curve.error_pct == pytest.approx(0.0, abs=1e-6)
    # A lifter with endurance has a lower maximum for the same ten reps than a formula says.
    own = estimate_max(curve.load_for(10), (10, 10), technical=False, curve=curve)
    assert isinstance(own, OneRepMax)
    assert own.source is MaxSource.OWN_CURVE
    assert own.kg == pytest.approx(curve.load_for(1))


def test_own_curve_says_how_far_it_is_off() -> None:
    loads = [100.0, 96.0, 88.0, 85.0, 78.0]
    spread = [FailurePoint(w, r, False) for w, r in zip(loads, [3, 5, 6, 10, 11], strict=True)]
    curve = fit_reps_at_load(spread)
    assert isinstance(curve, RepsAtLoad)
    assert 2.0 < curve.error_pct < 15.0


@pytest.mark.parametrize(
    ("sets", "why"),
    [
        (points(30.0, 3, 5, 8), "3 of 4 sets"),
        (points(30.0, 5, 5, 6, 7), "span 2 reps"),
        ([FailurePoint(80.0 + r, r, False) for r in (3, 5, 8, 12)], "did not fail sooner"),
    ],
)
def test_own_curve_needs_enough(sets: list[FailurePoint], why: str) -> None:
    found = fit_reps_at_load(sets)
    assert isinstance(found, NotEnough)
    assert why in found.reason


def profile(*pairs: tuple[float, float]) -> list[ProfilePoint]:
    return [ProfilePoint(load, speed, 95.0) for load, speed in pairs]


def test_maximum_from_a_straight_profile() -> None:
    # load = 160 - 100 v: at 0.30 m/s, 130 kg.
    found = max_from_velocity(profile((80, 0.8), (100, 0.6), (110, 0.5), (110, 0.45)), 0.30)
    assert isinstance(found, OneRepMax)
    assert found.kg == pytest.approx(130.0)
    assert (found.error_pct, found.source) == (5.0, MaxSource.VELOCITY)


def test_two_loads_are_less_sure() -> None:
    found = max_from_velocity(profile((80, 0.8), (110, 0.5)), 0.30)
    assert isinstance(found, OneRepMax)
    assert found.kg == pytest.approx(130.0)
    assert found.error_pct == 10.0


@pytest.mark.parametrize(
    ("sets", "why"),
    [
        (profile((100, 0.6)), "two loads"),
        (profile((100, 0.6), (110, 0.5)), "0.10 m/s apart"),
        (profile((100, 0.7), (105, 0.4)), "too close together"),
        (profile((40, 1.2), (70, 0.9)), "too light"),
        (profile((80, 0.5), (110, 0.8)), "did not move slower"),
        (profile((80, 0.8), (95, 0.45), (110, 0.5)), "do not lie on a line"),
        ([ProfilePoint(80, 0.8, 95.0), ProfilePoint(110, 0.5, 80.0)], "two loads"),
        ([ProfilePoint(80, 0.8), ProfilePoint(110, 0.5)], "two loads"),
    ],
)
def test_profile_is_refused(sets: list[ProfilePoint], why: str) -> None:
    found = max_from_velocity(sets, 0.30)
    assert isinstance(found, NotEnough)
    assert why in found.reason
