"""Sets made by hand, for tests of training."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from lastrep.sets.results import (
    Bar,
    EndReason,
    Fault,
    Rep,
    RepStatus,
    Scale,
    SetEnd,
    SetReport,
    Severity,
)
from lastrep.training.loads import Load
from lastrep.training.prescription import parse_prescription
from lastrep.training.record import Declared, SetRecord, summarise

MONDAY = datetime(2026, 1, 5, 18, 0, tzinfo=UTC)
REP_S = 3.0


def at(week: int = 1, day: int = 0, minute: float = 0) -> datetime:
    """A time in a week counted from 1, on a day counted from Monday = 0."""
    return MONDAY + timedelta(weeks=week - 1, days=day, minutes=minute)


class Effort(TypedDict, total=False):
    """How hard a set was, for helpers that hand it on to :func:`report`."""

    rir: tuple[int, int] | None
    first_m_s: float | None


class Seen(Effort, total=False):
    """What a set looked like, likewise."""

    exercise: str
    bad_at: int | None


def report(
    good: int,
    end: EndReason = EndReason.LIFTER_STOPPED,
    *,
    exercise: str = "back_squat",
    bad_at: int | None = None,
    rir: tuple[int, int] | None = None,
    first_m_s: float | None = None,
    start_s: float = 0.0,
    reference: str = "baseline",
) -> SetReport:
    """A set of good reps; a failure adds a failed rep, or two reps with a major fault.

    `bad_at` puts the first bad rep elsewhere than after the good ones.
    """
    technical, absolute = (
        end is EndReason.TECHNICAL_FAILURE,
        end is EndReason.ABSOLUTE_FAILURE,
    )
    statuses = [RepStatus.GOOD] * good
    statuses += [RepStatus.COMPLETED] * 2 if technical else [RepStatus.FAILED] * absolute
    bad = bad_at or (good + 1 if technical or absolute else None)
    reps = tuple(
        _rep(number, status, first_m_s, start_s, reference)
        for number, status in enumerate(statuses, start=1)
    )
    end_s = start_s + REP_S * len(reps)
    return SetReport(
        exercise=exercise,
        exercise_source="given",
        exercise_confidence=1.0,
        view="side",
        start_s=start_s,
        end_s=end_s,
        count_confidence=0.9,
        scale=Scale(metres_per_pixel=0.002, source="plate", uncertainty_pct=2.0),
        attempts=len(reps),
        completed_reps=sum(s is not RepStatus.FAILED for s in statuses),
        good_reps=good,
        end=SetEnd(reason=end, rep=bad, confirmed_at_rep=bad, t_s=end_s, explanation="Made up."),
        estimated_rir=rir,
        reps=reps,
    )


def record(
    good: int,
    end: EndReason = EndReason.LIFTER_STOPPED,
    prescription: str | None = None,
    *,
    load: Load | None = None,
    rest_before_s: float | None = None,
    rpe: float | None = None,
    when: datetime = MONDAY,
    athlete: str = "anna",
    **seen: Unpack[Seen],
) -> SetRecord:
    """The record of such a set."""
    prescribed = parse_prescription(prescription).sets[0] if prescription else None
    declared = Declared(load, prescribed, rest_before_s, rpe)
    return summarise(report(good, end, **seen), athlete, when, declared)


def _rep(
    number: int, status: RepStatus, first_m_s: float | None, start_s: float, reference: str
) -> Rep:
    began = start_s + REP_S * (number - 1)
    velocity = None if first_m_s is None else first_m_s * (1 - 0.03 * (number - 1))
    fault = Fault(
        id="hips_rise_first",
        severity=Severity.MAJOR,
        measured=18.0,
        limit=10.0,
        unit="%",
        reference=reference,
        t_s=began,
        cue="Chest up.",
    )
    return Rep(
        number=number,
        status=status,
        reason="",
        start_s=began,
        turn_s=began + 1.5,
        end_s=began + REP_S,
        eccentric_s=1.5,
        pause_s=0.0,
        concentric_s=1.5,
        rom_deg=95.0,
        rom_pct=100.0,
        start_angle_deg=170.0,
        turn_angle_deg=75.0,
        bar=Bar(mean_velocity_m_s=velocity),
        faults=(fault,) if status is RepStatus.COMPLETED else (),
        form_score=70.0 if status is RepStatus.COMPLETED else 100.0,
        coverage=1.0,
    )
