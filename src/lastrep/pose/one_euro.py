"""One-Euro filter: the causal smoother of landmarks and of the running (live) signal."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


class OneEuro:
    """Low-pass filter whose cutoff rises with speed: steady at rest, quick in movement.

    Works on a scalar or on an array of any fixed shape at once. Missing (NaN) components keep
    their last value inside and come out as NaN.

    Parameters
    ----------
    min_cutoff_hz
        Cutoff at rest. Lower = steadier, later.
    beta
        Rise of the cutoff, in Hz per (unit of the signal / s).
    speed_cutoff_hz
        Cutoff of the speed estimate.
    raw_speed
        Whether speed is that of the samples, as in the authors' own code, rather than the distance
        of the sample from the smoothed signal, as in their paper. The former is calmer.

    Notes
    -----
    Casiez, Roussel, Vogel: "1 EUR filter", CHI 2012. Uses the true time between samples.
    """

    def __init__(
        self,
        min_cutoff_hz: float = 1.5,
        beta: float = 0.02,
        speed_cutoff_hz: float = 1.0,
        *,
        raw_speed: bool = False,
    ) -> None:
        self.min_cutoff_hz = min_cutoff_hz
        self.beta = beta
        self.speed_cutoff_hz = speed_cutoff_hz
        self._raw_speed = raw_speed
        self._t_s: float | None = None
        self._last = np.empty(0)
        self._value = np.empty(0)
        self._speed = np.empty(0)

    def __call__(self, t_s: float, x: ArrayLike, *, unit: float = 1.0) -> NDArray[np.float64]:
        """Filter one sample taken at `t_s`; times must increase.

        Parameters
        ----------
        unit
            What counts as one unit of the signal in the speed, where its scale changes.
        """
        new = np.asarray(x, np.float64)
        if self._t_s is None:
            self._t_s, self._value, self._speed = t_s, new.copy(), np.zeros_like(new)
            self._last = self._value
            return new.copy()
        dt_s = t_s - self._t_s
        if dt_s <= 0:
            raise ValueError(f"time must increase: {t_s} s after {self._t_s} s")
        self._t_s = t_s
        seen = np.isfinite(new)
        fresh = seen & ~np.isfinite(self._value)
        before = self._last if self._raw_speed else self._value
        speed = np.where(seen & ~fresh, (new - before) / (unit * dt_s), 0.0)
        blend = _smoothing(dt_s, np.asarray(self.speed_cutoff_hz))
        self._speed = np.where(seen, self._speed + blend * (speed - self._speed), self._speed)
        cutoff_hz = self.min_cutoff_hz + self.beta * np.abs(self._speed)
        moved = self._value + _smoothing(dt_s, cutoff_hz) * (new - self._value)
        self._value = np.where(fresh, new, np.where(seen, moved, self._value))
        self._last = np.where(seen, new, self._last)
        return np.where(seen, self._value, np.nan)


def _smoothing(dt_s: float, cutoff_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weight of the new sample of a first-order low-pass."""
    tau = 1.0 / (2.0 * np.pi * cutoff_hz)
    weight: NDArray[np.float64] = dt_s / (dt_s + tau)
    return weight
