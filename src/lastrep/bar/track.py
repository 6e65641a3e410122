"""Where the bar was: the result of tracking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.lifter import Proxy

Array = NDArray[np.float64]
Side = Literal["both", "left", "right"]


class PointSource(StrEnum):
    """What was followed."""

    PLATE = "plate"
    POINT = "point"
    LANDMARK = "landmark"


@dataclass(frozen=True, slots=True, eq=False)
class MovingPoint:
    """One thing followed over the recording; arrays share the frames as first axis.

    Parameters
    ----------
    source
        What it is.
    image_px
        shape = (n, 2): where it is in each picture, x right, y down; NaN where it was not seen.
    room_px
        shape = (n, 2): the same as an unmoved camera would have shown it. Speeds come from this.
    radius_px
        shape = (n,): vertical semi-axis of the plate where it was measured; NaN elsewhere.
    support
        shape = (n,): share of the plate's rim that was seen, 0..1; landmarks: 1 where seen.
    confidence
        shape = (n,): 0..1, how sure it is that this is the bar.
    aspect
        Horizontal over vertical axis of the plate's ellipse; NaN for other sources.
    nearness
        How much larger it looks than it would in the plane of the body's middle; 1 where not known.
    tilt_deg
        shape = (n,): how much higher the bar's end on the right of the picture is than the other
        one, where both are followed; NaN elsewhere. None where the bar's ends are not followed:
        then the other values are those of one plate.
    """

    source: PointSource
    image_px: Array
    room_px: Array
    radius_px: Array
    support: Array
    confidence: Array
    aspect: float = float("nan")
    nearness: float = 1.0
    tilt_deg: Array | None = None

    def scaled(self, factor: float) -> MovingPoint:
        """Return the same in pictures that are `factor` times as large."""
        return replace(
            self,
            image_px=self.image_px * factor,
            room_px=self.room_px * factor,
            radius_px=self.radius_px * factor,
        )

    @property
    def both_ends(self) -> bool:
        """Whether it is the middle between both ends of the bar, seen from the front."""
        return self.tilt_deg is not None

    @property
    def seen(self) -> NDArray[np.bool_]:
        """In which frames it was seen, shape = (n,)."""
        return np.asarray(np.isfinite(self.room_px[:, 0]), np.bool_)

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
        shape = (n,): time of each frame.
    bar
        The plate (or the point the user chose); None if none was found.
    proxies
        The body part that stands in for the bar: both sides' middle, and each side.
    proxy_name
        Which body part.
    stature_px
        Height of the lifter in the image, pixels; NaN if not known.
    camera_known
        shape = (n,): whether the camera's movement up to this frame is known.
    camera_shift_px
        shape = (n,): how far the camera's movement has shifted the middle of the picture.
    """

    t_s: Array
    bar: MovingPoint | None
    proxies: Mapping[Side, MovingPoint]
    proxy_name: Proxy
    stature_px: float
    camera_known: NDArray[np.bool_]
    camera_shift_px: Array

    def scaled(self, factor: float) -> BarTrack:
        """Return the same in pictures that are `factor` times as large."""
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
