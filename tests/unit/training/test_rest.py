"""Rest by exercise, goal and how the set ended."""

from __future__ import annotations

import pytest

from lastrep.exercises.definition import Training
from lastrep.sets.results import EndReason
from lastrep.training.prescription import parse_prescription
from lastrep.training.rest import Goal, readiness, rest_after, rest_warning, usual_rest
from unit.training.lifter import record

SQUAT, CURL = Training(joints="multi"), Training(joints="single")


@pytest.mark.parametrize(
    ("training", "prescription", "goal", "rest_s"),
    [
        (SQUAT, "5x5", None, 180),
        (SQUAT, "6RM", None, 180),
        (SQUAT, "3x7", None, 150),
        (SQUAT, "3x10", None, 150),
        (SQUAT, "3xAMRAP", None, 150),
        (SQUAT, None, None, 150),
        (SQUAT, "3x20", None, 60),
        (CURL, "3x10", None, 90),
        (CURL, "3x5", None, 90),
        (CURL, "3x20", None, 60),
        (SQUAT, "3x10", Goal.STRENGTH, 180),
        (SQUAT, "3x5", Goal.HYPERTROPHY, 150),
        (SQUAT, "3x5", Goal.ENDURANCE, 60),
        (SQUAT, "3x5 rest 4min", None, 240),
    ],
)
def test_usual_rest(
    training: Training, prescription: str | None, goal: Goal | None, rest_s: int
) -> None:
    one = parse_prescription(prescription).sets[0] if prescription else None
    assert usual_rest(training, one, goal).seconds == rest_s


@pytest.mark.parametrize(
    ("good", "end", "prescription", "rest_s"),
    [
        (10, EndReason.TARGET_REACHED, "3x10", 150),
        (8, EndReason.TECHNICAL_FAILURE, "3x10", 180),
        (8, EndReason.ABSOLUTE_FAILURE, "3x10", 180),
        (1, EndReason.TECHNICAL_FAILURE, "3x10", 150),  # a standing fault, not fatigue
        (8, EndReason.TECHNICAL_FAILURE, "3x10 rest 100s", 100),
    ],
)
def test_longer_after_failure(good: int, end: EndReason, prescription: str, rest_s: int) -> None:
    assert rest_after(record(good, end, prescription), SQUAT).seconds == rest_s


def test_countdown_ends_at_nought() -> None:
    rest = usual_rest(SQUAT)
    assert [rest.remaining_s(t) for t in (0, 60.5, 150, 400)] == [150, 89.5, 0, 0]


@pytest.mark.parametrize(
    ("rested_s", "training", "to_failure", "says"),
    [
        (59, SQUAT, True, "Only 59 s"),
        (60, SQUAT, True, None),
        (40, SQUAT, False, None),
        (40, CURL, True, None),
        (600, SQUAT, False, None),
        (660, CURL, False, "11 min of rest: warm up again"),
    ],
)
def test_warnings(rested_s: float, training: Training, to_failure: bool, says: str | None) -> None:
    found = rest_warning(rested_s, training, to_failure=to_failure)
    assert found is None if says is None else says in (found or "")


def test_ready_at_95_percent_of_the_first_first_rep() -> None:
    ready, tired = readiness(0.475, 0.5), readiness(0.47, 0.5)
    assert ready is not None
    assert tired is not None
    assert (ready.ready, tired.ready) == (True, False)
    assert tired.share == pytest.approx(0.94)
    assert readiness(None, 0.5) is None
    assert readiness(0.5, None) is None
