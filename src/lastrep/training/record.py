"""One set as training looks at it: what was declared, what was seen, and how it ended."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lastrep.exercises.standards import ExertionStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.sets.results import EndReason, Rep, RepStatus, SetReport
from lastrep.training.loads import Load
from lastrep.training.prescription import SetPrescription

FAILURES = frozenset({EndReason.TECHNICAL_FAILURE, EndReason.ABSOLUTE_FAILURE})


@dataclass(frozen=True, slots=True)
class Declared:
    """What the lifter says about a set and no camera can see; None where nothing is said.

    Parameters
    ----------
    load
        On the bar, in one hand, or hung on the body.
    prescription
        What was to be done.
    rest_before_s
        Rest since the set before.
    rpe
        Rating of perceived exertion, 1 to 10 in halves; 10 = no rep was left.

    Raises
    ------
    ValueError
        If `rpe` is not on the scale or the rest is negative.
    """

    load: Load | None = None
    prescription: SetPrescription | None = None
    rest_before_s: float | None = None
    rpe: float | None = None

    def __post_init__(self) -> None:
        if self.rpe is not None and (not 1 <= self.rpe <= 10 or self.rpe * 2 % 1):
            raise ValueError(f"RPE is 1 to 10 in halves, not {self.rpe:g}")
        if self.rest_before_s is not None and not self.rest_before_s >= 0:
            raise ValueError(f"rest must be 0 s or more, not {self.rest_before_s:g} s")


@dataclass(frozen=True, slots=True)
class SetRecord:
    """The facts of one set that training rules use.

    Parameters
    ----------
    athlete
        Who lifted.
    performed_at
        When the set began; with time zone.
    exercise, view
        As in the result document.
    declared
        What the lifter said.
    attempts, completed_reps, good_reps
        As in the result document.
    end_reason, end_rep
        Why the set ended, and the first bad or failed rep.
    fault_ids
        Major and critical faults of that rep.
    first_velocity_m_s, best_velocity_m_s, last_velocity_m_s
        Mean concentric velocity of the first, the fastest and the last completed rep.
    scale_source
        What velocities rest on; those of different sources do not compare.
    velocity_loss_pct, estimated_rir
        As in the result document.
    rom_deg, form_score, coverage
        Median over good reps; mean over reps; mean over reps. None where not measured.
    set_id
        Number in the history; None before it is stored.
    """

    athlete: str
    performed_at: datetime
    exercise: str
    view: str
    declared: Declared
    attempts: int
    completed_reps: int
    good_reps: int
    end_reason: EndReason
    end_rep: int | None
    fault_ids: tuple[str, ...]
    first_velocity_m_s: float | None
    best_velocity_m_s: float | None
    last_velocity_m_s: float | None
    scale_source: str
    velocity_loss_pct: float | None
    estimated_rir: tuple[int, int] | None
    rom_deg: float | None
    form_score: float | None
    coverage: float | None
    set_id: int | None = None

    @property
    def load_kg(self) -> float | None:
        """Declared load in kilograms."""
        return self.declared.load.kg if self.declared.load else None

    @property
    def half_kg(self) -> float | None:
        """Load to the half kilogram: equal for the same load, said in kg or lb."""
        return None if self.load_kg is None else round(2 * self.load_kg) / 2

    @property
    def habitual_fault(self) -> bool:
        """Whether form failed so early that the standard was never met: not a training failure."""
        prescription = self.declared.prescription
        intended = prescription.max_reps if prescription else None
        session = shipped_standards().training.session
        return (
            self.end_reason is EndReason.TECHNICAL_FAILURE
            and self.end_rep is not None
            and self.end_rep <= session.unmet_up_to_rep
            and (intended is None or intended > session.few_reps)
        )

    @property
    def to_failure(self) -> bool:
        """Whether the set counts as one taken to failure, technical or absolute."""
        return self.end_reason in FAILURES and not self.habitual_fault

    @property
    def rir(self) -> tuple[int, int] | None:
        """Repetitions in reserve as (fewest, most): by failure, as declared, or as estimated."""
        if self.to_failure:
            return (0, 0)
        if self.declared.rpe is not None:
            return rir_of_rpe(self.declared.rpe)
        return self.estimated_rir


def rir_of_rpe(rpe: float, standards: ExertionStandards | None = None) -> tuple[int, int] | None:
    """Return the repetitions in reserve that a rating means (`docs/science.md` 1.3, Zourdos 2016).

    None for so low a rating that the scale says no more than light.
    """
    standards = standards or shipped_standards().training.exertion
    if rpe < standards.min_rpe:
        return None
    if rpe <= standards.light_max_rpe:
        return standards.light_rir
    if rpe == 9.5:
        return (0, 0)
    return (int(10 - rpe), int(10 - rpe + 0.5))


def summarise(
    report: SetReport, athlete: str, performed_at: datetime, declared: Declared
) -> SetRecord:
    """Return the record of a set from its report.

    Raises
    ------
    ValueError
        If `performed_at` has no time zone.
    """
    if performed_at.tzinfo is None:
        raise ValueError("performed_at needs a time zone")
    completed = [r for r in report.reps if r.status in (RepStatus.GOOD, RepStatus.COMPLETED)]
    velocities = [v for rep in completed if (v := rep.bar.mean_velocity_m_s) is not None]
    first = completed[0].bar.mean_velocity_m_s if completed else None
    last = completed[-1].bar.mean_velocity_m_s if completed else None
    good = [r for r in report.reps if r.status is RepStatus.GOOD]
    return SetRecord(
        athlete=athlete,
        performed_at=performed_at,
        exercise=report.exercise,
        view=report.view,
        declared=declared,
        attempts=report.attempts,
        completed_reps=report.completed_reps,
        good_reps=report.good_reps,
        end_reason=report.end.reason,
        end_rep=report.end.rep,
        fault_ids=_end_faults(report),
        first_velocity_m_s=first,
        best_velocity_m_s=max(velocities, default=None),
        last_velocity_m_s=last,
        scale_source=report.scale.source,
        velocity_loss_pct=report.velocity_loss_pct,
        estimated_rir=report.estimated_rir,
        rom_deg=_middle(r.rom_deg for r in good),
        form_score=_mean(r.form_score for r in report.reps),
        coverage=_mean(r.coverage for r in report.reps),
    )


def sessions(
    records: Iterable[SetRecord], gap: timedelta | None = None
) -> tuple[tuple[SetRecord, ...], ...]:
    """Group one athlete's sets into sessions, both in order of time.

    Parameters
    ----------
    gap
        A longer break between two sets makes two sessions of them; None for the standard one.
    """
    gap = gap or timedelta(hours=shipped_standards().training.session.gap_h)
    grouped: list[list[SetRecord]] = []
    for record in sorted(records, key=lambda r: r.performed_at):
        if grouped and record.performed_at - grouped[-1][-1].performed_at < gap:
            grouped[-1].append(record)
        else:
            grouped.append([record])
    return tuple(tuple(session) for session in grouped)


def _end_faults(report: SetReport) -> tuple[str, ...]:
    def bad(rep: Rep) -> Sequence[str]:
        return [f.id for f in rep.faults if f.severity.value != "minor"]

    return tuple(i for rep in report.reps if rep.number == report.end.rep for i in bad(rep))


def _present(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _middle(values: Iterable[float | None]) -> float | None:
    present = _present(values)
    return statistics.median(present) if present else None


def _mean(values: Iterable[float | None]) -> float | None:
    present = _present(values)
    return statistics.fmean(present) if present else None
