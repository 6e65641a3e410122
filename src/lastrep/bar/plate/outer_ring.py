"""The outermost ring of a plate of which any ring was detected."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from lastrep.bar.arrays import Image
from lastrep.bar.plate.edge_accumulator import (
    RECTIFIED_CENTRE,
    RECTIFIED_RADIUS,
    REFERENCE_RING,
    RectifiedEdges,
    to_image,
)
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.options import DEFAULT_PLATE, OuterRingOptions, PlateOptions
from lastrep.bar.plate.rim_fit import RimFit, RimSearch, fit_edges, fit_rims


def find_outer_ring(
    images: Sequence[Image],
    discs: Sequence[Ellipse],
    max_radius_px: float,
    options: PlateOptions = DEFAULT_PLATE,
) -> list[Ellipse] | None:
    """Return the outermost ring around those detected in images of one plate, one for each image.

    Parameters
    ----------
    images, discs
        Images, and the disc detected in each.
    max_radius_px
        No plate has a greater radius.
    options
        Parameters of the outer ring and of rim fits.

    Returns
    -------
    None if there is no larger ring.
    """
    o = options.outer_ring
    a, b = np.median([(e.a, e.b) for e in discs], axis=0)
    same_shape = [Ellipse(e.x, e.y, float(a), float(b)) for e in discs]
    placed = _placed(images, same_shape, o.final_band, options)
    outer = None
    for _ in range(o.max_rings):
        larger = _larger_ring(images, *placed, max_radius_px, options)
        if larger is None:
            break
        placed = larger
        outer = placed[0]
    return outer


def _larger_ring(
    images: Sequence[Image],
    discs: Sequence[Ellipse],
    support: float,
    max_radius_px: float,
    options: PlateOptions,
) -> tuple[list[Ellipse], float] | None:
    """Return the largest ring around discs that is as clear as they are, and its support.

    Parameters
    ----------
    images, discs
        Images, and the ring in each.
    support
        Median support of the rings in their images.
    max_radius_px
        No plate has a greater radius.
    options
        Parameters of the outer ring and of rim fits.
    """
    o = options.outer_ring
    edges = RectifiedEdges.accumulate(list(zip(images, discs, strict=True)), options)
    clearness = edges.clearness(_reference(edges).ellipse)
    for ring in _candidates(edges, discs[0], max_radius_px):
        moved, support_moved = _placed(
            images, [to_image(ring, disc) for disc in discs], o.moved_band, options
        )
        if support_moved < o.min_clearness_share * support:
            continue
        # The images coincide better now, if this is a ring.
        again = RectifiedEdges.accumulate(list(zip(images, moved, strict=True)), options)
        fit = _reference(again)
        final = [to_image(fit.ellipse, disc) for disc in moved]
        similar = abs(np.log(final[0].aspect / discs[0].aspect)) < o.similar_log_aspect
        needed = o.min_clearness_share if similar else o.min_clearness_share_other_shape
        if (
            fit.support > o.min_support
            and again.clearness(fit.ellipse) >= needed * clearness
            and support_moved >= needed * support
            and max(final[0].a / discs[0].a, final[0].b / discs[0].b) > o.min_growth
            and final[0].b < max_radius_px
        ):
            return _placed(images, final, o.final_band, options)
    return None


def _candidates(edges: RectifiedEdges, disc: Ellipse, max_radius_px: float) -> list[Ellipse]:
    """Rings around the detected one, the largest first, in rectified coordinates."""
    o, middle, unit = edges.options, RECTIFIED_CENTRE, RECTIFIED_RADIUS
    sizes = o.radius_step ** np.arange(np.log(o.max_radius) / np.log(o.radius_step) + 1)
    off = o.centre_offset
    places = ((0, 0), (off, 0), (-off, 0), (0, off), (0, -off))
    starts = [
        Ellipse(middle + x * unit, middle + y * unit, shape * radius, radius)
        for radius, shape, (x, y) in product(sizes * unit, o.aspects, places)
    ]
    search = RimSearch(o.candidate_band, o.candidate_rounds, o.min_frequency)
    fits = fit_edges(edges.rays, starts, search, edges.rim_fit)
    least = o.min_candidate_support_share * _reference(edges).support
    narrowest, widest = o.aspect_range
    kept: list[Ellipse] = []
    for fit in sorted(fits, key=lambda f: -f.ellipse.a * f.ellipse.b):
        ring = fit.ellipse
        overlap_x = abs(ring.x - middle) + unit - ring.a
        overlap_y = abs(ring.y - middle) + unit - ring.b
        if (
            fit.support >= least
            and max(ring.a, ring.b) > o.min_growth * unit
            and ring.b / unit * disc.b < max_radius_px
            and max(overlap_x, overlap_y) < o.max_overlap * unit
            and narrowest < ring.aspect * disc.aspect < widest
            and not any(_same(ring, other, o) for other in kept)
        ):
            kept.append(ring)
    return kept[: o.max_examined]


def _reference(edges: RectifiedEdges) -> RimFit:
    """Return the ring that the images were warped to, as all of them show it."""
    o = edges.options
    search = RimSearch(o.reference_band, o.fit_rounds, o.min_frequency)
    (fit,) = fit_edges(edges.rays, [REFERENCE_RING], search, edges.rim_fit)
    return fit


def _placed(
    images: Sequence[Image], discs: Sequence[Ellipse], band: float, options: PlateOptions
) -> tuple[list[Ellipse], float]:
    """Place discs of known shape on their images' edges; return their median support too."""
    o, rim_fit = options.outer_ring, options.rim_fit
    search = RimSearch(band, o.fit_rounds, rim_fit.min_edge_known, fixed_shape=True)
    fits = fit_rims(images, discs, search, rim_fit)
    farthest = o.max_shift
    placed = [
        fit.ellipse if fit.support and fit.ellipse.distance(disc) < farthest * disc.b else disc
        for fit, disc in zip(fits, discs, strict=True)
    ]
    return placed, float(np.median([fit.support for fit in fits]))


def _same(a: Ellipse, b: Ellipse, options: OuterRingOptions) -> bool:
    apart = max(abs(a.x - b.x), abs(a.y - b.y), abs(a.a - b.a), abs(a.b - b.b))
    return apart < options.duplicate_radii * RECTIFIED_RADIUS
