"""Recognition from typical ends."""

from __future__ import annotations

import numpy as np
import pytest

from lastrep.exercises import ExerciseDefinition, catalogue, find
from lastrep.exercises.recognition import MEASURES, Ends, recognize

EVERY = tuple(catalogue().values())
STANDING = {
    "knee": 172.0, "hip": 172.0, "elbow": 168.0, "shoulder": 15.0, "trunk": 4.0,
    "hands_height": -1.3, "hips_height": 2.0, "hands_apart": 1.0, "feet_apart": 0.5,
}  # fmt: skip


def ends_of(exercise: ExerciseDefinition, *, blur: float = 0.0) -> Ends:
    """What an exact performance looks like; measures that are free are as in standing."""
    rng = np.random.default_rng(3)
    readings: tuple[dict[str, float], dict[str, float]] = ({}, {})
    for measure, names in MEASURES.items():
        at = exercise.ends.get(measure, (STANDING[measure], STANDING[measure]))
        size = 30.0 if names[0] in ("knee", "hip", "elbow", "shoulder", "trunk") else 0.4
        for reading, value in zip(readings, at, strict=True):
            for name in names:
                reading[name] = value + blur * size * rng.normal()
    con, ecc = readings
    return Ends(con, ecc) if exercise.start == "con_end" else Ends(ecc, con)


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


def test_ends_between_two_exercises_are_not_sure() -> None:
    one, other = ends_of(find("biceps_curl")), ends_of(find("front_raise"))
    between = Ends(
        {k: (one.rest[k] + other.rest[k]) / 2 for k in one.rest},
        {k: (one.far[k] + other.far[k]) / 2 for k in one.far},
    )
    found = recognize(between, EVERY)
    assert not found.sure
    families = {find(found.name).family, find(found.runner_up).family}
    assert families & {"curl", "raise"}


def test_a_family_of_many_is_no_likelier_than_a_single_one() -> None:
    squats = [e for e in EVERY if e.family == "squat"]
    alone = recognize(ends_of(find("lunge")), [squats[0], find("lunge")])
    crowd = recognize(ends_of(find("lunge")), [*squats, find("lunge")])
    assert crowd.confidence > 0.9 * alone.confidence


def test_nothing_to_choose_from() -> None:
    with pytest.raises(ValueError, match="no exercises"):
        recognize(ends_of(find("dip")), ())
