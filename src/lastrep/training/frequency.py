"""How often sets go to failure, by week and muscle group (`docs/science.md` 6.4).

The limits are this project's defaults: there is evidence that failure in every set delays recovery
and that it serves best in cycles, but none for exact limits. All of it is guidance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from lastrep.exercises.library import Catalogue
from lastrep.exercises.standards import FrequencyStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.sets.results import EndReason
from lastrep.training.record import SetRecord, sessions


class Light(StrEnum):
    """How a week's share of failure is rated."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


def _shipped() -> FrequencyStandards:
    return shipped_standards().training.frequency


@dataclass(frozen=True, slots=True)
class WeekShare:
    """A muscle group's sets in one week.

    Parameters
    ----------
    monday
        First day of the week.
    muscle
        The group, or `ALL_MUSCLES`.
    working_sets
        All of them, without warm-ups and sets the camera lost.
    technical, absolute
        Those that ended in technical and in absolute failure.
    standards
        What they are rated by.
    """

    monday: date
    muscle: str
    working_sets: int
    technical: int
    absolute: int
    standards: FrequencyStandards = field(default_factory=_shipped, repr=False)

    @property
    def share(self) -> float:
        """Weighted share of sets to failure, 0 to 1."""
        technical = self.standards.technical_weight * self.technical
        return (self.absolute + technical) / self.working_sets

    @property
    def light(self) -> Light | None:
        """The rating; None where there are too few sets."""
        if self.working_sets < self.standards.min_sets:
            return None
        if self.share <= self.standards.green_max_share:
            return Light.GREEN
        amber = self.share <= self.standards.amber_max_share
        return Light.AMBER if amber else Light.RED


#: Stands for a week's sets of every exercise.
ALL_MUSCLES = "all"


class NoticeKind(StrEnum):
    """What a notice is about."""

    LONG_CYCLE = "long_cycle"
    SHORT_RECOVERY = "short_recovery"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth knowing when planning on.

    Parameters
    ----------
    kind
        What it is about.
    on
        When the rule first applied: start of the week, or of the session.
    text
        What was seen and what could be done, in one or two sentences.
    muscle
        The muscle group it is about, or `ALL_MUSCLES`.
    """

    kind: NoticeKind
    on: date
    text: str
    muscle: str = ALL_MUSCLES


def working_sets(
    records: Iterable[SetRecord], standards: FrequencyStandards | None = None
) -> tuple[SetRecord, ...]:
    """Leave out warm-ups, empty sets, and those whose end the camera did not see."""
    share = (standards or _shipped()).warm_up_below_share
    kept = []
    for session in sessions(records):
        heaviest: dict[str, float] = defaultdict(float)
        for record in session:
            heaviest[record.exercise] = max(heaviest[record.exercise], record.load_kg or 0.0)
        kept += [
            record
            for record in session
            if record.attempts
            and record.end_reason is not EndReason.TRACKING_LOST
            and (record.load_kg is None or record.load_kg >= share * heaviest[record.exercise])
        ]
    return tuple(kept)


def weekly_shares(
    records: Iterable[SetRecord],
    exercises: Catalogue,
    standards: FrequencyStandards | None = None,
) -> tuple[WeekShare, ...]:
    """Return each week's share of failure for each muscle group and for all, in order of weeks.

    Parameters
    ----------
    records
        One athlete's sets.
    exercises
        Tells muscle groups; sets of exercises it does not know count for all muscles only.
    standards
        None for the shipped ones.
    """
    standards = standards or _shipped()
    grouped: dict[tuple[date, str], list[SetRecord]] = defaultdict(list)
    for record in working_sets(records, standards):
        for muscle in (*_muscles(record, exercises), ALL_MUSCLES):
            grouped[_monday(record.performed_at), muscle].append(record)
    return tuple(
        WeekShare(
            monday,
            muscle,
            working_sets=len(sets),
            technical=_failures(sets, EndReason.TECHNICAL_FAILURE),
            absolute=_failures(sets, EndReason.ABSOLUTE_FAILURE),
            standards=standards,
        )
        for (monday, muscle), sets in sorted(grouped.items(), key=lambda item: item[0])
    )


def long_cycles(shares: Iterable[WeekShare]) -> tuple[Notice, ...]:
    """Return a notice for each week that goes on with failure after a whole cycle of it."""
    notices = []
    run = 0
    previous: date | None = None
    for week in shares:
        if week.muscle != ALL_MUSCLES:
            continue
        most = week.standards.failure_week_above_share
        often = (week.technical + week.absolute) / week.working_sets > most
        follows = previous is not None and week.monday - previous == timedelta(weeks=1)
        counts = often and week.working_sets >= week.standards.min_sets
        run = (run + 1 if follows else 1) if counts else 0
        previous = week.monday
        cycle = week.standards.cycle_weeks
        if run > cycle:
            text = (
                f"{run} weeks in a row with more than {100 * most:.0f} % of the sets to failure: "
                f"plan a block without failure, as long as the {cycle} weeks of a cycle."
            )
            notices.append(Notice(NoticeKind.LONG_CYCLE, week.monday, text))
    return tuple(notices)


def short_recoveries(
    records: Iterable[SetRecord],
    exercises: Catalogue,
    standards: FrequencyStandards | None = None,
) -> tuple[Notice, ...]:
    """Return a notice for each session that trains a muscle group too soon after failure."""
    standards = standards or _shipped()
    recovery = timedelta(hours=standards.recovery_h)
    notices = []
    hard: dict[str, tuple[datetime, int]] = {}
    for session in sessions(working_sets(records, standards)):
        for muscle, sets in _by_muscle(session, exercises):
            if muscle in hard:
                ended, failures = hard.pop(muscle)
                rested = sets[0].performed_at - ended
                if rested < recovery:
                    hours = rested // timedelta(hours=1)
                    text = (
                        f"{muscle.capitalize()} trained again {hours} h after {failures} sets "
                        f"to failure: recovery from those takes up to {standards.recovery_h:.0f} h."
                    )
                    on = sets[0].performed_at.date()
                    notices.append(Notice(NoticeKind.SHORT_RECOVERY, on, text, muscle))
            failed = [s for s in sets if s.to_failure]
            if len(failed) >= standards.hard_session_sets:
                hard[muscle] = (failed[-1].performed_at, len(failed))
    return tuple(notices)


def _by_muscle(
    session: Sequence[SetRecord], exercises: Catalogue
) -> Iterator[tuple[str, list[SetRecord]]]:
    grouped: dict[str, list[SetRecord]] = defaultdict(list)
    for record in session:
        for muscle in _muscles(record, exercises):
            grouped[muscle].append(record)
    yield from grouped.items()


def _muscles(record: SetRecord, exercises: Catalogue) -> tuple[str, ...]:
    definition = exercises.get(record.exercise)
    return definition.training.muscles if definition else ()


def _failures(sets: Iterable[SetRecord], reason: EndReason) -> int:
    return sum(s.to_failure and s.end_reason is reason for s in sets)


def _monday(time: datetime) -> date:
    return time.date() - timedelta(days=time.weekday())
