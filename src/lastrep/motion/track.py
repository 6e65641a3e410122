"""A cleaned track: one person's landmarks on a uniform time grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.cleaning import fill_gaps, hampel, resample, unswap_sides
from lastrep.pose.sequence import PoseSequence

Array = NDArray[np.float64]

#: Grid on which rhythm is read. Reps last at least 0.4 s, so 30 Hz loses nothing.
RHYTHM_RATE_HZ = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Landmarks after cleaning, at even times.

    Parameters
    ----------
    t_s
        shape = (n,): uniform grid over the time of the source.
    points
        shape = (n, 33, 3): pixels, as in `Pose.image_px`, or metres; NaN inside gaps that are too
        long to fill.
    rate_hz
        Samples per second of the grid.
    """

    t_s: Array
    points: Array
    rate_hz: float

    @classmethod
    def of(cls, poses: PoseSequence, rate_hz: float = RHYTHM_RATE_HZ) -> Track:
        """Undo swapped sides, drop outliers, fill short gaps and resample (in this order)."""
        return cls._cleaned(poses.t_s, poses.image_px.astype(np.float64), rate_hz)

    @classmethod
    def of_world(cls, poses: PoseSequence, rate_hz: float = RHYTHM_RATE_HZ) -> Track:
        """Return the same of the world landmarks, metres."""
        return cls._cleaned(poses.t_s, poses.world_m.astype(np.float64), rate_hz)

    @classmethod
    def _cleaned(cls, t_s: Array, points: Array, rate_hz: float) -> Track:
        t_s = np.asarray(t_s, np.float64)
        if len(t_s) < 2:
            return cls(t_s, points, rate_hz)
        points = fill_gaps(t_s, hampel(unswap_sides(points)))
        steps = int(np.floor((t_s[-1] - t_s[0]) * rate_hz + 1e-6))
        grid_s = t_s[0] + np.arange(steps + 1) / rate_hz
        return cls(grid_s, resample(t_s, points, grid_s), rate_hz)

    @property
    def found(self) -> NDArray[np.bool_]:
        """Whether the person's body is known at each time, shape = (n,)."""
        return np.asarray(np.isfinite(self.points[:, 11:29, 0]).all(axis=1), np.bool_)

    def __len__(self) -> int:
        return len(self.t_s)
