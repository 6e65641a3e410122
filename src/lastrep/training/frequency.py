"""How often sets go to failure, by week and muscle group (`docs/science.md` 6.4).

The limits are this project's defaults: there is evidence that failure in every set delays recovery
and that it serves best in cycles, but none for exact limits. All of it is guidance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from lastrep.exercises.library import Catalogue
from lastrep.sets.results import EndReason
from lastrep.training.record import SetRecord, sessions

#: A set below this share of the session's heaviest for the exercise is a warm-up.
WARM_UP_BELOW = 0.6
#: With fewer working sets, a share says nothing.
LEAST_SETS = 3
#: Technical failure leaves more in reserve than absolute failure, so it counts for less.
TECHNICAL_WEIGHT = 0.5
#: Shares of failure up to which a week is green, and amber.
GREEN_UP_TO, AMBER_UP_TO = 0.20, 0.35
#: A week in which more than this share of sets failed is a week of failure training...
FAILURE_WEEK_ABOVE = 1 / 3
#: ...and this many in a row make a cycle, after which as long without failure is due.
CYCLE_WEEKS = 6
#: So many failure sets for a muscle group in one session...
HARD_SESSION_SETS = 2
#: ...need about this long to recover from.
RECOVERY = timedelta(hours=48)


class Light(StrEnum):
    """How a week's share of failure is rated."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


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
    """

    monday: date
    muscle: str
    working_sets: int
    technical: int
    absolute: int

    @property
    def share(self) -> float:
        """Weighted share of sets to failure, 0 to 1."""
        return (self.absolute + TECHNICAL_WEIGHT * self.technical) / self.working_sets

    @property
    def light(self) -> Light | None:
        """The rating; None where there are too few sets."""
        if self.working_sets < LEAST_SETS:
            return None
        if self.share <= GREEN_UP_TO:
            return Light.GREEN
        return Light.AMBER if self.share <= AMBER_UP_TO else Light.RED


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


def working_sets(records: Iterable[SetRecord]) -> tuple[SetRecord, ...]:
    """Leave out warm-ups, empty sets, and those whose end the camera did not see."""
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
            and (
                record.load_kg is None
                or record.load_kg >= WARM_UP_BELOW * heaviest[record.exercise]
            )
        ]
    return tuple(kept)


def weekly_shares(records: Iterable[SetRecord], exercises: Catalogue) -> tuple[WeekShare, ...]:
    """Return each week's share of failure for each muscle group and for all, in order of weeks.

    Parameters
    ----------
    records
        One athlete's sets.
    exercises
        Tells muscle groups; sets of exercises it does not know count for all muscles only.
    """
    grouped: dict[tuple[date, str], list[SetRecord]] = defaultdict(list)
    for record in working_sets(records):
        for muscle in (*_muscles(record, exercises), ALL_MUSCLES):
            grouped[_monday(record.performed_at), muscle].append(record)
    return tuple(
        WeekShare(
            monday,
            muscle,
            working_sets=len(sets),
            technical=_failures(sets, EndReason.TECHNICAL_FAILURE),
            absolute=_failures(sets, EndReason.ABSOLUTE_FAILURE),
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
        often = (week.technical + week.absolute) / week.working_sets > FAILURE_WEEK_ABOVE
        follows = previous is not None and week.monday - previous == timedelta(weeks=1)
        counts = often and week.working_sets >= LEAST_SETS
        run = (run + 1 if follows else 1) if counts else 0
        previous = week.monday
        if run > CYCLE_WEEKS:
            text = (
                f"{run} weeks in a row with more than a third of the sets to failure: "
                f"plan a block without failure, as long as the {CYCLE_WEEKS} weeks of a cycle."
            )
            notices.append(Notice(NoticeKind.LONG_CYCLE, week.monday, text))
    return tuple(notices)


def short_recoveries(records: Iterable[SetRecord], exercises: Catalogue) -> tuple[Notice, ...]:
    """Return a notice for each session that trains a muscle group too soon after failure."""
    notices = []
    hard: dict[str, tuple[datetime, int]] = {}
    for session in sessions(working_sets(records)):
        for muscle, sets in _by_muscle(session, exercises):
            if muscle in hard:
                ended, failures = hard.pop(muscle)
                rested = sets[0].performed_at - ended
                if rested < RECOVERY:
                    hours = rested // timedelta(hours=1)
                    text = (
                        f"{muscle.capitalize()} trained again {hours} h after {failures} sets "
                        "to failure: recovery from those takes up to 48 h."
                    )
                    on = sets[0].performed_at.date()
                    notices.append(Notice(NoticeKind.SHORT_RECOVERY, on, text, muscle))
            failed = [s for s in sets if s.to_failure]
            if len(failed) >= HARD_SESSION_SETS:
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
