"""The line through both hands, along which the sleeves are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lastrep.bar.arrays import Array
from lastrep.bar.lifter import (
    DEFAULT_LIFTER,
    PROXY_LANDMARKS,
    BarProxy,
    LifterOptions,
    interpolate_gaps,
    proxy_path,
)
from lastrep.bar.sleeves.options import DEFAULT_SLEEVES, HandLineOptions
from lastrep.motion.cleaning import hampel
from lastrep.motion.filters import savitzky_golay


@dataclass(frozen=True, slots=True, eq=False)
class HandLine:
    """The line through both hands in n frames.

    Parameters
    ----------
    proxy_px
        shape = (n, 2): the bar proxy, pixels.
    to_middle
        shape = (2,): from the proxy to the middle between the wrists, median, pixels.
    half_px
        Half the distance between the wrists, median, pixels.
    slope
        shape = (n,): how much lower the line is per pixel to the right.
    """

    proxy_px: Array
    to_middle: Array
    half_px: float
    slope: Array

    def at_distance(self, out_px: float) -> Array:
        """Return the points this far to the right of the middle (left if negative), (n, 2)."""
        lean = np.stack([np.ones(len(self.slope)), self.slope], axis=1)
        return np.asarray(self.proxy_px + self.to_middle + out_px * lean, np.float64)

    def in_frames(self, frames: Sequence[int]) -> HandLine:
        """Return the same in some of the frames."""
        return replace(self, proxy_px=self.proxy_px[list(frames)], slope=self.slope[list(frames)])


def fit_hand_line(
    points: Array,
    proxy: BarProxy,
    options: HandLineOptions = DEFAULT_SLEEVES.hand_line,
    lifter: LifterOptions = DEFAULT_LIFTER,
) -> HandLine | None:
    """Return the line through both hands.

    Parameters
    ----------
    points
        shape = (n, 33, 3): landmarks, pixels; NaN where not detected.
    proxy
        The body part that moves like the bar.
    options
        How much of the wrists' movement is tilt.
    lifter
        When landmarks are trusted.

    Returns
    -------
    None if a wrist or the proxy is never detected.
    """
    path = proxy_path(points, proxy, lifter)
    wrists = interpolate_gaps(points[:, PROXY_LANDMARKS["wrist"], :2])
    if not (np.isfinite(path).all() and np.isfinite(wrists).all()):
        return None
    wrists = wrists[:, np.argsort(np.median(wrists[:, :, 0], axis=0))]
    across, down = (wrists[:, 1] - wrists[:, 0]).T
    steepest, frames = options.max_slope, options.smoothed_frames
    slope = hampel(np.clip(down / np.maximum(across, 1.0), -steepest, steepest)[:, None])[:, 0]
    if len(slope) >= frames:
        slope = savitzky_golay(slope, frames, 2)
    usual = float(np.median(slope))
    lean = slope - usual
    slope = usual + lean * np.clip(np.abs(lean) / options.tremble_slope - 1, 0, 1)
    to_middle = np.median(wrists.mean(axis=1) - path, axis=0)
    return HandLine(path, to_middle, float(np.median(across)) / 2, slope)
