"""The load of a set is judged by where failure fell, and an nRM is called only by the rule."""

from __future__ import annotations

import pytest

from lastrep.sets.results import EndReason
from lastrep.training.loads import Load
from lastrep.training.record import rir_of_rpe
from lastrep.training.strength import MaxSource, NotEnough, OneRepMax, fit_reps_at_load
from lastrep.training.verdict import Fit, RepMax, failure_points, judge
from unit.training.lifter import at, record

TECHNICAL, ABSOLUTE = EndReason.TECHNICAL_FAILURE, EndReason.ABSOLUTE_FAILURE
STOPPED, TARGET = EndReason.LIFTER_STOPPED, EndReason.TARGET_REACHED


@pytest.mark.parametrize(
    ("good", "end", "prescription", "rir", "fit"),
    [
        (10, TECHNICAL, "10RM", None, Fit.ON_TARGET),
        (11, TECHNICAL, "10RM", None, Fit.ON_TARGET),
        (12, TECHNICAL, "10RM", None, Fit.TOO_LIGHT),
        (9, TECHNICAL, "10RM", None, Fit.TOO_HEAVY),
        (9, ABSOLUTE, "10RM", None, Fit.TOO_HEAVY),
        (10, ABSOLUTE, "3x10", None, Fit.ON_TARGET),
        (7, TECHNICAL, "3x8-12", None, Fit.TOO_HEAVY),
        (8, TECHNICAL, "3x8-12", None, Fit.ON_TARGET),
        (13, TECHNICAL, "3x8-12", None, Fit.ON_TARGET),
        (14, TECHNICAL, "3x8-12", None, Fit.TOO_LIGHT),
        (10, TARGET, "3x10", (0, 1), Fit.ON_TARGET),
        (10, TARGET, "3x10", (2, 3), Fit.TOO_LIGHT),
        (10, TARGET, "3x10", (1, 3), Fit.NOT_JUDGED),
        (10, TARGET, "3x10", None, Fit.NOT_JUDGED),
        (12, STOPPED, "1x10", None, Fit.TOO_LIGHT),
        (7, STOPPED, "3x10", None, Fit.NOT_JUDGED),
        (7, STOPPED, "3x10", (0, 1), Fit.TOO_HEAVY),
        (7, STOPPED, "3x10", (4, 6), Fit.NOT_JUDGED),
        (10, TECHNICAL, "3xAMRAP", None, Fit.NOT_JUDGED),
        (10, TECHNICAL, None, None, Fit.NOT_JUDGED),
        (10, EndReason.TRACKING_LOST, "3x10", None, Fit.NOT_JUDGED),
    ],
)
def test_fit(
    good: int,
    end: EndReason,
    prescription: str | None,
    rir: tuple[int, int] | None,
    fit: Fit,
) -> None:
    assert judge(record(good, end, prescription, rir=rir)).fit is fit


@pytest.mark.parametrize(
    ("good", "end", "bad_at", "rpe", "rep_max", "shown"),
    [
        (10, TECHNICAL, None, None, RepMax(10, True, True), "technical 10RM"),
        (10, ABSOLUTE, None, None, RepMax(10, True, False), "10RM"),
        (10, STOPPED, None, 10.0, RepMax(10, True, False), "10RM"),
        (10, STOPPED, None, 9.0, RepMax(10, False, False), "at least 10RM"),
        (10, STOPPED, None, None, RepMax(10, False, False), "at least 10RM"),
        # A bad rep in between that recovered: the one after the tenth good rep is not the next.
        (10, TECHNICAL, 12, None, RepMax(10, False, True), "at least 10RM"),
    ],
)
def test_rep_max_by_the_rule(
    good: int, end: EndReason, bad_at: int | None, rpe: float | None, rep_max: RepMax, shown: str
) -> None:
    verdict = judge(record(good, end, "10RM", bad_at=bad_at, rpe=rpe))
    assert verdict.rep_max == rep_max
    assert str(verdict.rep_max) == shown
    assert ("This was your" in verdict.reason) == rep_max.exact


def test_no_rep_max_without_a_good_rep_or_sight() -> None:
    assert judge(record(0, ABSOLUTE, "10RM")).rep_max is None
    assert judge(record(8, EndReason.TRACKING_LOST, "10RM")).rep_max is None


def test_a_standard_never_met_is_not_fatigue() -> None:
    seen = record(1, TECHNICAL, "10RM", load=Load(100.0))
    verdict = judge(seen)
    assert not seen.to_failure
    assert (verdict.fit, verdict.rep_max) == (Fit.TOO_HEAVY, None)
    assert isinstance(verdict.one_rep_max, NotEnough)
    # With three reps intended, the second can be the one that fails.
    assert record(1, TECHNICAL, "3RM").to_failure


@pytest.mark.parametrize(
    ("rpe", "band"),
    [
        (10, (0, 0)),
        (9.5, (0, 0)),
        (9, (1, 1)),
        (8.5, (1, 2)),
        (8, (2, 2)),
        (7.5, (2, 3)),
        (7, (3, 3)),
        (6, (4, 6)),
        (5, (4, 6)),
        (4, None),
    ],
)
def test_rpe_table(rpe: float, band: tuple[int, int] | None) -> None:
    assert rir_of_rpe(rpe) == band


def test_declared_effort_beats_the_estimate_and_failure_beats_both() -> None:
    assert record(8, STOPPED, rpe=8.0, rir=(0, 1)).rir == (2, 2)
    assert record(8, STOPPED, rir=(0, 1)).rir == (0, 1)
    assert record(8, TECHNICAL, rpe=7.0, rir=(2, 3)).rir == (0, 0)


def test_one_rep_max_of_a_set() -> None:
    failed = judge(record(10, TECHNICAL, "10RM", load=Load(75.0))).one_rep_max
    assert isinstance(failed, OneRepMax)
    assert failed.kg == pytest.approx(100.0)
    assert failed.technical
    reserve = judge(record(8, TARGET, "3x8", load=Load(75.0), rpe=8.0)).one_rep_max
    assert isinstance(reserve, OneRepMax)
    assert reserve.kg == pytest.approx(100.0)
    assert not reserve.technical


@pytest.mark.parametrize(
    ("good", "end", "load", "bodyweight", "why"),
    [
        (10, TECHNICAL, None, False, "no load"),
        (10, TECHNICAL, Load(20.0), True, "body is part of the load"),
        (10, TARGET, Load(75.0), False, "how many reps were left"),
        (16, TECHNICAL, Load(75.0), False, "more than 15"),
        (0, ABSOLUTE, Load(75.0), False, "no good rep"),
        (9, EndReason.TRACKING_LOST, Load(75.0), False, "no measure"),
    ],
)
def test_no_one_rep_max_without_its_data(
    good: int, end: EndReason, load: Load | None, bodyweight: bool, why: str
) -> None:
    found = judge(record(good, end, "3x10", load=load), bodyweight=bodyweight).one_rep_max
    assert isinstance(found, NotEnough)
    assert why in found.reason


def test_own_curve_is_preferred_once_four_points_exist() -> None:
    sets = [
        record(reps, TECHNICAL, load=Load(round(150 / (1 + reps / 45), 3)), when=at(week))
        for week, reps in enumerate((3, 5, 8, 12), start=1)
    ]
    # These show nothing exact: no failure, no load, a standing fault.
    sets += [record(9), record(9, TECHNICAL), record(1, TECHNICAL, load=Load(90.0))]
    curve = fit_reps_at_load(failure_points(sets))
    assert not isinstance(curve, NotEnough)
    assert curve.points == 4
    found = judge(record(8, TECHNICAL, load=Load(127.358)), curve=curve).one_rep_max
    assert isinstance(found, OneRepMax)
    assert found.source is MaxSource.OWN_CURVE
    assert found.kg == pytest.approx(150 / (1 + 1 / 45), rel=1e-4)
