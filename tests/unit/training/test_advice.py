"""Exactly one change after a set, by the rule that its outcome calls for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.exercises.definition import Training
from lastrep.exercises.library import catalogue
from lastrep.sets.results import EndReason
from lastrep.training.advice import Advice, Change, Situation, advise
from lastrep.training.loads import GYM, Load, LoadUnit
from lastrep.training.record import SetRecord
from unit.training.lifter import at, record

TECHNICAL, ABSOLUTE = EndReason.TECHNICAL_FAILURE, EndReason.ABSOLUTE_FAILURE
STOPPED, TARGET = EndReason.LIFTER_STOPPED, EndReason.TARGET_REACHED
SQUAT = catalogue()["back_squat"].training
BENCH = catalogue()["bench_press"].training
KG = GYM[LoadUnit.KG]


def advice(seen: SetRecord, training: Training = SQUAT, *earlier: SetRecord) -> Advice:
    return advise(Situation(seen, training, KG, earlier))


@pytest.mark.parametrize(
    ("good", "end", "prescription", "rest_s", "expected"),
    [
        # Reps to spare: the larger step for the lower body.
        (12, TECHNICAL, "10RM", 120, "Load 105kg (+5.0 %)"),
        (12, STOPPED, "1x10", 120, "Load 105kg (+5.0 %)"),
        (11, TECHNICAL, "10RM", 120, "Change nothing"),
        (10, TECHNICAL, "10RM", 120, "Change nothing"),
        # Just short: rest, until rest is long; then a little less load.
        (9, TECHNICAL, "3x10", 120, "Rest 150 s"),
        (8, TECHNICAL, "3x10", 120, "Rest 180 s"),
        (9, TECHNICAL, "3x10", None, "Rest 180 s"),  # 150 s are usual
        (9, TECHNICAL, "3x10", 180, "Load 97.5kg (-2.5 %)"),
        (4, TECHNICAL, "5x5", None, "Load 97.5kg (-2.5 %)"),  # heavy work rests 180 s
        # Clearly short: less load, and much less at 60 %.
        (7, TECHNICAL, "3x10", 120, "Load 95kg (-5.0 %)"),
        (6, TECHNICAL, "3x10", 120, "Load 90kg (-10.0 %)"),
        (3, TECHNICAL, "1x4", 120, "Load 95kg (-5.0 %)"),  # 75 %
        (8, TECHNICAL, "3x12-15", 120, "Load 95kg (-5.0 %)"),  # 67 %
        # Absolute failure below the target is a matter of load, however little it is short.
        (9, ABSOLUTE, "3x10", 120, "Load 95kg (-5.0 %)"),
        (10, ABSOLUTE, "3x10", 120, "Change nothing"),
        # Form never met the standard.
        (1, TECHNICAL, "3x10", 120, "Load 90kg (-10.0 %)"),
        # Nothing is known about what was left.
        (10, TARGET, "3x10", 120, "Change nothing"),
        (7, STOPPED, "3x10", 120, "Change nothing"),
        (7, EndReason.TRACKING_LOST, "3x10", 120, "Change nothing"),
        (9, TECHNICAL, "3xAMRAP", 120, "Change nothing"),
        (9, TECHNICAL, None, 120, "Change nothing"),
    ],
)
def test_by_outcome(
    good: int, end: EndReason, prescription: str | None, rest_s: float | None, expected: str
) -> None:
    seen = record(good, end, prescription, load=Load(100.0), rest_before_s=rest_s)
    assert str(advice(seen)).startswith(f"{expected}: ")


@pytest.mark.parametrize(
    ("rir", "rpe", "expected"),
    [
        ((2, 3), None, "Load 105kg"),
        (None, 8.0, "Load 105kg"),
        ((2, 3), 9.0, "Change nothing"),  # the lifter knows better
        ((0, 1), None, "Change nothing"),
    ],
)
def test_reserve_at_the_target(
    rir: tuple[int, int] | None, rpe: float | None, expected: str
) -> None:
    seen = record(10, TARGET, "3x10", load=Load(100.0), rir=rir, rpe=rpe)
    assert str(advice(seen)).startswith(expected)


def test_stopping_with_nothing_left_counts_as_failure() -> None:
    seen = record(9, STOPPED, "3x10", load=Load(100.0), rir=(0, 1), rest_before_s=120)
    assert str(advice(seen)).startswith("Rest 150 s: 9 good reps of 10, and hardly a rep was left")


def test_small_steps_for_the_upper_body() -> None:
    seen = record(12, TECHNICAL, "10RM", load=Load(80.0))
    assert str(advice(seen, BENCH)).startswith("Load 82.5kg (+3.1 %)")


def test_spotter_after_absolute_failure_is_a_note_and_rest_no_second_change() -> None:
    found = advice(record(8, ABSOLUTE, "3x10", load=Load(100.0)), BENCH)
    assert found.note is not None
    assert "spotter" in found.note
    assert (found.change, found.rest_s) == (Change.LOAD, None)


FIRST = record(10, TECHNICAL, "3xAMRAP", load=Load(100.0), when=at(1))


@pytest.mark.parametrize(
    ("good", "load_kg", "rest_s", "expected"),
    [
        (6, 100.0, 120, "Rest 180 s"),
        (7, 100.0, 120, "Change nothing"),
        (6, 100.0, 260, "Change nothing"),  # no longer a matter of rest
        (6, 110.0, 120, "Change nothing"),  # not the same load
    ],
)
def test_reps_that_fall_from_set_to_set_need_rest(
    good: int, load_kg: float, rest_s: float, expected: str
) -> None:
    seen = record(
        good, TECHNICAL, "3xAMRAP", load=Load(load_kg), rest_before_s=rest_s, when=at(1, minute=4)
    )
    assert str(advice(seen, SQUAT, FIRST)).startswith(expected)


def test_rest_comes_before_load_when_the_first_set_was_fine() -> None:
    first = record(10, TECHNICAL, "3x10", load=Load(100.0))
    third = record(6, TECHNICAL, "3x10", load=Load(100.0), rest_before_s=120, when=at(1, minute=9))
    assert advice(third, SQUAT, first).change is Change.REST
    assert advice(third, SQUAT).change is Change.LOAD


def test_no_step_that_is_too_large_and_none_below_the_bar() -> None:
    curl = catalogue()["biceps_curl"].training
    light = advice(record(14, TECHNICAL, "10RM", load=Load(8.0)), curl)
    assert light.change is Change.NONE
    assert "next load (10kg) is 25 % more" in light.reason
    bar = advice(record(5, TECHNICAL, "10RM", load=Load(20.0)), SQUAT)
    assert bar.change is Change.NONE
    assert "easier variant" in bar.reason


def test_without_a_load_the_change_is_a_share() -> None:
    found = advice(record(12, TECHNICAL, "10RM"))
    assert (found.change, found.load, found.load_pct) == (Change.LOAD, None, 5.0)


@given(
    good=st.integers(0, 25),
    end=st.sampled_from(EndReason),
    prescription=st.sampled_from([None, "3x10", "3x8-12", "AMRAP", "5RM", "1x1"]),
    load=st.none() | st.integers(20, 250).map(lambda kg: Load(float(kg))),
    rest_s=st.none() | st.floats(0, 900),
    rpe=st.none() | st.integers(2, 20).map(lambda halves: halves / 2),
    first=st.none() | st.integers(0, 25),
)
def test_never_two_changes(
    good: int,
    end: EndReason,
    prescription: str | None,
    load: Load | None,
    rest_s: float | None,
    rpe: float | None,
    first: int | None,
) -> None:
    seen = record(
        good, end, prescription, load=load, rest_before_s=rest_s, rpe=rpe, when=at(1, minute=5)
    )
    earlier = () if first is None else (record(first, end, prescription, load=load),)
    found = advice(seen, SQUAT, *earlier)
    assert (found.rest_s is not None) == (found.change is Change.REST)
    assert (found.load_pct is not None) == (found.change is Change.LOAD)
    if found.load is not None:
        assert found.load.value in KG.barbell.loadable(1000.0)
        assert load is not None
        assert found.load.kg != load.kg
    assert found.reason.endswith(".")
