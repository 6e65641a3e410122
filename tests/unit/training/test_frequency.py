"""How often failure is rated, and when the weeks call for a notice."""

from __future__ import annotations

import pytest

from lastrep.exercises.library import catalogue
from lastrep.sets.results import EndReason
from lastrep.training.frequency import (
    ALL_MUSCLES,
    Light,
    NoticeKind,
    WeekShare,
    long_cycles,
    short_recoveries,
    weekly_shares,
    working_sets,
)
from lastrep.training.loads import Load
from lastrep.training.record import SetRecord
from unit.training.lifter import at, record

TECHNICAL, ABSOLUTE = EndReason.TECHNICAL_FAILURE, EndReason.ABSOLUTE_FAILURE
TARGET = EndReason.TARGET_REACHED
KNOWN = catalogue()


def session(
    ends: str, week: int = 1, day: int = 0, exercise: str = "back_squat", minute: float = 0
) -> list[SetRecord]:
    """Sets from a word: t technical, a absolute failure, anything else a target reached."""
    names = {"t": TECHNICAL, "a": ABSOLUTE}
    return [
        record(
            8,
            names.get(letter, TARGET),
            "3x8",
            exercise=exercise,
            when=at(week, day, minute + 5 * n),
        )
        for n, letter in enumerate(ends)
    ]


@pytest.mark.parametrize(
    ("sets", "technical", "absolute", "light"),
    [
        (10, 0, 0, Light.GREEN),
        (10, 4, 0, Light.GREEN),  # 20 %
        (10, 5, 0, Light.AMBER),
        (20, 0, 7, Light.AMBER),  # 35 %
        (20, 1, 7, Light.RED),
        (3, 0, 3, Light.RED),
        (2, 0, 2, None),  # two sets say nothing
    ],
)
def test_lights(sets: int, technical: int, absolute: int, light: Light | None) -> None:
    assert WeekShare(at().date(), "chest", sets, technical, absolute).light is light


def test_shares_by_week_and_muscle() -> None:
    sets = [
        *session("..ta", day=0),
        *session("t..", day=6, exercise="romanian_deadlift"),
        *session("...", week=2, exercise="jumping_jack"),
    ]
    shares = {(w.monday, w.muscle): w for w in weekly_shares(sets, KNOWN)}
    monday = at().date()
    assert shares[monday, "quadriceps"] == WeekShare(monday, "quadriceps", 4, 1, 1)
    assert shares[monday, "glutes"] == WeekShare(monday, "glutes", 7, 2, 1)
    assert shares[monday, "hamstrings"].share == pytest.approx(0.5 / 3)
    assert shares[at(2).date(), ALL_MUSCLES].working_sets == 3
    assert len(shares) == 5


def test_what_is_no_working_set_and_no_failure() -> None:
    heavy = record(8, TECHNICAL, load=Load(100.0), when=at(minute=20))
    kept = [
        heavy,
        record(5, load=Load(60.0), when=at(minute=10)),
        record(5, TECHNICAL, exercise="push_up", when=at(minute=40)),
        record(1, TECHNICAL, load=Load(100.0), when=at(minute=30)),  # a standing fault
    ]
    left_out = [
        record(5, load=Load(59.0), when=at(minute=5)),
        record(5, EndReason.TRACKING_LOST, load=Load(100.0), when=at(minute=25)),
        record(0, load=Load(100.0), when=at(minute=26)),
    ]
    assert set(working_sets([*left_out, *kept])) == set(kept)
    (whole,) = (w for w in weekly_shares([*left_out, *kept], KNOWN) if w.muscle == ALL_MUSCLES)
    assert (whole.working_sets, whole.technical) == (4, 2)


def test_the_exercise_is_not_known() -> None:
    shares = weekly_shares(session("ttt", exercise="atlas_stone"), KNOWN)
    assert [w.muscle for w in shares] == [ALL_MUSCLES]


def weeks_with(*ends: str) -> tuple[WeekShare, ...]:
    return weekly_shares(
        [s for week, word in enumerate(ends, start=1) for s in session(word, week)], KNOWN
    )


@pytest.mark.parametrize(
    ("ends", "weeks"),
    [
        (["tt."] * 6, []),
        (["tt."] * 8, [7, 8]),
        (["t.."] * 8, []),  # a third is not more than a third
        ([*["tt."] * 4, "...", *["tt."] * 6], []),
        ([*["tt."] * 4, "", *["tt."] * 6], []),  # a week off
        ([*["tt."] * 4, "tt", *["tt."] * 6], []),  # too few sets to tell
        ([*["aa."] * 7, "...", *["tt."] * 7], [7, 15]),
    ],
)
def test_more_than_six_weeks_of_failure(ends: list[str], weeks: list[int]) -> None:
    found = long_cycles(weeks_with(*ends))
    assert [n.on for n in found] == [at(week).date() for week in weeks]
    assert all(n.kind is NoticeKind.LONG_CYCLE for n in found)


@pytest.mark.parametrize(
    ("sets", "muscles"),
    [
        ([*session("tt"), *session(".", day=1)], ["Quadriceps", "Glutes"]),
        ([*session("at"), *session(".", day=1, exercise="hip_thrust")], ["Glutes"]),
        ([*session("at"), *session(".", day=1, exercise="bench_press")], []),
        ([*session("t."), *session(".", day=1)], []),  # one failure set
        ([*session("tt"), *session(".", day=2, minute=30)], []),  # 48 h later
        ([*session("tt"), *session(".", day=1, minute=1430)], ["Quadriceps", "Glutes"]),
        # Failure of two sets counts however they fall; the next session starts anew.
        ([*session("tt"), *session(".", day=1), *session(".", day=2)], ["Quadriceps", "Glutes"]),
    ],
)
def test_48_hours(sets: list[SetRecord], muscles: list[str]) -> None:
    found = short_recoveries(sets, KNOWN)
    assert [n.text.split()[0] for n in found] == muscles
    assert all("2 sets to failure" in n.text for n in found)
