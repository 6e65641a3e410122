"""Region of interest (ROI): the rotated square of an image that a network looks at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

#: The square is larger than the circle around the body by this factor: as MediaPipe's, for which
#: the networks were trained.
ROI_MARGIN = 1.25


@dataclass(frozen=True, slots=True)
class RoiBox:
    """A rotated square in an image.

    Parameters
    ----------
    x_px, y_px
        Its middle, pixels of the image.
    side_px
        Its side, pixels.
    angle_rad
        Its rotation, radians, clockwise as seen.
    """

    x_px: float
    y_px: float
    side_px: float
    angle_rad: float = 0.0

    @classmethod
    def around(cls, circle_px: NDArray[np.float64]) -> Self:
        """Return the box around a person, turned so that the person stands upright in it.

        Parameters
        ----------
        circle_px
            shape = (2, 2): middle of the hips, and the point on the rim of the circle around the
            body that lies in the direction of the head.
        """
        (x, y), (rim_x, rim_y) = circle_px.tolist()
        turned = math.atan2(rim_y - y, rim_x - x) + math.pi / 2
        angle = turned - 2 * math.pi * math.floor((turned + math.pi) / (2 * math.pi))
        return cls(x, y, 2 * ROI_MARGIN * math.hypot(rim_x - x, rim_y - y), angle)

    @property
    def rotation(self) -> NDArray[np.float64]:
        """Matrix, shape = (2, 2), that turns row vectors (x, y) by the box's angle."""
        cos, sin = math.cos(self.angle_rad), math.sin(self.angle_rad)
        return np.array([[cos, sin], [-sin, cos]])

    def overlap(self, other: RoiBox) -> float:
        """Return intersection over union (0..1) of two boxes, their rotation ignored."""
        half, other_half = self.side_px / 2, other.side_px / 2
        shared = 1.0
        for ours, theirs in ((self.x_px, other.x_px), (self.y_px, other.y_px)):
            low, high = max(ours - half, theirs - other_half), min(ours + half, theirs + other_half)
            shared *= max(high - low, 0.0)
        return shared / (self.side_px**2 + other.side_px**2 - shared)
