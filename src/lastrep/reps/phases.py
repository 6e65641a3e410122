"""The one state machine: it follows the rep position and finds where it turns round.

The rep position c is 0 at the stretched (eccentric) end of the range and 1 at the end of
the lifting phase; it rises while the load is lifted, whatever the exercise. Live sets feed the
machine sample by sample; the offline pass feeds it the same way, once for each candidate signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from lastrep.reps.parameters import DEFAULT_REP_SEARCH, PhaseOptions

Array = NDArray[np.float64]


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
    rep_position
        c there.
    top
        True at the end of a concentric (c is a maximum), False at the stretched end.
    """

    index: int
    rep_position: float
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

    def update(self, index: int, rep_position: float) -> Turn | None:
        """Take the next sample; return the turn-round that it confirms, if any."""
        if self._high is None or self._low is None:
            self._high = self._low = (index, rep_position)
            return None
        if self.phase is not Phase.ECCENTRIC and rep_position > self._high[1]:
            self._high = (index, rep_position)
        if self.phase is not Phase.CONCENTRIC and rep_position < self._low[1]:
            self._low = (index, rep_position)
        falling = self._high[1] - rep_position >= self.hysteresis and self._high[0] < index
        rising = rep_position - self._low[1] >= self.hysteresis and self._low[0] < index
        if self.phase is not Phase.ECCENTRIC and falling:
            self.phase, self._low = Phase.ECCENTRIC, (index, rep_position)
            return Turn(*self._high, top=True)
        if self.phase is not Phase.CONCENTRIC and rising:
            self.phase, self._high = Phase.CONCENTRIC, (index, rep_position)
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
    rep_position: Array, hysteresis: float, indices: NDArray[np.intp] | None = None
) -> list[Turn]:
    """Every turn-round of a recorded signal, the unfinished last movement's extreme included.

    Parameters
    ----------
    rep_position
        shape = (n,)
    indices
        Samples to look at (its local extremes are enough and save time); default: all.
    """
    machine = PhaseMachine(hysteresis)
    found = []
    for i in range(len(rep_position)) if indices is None else indices:
        turn = machine.update(int(i), float(rep_position[i]))
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


def rep_phases(
    rep_position: Array,
    rate_hz: float,
    ends: tuple[int, int, int],
    options: PhaseOptions = DEFAULT_REP_SEARCH.phases,
) -> RepPhases:
    """Divide a rep by speed: a half begins and ends where it falls to a tenth of its own peak.

    The search goes outwards from the fastest moment of each half, so that unsteadiness at rest
    does not matter; a stall in mid-range is no end, because ends lie near the extremes.

    Parameters
    ----------
    rep_position
        c over the whole recording, shape = (n,).
    ends
        Start, turn and end of the rep: its extremes, as indices.
    options
        Parameters of the division.
    """
    start, turn, end = ends
    speed = np.abs(np.gradient(rep_position)) * rate_hz
    leave, turn_in = _half(rep_position, speed, start, turn, options)
    turn_out, back = _half(rep_position, speed, turn, end, options)
    return RepPhases(leave, turn_in, turn_out, back)


def _half(
    rep_position: Array, speed: Array, first: int, last: int, options: PhaseOptions
) -> tuple[int, int]:
    """Return the samples at which the movement between two extremes begins and ends."""
    if last - first < 2:
        return first, last
    level = rep_position[first : last + 1]
    zone = options.end_zone * max(abs(level[-1] - level[0]), 1e-9)
    pace = speed[first : last + 1]
    peak = int(np.argmax(pace))
    slow = pace <= options.still_share * pace[peak]
    begins = np.flatnonzero(slow[:peak] & (np.abs(level[:peak] - level[0]) <= zone))
    ends = np.flatnonzero(slow[peak:] & (np.abs(level[peak:] - level[-1]) <= zone))
    return (
        first + int(begins[-1]) if len(begins) else first,
        first + peak + int(ends[0]) if len(ends) else last,
    )
