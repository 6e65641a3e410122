"""Steady the landmarks of a person who is followed from frame to frame."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from lastrep.pose.blazepose.reader import Reading
from lastrep.pose.blazepose.square import MARGIN, Square
from lastrep.pose.one_euro import OneEuro

#: Filters of the landmarks in the picture and in metres: cutoff at rest (Hz), and its rise with
#: speed, in Hz per (side of the square / s) and per (m / s). MediaPipe's.
IMAGE_FILTER = (0.05, 80.0)
WORLD_FILTER = (0.1, 40.0)

#: The same of the circle around the body, in Hz per (its diameter / s). It places the next square,
#: and where the square is moves the landmarks: unfiltered, that loop makes pixels out of rounding
#: errors. A square that lags behind the body does worse: landmarks follow it for half a second (of
#: a hip at lockout, 40 degrees). MediaPipe's older pose graph had this filter with a cutoff of
#: 0.01 Hz, which never catches up with what it lost in a movement; its pose landmarker has none.
CIRCLE_FILTER = (0.3, 80.0)

#: Time in which the visibility follows: MediaPipe gives a new frame a weight of 0.1, whatever the
#: rate; this is the same at 30 frames a second.
VISIBILITY_S = 1 / 30 / -math.log(1 - 0.1)


class Smoother:
    """Smooths the landmarks of one person; begun anew with each person."""

    def __init__(self) -> None:
        self._image = OneEuro(*IMAGE_FILTER, raw_speed=True)
        self._world = OneEuro(*WORLD_FILTER, raw_speed=True)
        self._circle = OneEuro(*CIRCLE_FILTER, raw_speed=True)
        self._visibility: NDArray[np.float64] = np.zeros(1)
        self._last_s = -math.inf

    def __call__(self, t_s: float, reading: Reading) -> Reading:
        """Return the steadied reading; times must increase."""
        side_px = Square.around(reading.circle_px).side_px
        old = math.exp((self._last_s - t_s) / VISIBILITY_S)
        self._visibility = old * self._visibility + (1 - old) * reading.visibility
        self._last_s = t_s
        return dataclasses.replace(
            reading,
            image_px=self._image(t_s, reading.image_px, unit=side_px),
            world_m=self._world(t_s, reading.world_m),
            visibility=self._visibility,
            circle_px=self._circle(t_s, reading.circle_px, unit=side_px / MARGIN),
        )
