"""Ellipses drawn with known axes are found again, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks import some
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.rim_fit import (
    DEFAULT_RIM_FIT,
    RimSearch,
    fit_rim,
    fit_rims,
    fit_rings,
    rim_points,
)
from unit.bar.plate.drawing import drawn

FIXED = RimSearch(0.12, min_edge=DEFAULT_RIM_FIT.min_edge_known, fixed_shape=True)


@settings(max_examples=25, deadline=None)
@given(
    x=st.floats(70, 90),
    y=st.floats(70, 90),
    b=st.floats(20, 45),
    aspect=st.floats(0.5, 1.05),
    dark=st.booleans(),
    off=st.floats(-0.08, 0.08),
)
def test_a_drawn_ellipse_is_found_to_a_fifth_of_a_pixel(
    x: float, y: float, b: float, aspect: float, dark: bool, off: float
) -> None:
    true = Ellipse(x, y, aspect * b, b)
    image = drawn((true, 40 if dark else 250))
    fit = fit_rim(image, Ellipse(x + off * b, y - off * b, true.a * (1 + off), b * (1 - off)))
    assert fit.support > 0.95
    found = fit.ellipse
    assert found.distance(true) < 0.2
    assert found.a == pytest.approx(true.a, abs=0.25)
    assert found.b == pytest.approx(true.b, abs=0.25)


def test_a_fixed_shape_keeps_its_axes_and_finds_the_centre() -> None:
    true = Ellipse(80.3, 78.6, 28.0, 35.0)
    fit = fit_rim(drawn((true, 40)), Ellipse(83.0, 76.0, 28.0, 35.0), RimSearch(fixed_shape=True))
    assert (fit.ellipse.a, fit.ellipse.b) == (28.0, 35.0)
    assert fit.ellipse.distance(true) < 0.15


def test_many_are_fitted_as_one_by_one() -> None:
    truths = [Ellipse(80.3, 78.6, 28.0, 35.0), Ellipse(76.0, 82.0, 18.0, 20.0)]
    pictures = [drawn((true, 40)) for true in truths]
    starts = [replace(true, x=true.x + 2, b=true.b * 1.04) for true in truths]
    for images, sought in ((pictures, starts), (pictures[:1], [*starts, Ellipse(30, 30, 25, 25)])):
        fits = fit_rims(images, sought)
        alone = [fit_rim(i, e) for i, e in zip(images * len(sought), sought, strict=False)]
        for fit, one in zip(some(fits), alone, strict=True):
            assert fit.support == pytest.approx(one.support)
            assert fit.ellipse.distance(one.ellipse) < 0.01
            assert fit.ellipse.b == pytest.approx(one.ellipse.b, abs=0.01)
        assert fits[0].ellipse.distance(truths[0]) < 0.2
    assert fits[2].support == 0.0


def test_no_rim_no_support() -> None:
    flat = np.full((160, 160, 3), 120, np.uint8)
    assert fit_rim(flat, Ellipse(80, 80, 30, 30)).support == 0.0
    assert len(rim_points(flat, Ellipse(80, 80, 30, 30), band=0.1, min_edge=8.0)) == 0


def test_an_ellipse_cut_by_the_image_is_still_fitted() -> None:
    true = Ellipse(80.0, 150.0, 30.0, 30.0)
    fit = fit_rim(drawn((true, 40)), Ellipse(81.0, 148.0, 31.0, 31.0))
    assert fit.ellipse.distance(true) < 0.4
    assert fit.support > 0.9


def test_a_painted_ring_places_a_rim_that_cannot_be_seen() -> None:
    rim, ring = Ellipse(80.6, 79.3, 40.0, 40.0), Ellipse(80.6, 79.3, 30.0, 30.0)
    fit = fit_rings(drawn((ring, 40)), rim.at(np.array([83.0, 77.0])), (0.75,), FIXED)
    assert fit.support > 0.95
    assert (fit.ellipse.a, fit.ellipse.b) == (40.0, 40.0)
    assert fit.ellipse.distance(rim) < 0.2
