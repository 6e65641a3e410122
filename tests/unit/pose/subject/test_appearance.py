"""How the subject looks, and what is remembered of it."""

from __future__ import annotations

import numpy as np
import pytest

from lastrep.pose.subject.appearance import (
    AppearanceHistory,
    AppearanceOptions,
    clothing_colours,
    colour_difference,
)
from lastrep.video.frames import Frame
from unit.pose.stick_people import HEIGHT_PX, picture, standing

OPTIONS = AppearanceOptions()


def frame(t_s: float = 0.0) -> Frame:
    return Frame(t_s, picture())


def test_colours_are_taken_from_the_body() -> None:
    image = picture((standing(300), (200, 40, 40)), (standing(450), (40, 40, 200)))
    red, blue = clothing_colours(image, standing(300)), clothing_colours(image, standing(450))
    np.testing.assert_allclose(red, [[200, 40, 40]] * len(red), atol=25)
    assert colour_difference(red, blue) > 60
    assert colour_difference(red, red) == 0


def test_colours_outside_the_picture_are_those_of_its_rim() -> None:
    seen = clothing_colours(picture(), standing(-1000, HEIGHT_PX + 1000))
    assert np.isfinite(seen).all()


def test_history_leaves_out_the_last_moments_and_the_distant_past() -> None:
    history = AppearanceHistory()
    assert history.gate(0.0) is None
    for i in range(100):
        history.add(frame(i * 0.1), standing(100 + i))
    known = history.gate(9.9)
    assert known is not None
    assert known.right_px == pytest.approx(100 + 99 - OPTIONS.settle_s * 10, abs=1.1)
    assert known.left_px == pytest.approx(100 + 99 - OPTIONS.history_s * 10, abs=1.1)


def test_revoking_stops_at_the_subjects_own_colours() -> None:
    history = AppearanceHistory()
    red, blue = (200, 40, 40), (40, 40, 200)
    for i in range(30):
        wears = blue if i >= 26 else red
        pose = standing(300)
        history.add(Frame(i * 0.1, picture((pose, wears))), pose)
    intruder = clothing_colours(picture((standing(300), blue)), standing(300))
    assert history.revoke(3.0, intruder) == pytest.approx(2.5, abs=0.11)
    known = history.colours(3.0)
    assert known is not None
    assert colour_difference(known, intruder) > 60
