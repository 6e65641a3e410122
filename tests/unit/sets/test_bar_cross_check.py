"""The bar as witness: where it was followed surely, its travel and path are what is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from checks import some
from lastrep.bar.track import PointSource
from lastrep.exercises import find
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.form.set_form import NO_BAR
from lastrep.sets.judge import judge
from lastrep.sets.measurements import RepMeasurements
from lastrep.sets.results import Rep, RepStatus, SetReport, Severity
from lastrep.velocity.scale import NO_SCALE
from lastrep.velocity.types import RepVelocity
from unit.sets.synthetic_sets import clip_of, poses_of
from unit.sets.test_analyzer import analyze

SQUAT = find("back_squat")
GOOD, PARTIAL = RepStatus.GOOD, RepStatus.PARTIAL


@pytest.fixture(scope="module")
def clean() -> SetReport:
    """Eight good squats, as the landmarks show them."""
    (one,) = analyze(poses_of(clip_of("back_squat")), "back_squat")
    return one.report


def plates(rises_px: Sequence[float]) -> list[RepVelocity]:
    return [RepVelocity(PointSource.PLATE, 0.95, NO_SCALE, rise_px=rise) for rise in rises_px]


def judged(report: SetReport, bars: Sequence[RepVelocity]) -> SetReport:
    """Judge the set with other bars in the place of those that were measured."""
    assert report.measurements is not None
    reps = tuple(
        replace(rep, bar=bar) for rep, bar in zip(report.measurements.reps, bars, strict=True)
    )
    return judge(replace(report.measurements, reps=reps), SQUAT, SetCriteria())


def changed(report: SetReport, number: int, **body: Any) -> SetReport:
    """Return the set with something else measured of the body in one rep."""
    assert report.measurements is not None
    reps = list(report.measurements.reps)
    one = reps[number - 1]
    reps[number - 1] = RepMeasurements(
        replace(one.body, **body),
        one.bar,
        one.readings,
        one.shape_deg,
    )
    measured = replace(report.measurements, reps=tuple(reps))
    return judge(measured, SQUAT, SetCriteria())


def faults(rep: Rep) -> dict[str, Severity]:
    return {f.id: f.severity for f in rep.faults}


def test_a_short_travel_of_the_bar_is_a_partial_rep(clean: SetReport) -> None:
    report = judged(clean, plates([200, 202, 198, 200, 200, 200, 160, 158]))
    assert [rep.status for rep in report.reps] == [GOOD] * 6 + [PARTIAL] * 2
    assert [round(rep.rom_pct or 0) for rep in report.reps[-2:]] == [80, 79]
    assert faults(report.reps[-1])["G1"] is Severity.MAJOR
    assert "bar travelled 79 %" in report.reps[-1].reason


def test_a_full_travel_of_the_bar_overrules_joints_that_seemed_short(clean: SetReport) -> None:
    assert clean.measurements is not None
    ranges = clean.measurements.reps[5].body.ranges
    seen = changed(clean, 6, ranges={name: 0.7 * went for name, went in ranges.items()})
    assert seen.reps[5].status is PARTIAL
    assert {rep.status for rep in judged(seen, plates([200] * 8)).reps} == {GOOD}


@pytest.mark.parametrize(("rise_px", "status"), [(120, RepStatus.FAILED), (198, GOOD)])
def test_a_failed_attempt_stays_failed_unless_the_bar_came_all_the_way(
    clean: SetReport, rise_px: float, status: RepStatus
) -> None:
    seen = changed(clean, 8, lockout=0.5, held_s=2.0)
    assert seen.reps[-1].status is RepStatus.FAILED
    assert judged(seen, plates([*[200] * 7, rise_px])).reps[-1].status is status


def squats(ends: Sequence[tuple[float, float, float]]) -> list[RepVelocity]:
    """Bars of eight reps: how far the last ones go up from how low, and for how long."""
    whole = [(0.0, 200.0, 1.0)] * (8 - len(ends))
    return [
        replace(bar, concentric_s=(0.0, lasts_s), top_px=low + rise, rise_px=rise)
        for bar, (low, rise, lasts_s) in zip(plates([0] * 8), [*whole, *ends], strict=True)
    ]


def test_a_bar_that_came_up_slowly_and_not_all_the_way_is_a_failed_attempt(
    clean: SetReport,
) -> None:
    last = judged(clean, squats([(0.0, 90.0, 1.6)])).reps[-1]
    assert last.status is RepStatus.FAILED
    assert "45% of the way up, 3.6 times as slowly" in last.reason


@pytest.mark.parametrize(
    "end",
    [(0.0, 90.0, 0.45), (110.0, 90.0, 1.6), (0.0, 180.0, 1.8)],
    ids=["quick", "not deep", "nearly up"],
)
def test_what_is_short_but_was_not_stuck_has_not_failed(
    clean: SetReport, end: tuple[float, float, float]
) -> None:
    assert judged(clean, squats([end])).reps[-1].status is not RepStatus.FAILED


def test_after_a_failed_attempt_no_whole_rep_follows_at_once(clean: SetReport) -> None:
    rep = judged(clean, squats([(0.0, 90.0, 1.6), (0.0, 200.0, 1.0)])).reps[-2]
    assert rep.status is PARTIAL
    assert rep.reason.endswith("but the next rep was whole")


@pytest.mark.parametrize(
    "unsure",
    [
        {"source": PointSource.LANDMARK},
        {"confidence": 0.5},
        {"rise_px": None},  # the camera moved
    ],
)
def test_a_bar_that_was_not_followed_surely_changes_nothing(
    clean: SetReport, unsure: dict[str, object]
) -> None:
    bars = [replace(bar, **unsure) for bar in plates([200] * 6 + [100] * 2)]  # type: ignore[arg-type]
    again = judged(clean, bars)
    assert [rep.status for rep in again.reps] == [rep.status for rep in clean.reps]
    assert [rep.faults for rep in again.reps] == [rep.faults for rep in clean.reps]
    assert again.standards == clean.standards
    (path,) = (s for s in clean.standards if s.id == "SQ9b")
    assert (path.assessed, path.reason) == (False, NO_BAR)


def test_a_rep_whose_bar_was_lost_keeps_what_the_body_showed(clean: SetReport) -> None:
    bars = plates([200] * 8)
    bars[6] = replace(bars[6], confidence=0.3, rise_px=20.0)
    report = judged(clean, bars)
    assert report.reps[6].status is GOOD
    assert report.reps[6].rom_pct == clean.reps[6].rom_pct


def test_a_changed_path_of_the_bar_is_a_fault(clean: SetReport) -> None:
    bars = [
        replace(bar, path_repeatability=off)
        for bar, off in zip(plates([200] * 8), [0.01] * 5 + [0.05, 0.08, 0.14], strict=True)
    ]
    report = judged(clean, bars)
    found = [faults(rep).get("SQ9b") for rep in report.reps]
    assert found == [None] * 6 + [Severity.MINOR, Severity.MAJOR]
    assert report.reps[-1].status is RepStatus.COMPLETED


def test_the_other_faults_and_notes_are_kept(clean: SetReport) -> None:
    report = judged(clean, plates([200] * 8))
    ids = some(standard.id for standard in report.standards)
    assert ids == [standard.id for standard in clean.standards]
    for before, after in zip(some(clean.reps), report.reps, strict=True):
        others = some(m for m in before.measured if m.id != "G1")
        assert [m for m in after.measured if m.id in {o.id for o in others}] == others
    again = judged(report, plates([200] * 8))
    assert again.model_dump_json() == report.model_dump_json()
