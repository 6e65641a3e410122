"""The height of a thick plate, seen obliquely."""

from __future__ import annotations

import numpy as np
import pytest

from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.rim_fit import RimSearch, fit_rim
from lastrep.bar.plate.thickness import height_factor
from unit.bar.plate.drawing import drawn


@pytest.mark.parametrize("apart_px", [0.0, 5.0, 9.0])
def test_a_thick_plate_is_not_taken_for_a_taller_one(apart_px: float) -> None:
    b, size = 36.0, 200
    pictures = []
    for k in range(6):
        true = Ellipse(98.0 + 0.3 * k, 101.0 - 0.2 * k, 0.75 * b, b)
        image = drawn((true, 30), apart_px=apart_px, size=size)
        start = Ellipse(true.x, true.y, true.a + apart_px / 2, b)
        pictures.append((image, fit_rim(image, start, RimSearch(band=0.1)).ellipse))
    fitted = float(np.median([e.b for _, e in pictures]))
    assert fitted * height_factor(pictures) == pytest.approx(b, rel=0.006)
    if apart_px == 9.0:
        assert fitted > 1.01 * b  # the plain ellipse is too tall
