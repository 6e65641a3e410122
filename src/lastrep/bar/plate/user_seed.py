"""The plate where the user points at it."""

from __future__ import annotations

from lastrep.bar.arrays import Array, Image
from lastrep.bar.plate.candidates import DiscSearch, edges_near, find_discs
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.options import PlateOptions
from lastrep.bar.plate.refinement import Plate, concentric_rings
from lastrep.bar.plate.rim_fit import RimSearch, fit_rim


def disc_at(
    image: Image, point_px: Array, stature_px: float, options: PlateOptions
) -> Ellipse | None:
    """Return the disc at a point, None if there is none.

    Parameters
    ----------
    image
        shape = (h, w, 3)
    point_px
        shape = (2,): pixels.
    stature_px
        Height of the lifter, pixels.
    options
        Parameters of candidates, rings and rim fits.
    """
    o, candidates = options.user_seed, options.candidates
    edges = edges_near(image, point_px, stature_px, options=candidates)
    for radii in (candidates.usual_radii, candidates.small_radii):
        search = DiscSearch(point_px, stature_px, radii, candidates.aspects)
        fits = [
            fit
            for fit in find_discs(image, edges, search, options)
            if fit.support >= o.min_support
            and fit.ellipse.distance(fit.ellipse.at(point_px)) < o.max_distance * fit.ellipse.b
        ]
        if not fits:
            continue
        best = max(fits, key=lambda f: f.support * f.ellipse.b**0.5).ellipse
        refinement, rim_fit = options.refinement, options.rim_fit
        max_radius_px = refinement.max_radius * stature_px
        growth = concentric_rings([(image, best)], max_radius_px, options)[-1]
        free = RimSearch(refinement.free_band, refinement.fit_rounds, rim_fit.min_edge_known)
        rim = fit_rim(image, best.scaled(growth), free, rim_fit)
        return rim.ellipse if rim.support >= o.min_support else best
    return None


def seed_plate(disc: Ellipse, index: int = 0) -> Plate:
    """Return a plate that is known in one frame only, and not doubted: the user showed it."""
    return Plate(disc.a, disc.b, {index: disc}, score=1.0, needed=1.0)
