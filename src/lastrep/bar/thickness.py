"""A plate is a drum, not a disc: seen obliquely, its outline is two ellipses side by side.

An ellipse fitted to that outline is too tall (about 1 % at 70 degrees, 2 to 3 % at 45), and metres
with it too small. The outline fitted here is an ellipse drawn apart sideways, straight at the top
and bottom as the outline of a drum is, and sheared, as perspective shears what is off the middle
of the picture; neither changes its height.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lastrep.bar.ellipse import EDGE_KNOWN, Array, Ellipse, Image, rim_points

#: Fewer pictures than this say nothing sure.
MIN_PICTURES = 4
#: Corrections outside of this are misfits.
LEAST_FACTOR = 0.93
#: Distance from the outline from which an edge counts less, pixels.
OUTLIER_PX = 0.2
#: An outline: x and y of its middle, horizontal and vertical semi-axis, half of how far its halves
#: are drawn apart, and shear, in semi-axes of the fitted ellipse. Where the fit starts, and what is
#: possible.
START = np.array([0.0, 0.0, 0.97, 1.0, 0.03, 0.0])
LEAST = np.array([-0.2, -0.2, 0.5, 0.8, 0.0, -0.3])
MOST = np.array([0.2, 0.2, 1.2, 1.2, 0.5, 0.3])
#: Rounds of the fit at most, its step for slopes, and the move that ends it.
ROUNDS, STEP, CONVERGED = 60, 1e-6, 1e-5


def height_factor(pictures: Sequence[tuple[Image, Ellipse]]) -> float:
    """True vertical semi-axis over the fitted ellipse's, 0.93..1; 1 if it cannot be told.

    Parameters
    ----------
    pictures
        Pictures with the ellipse fitted to the rim in each.
    """
    factors = [factor for image, e in pictures if (factor := _factor(image, e)) is not None]
    if len(factors) < MIN_PICTURES:
        return 1.0
    return float(np.clip(np.median(factors), LEAST_FACTOR, 1.0))


def _factor(image: Image, e: Ellipse) -> float | None:
    points = rim_points(image, e, band=0.06, edge=EDGE_KNOWN)
    if len(points) < 36:
        return None
    unit = (points - e.centre) / (e.a, e.b)

    def distance_px(p: Array) -> Array:
        x, y, a, b, apart, shear = p.T[..., None]
        up = unit[:, 1] - y
        across = np.maximum(np.abs(unit[:, 0] - x - shear * up) - apart, 0) / a
        return np.asarray((np.hypot(across, up / b) - 1) * e.b, np.float64)

    return float(_fitted(distance_px)[3])


def _fitted(distance_px: Callable[[Array], Array]) -> Array:
    """The outline nearest to the edges, far ones counting less: Levenberg's damped least squares.

    `scipy.optimize.least_squares` would do the same, but takes longer to import than the bar takes
    to be found.

    Parameters
    ----------
    distance_px
        Takes outlines, shape = (m, 6); returns how far the edges are from each, shape = (m, n).
    """
    best, damping = START, 1e-3
    off = distance_px(best[None])[0]
    for _ in range(ROUNDS):
        slopes = (distance_px(best + STEP * np.eye(len(best))) - off) / STEP
        weights = 1 / np.hypot(1, off / OUTLIER_PX)
        normal = (slopes * weights) @ slopes.T
        move = np.linalg.solve(
            normal + damping * np.diag(np.diag(normal) + 1e-9), -(slopes * weights) @ off
        )
        tried = np.clip(best + move, LEAST, MOST)
        off_there = distance_px(tried[None])[0]
        if _misfit(off_there) < _misfit(off):
            moved = np.abs(tried - best).max()
            best, off, damping = tried, off_there, damping / 5
            if moved < CONVERGED:
                break
        else:
            damping *= 10
    return best


def _misfit(off_px: Array) -> float:
    """Squares of small distances, and large ones as they are (soft L1)."""
    return float(np.sum(np.hypot(1, off_px / OUTLIER_PX) - 1))
