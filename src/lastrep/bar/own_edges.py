"""Edges in a plate's own coordinates: what stays there in picture after picture is the plate's own.

A plate has many rings: its rim, a lip, paint, a smaller plate in front. Which of them was found
first is chance. Laid on top of each other so that the found rings coincide, the pictures show all
of the plate's rings at the same places, but the background each time another edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.ellipse import (
    EDGE_KNOWN,
    RAY_ANGLES,
    RIM_TOLERANCE,
    Array,
    Ellipse,
    Image,
    Pixels,
    Rays,
    RimFit,
    along_rays,
    fit_edges,
    fit_rims,
)
from lastrep.bar.gradient import GREY_LEVEL_PER_PX, strongest_gradient

#: Radius of the found ring in its own coordinates, pixels, and how far beyond they reach, radii.
OWN_RADIUS, REACH = 48, 1.7
#: A step of this many grey levels in a pixel of these coordinates is an edge, if it is thin; how
#: often it is seen tells a ring from noise, so it may be faint.
EDGE_PER_PX = 2.0
#: Spread of an edge's place, pixels: discs are placed to so much.
BLUR_PX = 1.2
#: Places in fewer pictures than this say nothing.
LEAST_PICTURES = 3
#: A ray shows a ring if so much of the pictures, of 255, have an edge there.
OFTEN = 90.0
#: Rings are looked for from the found one to so many times its size, by steps of this factor; this
#: far from its centre, radii; and so much narrower and wider.
LARGEST, STEP, OFF, SHAPES = 1.45, 1.065, 0.12, (0.82, 1.0, 1.2)
#: How far from a start the ring may be.
BAND = 0.12
#: A ring counts as a larger one from this factor on, up or across: less is the plate's thickness.
LARGER = 1.05
#: It lies around the found one, but for this much (radii): the found one may rest on both.
AROUND = 0.04
#: A larger ring is believed if it is seen as often, and in each picture as whole, as this share of
#: the found one; if it is of another shape, it must be as clear. And this much of it at least.
AS_CLEAR, AS_CLEAR_OTHER, LEAST_WHOLE = 0.9, 1.0, 0.88
#: Shapes are alike within this (logarithm).
ALIKE = 0.08
#: Shapes a plate can have.
NARROWEST, WIDEST = 0.25, 1.15
#: So many rings are looked at one by one, and rings beyond rings for.
LOOKED_AT, RINGS = 8, 3

#: Edges this near to the border of the picture are its border, pixels of these coordinates.
MARGIN = 2

_MIDDLE = round(REACH * OWN_RADIUS)
_SIZE = 2 * _MIDDLE + 1
_Y, _X = np.mgrid[:_SIZE, :_SIZE].astype(np.float32)
#: The found ring in its own coordinates.
FOUND = Ellipse(_MIDDLE, _MIDDLE, OWN_RADIUS, OWN_RADIUS)

Seen = Sequence[tuple[Image, Ellipse]]


@dataclass(frozen=True, slots=True, eq=False)
class OwnEdges:
    """How often an edge is seen at each place of a plate.

    Parameters
    ----------
    across, both, down
        shape = (n, n): share of the pictures with an edge here, 0..1, times the products of its
        unit gradient: x with x, x with y, y with y. A ring takes part only as far as it lies along
        the edge.
    pictures
        shape = (n, n): how many pictures show this place.
    """

    across: Pixels
    both: Pixels
    down: Pixels
    pictures: Pixels

    @classmethod
    def of(cls, seen: Seen) -> OwnEdges:
        """Lay pictures on top of each other so that the ellipse in each becomes `FOUND`."""
        products = [np.zeros((_SIZE, _SIZE), np.float32) for _ in range(3)]
        count = np.zeros((_SIZE, _SIZE), np.float32)
        for image, e in seen:
            thin, ux, uy, inside = _thin_edges(image, e)
            for total, product_of in zip(products, (ux * ux, ux * uy, uy * uy), strict=True):
                total += thin * product_of
            count += inside
        # A line of single pixels keeps the height of 1 when it is blurred.
        height = BLUR_PX * np.sqrt(2 * np.pi) / np.maximum(count, 1)
        across, both, down = (
            np.asarray(cv2.GaussianBlur(q, (0, 0), BLUR_PX) * height, np.float32) for q in products
        )
        return cls(across, both, down, count)

    def rays(self, _: Sequence[int], table: Array, low: Array, high: Array) -> Rays:
        """Read how often edges are seen along the rays of ellipses, of 255 (`fit_edges`)."""
        x, y, step, samples = along_rays(table, low, high)
        flat = x.reshape(-1, x.shape[2]), y.reshape(-1, x.shape[2])
        across, both, down, count = (
            cv2.remap(q, *flat, cv2.INTER_LINEAR).reshape(x.shape)
            for q in (self.across, self.both, self.down, self.pictures)
        )
        normal = np.stack([np.cos(RAY_ANGLES) * table[:, 3:], np.sin(RAY_ANGLES) * table[:, 2:3]])
        nx, ny = (normal / np.linalg.norm(normal, axis=0)).astype(np.float32)[..., None]
        often = across * nx**2 + 2 * both * nx * ny + down * ny**2
        inner = np.arange(x.shape[2]) < samples[:, None] - 1
        inner[:, 0] = False
        edges = np.clip(255 * often, 0, 255).astype(np.uint8) * inner[:, None]
        within = np.arange(x.shape[2]) < samples[:, None]
        inside = np.all((count >= LEAST_PICTURES) | ~within[:, None], axis=2)
        return Rays(step, edges, np.asarray(inside, np.bool_))

    def clearness(self, e: Ellipse) -> float:
        """How often a ring is seen, mean over its circumference, 0..1."""
        table = np.array([(e.x, e.y, e.a, e.b)])
        rays = self.rays([0], table, np.array([1 - RIM_TOLERANCE]), np.array([1 + RIM_TOLERANCE]))
        often = rays.edges[0].max(axis=1)[rays.inside[0]]
        return float(often.mean()) / 255 if len(often) else 0.0


def outermost(
    images: Sequence[Image], discs: Sequence[Ellipse], largest_px: float
) -> list[Ellipse] | None:
    """Return the outermost ring around those found in pictures of one plate, None without any.

    Parameters
    ----------
    images, discs
        Pictures, and the disc found in each.
    largest_px
        No plate has a greater radius.
    """
    a, b = np.median([(e.a, e.b) for e in discs], axis=0)
    seen = _placed(images, [Ellipse(e.x, e.y, float(a), float(b)) for e in discs], 0.06)
    larger = None
    for _ in range(RINGS):
        around = _around(images, *seen, largest_px)
        if around is None:
            break
        seen = around
        larger = seen[0]
    return larger


def _around(
    images: Sequence[Image], discs: Sequence[Ellipse], whole: float, largest_px: float
) -> tuple[list[Ellipse], float] | None:
    """Return the largest ring around discs that is as clear as they, and how whole it is seen."""
    own = OwnEdges.of(list(zip(images, discs, strict=True)))
    clear = own.clearness(_settled(own).ellipse)
    for ring in _candidates(own, discs[0], largest_px):
        moved, seen_whole = _placed(images, [_laid(ring, disc) for disc in discs], 0.08)
        if seen_whole < AS_CLEAR * whole:
            continue
        # The pictures coincide better now, if this is a ring.
        again = OwnEdges.of(list(zip(images, moved, strict=True)))
        fit = _settled(again)
        final = [_laid(fit.ellipse, disc) for disc in moved]
        alike = abs(np.log(final[0].aspect / discs[0].aspect)) < ALIKE
        needed = AS_CLEAR if alike else AS_CLEAR_OTHER
        if (
            fit.support > LEAST_WHOLE
            and again.clearness(fit.ellipse) >= needed * clear
            and seen_whole >= needed * whole
            and max(final[0].a / discs[0].a, final[0].b / discs[0].b) > LARGER
            and final[0].b < largest_px
        ):
            return _placed(images, final, 0.06)
    return None


def _candidates(own: OwnEdges, disc: Ellipse, largest_px: float) -> list[Ellipse]:
    """Rings around the found one, the largest first, in own coordinates."""
    sizes = STEP ** np.arange(np.log(LARGEST) / np.log(STEP) + 1)
    places = ((0, 0), (OFF, 0), (-OFF, 0), (0, OFF), (0, -OFF))
    starts = [
        Ellipse(_MIDDLE + x * OWN_RADIUS, _MIDDLE + y * OWN_RADIUS, shape * radius, radius)
        for radius, shape, (x, y) in product(sizes * OWN_RADIUS, SHAPES, places)
    ]
    fits = fit_edges(own.rays, starts, BAND, 3, OFTEN)
    least = 0.8 * _settled(own).support
    kept: list[Ellipse] = []
    for fit in sorted(fits, key=lambda f: -f.ellipse.a * f.ellipse.b):
        ring = fit.ellipse
        reach_x = abs(ring.x - _MIDDLE) + OWN_RADIUS - ring.a
        reach_y = abs(ring.y - _MIDDLE) + OWN_RADIUS - ring.b
        if (
            fit.support >= least
            and max(ring.a, ring.b) > LARGER * OWN_RADIUS
            and ring.b / OWN_RADIUS * disc.b < largest_px
            and max(reach_x, reach_y) < AROUND * OWN_RADIUS
            and NARROWEST < ring.aspect * disc.aspect < WIDEST
            and not any(_same(ring, other) for other in kept)
        ):
            kept.append(ring)
    return kept[:LOOKED_AT]


def _settled(own: OwnEdges) -> RimFit:
    """Return the ring that the pictures were laid on, as all of them show it."""
    (fit,) = fit_edges(own.rays, [FOUND], 0.05, 2, OFTEN)
    return fit


def _laid(ring: Ellipse, disc: Ellipse) -> Ellipse:
    """Return where a ring in own coordinates is in the picture of a disc."""
    x, y = (ring.centre - _MIDDLE) / OWN_RADIUS
    return Ellipse(
        disc.x + x * disc.a,
        disc.y + y * disc.b,
        disc.a * ring.a / OWN_RADIUS,
        disc.b * ring.b / OWN_RADIUS,
    )


def _placed(
    images: Sequence[Image], discs: Sequence[Ellipse], band: float
) -> tuple[list[Ellipse], float]:
    """Place discs of known shape on their pictures' edges; how whole the median one is seen."""
    fits = fit_rims(images, discs, band=band, rounds=2, edge=EDGE_KNOWN, fixed_shape=True)
    placed = [
        fit.ellipse if fit.support and fit.ellipse.distance(disc) < 0.08 * disc.b else disc
        for fit, disc in zip(fits, discs, strict=True)
    ]
    return placed, float(np.median([fit.support for fit in fits]))


def _same(a: Ellipse, b: Ellipse) -> bool:
    apart = max(abs(a.x - b.x), abs(a.y - b.y), abs(a.a - b.a), abs(a.b - b.b))
    return apart < 0.03 * OWN_RADIUS


def _thin_edges(image: Image, e: Ellipse) -> tuple[Pixels, Pixels, Pixels, NDArray[np.bool_]]:
    """Return a picture's thin edges (0 or 1) in a disc's own coordinates.

    Their unit gradients too, and where the picture is.
    """
    scale = np.array([[e.a], [e.b]]) / OWN_RADIUS
    corner = e.centre[:, None] - _MIDDLE * scale
    smooth = cv2.GaussianBlur(image, (0, 0), max(0.8, 0.6 * scale[1, 0]))
    own = cv2.warpAffine(
        smooth,
        np.hstack([np.diag(scale[:, 0]), corner]),
        (_SIZE, _SIZE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    at, last = corner + scale * np.arange(_SIZE), np.array(image.shape[1::-1])[:, None] - 1
    in_x, in_y = (at >= MARGIN * scale) & (at <= last - MARGIN * scale)
    inside = np.logical_and.outer(in_y, in_x)
    gx, gy, size = strongest_gradient(np.asarray(own, np.uint8))
    ux, uy = (np.asarray(g / (size + 1e-6), np.float32) for g in (gx, gy))
    ahead, behind = (
        cv2.remap(size, _X + sign * ux, _Y + sign * uy, cv2.INTER_LINEAR)
        for sign in (np.float32(1), np.float32(-1))
    )
    # An enlarged picture has fainter steps for the same edge.
    least = GREY_LEVEL_PER_PX * EDGE_PER_PX * min(1.0, scale[1, 0])
    thin = (size >= ahead) & (size >= behind) & (size > least) & inside
    return np.asarray(thin, np.float32), ux, uy, inside
