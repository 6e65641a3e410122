"""When a lift starts and ends: the rule decides a mean velocity more than the tracking does.

Transducers average from the start of the upward movement to the greatest height: from standstill
to standstill. A camera cannot see standstill directly (its noise moves too), and any threshold of
speed cuts off slow ends and overstates the mean, by 10 to 20 %. So the two instants are found by
extrapolation: the rise from rest follows a power of time, and the power's zero is the instant.
Which power is not known beforehand, and it matters: every power and instant counts by how likely
it makes the heights that were seen (Bayesian model averaging). So clear film decides for itself,
poor film is read as people usually lift, and how unsure the instants are is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.confidence import jitter
from lastrep.motion.filters import savitzky_golay

Array = NDArray[np.float64]

#: Height above rest grows with a power of time: 2 is full acceleration at once, 3 a steadily
#: growing one. People lie between; less than 2 is a bar that seems to start with a jerk. How
#: likely each is.
RISE_POWERS = np.array([1.5, 2.0, 2.5, 3.0])
POWER_ODDS = np.array([0.1, 0.3, 0.4, 0.2])
#: Even the best power is off by this share of the lift: no lift is a power of time. (From 0.0005
#: to 0.003 alike for simulated lifts: minimum jerk, even acceleration, sticking, swinging limbs.)
MISFIT = 0.001
#: What this leaves unsure of a mean velocity, %: of such lifts 95 % are then within two deviations.
RISE_PCT = 2.5
#: The rise is fitted up to this share of the whole lift.
FIT_UP_TO = 0.25
#: The search for the instant starts where this share of the lift is done, ...
FIRST_SIGN = 0.02
#: ...or so many times what heights are off: less is not yet a sign of lifting.
SIGN_PER_MISFIT = 6.0
#: ...and reaches back this far, as a share of the lift's time, but at least so many seconds.
REACH_BACK, REACH_BACK_S = 0.25, 0.25
#: ...and this far on, seconds: smoothing shows the first sign too early.
REACH_ON_S = 0.08
#: How long before the instant the bar is looked at, seconds: it rests, or is on its way down.
BEFORE_S = 0.2
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


@dataclass(frozen=True, slots=True)
class ConcentricInterval:
    """When a lift starts and ends.

    Parameters
    ----------
    start_s, end_s
        On the clock of the heights.
    unsure_s
        Standard deviation of their distance.
    """

    start_s: float
    end_s: float
    unsure_s: float


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
        savitzky_golay(height, samples, SMOOTH_ORDER),
        savitzky_golay(height, samples, SMOOTH_ORDER, derivative=1, step=step_s),
    )


def concentric_interval(
    t_s: Array,
    height: Array,
    rule: WindowRule = STANDSTILL,
    metres_per_unit: float = 1.0,
    misfit: float = MISFIT,
) -> ConcentricInterval | None:
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
    misfit
        How far heights are from any simple rise beside their noise, as a share of the lift.

    Returns
    -------
    None if nothing rises.
    """
    level, speed = smooth(t_s, height)
    low, high = _ends(level, speed)
    swing = level[high] - level[low]
    if high - low < 3 or not swing > 0:
        return None
    if rule.threshold_m_s is not None:
        return _faster_than(t_s, speed, low, high, rule.threshold_m_s / metres_per_unit)
    error = float(np.hypot(jitter(height) / swing, misfit))
    sign = max(FIRST_SIGN, SIGN_PER_MISFIT * misfit)
    share, smooth_share = (height - level[low]) / swing, (level - level[low]) / swing
    start, start_sd = _leaves_rest(t_s, share, smooth_share, low, high, error, sign)
    # The end is a start, seen backwards and upside down.
    last = len(t_s) - 1
    back, end_sd = _leaves_rest(
        -t_s[::-1], 1 - share[::-1], 1 - smooth_share[::-1], last - high, last - low, error, sign
    )
    return (
        ConcentricInterval(start, -back, float(np.hypot(start_sd, end_sd)))
        if -back > start
        else None
    )


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
) -> ConcentricInterval | None:
    fast = np.flatnonzero(speed[low : high + 1] > threshold) + low
    if len(fast) < 2:
        return None
    first, last = t_s[fast[[0, -1]]]
    # Both are known to a sample: two uniform distributions.
    return ConcentricInterval(float(first), float(last), float(t_s[1] - t_s[0]) / np.sqrt(6))


def _leaves_rest(
    t: Array,
    share: Array,
    smooth_share: Array,
    low: int,
    high: int,
    error: float,
    first_sign: float,
) -> tuple[float, float]:
    """When the height leaves rest, and the standard deviation of that.

    Heights and their error are shares of the lift, from the height at rest.
    """
    until = low + int(np.argmax(smooth_share[low : high + 1] >= FIT_UP_TO))
    sign = until
    while sign > low and smooth_share[sign] > first_sign:
        sign -= 1
    reach_s = max(REACH_BACK_S, REACH_BACK * float(t[high] - t[low]))
    first = int(np.searchsorted(t, t[sign] - reach_s - BEFORE_S))
    guesses = np.arange(max(t[sign] - reach_s, t[first]), t[sign] + REACH_ON_S, STEP_S)
    squared, spare = _misfit(t[first : until + 1], share[first : until + 1], guesses)
    log_odds = np.log(POWER_ODDS)[:, None] - spare * squared / (2 * error**2)
    if not np.isfinite(log_odds).any():
        return float(t[sign]), float(t[1] - t[0])
    odds = np.exp(log_odds - log_odds.max()).sum(axis=0)
    odds /= odds.sum()
    instant = float(odds @ guesses)
    return instant, float(np.sqrt(odds @ (guesses - instant) ** 2))


def _misfit(t: Array, height: Array, starts: Array) -> tuple[Array, float]:
    """Mean squared error of rest, then a rise with a power of time, from each start on.

    Before the start the bar may still come down, to rest there or to turn round: a parabola.

    Returns
    -------
    shape = (powers, starts), infinite where nothing rises; and how many samples usually decide.
    """
    use = t >= starts[:, None] - BEFORE_S
    since = np.clip(t - starts[:, None], 0, None)
    before = np.clip(starts[:, None] - t, 0, None)
    rise = since ** RISE_POWERS[:, None, None]
    still, down = np.ones_like(rise), np.broadcast_to(before**2, rise.shape)
    columns = np.stack([still, down, rise, rise * since], axis=-1) * use[:, :, None]
    columns /= np.maximum(np.linalg.norm(columns, axis=-2, keepdims=True), 1e-12)
    seen = use * height
    turned = np.swapaxes(columns, -1, -2)
    # The ridge keeps what cannot be told apart (no sample before a start) solvable.
    square = turned @ columns + 1e-10 * np.eye(columns.shape[-1])
    shape = np.linalg.solve(square, turned @ seen[:, :, None])
    residual = seen - (columns @ shape)[..., 0]
    left = use.sum(axis=1) - columns.shape[-1]
    spare = np.maximum(left, 1)
    squared = (residual**2).sum(axis=-1) / spare
    rises = (shape[..., 2, 0] > 0) & (left > 0)
    return np.where(rises, squared, np.inf), float(np.median(spare))
