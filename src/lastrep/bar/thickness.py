"""A plate is a drum, not a disc: seen obliquely, its outline is two ellipses side by side.

An ellipse fitted to that outline is too tall (about 1 % at 70 degrees, 2 to 3 % at 45), and metres
with it too small. The outline fitted here is an ellipse drawn apart sideways, straight at the top
and bottom as the outline of a drum is, and sheared, as perspective shears what is off the middle
of the picture; neither changes its height.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lastrep.bar.ellipse import EDGE_KNOWN, Array, Ellipse, Image, rim_points

#: Fewer pictures than this say nothing sure.
MIN_PICTURES = 4
#: Corrections outside of this are misfits.
LEAST_FACTOR = 0.93
#: Distance from the outline from which an edge counts less, pixels.
OUTLIER_PX = 0.2


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
    # Takes long to import, and the first pose shall not wait for it.
    from scipy.optimize import least_squares

    points = rim_points(image, e, band=0.06, edge=EDGE_KNOWN)
    if len(points) < 36:
        return None
    unit = (points - e.centre) / (e.a, e.b)

    def outline(p: Array) -> Array:
        x, y, a, b, apart, shear = p
        up = unit[:, 1] - y
        across = np.maximum(np.abs(unit[:, 0] - x - shear * up) - apart, 0) / a
        return np.asarray((np.hypot(across, up / b) - 1) * e.b, np.float64)

    fit = least_squares(
        outline,
        (0.0, 0.0, 0.97, 1.0, 0.03, 0.0),
        bounds=([-0.2, -0.2, 0.5, 0.8, 0.0, -0.3], [0.2, 0.2, 1.2, 1.2, 0.5, 0.3]),
        loss="soft_l1",
        f_scale=OUTLIER_PX,
    )
    return float(fit.x[3])
