"""Where both hands are on the bar: what the bar's ends are looked for beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lastrep.bar.lifter import PROXY_LANDMARKS, Array, Proxy, bridge, proxy_line
from lastrep.motion.cleaning import hampel
from lastrep.motion.filters import savitzky_golay

#: A bar seldom leans more (tangent; 25 degrees): what is steeper is a slip of a wrist.
STEEPEST = 0.47
#: Wrists tremble by so much (tangent; 99 % of level bars stay within 0.01 to 0.04): only what is
#: beyond is taken for tilt, wholly from twice as much on.
LEVEL = 0.05
#: Frames over which the line through both wrists is smoothed: it is drawn out to the bar's ends,
#: which doubles its trembling.
SMOOTHED_FRAMES = 9


@dataclass(frozen=True, slots=True, eq=False)
class Grip:
    """Both hands in n frames.

    Parameters
    ----------
    hands
        shape = (n, 2): the point that moves like the bar, pixels.
    middle
        shape = (2,): from there to the middle between the wrists, usually.
    half_px
        Half the distance between the wrists.
    slope
        shape = (n,): how much lower the bar is per pixel to the right, as the wrists show it.
    """

    hands: Array
    middle: Array
    half_px: float
    slope: Array

    def beside(self, out_px: float) -> Array:
        """Where the bar is so far to the right of the middle (left where negative), (n, 2)."""
        lean = np.stack([np.ones(len(self.slope)), self.slope], axis=1)
        return np.asarray(self.hands + self.middle + out_px * lean, np.float64)

    def at(self, frames: Sequence[int]) -> Grip:
        """Return the same in some of the frames."""
        return replace(self, hands=self.hands[list(frames)], slope=self.slope[list(frames)])


def grip_of(points: Array, proxy: Proxy) -> Grip | None:
    """Return the hands on the bar; None where they or what moves like it are never seen.

    Parameters
    ----------
    points
        shape = (n, 33, 3): landmarks, pixels.
    proxy
        The body part that moves like the bar.
    """
    hands = proxy_line(points, proxy)
    wrists = bridge(points[:, PROXY_LANDMARKS["wrist"], :2])
    if not (np.isfinite(hands).all() and np.isfinite(wrists).all()):
        return None
    wrists = wrists[:, np.argsort(np.median(wrists[:, :, 0], axis=0))]
    across, down = (wrists[:, 1] - wrists[:, 0]).T
    slope = hampel(np.clip(down / np.maximum(across, 1.0), -STEEPEST, STEEPEST)[:, None])[:, 0]
    if len(slope) >= SMOOTHED_FRAMES:
        slope = savitzky_golay(slope, SMOOTHED_FRAMES, 2)
    usual = float(np.median(slope))
    lean = slope - usual
    slope = usual + lean * np.clip(np.abs(lean) / LEVEL - 1, 0, 1)
    middle = np.median(wrists.mean(axis=1) - hands, axis=0)
    return Grip(hands, middle, float(np.median(across)) / 2, slope)
