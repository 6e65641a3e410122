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
from lastrep.velocity.interval import (
    ConcentricInterval,
    WindowRule,
    concentric_interval,
    smooth,
)
from lastrep.velocity.parameters import LiftOptions, VelocityOptions
from lastrep.velocity.scale import Scale

Array = NDArray[np.float64]


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

    @property
    def rate_hz(self) -> float:
        """Samples per second."""
        return 1 / float(np.median(np.diff(self.t_s)))


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


@dataclass(frozen=True, slots=True, eq=False)
class LiftCutter:
    """Cuts the movements of a set's reps out of a track.

    Parameters
    ----------
    track
        The bar over the recording.
    spans
        The set's reps.
    rule
        Where a mean velocity starts and ends.
    scale
        Of what is followed; only thresholds need it.
    direction
        From `lifting_direction`.
    options
        Parameters of bar speed.
    """

    track: BarTrack
    spans: Sequence[RepSpan]
    rule: WindowRule
    scale: Scale
    direction: int
    options: VelocityOptions

    def cut(self, index: int, point: MovingPoint | None) -> Lift | None:
        """Cut one rep's movement out; None where it was not seen well enough."""
        path = None if point is None else self._path(index, point)
        if point is None or path is None:
            return None
        t_s, xy, confidence = path
        height = -self.direction * xy[:, 1]
        interval = self._interval(t_s, height, point.source)
        if interval is None:
            return None
        window_s = interval.start_s, interval.end_s
        ends = np.interp(window_s, t_s, smooth(t_s, height, self.options.interval.smooth_s)[0])
        lowering = _lowering(
            t_s, height, window_s, self.spans[index], self.options.lift.min_lowering_samples
        )
        return Lift(
            point.source, confidence, t_s, xy[:, 0], height, window_s, interval.unsure_s,
            float(ends[1] - ends[0]), self.direction * float(ends[1]), lowering,
        )  # fmt: skip

    def _path(self, index: int, point: MovingPoint) -> tuple[Array, Array, float] | None:
        """Return times, places and confidence around a lift, if it was seen."""
        track, limits = self.track, self.options.lift
        from_s, to_s = self.spans[index].concentric_s
        low_s, high_s = _around(self.spans, index, limits.around_s)
        inside = (track.t_s >= low_s) & (track.t_s <= high_s)
        core = (track.t_s >= from_s) & (track.t_s <= to_s)
        if inside.sum() < limits.min_samples or core.sum() < limits.min_lifting_samples:
            return None
        confidence = float(point.confidence[core].mean())
        unsure = point.source is not PointSource.LANDMARK and confidence < limits.min_confidence
        if unsure or point.seen[core].mean() < limits.seen_share:
            return None
        path = _clean(track.t_s[inside], point.stabilised_px[inside], point.source, limits)
        if path is None:
            return None
        t_s, xy = path
        middle_s = (from_s + to_s) / 2
        seen = [
            run for run in runs(np.isfinite(xy[:, 0])) if t_s[run][0] <= middle_s <= t_s[run][-1]
        ]
        if not seen or seen[0].stop - seen[0].start < limits.min_samples:
            return None
        return t_s[seen[0]], xy[seen[0]], confidence

    def _interval(
        self, t_s: Array, height: Array, source: PointSource
    ) -> ConcentricInterval | None:
        options = self.options.interval
        unit = self.scale.metres_per_px if self.scale.known else 1.0
        misfit = options.landmark_misfit if source is PointSource.LANDMARK else options.misfit
        try:
            return concentric_interval(t_s, height, self.rule, unit, misfit, options)
        except ValueError:  # too few samples
            return None


def _around(spans: Sequence[RepSpan], index: int, around_s: float) -> tuple[float, float]:
    """Both phases of a rep with the rest around them, but not the lifts of its neighbours."""
    span = spans[index]
    low = min(span.eccentric_s[0], span.concentric_s[0]) - around_s
    high = max(span.eccentric_s[1], span.concentric_s[1]) + around_s
    if index:
        before = spans[index - 1]
        low = max(low, max(before.concentric_s[1], float(np.mean(before.eccentric_s))))
    if index + 1 < len(spans):
        after = spans[index + 1]
        high = min(high, min(after.concentric_s[0], float(np.mean(after.eccentric_s))))
    return low, high


def _clean(
    t_s: Array, xy: Array, source: PointSource, limits: LiftOptions
) -> tuple[Array, Array] | None:
    """Drop single bad frames, fill short gaps, and put the path on even times."""
    if np.isfinite(xy[:, 0]).sum() < limits.min_samples:
        return None
    filled = fill_gaps(t_s, hampel(xy))
    step_s = float(np.median(np.diff(t_s)))
    grid_s = np.arange(t_s[0], t_s[-1] + 1e-9, step_s)
    even = resample(t_s, filled, grid_s)
    if source is PointSource.LANDMARK:
        even = lowpass(even, 1 / step_s, limits.landmark_cutoff_hz)
    return grid_s, even


def _lowering(
    t_s: Array,
    height: Array,
    window: tuple[float, float],
    span: RepSpan,
    min_samples: int,
) -> tuple[float, float] | None:
    """Mean speed of the lowering phase, and its share that was seen; None if little of it was."""
    start, end = span.eccentric_s
    inside = (t_s >= start) & (t_s <= end)
    inside &= (t_s <= window[0]) if span.eccentric_first else (t_s >= window[1])
    if inside.sum() < min_samples or end <= start:
        return None
    fall = float(height[inside].max() - height[inside].min())
    length = float(np.ptp(t_s[inside]))
    return fall / length, length / (end - start)
