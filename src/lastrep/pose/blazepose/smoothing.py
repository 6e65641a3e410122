"""Steady the landmarks of a person who is followed from frame to frame."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from lastrep.pose.blazepose.landmark_model import LandmarkOutput
from lastrep.pose.blazepose.roi import ROI_MARGIN, RoiBox
from lastrep.pose.one_euro import OneEuro


@dataclasses.dataclass(frozen=True, slots=True)
class SmoothingOptions:
    """One-Euro filters: cutoff at rest (Hz), and its rise with speed (beta).

    Parameters
    ----------
    image_cutoff_hz, image_beta
        Of the landmarks in the image; beta in Hz per (side of the box / s). MediaPipe's.
    world_cutoff_hz, world_beta
        Of the landmarks in metres; beta in Hz per (m / s). MediaPipe's.
    roi_cutoff_hz, roi_beta
        Of the circle around the body; beta in Hz per (its diameter / s). It places the next box,
        and where the box is moves the landmarks: unfiltered, that loop makes pixels out of rounding
        errors. A box that lags behind the body does worse: landmarks follow it for half a second
        (of a hip at lockout, 40 degrees). MediaPipe's older pose graph had this filter with a
        cutoff of 0.01 Hz, which never catches up with what it lost in a movement; its pose
        landmarker has none.
    visibility_s
        Time constant of the visibility, seconds: MediaPipe gives a new frame a weight of 0.1,
        whatever the rate; this is the same at 30 frames/s.
    """

    image_cutoff_hz: float = 0.05
    image_beta: float = 80.0
    world_cutoff_hz: float = 0.1
    world_beta: float = 40.0
    roi_cutoff_hz: float = 0.3
    roi_beta: float = 80.0
    visibility_s: float = 1 / 30 / -math.log(1 - 0.1)


class Smoother:
    """Smooths the landmarks of one person; begun anew with each person."""

    def __init__(self, options: SmoothingOptions = SmoothingOptions()) -> None:
        self._image = OneEuro(options.image_cutoff_hz, options.image_beta, raw_speed=True)
        self._world = OneEuro(options.world_cutoff_hz, options.world_beta, raw_speed=True)
        self._circle = OneEuro(options.roi_cutoff_hz, options.roi_beta, raw_speed=True)
        self._visibility_s = options.visibility_s
        self._visibility: NDArray[np.float64] = np.zeros(1)
        self._last_s = -math.inf

    def __call__(self, t_s: float, output: LandmarkOutput) -> LandmarkOutput:
        """Return the smoothed output of the next frame; times must increase."""
        side_px = RoiBox.around(output.circle_px).side_px
        old = math.exp((self._last_s - t_s) / self._visibility_s)
        self._visibility = old * self._visibility + (1 - old) * output.visibility
        self._last_s = t_s
        return dataclasses.replace(
            output,
            image_px=self._image(t_s, output.image_px, unit=side_px),
            world_m=self._world(t_s, output.world_m),
            visibility=self._visibility,
            circle_px=self._circle(t_s, output.circle_px, unit=side_px / ROI_MARGIN),
        )
