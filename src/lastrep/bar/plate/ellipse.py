"""An ellipse with upright axes.

A plate seen from any side is an ellipse whose vertical axis is the plate's true diameter: moving
the camera around the lifter shortens the horizontal axis only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lastrep.bar.arrays import Array


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse with upright axes, in pixels.

    Parameters
    ----------
    x, y
        Centre.
    a, b
        Horizontal and vertical semi-axis.
    """

    x: float
    y: float
    a: float
    b: float

    @property
    def centre(self) -> Array:
        """The centre, shape = (2,)."""
        return np.array([self.x, self.y])

    @property
    def aspect(self) -> float:
        """Horizontal over vertical axis: the sine of the angle between bar and line of sight."""
        return self.a / self.b

    def at(self, centre: Array) -> Ellipse:
        """Return the same ellipse with another centre, shape = (2,)."""
        return replace(self, x=float(centre[0]), y=float(centre[1]))

    def scaled(self, factor: float) -> Ellipse:
        """Return the concentric ellipse that is `factor` times as large."""
        return replace(self, a=self.a * factor, b=self.b * factor)

    def distance(self, other: Ellipse) -> float:
        """Return the distance between the centres, pixels."""
        return float(np.hypot(self.x - other.x, self.y - other.y))


def ellipse_table(ellipses: Sequence[Ellipse]) -> Array:
    """Return rows of x, y, a, b, shape = (n, 4)."""
    return np.array([(e.x, e.y, e.a, e.b) for e in ellipses], np.float64)
