"""When a lift starts and ends: the rule decides a mean velocity more than the tracking does.

Transducers average from the start of the upward movement to the greatest height: from standstill
to standstill. A camera cannot see standstill directly (its noise moves too), and any threshold of
speed cuts off slow ends and overstates the mean, by 10 to 20 %. So the two instants are found by
extrapolation: the rise from rest follows a power of time, and the power's zero is the instant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.cleaning import local_polynomial

Array = NDArray[np.float64]

#: Height above rest grows with this power of time: 2 is full acceleration at once, 3 a steadily
#: growing one; people lie between. (Choosing the power by its fit was tried: worse on film.)
RISE_POWER = 2.4
#: What this leaves unsure of a mean velocity, % (simulated lifts of powers 2 to 3).
RISE_POWER_PCT = 3.0
#: The rise is fitted up to this share of the whole lift.
FIT_UP_TO = 0.25
#: The search for the instant starts where this share of the lift is done, ...
FIRST_SIGN = 0.02
#: ...and reaches back this far, as a share of the lift's time, but at least so many seconds.
REACH_BACK, REACH_BACK_S = 0.25, 0.25
#: How long rest is looked at before the instant, seconds, and how slow it is: of the peak speed.
REST_S, REST_SPEED = 0.10, 0.08
#: At the ends of a lift the bar may drift by this share of it: that is standing, not lifting.
LINGERS = 0.05
#: Step of the search, seconds.
STEP_S = 0.004
#: Local cubic over this time for heights and speeds (Savitzky-Golay; measured best of 0.2 to 0.5).
SMOOTH_S, SMOOTH_ORDER = 0.30, 3


@dataclass(frozen=True, slots=True)
class WindowRule:
    """Where the mean velocity starts and ends.

    Parameters
    ----------
    threshold_m_s
        None: from standstill to standstill, as transducers define mean concentric velocity.
        Else while the bar is faster than this.
    """

    threshold_m_s: float | None = None


STANDSTILL = WindowRule()


def smooth(t_s: Array, height: Array, seconds: float = SMOOTH_S) -> tuple[Array, Array]:
    """Height and speed by a local cubic; even times, no NaN.

    Raises
    ------
    ValueError
        If there are too few samples for a local cubic.
    """
    step_s = float(np.median(np.diff(t_s)))
    samples = max(round(seconds / step_s) | 1, SMOOTH_ORDER + 2)
    if len(height) < samples:
        raise ValueError(f"{len(height)} samples, {samples} are needed")
    return (
        local_polynomial(height, samples, SMOOTH_ORDER),
        local_polynomial(height, samples, SMOOTH_ORDER, derivative=1, step=step_s),
    )


def lift_window(
    t_s: Array, height: Array, rule: WindowRule = STANDSTILL, metres_per_unit: float = 1.0
) -> tuple[float, float] | None:
    """Find when one lift starts and ends.

    Parameters
    ----------
    t_s
        shape = (n,): even times.
    height
        shape = (n,): upwards, no NaN; its lowest and then highest point bound the lift.
    rule
        What counts as start and end.
    metres_per_unit
        Of `height`; only thresholds need it.

    Returns
    -------
    Two times in seconds, or None if nothing rises.
    """
    level, speed = smooth(t_s, height)
    low, high = _ends(level, speed)
    swing = level[high] - level[low]
    if high - low < 3 or not swing > 0:
        return None
    if rule.threshold_m_s is not None:
        return _faster_than(t_s, speed, low, high, rule.threshold_m_s / metres_per_unit)
    start = _leaves_rest(t_s, height - level[low], level - level[low], speed, low, high, swing)
    # The end is a start, seen backwards and upside down.
    back = _leaves_rest(
        -t_s[::-1],
        (level[high] - height)[::-1],
        (level[high] - level)[::-1],
        speed[::-1],
        len(t_s) - 1 - high,
        len(t_s) - 1 - low,
        swing,
    )
    return (start, -back) if -back > start else None


def _ends(level: Array, speed: Array) -> tuple[int, int]:
    """Lowest sample and the highest after it, of the largest rise.

    Where the bar lingers at an end, drifting up or down a little, the lift ends where it first
    stops, and starts where it last left.
    """
    lowest_before = np.minimum.accumulate(level)
    high = int(np.argmax(level - lowest_before))
    low = int(np.argmin(level[: high + 1]))
    slack = LINGERS * float(level[high] - level[low])
    middle = low + int(np.argmax(speed[low : high + 1]))
    stopped = np.flatnonzero((level[middle:high] > level[high] - slack) & (speed[middle:high] <= 0))
    resting = np.flatnonzero(
        (level[low + 1 : middle] < level[low] + slack) & (speed[low + 1 : middle] <= 0)
    )
    return (
        low + 1 + int(resting[-1]) if len(resting) else low,
        middle + int(stopped[0]) if len(stopped) else high,
    )


def _faster_than(
    t_s: Array, speed: Array, low: int, high: int, threshold: float
) -> tuple[float, float] | None:
    fast = np.flatnonzero(speed[low : high + 1] > threshold) + low
    return (float(t_s[fast[0]]), float(t_s[fast[-1]])) if len(fast) > 1 else None


def _leaves_rest(
    t: Array, raw: Array, level: Array, speed: Array, low: int, high: int, swing: float
) -> float:
    """When the height leaves rest; everything is counted from the height at rest."""
    rise = np.arange(low, high + 1)
    until = int(rise[np.argmax(level[rise] >= FIT_UP_TO * swing)])
    sign = until
    while sign > low and level[sign] > FIRST_SIGN * swing:
        sign -= 1
    still = sign  # last sample that does not rise
    while still > 0 and speed[still] > 0:
        still -= 1
    rest = still
    slow = REST_SPEED * float(speed[rise].max())
    reach_s = max(REACH_BACK_S, REACH_BACK * float(t[high] - t[low]))
    while rest > 0 and abs(speed[rest]) < slow and t[sign] - t[rest] < REST_S + reach_s:
        rest -= 1
    # Where the bar only turns round (no rest), it leaves when its speed passes zero.
    earliest = float(t[still])
    guesses = np.arange(max(t[sign] - reach_s, t[rest]), t[sign] + 0.08, STEP_S)
    near = slice(rest, until + 1)
    errors = [_misfit(t[near], raw[near], guess) for guess in guesses]
    if not errors or not np.isfinite(errors).any():
        return float(t[sign])
    best = float(guesses[int(np.argmin(errors))])
    return max(best, min(earliest, float(t[sign])))


def _misfit(t: Array, height: Array, start: float) -> float:
    """Mean squared error of rest, then a rise with a power of time, from `start` on."""
    use = t >= start - REST_S
    since = np.clip(t[use] - start, 0, None)
    spare = len(since) - 3
    if spare < 1:
        return float("inf")
    rise = since**RISE_POWER
    columns = np.stack([np.ones(len(since)), rise, rise * since], axis=1)
    shape, *_ = np.linalg.lstsq(columns, height[use], rcond=None)
    if shape[1] <= 0:
        return float("inf")
    residual = height[use] - columns @ shape
    return float(residual @ residual) / spare
