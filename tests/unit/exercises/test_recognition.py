"""Recognition from typical ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastrep.exercises import ExerciseDefinition, catalogue, find
from lastrep.exercises.ends import Ends, Readings, Travel
from lastrep.exercises.recognition import SPREADS, recognize
from lastrep.motion.measures import names

EVERY = tuple(catalogue().values())
STANDING = {
    "knee": 172.0, "hip": 172.0, "elbow": 168.0, "shoulder": 15.0, "trunk_tilt": 4.0,
    "wrist_above_shoulder": -1.3, "hip_above_ankle": 1.75, "hands_distance": 0.7,
    "feet_distance": 0.4, "knee_split": 0.05,
}  # fmt: skip


def ends_of(exercise: ExerciseDefinition, *, blur: float = 0.0) -> Ends:
    """What an exact performance looks like; measures that are free are as in standing."""
    rng = np.random.default_rng(3)
    ends: tuple[dict[str, Readings], dict[str, Readings]] = ({}, {})
    for measure in sorted(names("ends")):
        typical = exercise.ends.get(measure, (STANDING[measure], STANDING[measure]))
        size = 30.0 if measure in ("knee", "hip", "elbow", "shoulder", "trunk_tilt") else 0.4
        for end, value in zip(ends, typical, strict=True):
            seen = value * (0.65 if SPREADS[measure].across else 1.0)
            a, b, c = (seen + blur * size * rng.normal() for _ in range(3))
            end[measure] = (a, b, c)
    con, ecc = ends
    travel = Travel.of(exercise)
    lowers_first = exercise.start == "con_end"
    hands, feet = ((-1 if lowers_first else 1) * t for t in (travel.hands, travel.feet))
    return Ends(con, ecc, hands, feet) if lowers_first else Ends(ecc, con, hands, feet)


def test_every_measure_of_the_ends_has_its_spread() -> None:
    assert SPREADS.keys() == set(names("ends"))


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_textbook_performance_is_recognised(name: str) -> None:
    exercise = find(name)
    found = recognize(ends_of(exercise), EVERY)
    assert find(found.name).family == exercise.family
    assert find(found.runner_up).family != exercise.family


@pytest.mark.parametrize("name", ["back_squat", "deadlift", "push_up", "front_raise"])
def test_a_blurred_performance_is_still_recognised(name: str) -> None:
    found = recognize(ends_of(find(name), blur=0.4), EVERY)
    assert find(found.name).family == find(name).family


@pytest.mark.parametrize("name", ["biceps_curl", "overhead_press", "pull_up", "lunge", "dip"])
def test_a_textbook_performance_is_named_with_confidence(name: str) -> None:
    assert recognize(ends_of(find(name)), EVERY).confidence > 0.8


def test_ends_between_two_exercises_are_not_sure() -> None:
    one, other = ends_of(find("biceps_curl")), ends_of(find("front_raise"))

    def between(a: Readings, b: Readings) -> Readings:
        x, y, z = ((p + q) / 2 for p, q in zip(a, b, strict=True))
        return x, y, z

    found = recognize(
        Ends(
            {k: between(one.rest[k], other.rest[k]) for k in one.rest},
            {k: between(one.far[k], other.far[k]) for k in one.far},
            (one.hands_travel + other.hands_travel) / 2,
            0.0,
        ),
        EVERY,
    )
    assert not found.sure
    assert {find(found.name).family, find(found.runner_up).family} & {"curl", "raise"}


def test_the_same_postures_are_a_press_or_a_pull_up_by_what_moves_in_the_room() -> None:
    press = ends_of(find("overhead_press"))
    hanging = replace(press, hands_travel=0.0, feet_travel=-1.1)
    assert recognize(press, EVERY).name == "overhead_press"
    assert recognize(hanging, EVERY).name == "pull_up"
    # Without a place in the room both remain, and the confidence says so.
    nowhere = recognize(replace(press, hands_travel=np.nan, feet_travel=np.nan), EVERY)
    assert nowhere.runner_up == "pull_up"
    assert nowhere.confidence < recognize(press, EVERY).confidence


def test_a_joint_that_was_not_seen_or_slipped_does_not_decide() -> None:
    curl = ends_of(find("biceps_curl"))
    for knee in (np.nan, 60.0):
        strange = (knee, knee, knee)
        seen = replace(curl, rest={**curl.rest, "knee": strange}, far={**curl.far, "knee": strange})
        found = recognize(seen, EVERY)
        assert find(found.name).family == "curl"
        assert found.confidence <= recognize(curl, EVERY).confidence


@pytest.mark.parametrize("name", ["overhead_press", "leg_raise", "sit_up", "push_up"])
def test_an_exercise_that_nobody_described_is_not_named(name: str) -> None:
    exercise = find(name)
    others = [e for e in EVERY if e.family != exercise.family]
    assert not recognize(ends_of(exercise), others).sure


def test_a_family_of_many_is_no_likelier_than_a_single_one() -> None:
    squats = [e for e in EVERY if e.family == "squat"]
    alone = recognize(ends_of(find("lunge")), [squats[0], find("lunge")])
    crowd = recognize(ends_of(find("lunge")), [*squats, find("lunge")])
    assert crowd.confidence > 0.9 * alone.confidence


def test_nothing_to_choose_from() -> None:
    with pytest.raises(ValueError, match="no exercises"):
        recognize(ends_of(find("dip")), ())
