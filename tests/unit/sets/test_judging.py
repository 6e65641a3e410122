"""Judging single metrics: baseline, noise, limits, and when to be silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lastrep.exercises import find
from lastrep.exercises.faults import FaultRule, Limits, ViewLimits
from lastrep.sets.criteria import PastBaseline, SetCriteria
from lastrep.sets.form.baseline import learn
from lastrep.sets.form.set_form import form_score, judge_readings
from lastrep.sets.measures.readings import Reading, RepReadings
from lastrep.sets.results import Severity

LEAN = next(rule for rule in find("back_squat").faults if rule.id == "SQ2")
SWING = next(rule for rule in find("biceps_curl").faults if rule.id == "BC1")


def reading(value: float, **other: float) -> Reading:
    seen = Reading(value, 1.0, 1.0, near=value, world=value, sustained=value, visible=1.0)
    return replace(seen, **other)


def states(
    values: Sequence[float | Reading],
    rule: FaultRule = LEAN,
    options: SetCriteria = SetCriteria(),  # noqa: B008 - frozen
    *,
    baseline: tuple[int, ...] = (0, 1, 2),
    roll_certain: bool = True,
) -> list[str]:
    readings = [v if isinstance(v, Reading) else reading(v) for v in values]
    form = judge_readings(
        [rule], "side", baseline, [RepReadings({rule.id: r}, 1.0) for r in readings], options,
        roll_certain=roll_certain,
    )  # fmt: skip
    return [rep.measured[0].state for rep in form.reps]


def test_a_change_must_be_large_and_larger_than_noise() -> None:
    assert states([30, 30, 30, 36, 39, 43]) == ["ok", "ok", "ok", "ok", "minor", "major"]
    # The other direction is no fault.
    assert states([30, 30, 30, 10])[-1] == "ok"


def test_a_safety_fault_is_critical_only_if_it_lasts_and_is_well_seen() -> None:
    assert states([30, 30, 30, 55])[-1] == "critical"
    assert states([30, 30, 30, reading(55, sustained=40.0)])[-1] == "major"
    assert states([30, 30, 30, reading(55, visible=0.5)])[-1] == "major"
    assert states([4, 4, 4, 50], SWING)[-1] == "major"  # a compensation is never critical


def test_scattered_first_reps_are_not_judged() -> None:
    assert set(states([20, 40, 30, 60, 60])) == {"unknown"}


def test_no_baseline_leaves_the_absolute_standard() -> None:
    assert states([30, 60, 70], baseline=()) == ["ok", "minor", "major"]
    assert states([30, 60, 70], baseline=(), roll_certain=False) == ["ok", "ok", "ok"]


def test_a_standard_of_range_is_missed_only_where_that_is_sure() -> None:
    knees = next(rule for rule in find("back_squat").faults if rule.id == "SQ7")

    def state(value: float, world: float) -> str:
        return states([reading(value, world=world)] * 3, knees)[0]

    assert state(168, 168) == "ok"
    # A degree beyond the limit of 155 is less than a camera can tell.
    assert state(154, 154) == "minor"
    assert state(145, 145) == "major"
    # Straight in the model's 3-D pose: bent only by the line of sight.
    assert state(145, 176) == "minor"


def test_a_standing_fault_is_style() -> None:
    high = [70, 71, 70, 72, 71]
    assert states(high) == ["ok"] * 5
    # What changes on top of it still counts.
    assert states([70, 71, 70, 85])[-1] == "major"


def test_own_history_stands_in_for_missing_first_reps() -> None:
    options = SetCriteria(history={"SQ2": PastBaseline(value=30.0, sets=4)})
    assert states([44, 30], options=options, baseline=()) == ["major", "ok"]


def test_own_spread_replaces_the_measured_one_but_not_below_half() -> None:
    past = PastBaseline(value=30.0, sets=4, sd=0.1, reps=30)
    standard = learn(LEAN, [reading(30.0)] * 3, SetCriteria(history={"SQ2": past}))
    assert standard.spread == pytest.approx(LEAN.sd / 2 * (6 / 8) ** 0.5)


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"near": 31.0}, "two sides"),
        ({"world": 31.0}, "3-D pose"),
        ({"confidence": 0.5}, "confidence"),
        ({"value": float("nan")}, "could not be measured"),
    ],
)
def test_witnesses_that_disagree_silence_a_reading(odd: dict[str, float], reason: str) -> None:
    rep = replace(reading(50.0), **odd)
    form = judge_readings(
        [LEAN], "side", (0, 1, 2),
        [*(RepReadings({"SQ2": reading(30.0)}, 1.0) for _ in range(3)),
         RepReadings({"SQ2": rep}, 1.0)],
        SetCriteria(),
    )  # fmt: skip
    last = form.reps[-1]
    assert last.faults == ()
    assert reason in (last.measured[0].reason or "")


def test_a_rep_half_seen_is_not_judged() -> None:
    reps = [RepReadings({"SQ2": reading(30.0)}, 1.0)] * 3
    form = judge_readings(
        [LEAN], "side", (0, 1, 2), [*reps, RepReadings({"SQ2": reading(60.0)}, 0.9)], SetCriteria()
    )
    assert form.reps[-1].measured[0].state == "unknown"


def test_a_noisy_set_needs_a_larger_change() -> None:
    calm = [30, 30, 30, 30, 30, 30, 30, 43]
    noisy = [30, 34, 26, 36, 24, 37, 23, 43]
    assert states(calm)[-1] == "major"
    assert states(noisy)[-1] != "major"


def test_the_lifters_own_limits_replace_the_shipped_ones() -> None:
    options = SetCriteria(
        limits={"SQ2": ViewLimits(change=Limits(minor=20, major=30), absolute=Limits(major=90))}
    )
    assert states([30, 30, 30, 45, 55, 62], options=options)[3:] == ["ok", "minor", "major"]


def test_report_only_faults_are_never_worse_than_minor() -> None:
    quiet = LEAN.model_copy(update={"ends_set": False})
    assert states([30, 30, 30, 80], quiet)[-1] == "minor"


def test_the_score_weighs_faults_by_class_and_stays_in_range() -> None:
    def one(severity: Severity, rule: FaultRule) -> float:
        form = judge_readings(
            [rule], "side", (0, 1, 2),
            [RepReadings({rule.id: reading(v)}, 1.0) for v in (30, 30, 30, 44)], SetCriteria(),
        )  # fmt: skip
        fault = form.reps[-1].faults[0].model_copy(update={"severity": severity})
        return form_score([fault], {rule.id: rule})

    assert one(Severity.MINOR, LEAN) == 90
    assert one(Severity.MAJOR, LEAN) == 70
    assert one(Severity.MAJOR, SWING) == pytest.approx(79)


finite = st.floats(-20, 20)


@settings(max_examples=60, deadline=None)
@given(noise=st.lists(finite, min_size=4, max_size=10), shift=st.floats(-30, 30))
def test_the_change_does_not_depend_on_where_the_lifter_starts(
    noise: list[float], shift: float
) -> None:
    relative = LEAN.model_copy(update={"absolute": None, "plausible": None})
    base = [30 + x for x in noise]
    assert states(base, relative) == states([x + shift for x in base], relative)


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.floats(0, 60), min_size=2, max_size=8))
def test_a_larger_change_is_never_judged_milder(sizes: list[float]) -> None:
    order = ["ok", "minor", "major", "critical"]
    alone = [states([30, 30, 30, 30 + size])[-1] for size in sorted(sizes)]
    assert [order.index(s) for s in alone] == sorted(order.index(s) for s in alone)


@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.floats(24, 36), min_size=5, max_size=10))
def test_mirrored_metrics_are_judged_alike(values: list[float]) -> None:
    low = LEAN.model_copy(update={"bad": "low", "absolute": None})
    high = LEAN.model_copy(update={"absolute": None})
    assert states(values, high) == states([-v for v in values], low)
