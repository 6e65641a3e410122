"""Where people are in the image, and where they can be next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.pose.subject.gating import (
    BodyPosition,
    Gate,
    GateOptions,
    prominence,
    without_duplicates,
)
from unit.pose.stick_people import WIDTH_PX, standing

OPTIONS = GateOptions()


@given(
    x_px=st.floats(50, 500), y_px=st.floats(50, 300), size=st.floats(20, 400), dip=st.floats(0, 0.5)
)
def test_size_does_not_change_with_posture(
    x_px: float, y_px: float, size: float, dip: float
) -> None:
    place = BodyPosition.of(standing(x_px, y_px, px_per_m=size, dip_m=dip))
    assert place.px_per_m == pytest.approx(size, rel=0.01)
    assert place.x_px == pytest.approx(x_px, abs=0.1)


def test_gate_distance_grows_sideways_and_with_size() -> None:
    usual = Gate.around([BodyPosition(300, 200, 100), BodyPosition(310, 260, 100)])
    assert usual.gate_distance(BodyPosition(305, 230, 100)) == 0
    beside = BodyPosition(310 + OPTIONS.sideways_m * 100, 230, 100)
    assert usual.gate_distance(beside) == pytest.approx(1)
    assert usual.gate_distance(BodyPosition(305, 230, 100 * OPTIONS.size_factor)) == pytest.approx(
        1
    )
    assert usual.gate_distance(BodyPosition(305, 230, 100 / OPTIONS.size_factor)) == pytest.approx(
        1
    )


def test_a_person_seen_twice_is_one() -> None:
    once, again, other = standing(300), standing(310), standing(450)
    assert without_duplicates([once, again, other]) == [once, other]


def test_the_subject_is_large_and_in_the_middle() -> None:
    middle, edge = standing(WIDTH_PX / 2), standing(WIDTH_PX - 40)
    large = standing(WIDTH_PX - 40, px_per_m=250)
    assert prominence(middle, WIDTH_PX) > prominence(edge, WIDTH_PX)
    assert prominence(large, WIDTH_PX) > prominence(middle, WIDTH_PX)
