"""The bar where the user points at it."""

from __future__ import annotations

from lastrep.bar.candidates import SMALL_RADII, USUAL_RADII, Search, edges_near, find_discs
from lastrep.bar.ellipse import EDGE_KNOWN, Array, Ellipse, Image, fit_rim
from lastrep.bar.plate import LARGEST_RADIUS, rings

#: The pointed-at place is this near to the middle of the disc that is meant, in radii.
NEAR = 0.5
#: The rim of a disc that is meant is seen at least this much.
SUPPORT_NEEDED = 0.7


def disc_at(image: Image, at: Array, stature_px: float) -> Ellipse | None:
    """Return the disc at a place, None if there is none.

    Parameters
    ----------
    image
        shape = (h, w, 3)
    at
        shape = (2,): pixels.
    """
    edges = edges_near(image, at, stature_px)
    for radii in (USUAL_RADII, SMALL_RADII):
        fits = [
            fit
            for fit in find_discs(image, edges, Search(at, stature_px, radii))
            if fit.support >= SUPPORT_NEEDED
            and fit.ellipse.distance(fit.ellipse.at(at)) < NEAR * fit.ellipse.b
        ]
        if not fits:
            continue
        best = max(fits, key=lambda f: f.support * f.ellipse.b**0.5).ellipse
        growth = rings([(image, best)], LARGEST_RADIUS * stature_px)[-1]
        rim = fit_rim(image, best.scaled(growth), band=0.08, edge=EDGE_KNOWN)
        return rim.ellipse if rim.support >= SUPPORT_NEEDED else best
    return None
