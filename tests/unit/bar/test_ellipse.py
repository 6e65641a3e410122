"""Ellipses drawn with known axes are found again, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks import some
from lastrep.bar.candidates import Search, edges_near, find_discs
from lastrep.bar.ellipse import Ellipse, fit_rim, fit_rims, fit_rings, rim_points
from lastrep.bar.plate import refine, rings
from lastrep.bar.thickness import height_factor

SHARP = 8


def drawn(*parts: tuple[Ellipse, int], apart_px: float = 0.0, size: int = 160) -> np.ndarray:
    """Grey picture with filled ellipses, each two of them `apart_px` apart and joined (a drum)."""
    big = np.full((size * SHARP, size * SHARP), 170, np.uint8)
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    for e, grey in parts:
        outline = [
            np.stack([e.x + s * apart_px / 2 + e.a * np.cos(angle), e.y + e.b * np.sin(angle)], 1)
            for s in (-1, 1)
        ]
        points = (np.concatenate(outline) + 0.5) * SHARP - 0.5
        hull = cv2.convexHull(points.astype(np.float32))
        cv2.fillPoly(big, [np.round(hull * 256).astype(np.int32)], grey, shift=8)
    small = cv2.resize(big, (size, size), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)


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
    fit = fit_rim(drawn((true, 40)), Ellipse(83.0, 76.0, 28.0, 35.0), fixed_shape=True)
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
    assert len(rim_points(flat, Ellipse(80, 80, 30, 30), band=0.1, edge=8.0)) == 0


def test_an_ellipse_cut_by_the_picture_is_still_fitted() -> None:
    true = Ellipse(80.0, 150.0, 30.0, 30.0)
    fit = fit_rim(drawn((true, 40)), Ellipse(81.0, 148.0, 31.0, 31.0))
    assert fit.ellipse.distance(true) < 0.4
    assert fit.support > 0.9


def test_the_disc_is_among_the_candidates_and_the_hub_does_not_hide_it() -> None:
    rim, hub = Ellipse(90.0, 70.0, 24.0, 30.0), Ellipse(90.0, 70.0, 8.0, 10.0)
    image = drawn((rim, 40), (hub, 220), size=220)
    hands = np.array([85.0, 75.0])
    fits = find_discs(image, edges_near(image, hands, 200.0), Search(hands, 200.0))
    assert fits
    assert fits[0].ellipse.distance(rim) < 0.5
    assert fits[0].ellipse.b == pytest.approx(30.0, abs=0.6)


def test_painted_rings_do_not_shrink_the_plate() -> None:
    rim, ring = Ellipse(110.0, 110.0, 40.0, 40.0), Ellipse(110.0, 110.0, 30.0, 30.0)
    picture = drawn((rim, 120), (ring, 40), size=220)
    factor = rings([(picture, ring)] * 3, 50.0)[-1]
    assert factor * 30.0 == pytest.approx(40.0, abs=1.0)


def test_a_painted_ring_places_a_rim_that_cannot_be_seen() -> None:
    rim, ring = Ellipse(80.6, 79.3, 40.0, 40.0), Ellipse(80.6, 79.3, 30.0, 30.0)
    fit = fit_rings(drawn((ring, 40)), rim.at(np.array([83.0, 77.0])), (0.75,), band=0.12)
    assert fit.support > 0.95
    assert (fit.ellipse.a, fit.ellipse.b) == (40.0, 40.0)
    assert fit.ellipse.distance(rim) < 0.2


def test_an_unclear_picture_is_left_to_following() -> None:
    rim, ring = Ellipse(80.0, 80.0, 40.0, 40.0), Ellipse(80.0, 80.0, 30.0, 30.0)
    clear = drawn((rim, 120), (ring, 40))
    half = clear.copy()
    half[:, 86:] = 170
    found = [(k, half if k == 3 else clear, rim) for k in range(6)]
    plate = refine(found, 300.0, 0.5, 0.2)
    assert plate is not None
    assert plate.rings == pytest.approx((0.75,), abs=0.02)
    assert sorted(plate.seeds) == [0, 1, 2, 4, 5]


@pytest.mark.parametrize("apart_px", [0.0, 5.0, 9.0])
def test_a_thick_plate_is_not_taken_for_a_taller_one(apart_px: float) -> None:
    b, size = 36.0, 200
    pictures = []
    for k in range(6):
        true = Ellipse(98.0 + 0.3 * k, 101.0 - 0.2 * k, 0.75 * b, b)
        image = drawn((true, 30), apart_px=apart_px, size=size)
        start = Ellipse(true.x, true.y, true.a + apart_px / 2, b)
        pictures.append((image, fit_rim(image, start, band=0.1).ellipse))
    fitted = float(np.median([e.b for _, e in pictures]))
    assert fitted * height_factor(pictures) == pytest.approx(b, rel=0.006)
    if apart_px == 9.0:
        assert fitted > 1.01 * b  # the plain ellipse is too tall
