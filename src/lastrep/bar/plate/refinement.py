"""A detected plate, and how one size is found for it that holds in all images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from lastrep.bar.arrays import Image
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.options import DEFAULT_PLATE, PlateOptions, PlateRefinementOptions
from lastrep.bar.plate.outer_ring import find_outer_ring
from lastrep.bar.plate.rim_fit import RimFit, RimSearch, fit_rim, fit_rings, rim_edges


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A detected plate.

    Parameters
    ----------
    a, b
        Semi-axes, pixels.
    seeds
        Where it is in the key frames that tracking starts from, by frame number; pixels.
    score
        How well it moves with the bar proxy, 0..1.
    needed
        The score from which a disc of this size is believed.
    rings
        Its own rings inside of the rim (painted, or of a smaller plate in front), radii.
    edge_on
        True if it is not one disc but the plates on both sleeves, seen from the front; `seeds` is
        empty then.
    """

    a: float
    b: float
    seeds: dict[int, Ellipse]
    score: float
    needed: float
    rings: tuple[float, ...] = ()
    edge_on: bool = False


def refine_plate(
    discs: Sequence[tuple[int, Image, Ellipse]],
    stature_px: float,
    score: float,
    needed: float,
    options: PlateOptions = DEFAULT_PLATE,
) -> Plate | None:
    """Grow to the outermost ring, agree on one size and keep the images that fit it.

    Parameters
    ----------
    discs
        The discs of one chain: number and image of the frame, and where it is.
    stature_px
        Height of the lifter, pixels.
    score, needed
        As in `Plate`.
    options
        Parameters of refinement, outer ring and rim fits.

    Returns
    -------
    None if the discs have no size in common.
    """
    o, known_edge = options.refinement, options.rim_fit.min_edge_known
    images = [image for _, image, _ in discs]
    rims, inner = _outermost(images, [disc for *_, disc in discs], stature_px, options)
    free = RimSearch(o.free_band, o.fit_rounds, known_edge)
    fits = [
        (k, image, fit_rim(image, rim, free, options.rim_fit))
        for (k, *_), image, rim in zip(discs, images, rims, strict=True)
    ]
    fits = [(k, image, fit) for k, image, fit in fits if fit.support > o.min_seed_support]
    if len(fits) < o.min_seeds:
        return None
    sizes = np.array([(fit.ellipse.a, fit.ellipse.b) for *_, fit in fits])
    deviation = np.abs(sizes / np.median(sizes, axis=0) - 1)
    good = (deviation[:, 0] < o.max_seed_width_deviation) & (
        deviation[:, 1] < o.max_seed_radius_deviation
    )
    if good.sum() < o.min_seeds:
        return None
    a, b = (float(v) for v in np.median(sizes[good], axis=0))
    # One shape for all, as in tracking, else the centre jumps at every key frame.
    fixed_shape = RimSearch(o.fixed_band, o.fit_rounds, known_edge, fixed_shape=True)
    placed = {}
    for (k, image, fit), keep in zip(fits, good, strict=True):
        if keep:
            rim = replace(fit.ellipse, a=a, b=b)
            fixed = fit_rings(image, rim, inner, fixed_shape, options.rim_fit)
            moved = fixed.ellipse.distance(rim)
            placed[k] = fixed if moved < o.max_seed_shift * b else RimFit(rim, 0.0)
    least = o.min_seed_support_share * float(np.median([fit.support for fit in placed.values()]))
    seeds = {k: fit.ellipse for k, fit in placed.items() if fit.support >= least}
    if b < options.candidates.usual_radii[0] * stature_px:
        needed = options.detection.min_score_small
    return Plate(a, b, seeds, score, needed, inner)


def _outermost(
    images: Sequence[Image], discs: Sequence[Ellipse], stature_px: float, options: PlateOptions
) -> tuple[list[Ellipse], tuple[float, ...]]:
    """Grow discs to the outermost ring; return the inner rings too, radii."""
    o = options.refinement
    max_radius_px = o.max_radius * stature_px
    rings = concentric_rings(list(zip(images, discs, strict=True)), max_radius_px, options)
    discs = [disc.scaled(rings[-1]) for disc in discs]
    inner = tuple(ring / rings[-1] for ring in rings[:-1])
    outer = find_outer_ring(images, discs, max_radius_px, options)
    if outer is not None:
        discs = outer
        rings = concentric_rings(list(zip(images, discs, strict=True)), max_radius_px, options)
        inner = tuple(ring for ring in rings if ring < o.max_inner_ring)
    return list(discs), inner


def concentric_rings(
    discs: Sequence[tuple[Image, Ellipse]],
    max_radius_px: float,
    options: PlateOptions = DEFAULT_PLATE,
) -> list[float]:
    """Return the plate's own rings in or around those detected: painted ones, and last the rim.

    A ring of the plate is concentric in every image, the background behind is not: the median over
    images of the mean edge strength on each ring keeps the plate's own edges only.

    Parameters
    ----------
    discs
        Images, and the disc detected in each.
    max_radius_px
        No ring has a greater radius.
    options
        Parameters of refinement and of the rays.

    Returns
    -------
    Factors to scale the ellipses with, growing; at least one.
    """
    o = options.refinement
    middle = float(np.median([e.b for _, e in discs]))
    top = max(max_radius_px / middle, o.profile_to)
    scales = np.arange(o.profile_from, top, 1.0 / middle)
    profiles = []
    for image, e in discs:
        smooth = np.asarray(cv2.GaussianBlur(image, (0, 0), o.profile_blur_px), np.uint8)
        edges, at = rim_edges(smooth, e, o.profile_from, top, options.rim_fit)
        seen = edges >= 0
        count = seen.sum(axis=0)
        total = np.where(seen, np.minimum(edges, o.profile_clip), 0).sum(axis=0)
        mean = np.where(count > 0, total / np.maximum(count, 1), 0)
        profiles.append(np.interp(scales, at, mean))
    profile = np.median(profiles, axis=0)
    around = max(3, int(o.profile_around * middle))
    rises = []
    for i in range(2, len(scales) - 2):
        if profile[i] >= profile[i - 1] and profile[i] > profile[i + 1]:
            before = profile[max(i - around, 0) : i].min()
            after = profile[i + 1 : i + around + 1].min()
            rises.append((float(profile[i] - max(before, after)), float(scales[i])))
    return _clear_rings(rises, o)


def _clear_rings(
    rises: Sequence[tuple[float, float]], options: PlateRefinementOptions
) -> list[float]:
    """Of the rise (grey levels) and scale of rings, return the scales of the clear ones, or 1."""
    if not rises:
        return [1.0]
    strongest = max(rise for rise, _ in rises)
    least = max(options.min_ring_share * strongest, options.min_ring_rise)
    return [scale for rise, scale in rises if rise > least] or [1.0]
