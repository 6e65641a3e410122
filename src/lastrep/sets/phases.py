"""The one state machine: it follows the concentric fraction and finds where it turns round.

The concentric fraction c is 0 at the stretched (eccentric) end of the range and 1 at the end of
the lifting phase; it rises while the load is lifted, whatever the exercise. Live sets feed the
machine sample by sample; hindsight feeds it the same way, once for each candidate signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Slower than this, in ranges per second, is standing still (`domain`: 0.10 starts a phase).
STILL_SPEED = 0.10
#: Standing still counts as the end of the range only this near to the extreme, in ranges.
END_ZONE = 0.15


class Phase(Enum):
    """Where the load is going."""

    UNKNOWN = "unknown"
    ECCENTRIC = "eccentric"
    CONCENTRIC = "concentric"


@dataclass(frozen=True, slots=True)
class Turn:
    """A confirmed turn-round.

    Parameters
    ----------
    index
        Which sample was the extreme.
    fraction
        c there.
    top
        True at the end of a concentric (c is a maximum), False at the stretched end.
    """

    index: int
    fraction: float
    top: bool


class PhaseMachine:
    """Alternating extremes of c, each confirmed once c has come back by the hysteresis.

    Small wiggles stay below the hysteresis and are no turns; a partial rep beyond it is seen. The
    extreme is reported where it was, a little later than it happened.

    Parameters
    ----------
    hysteresis
        In units of c.
    """

    def __init__(self, hysteresis: float) -> None:
        self.hysteresis = hysteresis
        self.phase = Phase.UNKNOWN
        self._high: tuple[int, float] | None = None
        self._low: tuple[int, float] | None = None

    def update(self, index: int, fraction: float) -> Turn | None:
        """Take the next sample; return the turn-round that it confirms, if any."""
        if self._high is None or self._low is None:
            self._high = self._low = (index, fraction)
            return None
        if self.phase is not Phase.ECCENTRIC and fraction > self._high[1]:
            self._high = (index, fraction)
        if self.phase is not Phase.CONCENTRIC and fraction < self._low[1]:
            self._low = (index, fraction)
        falling = self._high[1] - fraction >= self.hysteresis and self._high[0] < index
        rising = fraction - self._low[1] >= self.hysteresis and self._low[0] < index
        if self.phase is not Phase.ECCENTRIC and falling:
            self.phase, self._low = Phase.ECCENTRIC, (index, fraction)
            return Turn(*self._high, top=True)
        if self.phase is not Phase.CONCENTRIC and rising:
            self.phase, self._high = Phase.CONCENTRIC, (index, fraction)
            return Turn(*self._low, top=False)
        return None

    def pending(self) -> Turn | None:
        """Return the extreme so far of the movement under way, not confirmed by a return."""
        if self.phase is Phase.CONCENTRIC and self._high is not None:
            return Turn(*self._high, top=True)
        if self.phase is Phase.ECCENTRIC and self._low is not None:
            return Turn(*self._low, top=False)
        return None


def turns(
    fraction: Array, hysteresis: float, indices: NDArray[np.intp] | None = None
) -> list[Turn]:
    """Every turn-round of a recorded signal, the unfinished last movement's extreme included.

    Parameters
    ----------
    fraction
        shape = (n,)
    indices
        Samples to look at (its local extremes are enough and save time); default: all.
    """
    machine = PhaseMachine(hysteresis)
    found = []
    for i in range(len(fraction)) if indices is None else indices:
        turn = machine.update(int(i), float(fraction[i]))
        if turn is not None:
            found.append(turn)
    last = machine.pending()
    return [*found, last] if last is not None else found


def local_extremes(x: Array) -> NDArray[np.intp]:
    """Indices where `x` changes direction, with both ends."""
    direction = np.sign(np.diff(x))
    moving = np.flatnonzero(direction)
    if len(moving) == 0:
        return np.array([0, len(x) - 1])
    change = np.flatnonzero(direction[moving][1:] != direction[moving][:-1])
    return np.concatenate(([0], moving[change + 1], [len(x) - 1])).astype(np.intp)


@dataclass(frozen=True, slots=True)
class RepPhases:
    """Sample indices that divide one rep: move away, still at the turn, move back.

    `leave` is the last sample at rest before the rep, `turn_in` .. `turn_out` the stay at the far
    end, `back` the first sample at rest again.
    """

    leave: int
    turn_in: int
    turn_out: int
    back: int


def rep_phases(fraction: Array, rate_hz: float, start: int, turn: int, end: int) -> RepPhases:
    """Divide a rep by speed: an end lasts as long as c stays near its extreme and stands still.

    Parameters
    ----------
    fraction
        c over the whole recording, shape = (n,).
    start, turn, end
        Extremes of the rep, as indices.
    """
    speed = np.abs(np.gradient(fraction)) * rate_hz
    swing = max(abs(fraction[turn] - fraction[start]), abs(fraction[turn] - fraction[end]), 1e-9)

    def still(i: int, level: float) -> bool:
        near = abs(fraction[i] - level) <= END_ZONE * swing
        return bool(near and speed[i] <= STILL_SPEED * max(swing, 0.5))

    leave, back, turn_in, turn_out = start, end, turn, turn
    while leave + 1 < turn and still(leave + 1, fraction[start]):
        leave += 1
    while back - 1 > turn and still(back - 1, fraction[end]):
        back -= 1
    while turn_in - 1 > leave and still(turn_in - 1, fraction[turn]):
        turn_in -= 1
    while turn_out + 1 < back and still(turn_out + 1, fraction[turn]):
        turn_out += 1
    return RepPhases(leave, turn_in, turn_out, back)
