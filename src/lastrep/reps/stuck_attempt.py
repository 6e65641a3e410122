"""The attempt that got stuck: a last rep too short to be found as one, and yet a rep.

A load that stops in mid-range, hangs there and comes back down is absolute failure, and the most
telling rep of a set. The rep search compares whole movements and may refuse it as too small; here
the stretch after each set's last rep is searched for just this shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.arrays import runs
from lastrep.reps.parameters import StuckAttemptOptions

Array = NDArray[np.float64]


def stuck_attempt(
    rep_position: Array,
    rate_hz: float,
    last_end: int,
    until: int,
    options: StuckAttemptOptions,
    *,
    eccentric_first: bool,
) -> tuple[int, int, int] | None:
    """Return start, turn and end sample of a failed attempt after a set's last rep, if any.

    Parameters
    ----------
    rep_position
        The rep position, shape = (n,): 0 stretched, 1 locked out.
    last_end
        Sample at which the last found rep was over.
    until
        Sample before which the attempt must be over (the next set, or the end).
    options
        Parameters of its shape.
    eccentric_first
        Whether reps start at lockout: the attempt then starts with the way down.
    """
    after = rep_position[last_end:until]
    if len(after) < options.hang_s * rate_hz:
        return None
    low = np.flatnonzero(after <= options.bottom)
    if not len(low):
        return None
    for rise in runs(after > options.bottom):
        if rise.start < low[0] or rise.start > options.within_s * rate_hz:
            continue
        hang = _hang(after[rise], rate_hz, options)
        came_back = rise.stop < len(after)
        if hang is None or not came_back:
            continue
        bottom = int(np.flatnonzero(after[: rise.start + 1] <= options.bottom)[-1])
        top, drop = rise.start + hang.start, rise.stop
        if not eccentric_first:
            return last_end + bottom, last_end + top, last_end + drop
        # The way down began where c was last near lockout.
        up = np.flatnonzero(after[:bottom] >= options.max_top)
        if len(up):
            return last_end + int(up[-1]), last_end + bottom, last_end + hang.stop + rise.start
    return None


def _hang(lift: Array, rate_hz: float, options: StuckAttemptOptions) -> slice | None:
    """Return the stay at the top of a short lift, if it is long and high enough."""
    peak = float(np.max(lift))
    if not options.min_top <= peak < options.max_top:
        return None
    stays = runs(lift >= peak - options.hang_band)
    longest = max(stays, key=lambda s: s.stop - s.start)
    return longest if longest.stop - longest.start >= options.hang_s * rate_hz else None
