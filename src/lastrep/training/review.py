"""Everything training has to say: after one set, and over the weeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.library import Catalogue
from lastrep.exercises.standards import TrainingStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.training.advice import Advice, Situation, advise
from lastrep.training.frequency import (
    Notice,
    WeekShare,
    long_cycles,
    short_recoveries,
    weekly_shares,
)
from lastrep.training.loads import Equipment
from lastrep.training.overreaching import Deload, Flag, deloads, flags
from lastrep.training.prescription import SetMode
from lastrep.training.record import SetRecord, sessions
from lastrep.training.rest import (
    Goal,
    Readiness,
    Rest,
    readiness,
    rest_after,
    rest_warning,
)
from lastrep.training.strength import (
    NotEnough,
    OneRepMax,
    ProfilePoint,
    RepsAtLoad,
    fit_reps_at_load,
    max_from_velocity,
)
from lastrep.training.verdict import Verdict, failure_points, judge


@dataclass(frozen=True, slots=True)
class SetReview:
    """What one set means.

    Parameters
    ----------
    verdict
        Whether the load fits the target, and which repetition maxima it shows.
    advice
        The one change to make next.
    rest
        How long to rest now.
    rest_warning
        What was wrong with the rest before the set, if anything.
    readiness
        How fast the first rep was beside the session's first set with this load.
    curve
        The lifter's own reps at load, or why there is none yet.
    """

    verdict: Verdict
    advice: Advice
    rest: Rest
    rest_warning: str | None
    readiness: Readiness | None
    curve: RepsAtLoad | NotEnough

    def lines(self) -> tuple[str, ...]:
        """Return it in words, a sentence or two a line."""
        maximum = self.verdict.one_rep_max
        said = [self.verdict.reason]
        if isinstance(maximum, OneRepMax):
            kind = "technical " if maximum.technical else ""
            said.append(
                f"Estimated {kind}1RM: {maximum.kg:.0f} kg, give or take {maximum.error_pct:.0f} % "
                f"(from {maximum.source.value.replace('_', ' ')})."
            )
        if self.rest_warning:
            said.append(self.rest_warning)
        if self.readiness is not None and not self.readiness.ready:
            said.append(
                f"The first rep had {self.readiness.share:.0%} of the first set's speed: "
                "rest longer to be ready for another set to failure."
            )
        return (*said, f"Next: {self.advice}", f"Rest now: {self.rest.seconds} s.")


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the weeks mean: guidance, and only where there are sets enough."""

    shares: tuple[WeekShare, ...]
    notices: tuple[Notice, ...]
    flags: tuple[Flag, ...]
    deloads: tuple[Deload, ...]

    def said(self) -> tuple[tuple[date, str], ...]:
        """Return all but the shares in words, with their days, the latest first.

        What comes again and again is said once, with the latest numbers.
        """
        found: dict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
        for n in self.notices:
            found[n.kind, n.muscle].append((n.on, n.text))
        for f in self.flags:
            name = f.exercise.replace("_", " ").capitalize()
            found[f.sign, f.exercise].append((f.on, f"{name}: {f.text}"))
        for d in self.deloads:
            found["deload", ""].append((d.on, d.text))
        said = [(*times[-1], len(times), times[0][0]) for times in found.values()]
        return tuple(
            (on, text if count == 1 else f"{text} ({count} times since {first.day} {first:%b %Y}.)")
            for on, text, count, first in sorted(said, key=lambda item: item[0], reverse=True)
        )


def review_set(
    record: SetRecord,
    earlier: Sequence[SetRecord],
    exercise: ExerciseDefinition,
    equipment: Equipment,
    goal: Goal | None = None,
    standards: TrainingStandards | None = None,
) -> SetReview:
    """Judge a set by itself and by what the lifter did before.

    Parameters
    ----------
    record
        The set.
    earlier
        The same athlete's sets before it, as far as they are known; others are left out.
    exercise
        The set's exercise.
    equipment
        What can be loaded.
    goal
        None to go by the reps.
    standards
        None for the shipped ones.
    """
    standards = standards or shipped_standards().training
    before = [
        r for r in earlier if r.exercise == record.exercise and r.performed_at < record.performed_at
    ]
    session = sessions([*before, record])[-1][:-1]
    curve = own_curve(before, record.performed_at, standards)
    verdict = judge(
        record,
        bodyweight=exercise.training.implement == "bodyweight",
        curve=curve if isinstance(curve, RepsAtLoad) else None,
        standards=standards,
    )
    if isinstance(verdict.one_rep_max, NotEnough):
        by_speed = velocity_max([*before, record], exercise, record.performed_at, standards)
        if isinstance(by_speed, OneRepMax):
            verdict = replace(verdict, one_rep_max=by_speed)
    same_load = [r for r in session if r.half_kg == record.half_kg]
    rested_s = record.declared.rest_before_s
    return SetReview(
        verdict=verdict,
        advice=advise(Situation(record, exercise.training, equipment, session, goal, standards)),
        rest=rest_after(record, exercise.training, goal, standards.rest),
        rest_warning=(
            None
            if rested_s is None
            else rest_warning(
                rested_s,
                exercise.training,
                to_failure=_around_failure(record, session),
                standards=standards.rest,
            )
        ),
        readiness=(
            readiness(record.first_velocity_m_s, same_load[0].first_velocity_m_s, standards.rest)
            if same_load
            else None
        ),
        curve=curve,
    )


def review_weeks(
    records: Sequence[SetRecord],
    exercises: Catalogue,
    standards: TrainingStandards | None = None,
) -> Outlook:
    """Look at one athlete's sets over the weeks."""
    standards = standards or shipped_standards().training
    shares = weekly_shares(records, exercises, standards.frequency)
    tired = short_recoveries(records, exercises, standards.frequency)
    notices = (*long_cycles(shares), *tired)
    signs = flags(records, standards)
    easy = deloads(signs, standards.overreaching)
    return Outlook(shares, tuple(sorted(notices, key=lambda n: n.on)), signs, easy)


def own_curve(
    records: Sequence[SetRecord], now: datetime, standards: TrainingStandards
) -> RepsAtLoad | NotEnough:
    """Return the lifter's reps at load from the last weeks' fresh sets of one exercise."""
    time = timedelta(weeks=standards.max.curve_weeks)
    recent = [r for r in fresh(records) if now - r.performed_at <= time]
    return fit_reps_at_load(failure_points(recent), standards.max)


def velocity_max(
    records: Sequence[SetRecord],
    exercise: ExerciseDefinition,
    now: datetime,
    standards: TrainingStandards,
) -> OneRepMax | NotEnough:
    """Estimate the maximum from bar speed in the last weeks' fresh sets of one exercise."""
    if exercise.minimum_velocity_m_s is None:
        return NotEnough(f"no speed of the last possible rep is known for {exercise.title}")
    if exercise.training.implement == "bodyweight":
        return NotEnough("the body is part of the load, and its weight is not known")
    time = timedelta(weeks=standards.profile.weeks)
    recent = [
        r
        for r in fresh(records)
        if now - r.performed_at <= time and r.best_velocity_m_s is not None
    ]
    points = [
        ProfilePoint(r.load_kg, r.best_velocity_m_s, r.rom_deg)
        for r in recent
        if (r.view, r.scale_source) == (recent[-1].view, recent[-1].scale_source)
        and r.load_kg is not None
        and r.best_velocity_m_s is not None
    ]
    return max_from_velocity(points, exercise.minimum_velocity_m_s, standards)


def fresh(records: Sequence[SetRecord]) -> tuple[SetRecord, ...]:
    """Return the sets of one exercise before which none of their session went to failure."""
    kept: list[SetRecord] = []
    for session in sessions(records):
        for record in session:
            kept.append(record)
            if record.to_failure:
                break
    return tuple(kept)


def _around_failure(record: SetRecord, session: Sequence[SetRecord]) -> bool:
    """Whether a rest lay between sets of which one went, or was to go, to failure."""
    prescription = record.declared.prescription
    to_go = prescription is not None and prescription.mode is not SetMode.TARGET
    return to_go or record.to_failure or bool(session and session[-1].to_failure)
