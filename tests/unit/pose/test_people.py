"""Who is who: places, memory, and who of several people lifts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.pose import Pose
from lastrep.pose.people import (
    MEMORY_S,
    SIDEWAYS_M,
    SIZE_FACTOR,
    Acquaintances,
    Memory,
    Place,
    Whereabouts,
    colours,
    difference,
    distinct,
    prominence,
)
from lastrep.video.frames import Frame
from unit.pose.stick_people import HEIGHT_PX, WIDTH_PX, picture, standing


def frame(t_s: float = 0.0) -> Frame:
    return Frame(t_s, picture())


@given(
    x_px=st.floats(50, 500), y_px=st.floats(50, 300), size=st.floats(20, 400), dip=st.floats(0, 0.5)
)
def test_size_does_not_change_with_posture(
    x_px: float, y_px: float, size: float, dip: float
) -> None:
    place = Place.of(standing(x_px, y_px, px_per_m=size, dip_m=dip))
    assert place.px_per_m == pytest.approx(size, rel=0.01)
    assert place.x_px == pytest.approx(x_px, abs=0.1)


def test_strangeness_grows_sideways_and_with_size() -> None:
    usual = Whereabouts.of([Place(300, 200, 100), Place(310, 260, 100)])
    assert usual.strangeness(Place(305, 230, 100)) == 0
    beside = Place(310 + SIDEWAYS_M * 100, 230, 100)
    assert usual.strangeness(beside) == pytest.approx(1)
    assert usual.strangeness(Place(305, 230, 100 * SIZE_FACTOR)) == pytest.approx(1)
    assert usual.strangeness(Place(305, 230, 100 / SIZE_FACTOR)) == pytest.approx(1)


def test_a_person_seen_twice_is_one() -> None:
    once, again, other = standing(300), standing(310), standing(450)
    assert distinct([once, again, other]) == [once, other]


def test_the_subject_is_large_and_in_the_middle() -> None:
    middle, edge = standing(WIDTH_PX / 2), standing(WIDTH_PX - 40)
    large = standing(WIDTH_PX - 40, px_per_m=250)
    assert prominence(middle, WIDTH_PX) > prominence(edge, WIDTH_PX)
    assert prominence(large, WIDTH_PX) > prominence(middle, WIDTH_PX)


def test_colours_are_taken_from_the_body() -> None:
    image = picture((standing(300), (200, 40, 40)), (standing(450), (40, 40, 200)))
    red, blue = colours(image, standing(300)), colours(image, standing(450))
    np.testing.assert_allclose(red, [[200, 40, 40]] * len(red), atol=25)
    assert difference(red, blue) > 60
    assert difference(red, red) == 0


def test_colours_outside_the_picture_are_those_of_its_rim() -> None:
    seen = colours(picture(), standing(-1000, HEIGHT_PX + 1000))
    assert np.isfinite(seen).all()


def test_memory_leaves_out_the_last_moments_and_the_distant_past() -> None:
    memory = Memory()
    assert memory.whereabouts(0.0) is None
    for i in range(100):
        memory.add(frame(i * 0.1), standing(100 + i))
    known = memory.whereabouts(9.9)
    assert known is not None
    assert known.right_px == pytest.approx(100 + 99 - MEMORY_S[1] * 10, abs=1.1)
    assert known.left_px == pytest.approx(100 + 99 - MEMORY_S[0] * 10, abs=1.1)


def test_taking_back_stops_at_the_lifters_own_colours() -> None:
    memory = Memory()
    red, blue = (200, 40, 40), (40, 40, 200)
    for i in range(30):
        wears = blue if i >= 26 else red
        pose = standing(300)
        memory.add(Frame(i * 0.1, picture((pose, wears))), pose)
    stranger = colours(picture((standing(300), blue)), standing(300))
    assert memory.take_back(3.0, stranger) == pytest.approx(2.5, abs=0.11)
    known = memory.colours(3.0)
    assert known is not None
    assert difference(known, stranger) > 60


def looks(*people: tuple[float, float, float], count: int = 20) -> Acquaintances:
    """Each person: place in the picture, how deep they squat, how far they walk a look."""
    acquaintances = Acquaintances()
    for i in range(count):
        poses = [
            standing(x_px + i * walk_px, dip_m=depth_m * (i % 4) / 3)
            for x_px, depth_m, walk_px in people
        ]
        acquaintances.add(poses[:: 1 if i % 2 else -1])
    return acquaintances


def test_the_one_who_moves_lifts() -> None:
    acquaintances = looks((150, 0.0, 0), (400, 0.6, 0))
    lifter = acquaintances.rather_than(Place.of(standing(150)))
    assert lifter is not None
    assert lifter.left_px == pytest.approx(400, abs=10)
    assert acquaintances.rather_than(Place.of(standing(400))) is None
    assert not acquaintances.open_question


def test_nobody_is_preferred_while_all_stand_or_all_lift() -> None:
    for depth_m in (0.0, 0.6):
        acquaintances = looks((150, depth_m, 0), (400, depth_m, 0))
        assert acquaintances.rather_than(Place.of(standing(150))) is None
        assert acquaintances.open_question


def test_a_few_looks_are_not_enough() -> None:
    acquaintances = looks((150, 0.0, 0), (400, 0.6, 0), count=5)
    assert acquaintances.rather_than(Place.of(standing(150))) is None
    assert acquaintances.open_question


def test_who_walks_by_is_not_the_lifter() -> None:
    acquaintances = looks((150, 0.0, 0), (250, 0.6, 14))
    assert acquaintances.rather_than(Place.of(standing(150))) is None


def test_missing_pose_has_no_size_of_its_own() -> None:
    assert not Pose.missing(0.0).found
