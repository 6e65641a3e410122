"""Whether the load moves, from its concentric fraction over the last moments."""

from __future__ import annotations

from collections import deque

import numpy as np

#: So much of the past is looked at.
MEMORY_S = 2.0
#: The lifter is in the start position after standing still there for so long...
STILL_S = 0.5
#: ...with the concentric fraction moving less than this, in ranges.
STILL_RANGES = 0.15
#: A movement has ended once the load moves less than this in so much time, or turned by half of it.
ENDED_S, ENDED_RANGES = 0.15, 0.04
#: Less movement than this is none, in ranges.
MOVED_RANGES = 0.35


class Stillness:
    """Whether the load moves: its concentric fraction over the last moments."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque()

    def update(self, t_s: float, fraction: float) -> None:
        """Take the fraction at the next time; NaN where it is not known."""
        if np.isfinite(fraction):
            self._recent.append((t_s, fraction))
        while self._recent and self._recent[0][0] < t_s - MEMORY_S:
            self._recent.popleft()

    @property
    def is_still(self) -> bool:
        """Whether nothing has moved for `STILL_S`."""
        if not self._recent or self._recent[-1][0] - self._recent[0][0] < STILL_S:
            return False
        return self._range(STILL_S) <= STILL_RANGES

    @property
    def moved(self) -> bool:
        """Whether there was any large movement of late."""
        return self._range(MEMORY_S) >= MOVED_RANGES

    @property
    def ended(self) -> bool:
        """Whether the last movement has come to its end, or has turned back."""
        last = self._last(ENDED_S)
        if len(last) < 2:
            return False
        first, now = last[0], last[-1]
        turned = max(max(last) - max(first, now), min(first, now) - min(last))
        return float(np.ptp(last)) <= ENDED_RANGES or turned >= ENDED_RANGES / 2

    def _range(self, over_s: float) -> float:
        last = self._last(over_s)
        return float(np.ptp(last)) if last else 0.0

    def _last(self, over_s: float) -> list[float]:
        since_s = self._recent[-1][0] - over_s if self._recent else 0.0
        return [f for t, f in self._recent if t >= since_s]
