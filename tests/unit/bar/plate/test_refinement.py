"""One size for a plate in all images, whatever ring was detected."""

from __future__ import annotations

import pytest

from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.refinement import concentric_rings, refine_plate
from unit.bar.plate.drawing import drawn


def test_painted_rings_do_not_shrink_the_plate() -> None:
    rim, ring = Ellipse(110.0, 110.0, 40.0, 40.0), Ellipse(110.0, 110.0, 30.0, 30.0)
    picture = drawn((rim, 120), (ring, 40), size=220)
    factor = concentric_rings([(picture, ring)] * 3, 50.0)[-1]
    assert factor * 30.0 == pytest.approx(40.0, abs=1.0)


def test_an_unclear_image_is_left_to_tracking() -> None:
    rim, ring = Ellipse(80.0, 80.0, 40.0, 40.0), Ellipse(80.0, 80.0, 30.0, 30.0)
    clear = drawn((rim, 120), (ring, 40))
    half = clear.copy()
    half[:, 86:] = 170
    found = [(k, half if k == 3 else clear, rim) for k in range(6)]
    plate = refine_plate(found, 300.0, 0.5, 0.2)
    assert plate is not None
    assert plate.rings == pytest.approx((0.75,), abs=0.02)
    assert sorted(plate.seeds) == [0, 1, 2, 4, 5]
