"""A set's landmarks in the planes in which form is read, at even times."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.filters import lowpass
from lastrep.motion.planes import PlanarLandmarks, Side, body_planes, facing
from lastrep.motion.posture import CHANNELS, Channel
from lastrep.motion.roll import Roll, camera_roll, unroll
from lastrep.motion.track import Track
from lastrep.pose import PoseSequence
from lastrep.reps.segmentation import Segmentation
from lastrep.sets.measures.joint_angle import ANGLE_CUTOFF_HZ

Array = NDArray[np.float64]

#: A side of the body counts by the visibility that it keeps all but this share of the time.
WORST_SEEN = 0.2
#: Movement before and after the set that is kept, so that filters have settled in it.
MARGIN_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
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
    _cache: dict[tuple[str, str], Array] = field(default_factory=dict)

    @classmethod
    def of(
        cls, poses: PoseSequence, segmentation: Segmentation, start_s: float, end_s: float
    ) -> Movement:
        """Cleaned movement around a set."""
        rate_hz = 1.0 / poses.frame_s
        cut = poses.between(start_s - MARGIN_S, end_s + MARGIN_S)
        track = Track.of(cut, rate_hz)
        raw = track.points
        frame_px = np.array([poses.width_px, poses.height_px])
        inside = np.all((raw[..., :2] >= 0) & (raw[..., :2] <= frame_px), axis=2)
        roll = camera_roll(raw)
        points = unroll(lowpass(raw, rate_hz, ANGLE_CUTOFF_HZ), roll)
        world_m = lowpass(Track.of_world(cut, rate_hz).points, rate_hz, ANGLE_CUTOFF_HZ)
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
        )

    def channel(self, name: str, source: str) -> Array:
        """One channel over time.

        `source` is "left", "right", "near" (the better seen of them) or "mean" (weighted by how
        well they are seen) of the image, or "world".
        """
        key = (name, source)
        if key not in self._cache:
            self._cache[key] = self._read(CHANNELS[name], source)
        return self._cache[key]

    def _read(self, channel: Channel, source: str) -> Array:
        if source == "world":
            figure = self.sagittal if channel.plane == "sagittal" else self.frontal
            sides: tuple[Side, ...] = ("left", "right") if channel.sided else ("left",)
            return np.asarray(np.mean([channel.read(figure, s) for s in sides], axis=0))
        weights = self._weights(channel)
        if source == "mean" and channel.sided:
            return weights[0] * channel.read(self.image, "left") + weights[1] * channel.read(
                self.image, "right"
            )
        right = source == "right" or (source == "near" and weights[1] > weights[0])
        return channel.read(self.image, "right" if right else "left")

    def _weights(self, channel: Channel) -> tuple[float, float]:
        """Shares of left and right in the mean: how well each is seen at its worst, squared."""
        left = list(channel.landmarks)
        seen = [
            max(float(np.quantile(self.visibility[:, i].min(axis=1), WORST_SEEN)), 1e-3) ** 2
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
