"""A made-up lifter's twelve weeks: progress, a plateau, too much, and what should be said when.

Squats on Mondays and Thursdays, bench presses on Thursdays, three sets of eight, two minutes of
rest. The first two weeks leave reps in reserve; from week 3 on every squat goes to failure, with
one Tuesday session too soon in week 5; weeks 10 and 11 fall off, and week 12 is a deload.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Unpack

from lastrep.sets.results import EndReason, SetReport
from lastrep.training.history import Recording
from lastrep.training.loads import Load
from lastrep.training.prescription import parse_prescription
from lastrep.training.record import Declared
from unit.training.lifter import Effort, at, report

ATHLETE = "anna"
_EIGHT = parse_prescription("3x8").sets[0]
_ENDS = {
    "t": EndReason.TECHNICAL_FAILURE,
    "a": EndReason.ABSOLUTE_FAILURE,
    "-": EndReason.TARGET_REACHED,
}
_KEEP = ("Change nothing",) * 3


@dataclass(frozen=True, slots=True)
class Made:
    """One made-up set, and how the advice must begin that the rules call for."""

    week: int
    day: int
    recording: Recording
    report: SetReport
    declared: Declared
    advice: str


def twelve_weeks() -> Iterator[Made]:
    """Every set, in order of time."""
    for week in range(1, 13):
        yield from _squats(week, 0)
        if week == 5:
            yield from _session(week, 1, "back_squat", 60.0, "8", "-", _KEEP)
        yield from _squats(week, 3)
        yield from _bench(week)


def _squats(week: int, day: int) -> Iterator[Made]:
    def squats(
        load_kg: float,
        good: str,
        ends: str,
        advice: tuple[str, ...],
        **effort: Unpack[Effort],
    ) -> Iterator[Made]:
        effort.setdefault("first_m_s", 0.50)
        return _session(week, day, "back_squat", load_kg, good, ends, advice, **effort)

    if week <= 2:  # two reps left: five per cent more, as far as plates go
        load_kg = 80.0 + 10.0 * (week - 1) + (5.0 if day else 0.0)
        more = (f"Load {load_kg + 5:g}kg (+",) * 3
        return squats(load_kg, "888", "---", more, rir=(2, 3))
    if week <= 6:  # eight is what the load allows
        return squats(100.0, "888", "ttt", _KEEP)
    if week <= 9:  # one short in the third set, after two minutes
        return squats(100.0, "887", "ttt", (*_KEEP[:2], "Rest 150 s"))
    if week <= 11:  # clearly short, and the third set a third below the first
        advice = ("Load 95kg (-5.0 %)", "Load 95kg (-5.0 %)", "Rest 180 s")
        return squats(100.0, "654", "tta", advice, first_m_s=0.45)
    return squats(90.0, "888", "---", _KEEP, first_m_s=0.55)


def _bench(week: int) -> Iterator[Made]:
    if week == 4:  # pinned by the eighth rep of the last set
        advice = (*_KEEP[:2], "Load 55kg (-8.3 %)")
        return _session(week, 3, "bench_press", 60.0, "887", "--a", advice, rir=(0, 1))
    if week == 6:  # the second rep of the first set was outside the standard already
        advice = ("Load 52.5kg (-12.5 %)", *_KEEP[:2])
        return _session(week, 3, "bench_press", 60.0, "188", "t--", advice, rir=(0, 1))
    return _session(week, 3, "bench_press", 60.0, "888", "---", _KEEP, rir=(0, 1))


def _session(
    week: int,
    day: int,
    exercise: str,
    load_kg: float,
    good: str,
    ends: str,
    advice: tuple[str, ...],
    **effort: Unpack[Effort],
) -> Iterator[Made]:
    for number, (reps, end) in enumerate(zip(good, ends, strict=True)):
        name = f"week{week}-day{day}-{exercise}-{number + 1}.mp4"
        minute = 4.0 * number + (30 if exercise == "bench_press" else 0)
        yield Made(
            week,
            day,
            Recording(ATHLETE, f"sha256:{name}", name, at(week, day, minute)),
            report(int(reps), _ENDS[end], exercise=exercise, **effort),
            Declared(Load(load_kg), _EIGHT, 120.0 if number else None),
            advice[number],
        )
