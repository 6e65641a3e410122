"""Which of several people lifts."""

from __future__ import annotations

import pytest

from lastrep.pose.subject.candidates import CandidateSubjects
from lastrep.pose.subject.gating import BodyPosition
from unit.pose.stick_people import standing


def detections(*people: tuple[float, float, float], count: int = 20) -> CandidateSubjects:
    """Each person: place in the picture, how deep they squat, how far they walk each time."""
    candidates = CandidateSubjects()
    for i in range(count):
        poses = [
            standing(x_px + i * walk_px, dip_m=depth_m * (i % 4) / 3)
            for x_px, depth_m, walk_px in people
        ]
        candidates.add(poses[:: 1 if i % 2 else -1])
    return candidates


def test_the_one_who_moves_lifts() -> None:
    candidates = detections((150, 0.0, 0), (400, 0.6, 0))
    lifter = candidates.other_than(BodyPosition.of(standing(150)))
    assert lifter is not None
    assert lifter.left_px == pytest.approx(400, abs=10)
    assert candidates.other_than(BodyPosition.of(standing(400))) is None
    assert not candidates.undecided


def test_nobody_is_preferred_while_all_stand_or_all_lift() -> None:
    for depth_m in (0.0, 0.6):
        candidates = detections((150, depth_m, 0), (400, depth_m, 0))
        assert candidates.other_than(BodyPosition.of(standing(150))) is None
        assert candidates.undecided


def test_a_few_detections_are_not_enough() -> None:
    candidates = detections((150, 0.0, 0), (400, 0.6, 0), count=5)
    assert candidates.other_than(BodyPosition.of(standing(150))) is None
    assert candidates.undecided


def test_who_walks_by_is_not_the_lifter() -> None:
    candidates = detections((150, 0.0, 0), (250, 0.6, 14))
    assert candidates.other_than(BodyPosition.of(standing(150))) is None
