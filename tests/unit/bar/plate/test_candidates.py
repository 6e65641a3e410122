"""Disc candidates in one image."""

from __future__ import annotations

import numpy as np
import pytest

from lastrep.bar.plate.candidates import DiscSearch, edges_near, find_discs
from lastrep.bar.plate.ellipse import Ellipse
from unit.bar.plate.drawing import drawn


def test_the_disc_is_among_the_candidates_and_the_hub_does_not_hide_it() -> None:
    rim, hub = Ellipse(90.0, 70.0, 24.0, 30.0), Ellipse(90.0, 70.0, 8.0, 10.0)
    image = drawn((rim, 40), (hub, 220), size=220)
    hands = np.array([85.0, 75.0])
    fits = find_discs(image, edges_near(image, hands, 200.0), DiscSearch(hands, 200.0))
    assert fits
    assert fits[0].ellipse.distance(rim) < 0.5
    assert fits[0].ellipse.b == pytest.approx(30.0, abs=0.6)
