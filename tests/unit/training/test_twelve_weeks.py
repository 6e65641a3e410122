"""Twelve weeks of a made-up lifter: every advice, notice and flag comes where the rules say."""

from __future__ import annotations

from datetime import date

import pytest

from lastrep.exercises.library import catalogue
from lastrep.training.frequency import ALL_MUSCLES, Light, NoticeKind
from lastrep.training.history import History, Query
from lastrep.training.loads import GYM, LoadUnit
from lastrep.training.overreaching import Sign
from lastrep.training.record import SetRecord
from lastrep.training.review import Outlook, review_set, review_weeks
from lastrep.training.verdict import Fit
from unit.training.lifter import at
from unit.training.twelve_weeks import ATHLETE, twelve_weeks

KNOWN, KG = catalogue(), GYM[LoadUnit.KG]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """The history after twelve weeks; every advice is checked on the way."""
    history = History(tmp_path_factory.mktemp("twelve") / "history.sqlite3")
    for made in twelve_weeks():
        (set_id,) = history.add(made.recording, [(made.report, made.declared)])
        record = history.get(set_id)
        earlier = history.sets(Query(athlete=ATHLETE, until=record.performed_at))
        review = review_set(record, earlier, KNOWN[record.exercise], KG)
        assert str(review.advice).startswith(made.advice), made.recording.name
        assert review.rest_warning is None
    return history


@pytest.fixture(scope="module")
def sets(history: History) -> tuple[SetRecord, ...]:
    return history.sets(Query(athlete=ATHLETE))


@pytest.fixture(scope="module")
def outlook(sets: tuple[SetRecord, ...]) -> Outlook:
    return review_weeks(sets, KNOWN)


def day(week: int, weekday: int) -> date:
    return at(week, weekday).astimezone().date()


def monday(week: int) -> date:
    """First day of the week in which its Monday session falls on the lifter's own clock."""
    session = day(week, 0)
    return date.fromordinal(session.toordinal() - session.weekday())


def test_all_sets_are_there(sets: tuple[SetRecord, ...]) -> None:
    assert len(sets) == 12 * 9 + 1
    assert [s.performed_at for s in sets] == sorted(s.performed_at for s in sets)


GREEN, AMBER, RED = Light.GREEN, Light.AMBER, Light.RED


@pytest.mark.parametrize(
    ("muscle", "lights"),
    [
        ("quadriceps", [GREEN] * 2 + [RED] * 9 + [GREEN]),
        # One absolute failure in three bench sets; the standing fault of week 6 is none.
        ("chest", [GREEN] * 3 + [AMBER] + [GREEN] * 8),
        # Six technical failures in nine sets; the same with one absolute in week 4.
        (ALL_MUSCLES, [GREEN] * 2 + [AMBER, RED] + [AMBER] * 5 + [RED] * 2 + [GREEN]),
    ],
)
def test_weekly_lights(outlook: Outlook, muscle: str, lights: list[Light]) -> None:
    weeks = {s.monday: s.light for s in outlook.shares if s.muscle == muscle}
    assert weeks == {monday(n): light for n, light in enumerate(lights, start=1)}


def test_notices(outlook: Outlook) -> None:
    assert [(n.kind, n.on) for n in outlook.notices] == [
        *[(NoticeKind.SHORT_RECOVERY, day(5, 1))] * 2,
        *[(NoticeKind.LONG_CYCLE, monday(week)) for week in (9, 10, 11)],
    ]


def test_signs_and_deload_come_with_the_second_bad_session(outlook: Outlook) -> None:
    assert {(f.sign, f.exercise, f.on) for f in outlook.flags} == {
        (sign, "back_squat", day(10, 3)) for sign in Sign
    }
    assert [(d.on, d.signs) for d in outlook.deloads] == [(day(10, 3), tuple(sorted(Sign)))]


@pytest.mark.parametrize(
    ("week", "number", "fit", "words"),
    [
        (1, 0, Fit.TOO_LIGHT, "Too light for 8"),
        (3, 0, Fit.ON_TARGET, "This was your technical 8RM."),
        (9, 2, Fit.TOO_HEAVY, "Too heavy for 8: 7 good reps, then form broke at rep 8."),
        (10, 2, Fit.TOO_HEAVY, "rep 5 could not be completed. This was your 4RM."),
        (12, 0, Fit.NOT_JUDGED, "how many were left is not known"),
    ],
)
def test_verdicts(
    sets: tuple[SetRecord, ...], week: int, number: int, fit: Fit, words: str
) -> None:
    record = [s for s in sets if s.performed_at.date() == day(week, 0)][number]
    verdict = review_set(record, sets, KNOWN["back_squat"], KG).verdict
    assert verdict.fit is fit
    assert words in verdict.reason


def test_readiness_falls_with_the_first_rep(sets: tuple[SetRecord, ...]) -> None:
    later = [s for s in sets if s.performed_at.date() == day(10, 0)][1]
    readiness = review_set(later, sets, KNOWN["back_squat"], KG).readiness
    assert readiness is not None
    assert readiness.ready  # as fast as the first set of the same day


def test_what_comes_again_is_said_once(outlook: Outlook) -> None:
    said = [text for _, text in outlook.said()]
    assert len(said) == len(set(said)) == 7  # two muscles, long cycle, three signs, deload
    (cycle,) = (text for text in said if "weeks in a row" in text)
    assert cycle.startswith("9 weeks")
    assert "(3 times since 2 Mar 2026.)" in cycle
    assert sum("times since" in text for text in said) == 1
