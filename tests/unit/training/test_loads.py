"""Loads in both units, and steps that the plates at hand can make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.training.loads import (
    GYM,
    Barbell,
    Load,
    LoadUnit,
    Steps,
    change_pct,
    nearest_change,
)

KG, LB = GYM[LoadUnit.KG], GYM[LoadUnit.LB]


def test_pounds_are_exact() -> None:
    assert Load(100.0, LoadUnit.LB).kg == pytest.approx(45.359237)
    assert str(Load(102.50)) == "102.5kg"


def test_a_bar_takes_pairs() -> None:
    bar = Barbell(LoadUnit.KG, 20.0, (10.0, 2.5))
    assert bar.loadable(1000.0) == (20.0, 25.0, 40.0, 45.0)
    assert bar.loadable(40.0) == (20.0, 25.0, 40.0)


@pytest.mark.parametrize(
    ("load_kg", "band", "implement", "expected"),
    [
        (100.0, (2.5, 5.0), KG.barbell, "102.5kg"),
        (100.0, (5.0, 10.0), KG.barbell, "105kg"),
        (100.0, (-5.0, -10.0), KG.barbell, "95kg"),
        (62.5, (2.5, 5.0), KG.barbell, "65kg"),  # 64.06 to 65.6
        (40.0, (2.5, 5.0), KG.barbell, "42.5kg"),  # nothing fits; 6.25 % is nearest
        (Load(225.0, LoadUnit.LB).kg, (2.5, 5.0), LB.barbell, "235lb"),
        (Load(225.0, LoadUnit.LB).kg, (-5.0, -10.0), LB.barbell, "210lb"),
        (20.0, (-5.0, -10.0), KG.barbell, None),  # an empty bar
        (20.0, (5.0, 10.0), Barbell(LoadUnit.KG, 20.0, (25.0,)), "70kg"),
        (10.0, (2.5, 5.0), KG.dumbbells, "12kg"),
    ],
)
def test_nearest_change(
    load_kg: float, band: tuple[float, float], implement: Barbell | Steps, expected: str | None
) -> None:
    found = nearest_change(load_kg, band, implement)
    assert (str(found) if found else None) == expected


@given(
    load_kg=st.integers(25_000, 200_000).map(lambda grams: grams / 1000),
    band=st.sampled_from([(2.5, 5.0), (5.0, 10.0), (-2.5, -5.0), (-5.0, -10.0)]),
    unit=st.sampled_from(LoadUnit),
)
def test_a_step_goes_the_wanted_way_and_can_be_made(
    load_kg: float, band: tuple[float, float], unit: LoadUnit
) -> None:
    bar = GYM[unit].barbell
    load = nearest_change(load_kg, band, bar)
    assert load is not None
    assert load.value in bar.loadable(1000.0)
    assert change_pct(load_kg, load) * band[0] > 0
    # Within the band if any load is, and then the smallest.
    inside = [
        v
        for v in bar.loadable(1000.0)
        if abs(band[0]) <= round(abs(change_pct(load_kg, Load(v, unit))), 6) <= abs(band[1])
        and change_pct(load_kg, Load(v, unit)) * band[0] > 0
    ]
    if inside:
        assert load.value == (min(inside) if band[0] > 0 else max(inside))
