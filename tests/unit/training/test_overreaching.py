"""The three signs come when the rules say, and only from enough of the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from lastrep.sets.results import EndReason
from lastrep.training.loads import Load
from lastrep.training.overreaching import Flag, Sign, deloads, flags
from lastrep.training.record import SetRecord
from unit.training.lifter import at, record

TECHNICAL, TARGET = EndReason.TECHNICAL_FAILURE, EndReason.TARGET_REACHED
STOPPED = EndReason.LIFTER_STOPPED


def weekly(
    *good: int,
    end: EndReason = EndReason.ABSOLUTE_FAILURE,
    prescription: str | None = None,
    load_kg: float = 100.0,
    first_m_s: Sequence[float | None] | None = None,
) -> list[SetRecord]:
    """One set a week."""
    speeds = first_m_s or (None,) * len(good)
    return [
        record(reps, end, prescription, load=Load(load_kg), when=at(week), first_m_s=speed)
        for week, (reps, speed) in enumerate(zip(good, speeds, strict=True), start=1)
    ]


def raised(records: list[SetRecord]) -> list[tuple[Sign, date]]:
    return [(f.sign, f.on) for f in flags(records)]


def in_week(sign: Sign, *weeks: int) -> list[tuple[Sign, date]]:
    return [(sign, at(week).date()) for week in weeks]


@pytest.mark.parametrize(
    ("good", "weeks"),
    [
        ((20, 20, 20, 20, 17, 17), [6]),
        ((20, 20, 20, 20, 18, 17), []),  # -10 %, then once -15 %
        ((20, 20, 20, 20, 17, 20, 17), []),  # not in a row
        ((20, 20, 20, 17, 17, 17), []),  # three sessions are no reference
        ((20, 20, 20, 20, 17, 17, 15), [6, 7]),
        # After two low sessions the median is 18.5: no longer a fall.
        ((20, 20, 20, 20, 17, 17, 17), [6]),
    ],
)
def test_fewer_reps(good: tuple[int, ...], weeks: list[int]) -> None:
    assert raised(weekly(*good)) == in_week(Sign.FEWER_REPS, *weeks)


def test_reps_that_were_not_all_that_was_possible_show_no_fall() -> None:
    before = weekly(10, 10, 10, 10)

    def after(end: EndReason, prescription: str) -> list[SetRecord]:
        return [record(5, end, prescription, load=Load(100.0), when=at(week)) for week in (5, 6)]

    assert raised([*before, *after(TARGET, "3x5")]) == []
    assert raised([*before, *after(STOPPED, "AMRAP")]) == []
    assert raised([*before, *after(STOPPED, "3x10")]) == in_week(Sign.FEWER_REPS, 6)


def test_only_the_same_load_compares() -> None:
    light = weekly(20, 20, 20, 20)
    heavy = [s for s in weekly(*[20] * 4, 12, 12, load_kg=105.0)[4:]]
    assert raised([*light, *heavy]) == []


@pytest.mark.parametrize(
    ("speeds", "weeks"),
    [
        ([0.50] * 4 + [0.46, 0.46], [6]),
        ([0.50] * 4 + [0.47, 0.46], []),
        ([0.50] * 4 + [0.46, None, 0.46], []),
        ([0.50] * 3 + [None, 0.46, 0.46], []),
    ],
)
def test_slower_first_rep(speeds: list[float | None], weeks: list[int]) -> None:
    sets = weekly(*[5] * len(speeds), end=TARGET, first_m_s=speeds)
    assert raised(sets) == in_week(Sign.SLOWER_FIRST_REP, *weeks)


@pytest.mark.parametrize(("speed", "weeks"), [(0.46, []), (0.43, []), (0.42, [6])])
def test_speeds_by_the_lifters_height_must_fall_farther(speed: float, weeks: list[int]) -> None:
    sets = weekly(*[5] * 6, end=TARGET, first_m_s=[0.50] * 4 + [speed, speed])
    by_height = [replace(one, scale_source="height") for one in sets]
    assert raised(by_height) == in_week(Sign.SLOWER_FIRST_REP, *weeks)


@pytest.mark.parametrize(
    ("good", "weeks"),
    [
        ((20, 20, 20, 20, 18, 18), [6]),
        ((20, 20, 20, 20, 19, 18), []),
        ((20, 20, 20, 20, 18, 18, 18), [6]),  # the usual rep is then 20 (of 19 and 21)
    ],
)
def test_earlier_failure(good: tuple[int, ...], weeks: list[int]) -> None:
    # 18 of 20 is only 10 % fewer reps, so this is the only sign.
    assert raised(weekly(*good, end=TECHNICAL)) == in_week(Sign.EARLIER_FAILURE, *weeks)


def flag(sign: Sign, week: int, exercise: str = "back_squat") -> Flag:
    return Flag(sign, exercise, at(week).date(), "")


@pytest.mark.parametrize(
    ("signs", "weeks"),
    [
        ([flag(Sign.FEWER_REPS, 5)], []),
        ([flag(Sign.FEWER_REPS, 5), flag(Sign.FEWER_REPS, 6, "bench_press")], []),
        ([flag(Sign.FEWER_REPS, 5), flag(Sign.SLOWER_FIRST_REP, 6, "bench_press")], [6]),
        ([flag(Sign.FEWER_REPS, 5), flag(Sign.SLOWER_FIRST_REP, 7)], [7]),
        ([flag(Sign.FEWER_REPS, 5), flag(Sign.SLOWER_FIRST_REP, 8)], []),
        # A suggestion uses its signs up.
        (
            [
                flag(Sign.FEWER_REPS, 5),
                flag(Sign.EARLIER_FAILURE, 5),
                flag(Sign.FEWER_REPS, 6),
                flag(Sign.SLOWER_FIRST_REP, 6),
            ],
            [5, 6],
        ),
        (
            [
                flag(Sign.FEWER_REPS, 5),
                flag(Sign.EARLIER_FAILURE, 5),
                flag(Sign.FEWER_REPS, 6),
            ],
            [5],
        ),
    ],
)
def test_two_signs_suggest_a_deload(signs: list[Flag], weeks: list[int]) -> None:
    found = deloads(signs)
    assert [d.on for d in found] == [at(week).date() for week in weeks]
    assert all("10 % less load" in d.text and "not a diagnosis" in d.text for d in found)


def test_no_second_easy_week_is_suggested_in_the_first() -> None:
    monday, thursday, next_week = (at(week, day).date() for week, day in ((5, 0), (5, 3), (6, 0)))
    signs = [
        Flag(sign, "back_squat", on, "")
        for on in (monday, thursday, next_week)
        for sign in (Sign.FEWER_REPS, Sign.EARLIER_FAILURE)
    ]
    assert [d.on for d in deloads(signs)] == [monday, next_week]
