"""Signs in a lifter's own numbers that training outruns recovery (`docs/science.md` 6.4).

They compare like with like: the same exercise with the same load, against the median of four
sessions before, and only two sessions in a row count. Not a diagnosis.
"""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lastrep.exercises.standards import OverreachingStandards, TrainingStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.sets.results import EndReason
from lastrep.training.frequency import working_sets
from lastrep.training.record import SetRecord, sessions
from lastrep.velocity.scale import ScaleSource


class Sign(StrEnum):
    """What has fallen."""

    FEWER_REPS = "fewer_reps"
    SLOWER_FIRST_REP = "slower_first_rep"
    EARLIER_FAILURE = "earlier_failure"


@dataclass(frozen=True, slots=True)
class Flag:
    """A sign, in the session in which it was seen for the second time in a row.

    Parameters
    ----------
    sign
        What has fallen.
    exercise
        In which exercise.
    on
        Day of the session.
    text
        The numbers, in one sentence.
    """

    sign: Sign
    exercise: str
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class Deload:
    """A suggested week of less load and no failure.

    Parameters
    ----------
    on
        Day on which enough signs had come together.
    signs
        Which.
    text
        What to do and why.
    """

    on: date
    signs: tuple[Sign, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Visit:
    """The sets of an exercise with one load in one session."""

    sets: tuple[SetRecord, ...]

    @property
    def on(self) -> date:
        return self.sets[0].performed_at.date()

    @property
    def best(self) -> SetRecord:
        return max(self.sets, key=lambda s: s.good_reps)


def flags(
    records: Iterable[SetRecord], standards: TrainingStandards | None = None
) -> tuple[Flag, ...]:
    """Return every sign in one athlete's sets, in order of time."""
    standards = standards or shipped_standards().training
    limits = standards.overreaching
    lines: dict[tuple[str, float | None], list[_Visit]] = defaultdict(list)
    for session in sessions(working_sets(records, standards.frequency)):
        grouped: dict[tuple[str, float | None], list[SetRecord]] = defaultdict(list)
        for record in session:
            grouped[record.exercise, record.half_kg].append(record)
        for line, sets in grouped.items():
            lines[line].append(_Visit(tuple(sets)))
    found = [
        flag
        for visits in lines.values()
        for sign in (_fewer_reps, _slower, _earlier_failure)
        for flag in sign(visits, limits)
    ]
    return tuple(sorted(found, key=lambda flag: flag.on))


def deloads(
    signs: Sequence[Flag], standards: OverreachingStandards | None = None
) -> tuple[Deload, ...]:
    """Return when flags (in order of time) suggest a deload: two kinds of them close together.

    Flags that led to a suggestion do not lead to another one, nor do those of the week after it.
    """
    limits = standards or shipped_standards().training.overreaching
    window, rest = timedelta(days=limits.deload_window_d), timedelta(days=limits.deload_d)
    suggested: list[Deload] = []
    recent: list[Flag] = []
    for day, of_day in itertools.groupby(signs, key=lambda flag: flag.on):
        if suggested and day - suggested[-1].on < rest:
            continue
        recent = [flag for flag in recent if day - flag.on <= window] + list(of_day)
        kinds = tuple(sorted({flag.sign for flag in recent}))
        if len(kinds) >= limits.deload_kinds:
            text = (
                f"{len(kinds)} signs of too little recovery within {limits.deload_window_d} days: "
                f"consider an easy week, {-limits.deload_pct:.0f} % less load and no set to "
                "failure. A reading of your numbers, not a diagnosis."
            )
            suggested.append(Deload(day, kinds, text))
            recent = []
    return tuple(suggested)


def _fewer_reps(visits: Sequence[_Visit], limits: OverreachingStandards) -> Iterator[Flag]:
    """Fewer good reps, where the lifter could do no more: a target reached shows no fall."""
    run = 0
    before: deque[int] = deque(maxlen=limits.reference_sessions)
    for visit in visits:
        best = visit.best
        if len(before) == limits.reference_sessions:
            usual = statistics.median(before)
            low = _limited(best) and best.good_reps <= (1 - limits.reps_drop_share) * usual
            run = run + 1 if low else 0
            if run >= limits.sessions_in_a_row:
                text = f"{best.good_reps} good reps where {usual:g} were usual with this load."
                yield Flag(Sign.FEWER_REPS, best.exercise, visit.on, text)
        before.append(best.good_reps)


def _slower(visits: Sequence[_Visit], limits: OverreachingStandards) -> Iterator[Flag]:
    """A slower first rep of the first set, among those scaled in one way.

    Not among those of one view: a lift goes up as fast from wherever it is seen, and a tripod near
    the border of two views would hide every fall.
    """
    run = 0
    alike: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=limits.reference_sessions))
    for visit in visits:
        first = visit.sets[0]
        velocity = first.first_velocity_m_s
        if velocity is None:
            run = 0
            continue
        before = alike[first.scale_source]
        if len(before) == limits.reference_sessions:
            usual = statistics.median(before)
            by_height = first.scale_source == ScaleSource.HEIGHT
            drop = limits.height_velocity_drop_share if by_height else limits.velocity_drop_share
            run = run + 1 if velocity <= (1 - drop) * usual else 0
            if run >= limits.sessions_in_a_row:
                text = (
                    f"First rep at {velocity:.2f} m/s where {usual:.2f} was usual with this load."
                )
                yield Flag(Sign.SLOWER_FIRST_REP, first.exercise, visit.on, text)
        else:
            run = 0
        before.append(velocity)


def _earlier_failure(visits: Sequence[_Visit], limits: OverreachingStandards) -> Iterator[Flag]:
    """Form that breaks earlier in the first set that it ends."""
    run = 0
    before: deque[int] = deque(maxlen=limits.reference_sessions)
    for visit in visits:
        rep = next((s.end_rep for s in visit.sets if _broke(s)), None)
        if rep is None:
            run = 0
            continue
        if len(before) == limits.reference_sessions:
            usual = statistics.median(before)
            run = run + 1 if usual - rep >= limits.earlier_reps else 0
            if run >= limits.sessions_in_a_row:
                text = f"Form broke at rep {rep}, usually at {usual:g} with this load."
                yield Flag(Sign.EARLIER_FAILURE, visit.best.exercise, visit.on, text)
        before.append(rep)


def _broke(record: SetRecord) -> bool:
    return record.to_failure and record.end_reason is EndReason.TECHNICAL_FAILURE


def _limited(record: SetRecord) -> bool:
    """Whether the set shows what was possible: it failed, or fell short of its target."""
    prescription = record.declared.prescription
    target = prescription.min_reps if prescription else None
    return record.to_failure or (target is not None and record.good_reps < target)
