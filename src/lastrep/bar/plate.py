"""A plate that was found: its size, its rings, and the pictures that show it clearly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from lastrep.bar.candidates import USUAL_RADII
from lastrep.bar.ellipse import (
    EDGE_KNOWN,
    Ellipse,
    Image,
    RimFit,
    fit_rim,
    fit_rings,
    rim_edges,
)
from lastrep.bar.own_edges import outermost

#: A chain with this score is a plate; small discs are easier to satisfy by chance.
SCORE_NEEDED, SCORE_NEEDED_SMALL = 0.20, 0.26
#: Largest radius a plate can have, statures.
LARGEST_RADIUS = 0.25
#: Ring edges: contrast is clipped here (grey levels), so that one bright arc does not win.
RING_CLIP = 25.0
#: A ring counts as an edge from this share of the strongest ring's, and this many grey levels.
RING_SHARE, RING_LEAST = 0.22, 1.5
#: A ring nearer to the rim than this is the rim.
INNER_RING = 0.95
#: Key pictures with a worse rim, or a radius or width further from the median, are left out.
SEED_SUPPORT, SEED_RADIUS, SEED_WIDTH = 0.5, 0.06, 0.12
#: So are those whose rim is less clear than this share of the others': following it there from them
#: is surer than what was found.
SEED_CLEAR = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A plate that was found.

    Parameters
    ----------
    a, b
        Semi-axes, pixels.
    seeds
        Where it is, by frame number; pixels of that frame.
    score
        How well it follows the hands, 0..1.
    needed
        The score from which a disc of this size is believed.
    rings
        Its own rings inside of the rim (painted, or of a smaller plate in front), in radii.
    edge_on
        Whether it is not one disc but a body at each end of the bar, seen from the front; `seeds`
        are the middle between them then.
    """

    a: float
    b: float
    seeds: dict[int, Ellipse]
    score: float
    needed: float
    rings: tuple[float, ...] = ()
    edge_on: bool = False


def refine(
    linked: Sequence[tuple[int, Image, Ellipse]], stature_px: float, score: float, needed: float
) -> Plate | None:
    """Grow to the outermost ring, agree on one size and keep the pictures that fit it.

    Parameters
    ----------
    linked
        The discs that were found to be one: number and picture of the frame, and where it is.
    stature_px
        Height of the lifter.
    score, needed
        As in `Plate`.

    Returns
    -------
    None where the discs have no size in common.
    """
    largest_px = LARGEST_RADIUS * stature_px
    images, discs = [image for _, image, _ in linked], [disc for *_, disc in linked]
    found = rings(list(zip(images, discs, strict=True)), largest_px)
    discs = [disc.scaled(found[-1]) for disc in discs]
    inner = tuple(ring / found[-1] for ring in found[:-1])
    around = outermost(images, discs, largest_px)
    if around is not None:
        discs = around
        found = rings(list(zip(images, discs, strict=True)), largest_px)
        inner = tuple(ring for ring in found if ring < INNER_RING)
    fits = [
        (k, image, fit_rim(image, disc, band=0.08, edge=EDGE_KNOWN))
        for (k, image, _), disc in zip(linked, discs, strict=True)
    ]
    fits = [(k, image, fit) for k, image, fit in fits if fit.support > SEED_SUPPORT]
    if len(fits) < 2:
        return None
    sizes = np.array([(fit.ellipse.a, fit.ellipse.b) for *_, fit in fits])
    middle = np.median(sizes, axis=0)
    off = np.abs(sizes / middle - 1)
    good = (off[:, 0] < SEED_WIDTH) & (off[:, 1] < SEED_RADIUS)
    if good.sum() < 2:
        return None
    a, b = (float(v) for v in np.median(sizes[good], axis=0))
    # One shape for all, as in following, else the centre jumps at every key picture.
    same = {}
    for (k, image, fit), keep in zip(fits, good, strict=True):
        if keep:
            rim = replace(fit.ellipse, a=a, b=b)
            fixed = fit_rings(image, rim, inner, band=0.06)
            moved = fixed.ellipse.distance(rim)
            same[k] = fixed if moved < 0.08 * b else RimFit(rim, 0.0)
    clear = SEED_CLEAR * float(np.median([fit.support for fit in same.values()]))
    seeds = {k: fit.ellipse for k, fit in same.items() if fit.support >= clear}
    if b < USUAL_RADII[0] * stature_px:
        needed = SCORE_NEEDED_SMALL
    return Plate(a, b, seeds, score, needed, inner)


def rings(pictures: Sequence[tuple[Image, Ellipse]], largest_px: float) -> list[float]:
    """Return the plate's own rings in or around those found: painted ones, and last the rim.

    A ring of the plate is concentric in every picture, the background behind is not: the median
    over pictures of the mean edge strength on each ring keeps the plate's own edges only.

    Returns
    -------
    Factors to scale the ellipses with, growing; at least one.
    """
    middle = float(np.median([e.b for _, e in pictures]))
    top = max(largest_px / middle, 1.1)
    scales = np.arange(0.5, top, 1.0 / middle)
    profiles = []
    for image, e in pictures:
        edges, at = rim_edges(
            np.asarray(cv2.GaussianBlur(image, (0, 0), 0.8), np.uint8), e, 0.5, top
        )
        seen = edges >= 0
        count = seen.sum(axis=0)
        total = np.where(seen, np.minimum(edges, RING_CLIP), 0).sum(axis=0)
        mean = np.where(count > 0, total / np.maximum(count, 1), 0)
        profiles.append(np.interp(scales, at, mean))
    profile = np.median(profiles, axis=0)
    around = max(3, int(0.10 * middle))
    rises = []
    for i in range(2, len(scales) - 2):
        if profile[i] >= profile[i - 1] and profile[i] > profile[i + 1]:
            before = profile[max(i - around, 0) : i].min()
            after = profile[i + 1 : i + around + 1].min()
            rises.append((float(profile[i] - max(before, after)), float(scales[i])))
    if not rises:
        return [1.0]
    least = max(RING_SHARE * max(rise for rise, _ in rises), RING_LEAST)
    return [scale for rise, scale in rises if rise > least] or [1.0]
