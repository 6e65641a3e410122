"""One rep's movement, cut out of a track: cleaned, on even times, with its window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.motion.arrays import runs
from lastrep.motion.cleaning import fill_gaps, hampel, resample
from lastrep.motion.filters import lowpass
from lastrep.reps.types import RepSpan
from lastrep.velocity.interval import MISFIT, WindowRule, concentric_interval, smooth
from lastrep.velocity.scale import Scale

Array = NDArray[np.float64]

#: A tracked bar below this confidence is not the bar.
USE_FROM = 0.3
#: The bar must be seen in this share of a lift's frames.
SEEN_SHARE = 0.9
#: A rep's movement is looked for this long around it, seconds.
AROUND_S = 0.8
#: Low-pass for landmarks (`docs/science.md` 2.6 has 4 Hz for a wrist): their slips at the ends of a
#: lift last a third of a second, lifts longer.
LANDMARK_CUTOFF_HZ = 4.0
#: How far a landmark is from any simple rise, as a share of the lift: it slips along the body by
#: millimetres as the posture changes, smoothly, so that its noise does not tell.
LANDMARK_MISFIT = 0.0075


@dataclass(frozen=True, slots=True, eq=False)
class Lift:
    """One rep's movement in pixels: even times, upwards positive in the lifting direction.

    `top` is where the lift ends, upwards in the picture.
    """

    source: PointSource
    confidence: float
    t_s: Array
    x: Array
    height: Array
    window_s: tuple[float, float]
    unsure_s: float
    rise: float
    top: float
    lowering: tuple[float, float] | None

    @property
    def mean(self) -> float:
        """Mean speed of the lift, pixels per second."""
        return self.rise / (self.window_s[1] - self.window_s[0])


def lifting_direction(
    t_s: Array, points: Sequence[MovingPoint | None], spans: Sequence[RepSpan]
) -> int:
    """Return 1 if what is followed goes up in the picture when it is lifted, -1 if down.

    All reps of a set go the same way. One by itself may mislead: of a failed one the body may
    show the phases wrongly.

    Parameters
    ----------
    points
        What is followed in each rep.
    """
    rises = []
    for point, span in zip(points, spans, strict=True):
        if point is not None and point.seen.any():
            y = np.interp(span.concentric_s, t_s[point.seen], point.stabilised_px[point.seen, 1])
            rises.append(y[0] - y[1])
    return 1 if sum(rises) >= 0 else -1


def cut_lift(
    track: BarTrack,
    point: MovingPoint | None,
    spans: Sequence[RepSpan],
    index: int,
    rule: WindowRule,
    scale: Scale,
    direction: int,
) -> Lift | None:
    """Cut one rep's movement out of a track; None where it was not seen well enough."""
    if point is None:
        return None
    span = spans[index]
    low_s, high_s = _around(spans, index)
    inside = (track.t_s >= low_s) & (track.t_s <= high_s)
    core = (track.t_s >= span.concentric_s[0]) & (track.t_s <= span.concentric_s[1])
    if inside.sum() < 8 or core.sum() < 3 or point.seen[core].mean() < SEEN_SHARE:
        return None
    confidence = float(point.confidence[core].mean())
    if point.source is not PointSource.LANDMARK and confidence < USE_FROM:
        return None
    path = _clean(track.t_s[inside], point.stabilised_px[inside], point.source)
    if path is None:
        return None
    t_s, xy = path
    middle = float(np.mean(span.concentric_s))
    seen = [run for run in runs(np.isfinite(xy[:, 0])) if t_s[run][0] <= middle <= t_s[run][-1]]
    if not seen or seen[0].stop - seen[0].start < 8:
        return None
    t_s, xy = t_s[seen[0]], xy[seen[0]]
    height = -direction * xy[:, 1]
    unit = scale.metres_per_px if scale.known else 1.0
    misfit = LANDMARK_MISFIT if point.source is PointSource.LANDMARK else MISFIT
    try:
        window = concentric_interval(t_s, height, rule, unit, misfit)
        if window is None:
            return None
        window_s = window.start_s, window.end_s
        ends = np.interp(window_s, t_s, smooth(t_s, height)[0])
    except ValueError:
        return None
    lowering = _lowering(t_s, height, window_s, span)
    return Lift(
        point.source, confidence, t_s, xy[:, 0], height, window_s, window.unsure_s,
        float(ends[1] - ends[0]), direction * float(ends[1]), lowering,
    )  # fmt: skip


def _around(spans: Sequence[RepSpan], index: int) -> tuple[float, float]:
    """Both phases of a rep with the rest around them, but not the lifts of its neighbours."""
    span = spans[index]
    low = min(span.eccentric_s[0], span.concentric_s[0]) - AROUND_S
    high = max(span.eccentric_s[1], span.concentric_s[1]) + AROUND_S
    if index:
        before = spans[index - 1]
        low = max(low, max(before.concentric_s[1], float(np.mean(before.eccentric_s))))
    if index + 1 < len(spans):
        after = spans[index + 1]
        high = min(high, min(after.concentric_s[0], float(np.mean(after.eccentric_s))))
    return low, high


def _clean(t_s: Array, xy: Array, source: PointSource) -> tuple[Array, Array] | None:
    """Drop single bad frames, fill short gaps, and put the path on even times."""
    if np.isfinite(xy[:, 0]).sum() < 8:
        return None
    filled = fill_gaps(t_s, hampel(xy))
    step_s = float(np.median(np.diff(t_s)))
    grid_s = np.arange(t_s[0], t_s[-1] + 1e-9, step_s)
    even = resample(t_s, filled, grid_s)
    if source is PointSource.LANDMARK:
        even = lowpass(even, 1 / step_s, LANDMARK_CUTOFF_HZ)
    return grid_s, even


def _lowering(
    t_s: Array, height: Array, window: tuple[float, float], span: RepSpan
) -> tuple[float, float] | None:
    """Mean speed of the lowering phase, and its share that was seen; None if little of it was."""
    start, end = span.eccentric_s
    inside = (t_s >= start) & (t_s <= end)
    inside &= (t_s <= window[0]) if span.eccentric_first else (t_s >= window[1])
    if inside.sum() < 5 or end <= start:
        return None
    fall = float(height[inside].max() - height[inside].min())
    length = float(np.ptp(t_s[inside]))
    return fall / length, length / (end - start)
