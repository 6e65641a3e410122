"""A cleaned track: one person's landmarks on a uniform time grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.cleaning import (
    CleaningOptions,
    correct_side_swaps,
    fill_gaps,
    hampel,
    resample,
)
from lastrep.pose.landmarks import Landmark
from lastrep.pose.sequence import PoseSequence

Array = NDArray[np.float64]

#: Rate of the grid on which rhythm is read. Reps last at least 0.4 s, so 30 Hz loses nothing.
RHYTHM_RATE_HZ = 30.0

#: The landmarks from the shoulders to the ankles.
_BODY = slice(Landmark.LEFT_SHOULDER, Landmark.RIGHT_ANKLE + 1)


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
    def of(
        cls,
        poses: PoseSequence,
        rate_hz: float = RHYTHM_RATE_HZ,
        options: CleaningOptions = CleaningOptions(),  # noqa: B008 - frozen
    ) -> Track:
        """Return the cleaned track of the landmarks in the image, pixels.

        Left-right swaps are corrected, outliers replaced, short gaps filled, and all is resampled,
        in this order. Fewer than two poses stay as they are.
        """
        return cls._cleaned(poses.t_s, poses.image_px.astype(np.float64), rate_hz, options)

    @classmethod
    def of_world(
        cls,
        poses: PoseSequence,
        rate_hz: float = RHYTHM_RATE_HZ,
        options: CleaningOptions = CleaningOptions(),  # noqa: B008 - frozen
    ) -> Track:
        """Return the cleaned track of the world landmarks, metres; as `of`."""
        return cls._cleaned(poses.t_s, poses.world_m.astype(np.float64), rate_hz, options)

    @classmethod
    def _cleaned(cls, t_s: Array, points: Array, rate_hz: float, options: CleaningOptions) -> Track:
        t_s = np.asarray(t_s, np.float64)
        if len(t_s) < 2:
            return cls(t_s, points, rate_hz)
        points = correct_side_swaps(points, options)
        points = hampel(points, options.hampel_window, options.hampel_limit)
        points = fill_gaps(t_s, points, options.max_gap_s)
        steps = int(np.floor((t_s[-1] - t_s[0]) * rate_hz + 1e-6))
        grid_s = t_s[0] + np.arange(steps + 1) / rate_hz
        return cls(grid_s, resample(t_s, points, grid_s), rate_hz)

    @property
    def found(self) -> NDArray[np.bool_]:
        """Whether the person's body is known at each time, shape = (n,)."""
        return np.asarray(np.isfinite(self.points[:, _BODY, 0]).all(axis=1), np.bool_)

    def __len__(self) -> int:
        return len(self.t_s)
