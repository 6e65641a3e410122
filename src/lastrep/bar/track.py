"""The result of bar tracking: where the bar was in every frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

import numpy as np

from lastrep.bar.arrays import Array, Mask
from lastrep.bar.lifter import BarProxy

Side = Literal["both", "left", "right"]


class PointSource(StrEnum):
    """What was tracked."""

    PLATE = "plate"
    POINT = "point"
    LANDMARK = "landmark"


@dataclass(frozen=True, slots=True, eq=False)
class MovingPoint:
    """One point tracked over the recording; arrays share the frames as first axis.

    Parameters
    ----------
    source
        What it is.
    image_px
        shape = (n, 2): where it is in each image, x right, y down, pixels; NaN where not detected.
    stabilised_px
        shape = (n, 2): the same as a camera at rest would have shown it. Speeds come from this.
    radius_px
        shape = (n,): vertical semi-axis of the plate where it was measured; NaN elsewhere.
    support
        shape = (n,): share of the plate's rim that is an edge, 0..1; landmarks: 1 where detected.
    confidence
        shape = (n,): probability-like, 0..1, that this is the bar.
    aspect
        Horizontal over vertical axis of the plate's ellipse; NaN for other sources.
    perspective_scale
        How much larger it looks than it would in the plane of the body's middle; 1 if not known.
    tilt_deg
        shape = (n,): how much higher the bar's end on the right of the image is than the other one,
        degrees, where both sleeves are tracked; NaN elsewhere. None if one plate is tracked instead
        of both sleeves.
    """

    source: PointSource
    image_px: Array
    stabilised_px: Array
    radius_px: Array
    support: Array
    confidence: Array
    aspect: float = float("nan")
    perspective_scale: float = 1.0
    tilt_deg: Array | None = None

    def scaled(self, factor: float) -> MovingPoint:
        """Return the same in images that are `factor` times as large."""
        return replace(
            self,
            image_px=self.image_px * factor,
            stabilised_px=self.stabilised_px * factor,
            radius_px=self.radius_px * factor,
        )

    @property
    def both_ends(self) -> bool:
        """True if it is the middle between both ends of the bar, seen from the front."""
        return self.tilt_deg is not None

    @property
    def seen(self) -> Mask:
        """True in frames in which it was detected, shape = (n,)."""
        return np.asarray(np.isfinite(self.stabilised_px[:, 0]), np.bool_)

    @property
    def typical_radius_px(self) -> float:
        """Median radius of the plate, pixels; NaN if never measured."""
        known = self.radius_px[np.isfinite(self.radius_px)]
        return float(np.median(known)) if len(known) else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class BarTrack:
    """The bar over the recording.

    Parameters
    ----------
    t_s
        shape = (n,): time of each frame, seconds.
    bar
        The plate, the middle between both sleeves, or the point the user chose; None if nothing was
        detected.
    proxies
        The bar proxy: the middle of both sides of the body part, and each side.
    bar_proxy
        Which body part it is.
    stature_px
        Height of the lifter in the image, pixels; NaN if not known.
    camera_known
        shape = (n,): True if the camera's movement up to this frame is known.
    camera_shift_px
        shape = (n,): how far the camera's movement has shifted the middle of the image, pixels.
    """

    t_s: Array
    bar: MovingPoint | None
    proxies: Mapping[Side, MovingPoint]
    bar_proxy: BarProxy
    stature_px: float
    camera_known: Mask
    camera_shift_px: Array

    def scaled(self, factor: float) -> BarTrack:
        """Return the same in images that are `factor` times as large."""
        return replace(
            self,
            bar=None if self.bar is None else self.bar.scaled(factor),
            proxies={side: point.scaled(factor) for side, point in self.proxies.items()},
            stature_px=self.stature_px * factor,
            camera_shift_px=self.camera_shift_px * factor,
        )

    @property
    def plate_share_of_stature(self) -> float:
        """Diameter of the plate over the lifter's height, both in the image; NaN if not known."""
        if self.bar is None or self.bar.source is not PointSource.PLATE:
            return float("nan")
        return 2 * self.bar.typical_radius_px / self.stature_px
