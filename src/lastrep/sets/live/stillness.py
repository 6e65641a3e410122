"""Whether the load moves, from its concentric fraction over the last moments."""

from __future__ import annotations

from collections import deque

import numpy as np

from lastrep.sets.live.options import StillnessOptions


class Stillness:
    """Whether the load moves: its concentric fraction over the last moments.

    Parameters
    ----------
    options
        What counts as movement.
    """

    def __init__(self, options: StillnessOptions = StillnessOptions()) -> None:  # noqa: B008 - frozen
        self._options = options
        self._recent: deque[tuple[float, float]] = deque()

    def update(self, t_s: float, fraction: float) -> None:
        """Take the fraction at the next time; NaN where it is not known."""
        if np.isfinite(fraction):
            self._recent.append((t_s, fraction))
        while self._recent and self._recent[0][0] < t_s - self._options.memory_s:
            self._recent.popleft()

    @property
    def is_still(self) -> bool:
        """Whether nothing has moved for `StillnessOptions.still_s`."""
        still_s = self._options.still_s
        if not self._recent or self._recent[-1][0] - self._recent[0][0] < still_s:
            return False
        return self._range(still_s) <= self._options.still_range

    @property
    def moved(self) -> bool:
        """Whether there was any large movement in the time that is kept."""
        return self._range(self._options.memory_s) >= self._options.moved_range

    @property
    def ended(self) -> bool:
        """Whether the last movement has come to its end, or has turned back."""
        last, size = self._last(self._options.ended_s), self._options.ended_range
        if len(last) < 2:
            return False
        first, now = last[0], last[-1]
        turned = max(max(last) - max(first, now), min(first, now) - min(last))
        return float(np.ptp(last)) <= size or turned >= size / 2

    def _range(self, over_s: float) -> float:
        last = self._last(over_s)
        return float(np.ptp(last)) if last else 0.0

    def _last(self, over_s: float) -> list[float]:
        since_s = self._recent[-1][0] - over_s if self._recent else 0.0
        return [f for t, f in self._recent if t >= since_s]
