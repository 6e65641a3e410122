"""Correction for the thickness of a plate seen obliquely.

A plate is a drum, not a disc: its outline is two ellipses side by side. An ellipse fitted to that
outline is too tall (about 1 % at 70 degrees, 2 to 3 % at 45), and metres with it too small. The
outline fitted here is an ellipse drawn apart sideways, straight at the top and bottom as the
outline of a drum is, and sheared, as perspective shears what is off the middle of the image;
neither changes its height.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lastrep.bar.arrays import Array, Image
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.options import DEFAULT_PLATE, PlateOptions, PlateThicknessOptions
from lastrep.bar.plate.rim_fit import rim_points

#: An outline: x and y of its middle, horizontal and vertical semi-axis, half of how far its halves
#: are drawn apart, and shear, in semi-axes of the fitted ellipse. Where the fit starts, and the
#: bounds of what is possible.
_START = np.array([0.0, 0.0, 0.97, 1.0, 0.03, 0.0])
_LOWER = np.array([-0.2, -0.2, 0.5, 0.8, 0.0, -0.3])
_UPPER = np.array([0.2, 0.2, 1.2, 1.2, 0.5, 0.3])


def height_factor(
    discs: Sequence[tuple[Image, Ellipse]], options: PlateOptions = DEFAULT_PLATE
) -> float:
    """True vertical semi-axis over that of the fitted ellipse, `min_factor`..1.

    Parameters
    ----------
    discs
        Images with the ellipse fitted to the rim in each.
    options
        Parameters of the correction and of the rim's edges.

    Returns
    -------
    1 if too few images show enough of the rim.
    """
    o = options.thickness
    factors = [factor for image, e in discs if (factor := _factor(image, e, options)) is not None]
    if len(factors) < o.min_images:
        return 1.0
    return float(np.clip(np.median(factors), o.min_factor, 1.0))


def _factor(image: Image, e: Ellipse, options: PlateOptions) -> float | None:
    rim_fit = options.rim_fit
    points = rim_points(image, e, options.thickness.band, rim_fit.min_edge_known, rim_fit)
    if len(points) < options.thickness.min_points:
        return None
    unit = (points - e.centre) / (e.a, e.b)

    def distance_px(p: Array) -> Array:
        x, y, a, b, apart, shear = p.T[..., None]
        up = unit[:, 1] - y
        across = np.maximum(np.abs(unit[:, 0] - x - shear * up) - apart, 0) / a
        return np.asarray((np.hypot(across, up / b) - 1) * e.b, np.float64)

    return float(_fitted(distance_px, options.thickness)[3])


def _fitted(distance_px: Callable[[Array], Array], options: PlateThicknessOptions) -> Array:
    """The outline nearest to the edges, by Levenberg-Marquardt with a soft L1 loss.

    `scipy.optimize.least_squares` would do the same, but takes longer to import than the bar takes
    to be detected.

    Parameters
    ----------
    distance_px
        Takes outlines, shape = (m, 6); returns how far the edges are from each, shape = (m, n).
    options
        Loss, step and end of the fit.
    """
    step, outlier_px = options.derivative_step, options.outlier_px
    best, damping = _START, 1e-3
    off = distance_px(best[None])[0]
    for _ in range(options.max_rounds):
        slopes = (distance_px(best + step * np.eye(len(best))) - off) / step
        weights = 1 / np.hypot(1, off / outlier_px)
        normal = (slopes * weights) @ slopes.T
        move = np.linalg.solve(
            normal + damping * np.diag(np.diag(normal) + 1e-9), -(slopes * weights) @ off
        )
        tried = np.clip(best + move, _LOWER, _UPPER)
        off_there = distance_px(tried[None])[0]
        if _loss(off_there, outlier_px) < _loss(off, outlier_px):
            moved = np.abs(tried - best).max()
            best, off, damping = tried, off_there, damping / 5
            if moved < options.converged:
                break
        else:
            damping *= 10
    return best


def _loss(off_px: Array, outlier_px: float) -> float:
    """Soft L1: squares of small distances, large ones as they are."""
    return float(np.sum(np.hypot(1, off_px / outlier_px) - 1))
