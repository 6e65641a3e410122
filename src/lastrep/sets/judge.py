"""Judging a set: one function, from what was measured to the report.

Recordings, running sets, batches and corrections all come through here, with the same
measurements and criteria, and so to the same verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.faults import ViewLimits
from lastrep.sets.bar_report import bar_of, scale_of
from lastrep.sets.corrections import Correction, RepCorrections, edited_limits, placed
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.ending import completed_reps, find_end, good_reps, no_rep_left
from lastrep.sets.form.bar_cross_check import (
    BarLift,
    bar_lifts,
    bar_readings,
    followed_surely,
    rules_by_bar,
    settled_statuses,
)
from lastrep.sets.form.baseline import baseline_reps
from lastrep.sets.form.set_form import SetForm, judge_readings, with_form
from lastrep.sets.marks import with_marks
from lastrep.sets.measurements import RepMeasurements, SetMeasurements
from lastrep.sets.measures.joint_angle import angle_uncertainty_deg
from lastrep.sets.measures.readings import RepReadings, with_ranges
from lastrep.sets.measures.rep_measures import RelativeRange, relative_ranges
from lastrep.sets.measures.shape import unnamed_changes
from lastrep.sets.options import AlgorithmOptions
from lastrep.sets.rep_status import Verdict, verdicts
from lastrep.sets.results import Phase, Rejected, Rep, RepStatus, SetReport, SideCounts
from lastrep.velocity.fatigue import Fatigue, fatigue

#: Name of a movement that is counted without knowing what it is.
UNKNOWN_EXERCISE = "unknown"
#: Reps whose speeds say something of fatigue: lifted all the way.
_LIFTED = (RepStatus.GOOD, RepStatus.COMPLETED)


def judge(
    measurements: SetMeasurements,
    exercise: ExerciseDefinition | None,
    criteria: SetCriteria,
    corrections: Sequence[Correction] = (),
    *,
    options: AlgorithmOptions | None = None,
) -> SetReport:
    """Judge a set.

    Parameters
    ----------
    exercise
        What was done; None if it is not known: reps are then counted, and their form is not judged.
    criteria
        What it is judged by.
    corrections
        A coach's word on it. One that takes back a verdict acts here; one that changes the cut
        into reps must have been heeded before measuring. All are kept with the report.
    options
        The standards of the sport, and every parameter of judging; None for the usual ones.

    Returns
    -------
    The report, with measurements, criteria and corrections as they were given: judging it again
    with the same gives the same.

    Notes
    -----
    A correction that does not fit (a rep that is not there, a limit that the exercise does not
    have) changes nothing; `find_sets` and `limits_that_fail` tell which.
    """
    options = options or AlgorithmOptions()
    standards = options.standards
    heeded = placed(corrections, _times(measurements.reps))
    measured, struck = _without_no_reps(measurements.reps, heeded)
    heeded = placed(corrections, _times(measured))
    applied = criteria
    if heeded.limits and exercise is not None:
        view = measurements.view or "oblique"
        applied = replace(criteria, limits=_limits(exercise, view, criteria.limits, heeded.limits))
    movement = _Movement.of(measured, exercise, options)
    form = _form(measurements, measured, movement, exercise, applied, options)
    reps = _reps(measured, movement)
    reps = reps if form is None else with_form(reps, form, standards.form)
    reps = with_marks(reps, heeded, form, standards.form)
    lifted = [rep.status in _LIFTED for rep in reps]
    tired = fatigue([rep.bar for rep in measured], lifted, exercise, options.velocity)
    loss = tired.velocity_loss_pct
    reps = _with_speed(reps, measured, tired)
    end = find_end(reps, applied, standards) if reps else no_rep_left(measurements.end_s)
    return SetReport(
        exercise=UNKNOWN_EXERCISE if exercise is None else exercise.name,
        exercise_source=measurements.exercise_source,
        exercise_confidence=measurements.exercise_confidence,
        view=measurements.view or "oblique",
        angle_uncertainty_deg=(
            None
            if exercise is None
            else angle_uncertainty_deg(exercise.angle.joint, measurements.view or "oblique")
        ),
        start_s=measurements.start_s,
        end_s=measurements.end_s,
        count_confidence=measurements.count_confidence,
        scale=scale_of([rep.bar for rep in measured]),
        attempts=len(reps),
        completed_reps=completed_reps(reps),
        good_reps=good_reps(reps, end),
        sides=_side_counts(reps),
        end=end,
        velocity_loss_pct=None if loss is None else loss.value,
        velocity_loss_sd=None if loss is None else loss.uncertainty,
        estimated_rir=tired.estimated_rir,
        minimum_velocity_m_s=None if exercise is None else exercise.minimum_velocity_m_s,
        standards=() if form is None else form.standards,
        baseline_reps=() if form is None else tuple(i + 1 for i in form.baseline),
        form_notes=() if form is None else form.notes,
        corrections=tuple(corrections),
        reps=reps,
        rejected=(*_rejected(measurements), *struck),
        criteria=criteria,
        measurements=measurements,
    )


def _limits(
    exercise: ExerciseDefinition,
    view: str,
    own: Mapping[str, ViewLimits],
    edits: Sequence[Correction],
) -> Mapping[str, ViewLimits]:
    """Return the limits with a coach's edits; one that does not fit is passed over."""
    for edit in edits:
        with suppress(ValueError):
            own = edited_limits(exercise, view, own, [edit])
    return own


@dataclass(frozen=True, slots=True)
class _Movement:
    """How the reps count by their movement alone: by the body, and by the bar where it tells."""

    statuses: Sequence[Verdict]
    full_rom: Sequence[bool]
    ranges: Sequence[RelativeRange]
    lifts: Sequence[BarLift]
    baseline: tuple[int, ...]

    @classmethod
    def of(
        cls,
        measured: Sequence[RepMeasurements],
        exercise: ExerciseDefinition | None,
        options: AlgorithmOptions,
    ) -> _Movement:
        standards = options.standards
        body = [rep.body for rep in measured]
        ranges = relative_ranges(body, standards.rep)
        statuses: Sequence[Verdict] = verdicts(body, ranges, standards.rep)
        full_rom = [status is RepStatus.GOOD for status, _ in statuses]
        baseline = baseline_reps(body, ranges, full_rom, standards.form, options.form.min_coverage)
        lifts = [BarLift()] * len(measured)
        if exercise is not None and measured and measured[0].readings:
            bars, surely = [rep.bar for rep in measured], _followed_surely(measured, options)
            lifts = bar_lifts(bars, surely, exercise, baseline, standards.bar)
            spans = [rep.span for rep in body]
            statuses = settled_statuses(statuses, lifts, spans, exercise, standards.rep)
        return cls(statuses, full_rom, ranges, lifts, baseline)

    @property
    def rom_pct(self) -> list[float]:
        """Range of motion of each rep in % of the lifter's own."""
        return [
            lift.travel_pct if lift.known else own.pct
            for lift, own in zip(self.lifts, self.ranges, strict=True)
        ]


def _followed_surely(measured: Sequence[RepMeasurements], options: AlgorithmOptions) -> list[bool]:
    return [followed_surely(rep.bar, options.velocity.rep.sure_confidence) for rep in measured]


def _form(
    measurements: SetMeasurements,
    measured: Sequence[RepMeasurements],
    movement: _Movement,
    exercise: ExerciseDefinition | None,
    criteria: SetCriteria,
    options: AlgorithmOptions,
) -> SetForm | None:
    """Judge the form; None where it is not known what is done, or nobody is seen."""
    view = measurements.view
    if exercise is None or view is None:
        return None
    standards = options.standards
    surely = _followed_surely(measured, options)
    seen = any(surely)
    rules = rules_by_bar(exercise, movement.lifts, standards.bar, seen=seen)
    readings = [
        RepReadings(
            with_ranges(rep.readings, rules, own, standards.rep.doubtful_from_pct)
            | (
                bar_readings(rules, view, rep.bar, lift, rep.body.span.turn_s, sure=sure)
                if seen
                else {}
            ),
            rep.body.coverage,
        )
        for rep, own, lift, sure in zip(
            measured, movement.ranges, movement.lifts, surely, strict=True
        )
    ]
    form = judge_readings(
        rules, view, movement.baseline, readings, criteria,
        roll_certain=measurements.roll_certain, standards=standards.form, options=options.form,
    )  # fmt: skip
    named = [
        bool(rep.faults) or not full for rep, full in zip(form.reps, movement.full_rom, strict=True)
    ]
    shapes = [rep.shape_deg for rep in measured]
    changes = unnamed_changes(shapes, movement.baseline, named, view, standards.form.unnamed_change)
    order = {rule.id: i for i, rule in enumerate(exercise.faults)}
    return replace(
        form,
        standards=tuple(sorted(form.standards, key=lambda s: order[s.id])),
        notes=(*form.notes, *changes),
    )


def _reps(measured: Sequence[RepMeasurements], movement: _Movement) -> tuple[Rep, ...]:
    return tuple(
        Rep(
            number=number,
            status=status,
            reason=reason,
            movement=status,
            side=rep.body.span.side,
            # A rep is the movement; the rest around it belongs to no rep.
            start_s=rep.body.span.leave_s,
            turn_s=rep.body.span.turn_s,
            end_s=rep.body.span.back_s,
            phases=tuple(
                Phase(name=name, start_s=start_s, end_s=end_s)
                for name, (start_s, end_s) in rep.body.span.phases_s.items()
            ),
            eccentric_s=rep.body.span.seconds("eccentric"),
            pause_s=rep.body.span.seconds("pause"),
            concentric_s=rep.body.span.seconds("concentric"),
            rom_deg=rep.body.rom_deg,
            rom_pct=rom_pct,
            start_angle_deg=rep.body.start_angle_deg,
            turn_angle_deg=rep.body.turn_angle_deg,
            coverage=rep.body.coverage,
        )
        for number, (rep, (status, reason), rom_pct) in enumerate(
            zip(measured, movement.statuses, movement.rom_pct, strict=True), start=1
        )
    )


def _with_speed(
    reps: Sequence[Rep], measured: Sequence[RepMeasurements], tired: Fatigue
) -> tuple[Rep, ...]:
    return tuple(
        rep.model_copy(update={"bar": bar_of(one.bar, relative)})
        for rep, one, relative in zip(reps, measured, tired.relative, strict=True)
    )


def _times(measured: Sequence[RepMeasurements]) -> list[tuple[float, float]]:
    return [(rep.body.span.start_s, rep.body.span.end_s) for rep in measured]


def _without_no_reps(
    measured: Sequence[RepMeasurements], heeded: RepCorrections
) -> tuple[list[RepMeasurements], list[Rejected]]:
    """Return the reps that nobody calls none, and the others as rejected movements."""
    struck = {i: mark for i, mark in heeded.marks.items() if mark.mark == "not_a_rep"}
    return (
        [rep for i, rep in enumerate(measured) if i not in struck],
        [
            Rejected(
                start_s=measured[i].body.span.start_s,
                end_s=measured[i].body.span.end_s,
                reason=f"called no rep {mark.attribution}",
            )
            for i, mark in sorted(struck.items())
        ],
    )


def _rejected(measurements: SetMeasurements) -> list[Rejected]:
    return [
        Rejected(start_s=r.start_s, end_s=r.end_s, reason=r.reason) for r in measurements.rejected
    ]


def _side_counts(reps: Sequence[Rep]) -> SideCounts | None:
    done = Counter(rep.side for rep in reps)
    if set(done) <= {"both"}:
        return None
    return SideCounts(left=done["left"], right=done["right"], both=done["both"])
