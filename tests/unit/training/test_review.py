"""After a set: what the lifter did before decides which estimate is used."""

from __future__ import annotations

import pytest

from lastrep.exercises.library import catalogue
from lastrep.sets.results import EndReason
from lastrep.training.loads import GYM, Load, LoadUnit
from lastrep.training.record import SetRecord
from lastrep.training.review import fresh, review_set
from lastrep.training.strength import MaxSource, NotEnough, OneRepMax, RepsAtLoad
from unit.training.lifter import at, record

TECHNICAL, TARGET = EndReason.TECHNICAL_FAILURE, EndReason.TARGET_REACHED
KNOWN, KG = catalogue(), GYM[LoadUnit.KG]


def to_failure(reps: int, week: int, minute: float = 0.0) -> SetRecord:
    load = Load(round(150 / (1 + reps / 45), 3))
    return record(reps, TECHNICAL, load=load, when=at(week, minute=minute))


def test_every_shipped_exercise_says_what_training_needs() -> None:
    no_muscles = {name for name, e in KNOWN.items() if not e.training.muscles}
    assert no_muscles == {"jumping_jack", "pommel_horse"}
    assert KNOWN["back_squat"].training.region == "lower"
    assert KNOWN["biceps_curl"].training.joints == "single"
    assert KNOWN["push_up"].training.implement == "bodyweight"


def test_own_curve_from_fresh_sets_of_six_weeks() -> None:
    before = [to_failure(reps, week) for week, reps in enumerate((3, 5, 8, 12), start=2)]
    # After a set to failure of the same session none is fresh.
    tired = record(4, TECHNICAL, load=Load(100.0), when=at(5, minute=10))
    now = to_failure(10, 7)
    review = review_set(now, [*before, tired], KNOWN["back_squat"], KG)
    assert isinstance(review.curve, RepsAtLoad)
    assert review.curve.points == 4
    assert isinstance(review.verdict.one_rep_max, OneRepMax)
    assert review.verdict.one_rep_max.source is MaxSource.OWN_CURVE
    late = review_set(to_failure(10, 9), before, KNOWN["back_squat"], KG)
    assert isinstance(late.curve, NotEnough)
    other = review_set(
        record(10, TECHNICAL, exercise="deadlift", when=at(7)), before, KNOWN["deadlift"], KG
    )
    assert isinstance(other.curve, NotEnough)


def test_speed_gives_a_maximum_where_reps_cannot() -> None:
    # load = 160 - 100 v, and 0.30 m/s is the squat's last possible rep.
    sets = [
        record(3, TARGET, "1x3", load=Load(load), first_m_s=speed, when=at(1, minute=5 * n))
        for n, (load, speed) in enumerate([(80.0, 0.8), (100.0, 0.6), (115.0, 0.45)])
    ]
    found = review_set(sets[-1], sets[:-1], KNOWN["back_squat"], KG).verdict.one_rep_max
    assert isinstance(found, OneRepMax)
    assert found.source is MaxSource.VELOCITY
    assert found.kg == pytest.approx(130.0)
    push_ups = [
        record(3, TARGET, exercise="push_up", load=Load(load), first_m_s=speed, when=at(1))
        for load, speed in [(10.0, 0.8), (30.0, 0.5)]
    ]
    refused = review_set(push_ups[-1], push_ups[:-1], KNOWN["push_up"], KG).verdict.one_rep_max
    assert isinstance(refused, NotEnough)


def test_only_what_came_before_counts() -> None:
    first = record(10, TECHNICAL, "3xAMRAP", load=Load(100.0), when=at(1))
    second = record(
        6, TECHNICAL, "3xAMRAP", load=Load(100.0), rest_before_s=45, when=at(1, minute=3)
    )
    both = [first, second]
    assert review_set(first, both, KNOWN["back_squat"], KG).rest_warning is None
    review = review_set(second, both, KNOWN["back_squat"], KG)
    assert review.rest_warning is not None
    assert review.rest_warning.startswith("Only 45 s")
    assert str(review.advice).startswith("Rest 105 s")
    assert review.rest.seconds == 180


def test_fresh_ends_with_the_first_failure_of_a_session() -> None:
    warm_up = record(5, TARGET, when=at(1))
    failed = record(5, TECHNICAL, when=at(1, minute=5))
    after = record(5, TARGET, when=at(1, minute=10))
    next_day = record(5, TARGET, when=at(1, day=1))
    assert fresh([warm_up, failed, after, next_day]) == (warm_up, failed, next_day)
