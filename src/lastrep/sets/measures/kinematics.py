"""A set's landmarks in the planes in which form is read, at even times."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.filters import lowpass
from lastrep.motion.measures import MEASURES, Measure
from lastrep.motion.planes import PlanarLandmarks, Side, body_planes, facing
from lastrep.motion.roll import Roll, camera_roll, unroll
from lastrep.motion.track import Track
from lastrep.pose import PoseSequence
from lastrep.reps.segmentation import Segmentation
from lastrep.sets.measures.options import MeasureOptions

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SetKinematics:
    """A set's landmarks in the planes that form is read in; all arrays share the even time grid.

    Parameters
    ----------
    t_s, rate_hz
        The grid.
    image, sagittal, frontal
        Figures in the image (roll removed) and in the lifter's own planes.
    inside
        shape = (n, 33): whether the landmark is known and inside the picture.
    visibility
        shape = (n, 33), 0 where nobody was found.
    fraction
        Concentric fraction.
    roll
        Turn of the camera.
    options
        How values are read.
    """

    t_s: Array
    rate_hz: float
    image: PlanarLandmarks
    sagittal: PlanarLandmarks
    frontal: PlanarLandmarks
    inside: NDArray[np.bool_]
    visibility: Array
    fraction: Array
    roll: Roll
    options: MeasureOptions
    _cache: dict[tuple[str, str], Array] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        poses: PoseSequence,
        segmentation: Segmentation,
        start_s: float,
        end_s: float,
        options: MeasureOptions = MeasureOptions(),  # noqa: B008 - frozen
    ) -> SetKinematics:
        """Cleaned movement around a set."""
        rate_hz = 1.0 / poses.frame_s
        cut = poses.between(start_s - options.margin_s, end_s + options.margin_s)
        track = Track.of(cut, rate_hz)
        raw = track.points
        frame_px = np.array([poses.width_px, poses.height_px])
        inside = np.all((raw[..., :2] >= 0) & (raw[..., :2] <= frame_px), axis=2)
        roll = camera_roll(raw)
        points = unroll(lowpass(raw, rate_hz, options.angle_cutoff_hz), roll)
        world_m = lowpass(Track.of_world(cut, rate_hz).points, rate_hz, options.angle_cutoff_hz)
        sagittal, frontal = body_planes(world_m)
        seen = np.nan_to_num(cut.visibility.astype(np.float64))
        nearest = np.clip(np.searchsorted(cut.t_s, track.t_s), 0, len(cut.t_s) - 1)
        return cls(
            t_s=track.t_s,
            rate_hz=rate_hz,
            image=PlanarLandmarks.of(points[..., :2], facing(points)),
            sagittal=PlanarLandmarks.of(sagittal, facing(sagittal)),
            frontal=PlanarLandmarks.of(frontal, 1.0),
            inside=inside,
            visibility=seen[nearest],
            fraction=np.interp(track.t_s, segmentation.t_s, segmentation.rep_position),
            roll=roll,
            options=options,
        )

    def measure(self, name: str, source: str) -> Array:
        """One measure over time.

        `source` is "left", "right", "near" (the better seen of them) or "weighted" (their mean,
        weighted by how well they are seen) of the image, or "world".
        """
        key = (name, source)
        if key not in self._cache:
            self._cache[key] = self._read(MEASURES[name], source)
        return self._cache[key]

    def _read(self, measure: Measure, source: str) -> Array:
        if source == "world":
            figure = self.sagittal if measure.plane != "frontal" else self.frontal
            sides: tuple[Side, ...] = ("left", "right") if measure.sided else ("left",)
            return np.asarray(np.mean([measure.of(figure, s) for s in sides], axis=0))
        weights = self._weights(measure)
        if source == "weighted" and measure.sided:
            return weights[0] * measure.of(self.image, "left") + weights[1] * measure.of(
                self.image, "right"
            )
        right = source == "right" or (source == "near" and weights[1] > weights[0])
        return measure.of(self.image, "right" if right else "left")

    def _weights(self, measure: Measure) -> tuple[float, float]:
        """Shares of left and right in the mean: how well each is seen at its worst, squared."""
        left, low = list(measure.landmarks), self.options.low_visibility_quantile
        seen = [
            max(float(np.quantile(self.visibility[:, i].min(axis=1), low)), 1e-3) ** 2
            for i in (left, [k + 1 for k in left])
        ]
        return seen[0] / sum(seen), seen[1] / sum(seen)

    def index(self, t_s: float) -> int:
        """Sample nearest to a time."""
        at = round((t_s - float(self.t_s[0])) * self.rate_hz)
        return int(np.clip(at, 0, len(self.t_s) - 1))

    def window(self, start_s: float, end_s: float) -> slice:
        """Return the samples of a stretch of time; at least one."""
        first = self.index(start_s)
        return slice(first, max(self.index(end_s), first) + 1)

    def around(self, t_s: float, width_s: float) -> slice:
        """Return the samples within half a width of a time."""
        return self.window(t_s - width_s / 2, t_s + width_s / 2)
