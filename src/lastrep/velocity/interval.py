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
from lastrep.velocity.parameters import DEFAULT_VELOCITY, IntervalOptions

Array = NDArray[np.float64]

#: Order of the polynomial that smooths heights.
SMOOTH_ORDER = 3
#: What keeps the fit solvable where two of its columns cannot be told apart.
RIDGE = 1e-10


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


def smooth(t_s: Array, height: Array, seconds: float) -> tuple[Array, Array]:
    """Height and speed by a local cubic; even times, no NaN.

    Parameters
    ----------
    seconds
        How long the cubic is.

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
    misfit: float | None = None,
    options: IntervalOptions = DEFAULT_VELOCITY.interval,
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
        How far heights are from any simple rise beside their noise, as a share of the lift; None:
        as a bar's.
    options
        Parameters of the search.

    Returns
    -------
    None if nothing rises.
    """
    misfit = options.misfit if misfit is None else misfit
    level, speed = smooth(t_s, height, options.smooth_s)
    low, high = _ends(level, speed, options.drift_share)
    swing = level[high] - level[low]
    if high - low < options.min_samples or not swing > 0:
        return None
    if rule.threshold_m_s is not None:
        return _faster_than(t_s, speed, low, high, rule.threshold_m_s / metres_per_unit)
    error = float(np.hypot(jitter(height) / swing, misfit))
    sign = max(options.first_sign, options.sign_per_misfit * misfit)
    share, smooth_share = (height - level[low]) / swing, (level - level[low]) / swing
    rise = _Rise(t_s, share, smooth_share, low, high, error, sign)
    start, start_sd = _leaves_rest(rise, options)
    # The end is a start, seen backwards and upside down.
    back, end_sd = _leaves_rest(rise.turned, options)
    return (
        ConcentricInterval(start, -back, float(np.hypot(start_sd, end_sd)))
        if -back > start
        else None
    )


def _ends(level: Array, speed: Array, drift_share: float) -> tuple[int, int]:
    """Lowest sample and the highest after it, of the largest rise.

    Where the bar lingers at an end, drifting up or down a little, the lift ends where it first
    stops, and starts where it last left.
    """
    lowest_before = np.minimum.accumulate(level)
    high = int(np.argmax(level - lowest_before))
    low = int(np.argmin(level[: high + 1]))
    slack = drift_share * float(level[high] - level[low])
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


@dataclass(frozen=True, slots=True, eq=False)
class _Rise:
    """A lift; heights, their error and the first sign are shares of it, from the height at rest."""

    t_s: Array
    share: Array
    smooth_share: Array
    low: int
    high: int
    error: float
    first_sign: float

    @property
    def turned(self) -> _Rise:
        """The same backwards and upside down."""
        last = len(self.t_s) - 1
        return _Rise(
            -self.t_s[::-1],
            1 - self.share[::-1],
            1 - self.smooth_share[::-1],
            last - self.high,
            last - self.low,
            self.error,
            self.first_sign,
        )


def _leaves_rest(rise: _Rise, options: IntervalOptions) -> tuple[float, float]:
    """When the height leaves rest, and the standard deviation of that."""
    t, low, high = rise.t_s, rise.low, rise.high
    until = low + int(np.argmax(rise.smooth_share[low : high + 1] >= options.fit_up_to))
    sign = until
    while sign > low and rise.smooth_share[sign] > rise.first_sign:
        sign -= 1
    reach_s = max(options.reach_back_s, options.reach_back * float(t[high] - t[low]))
    first = int(np.searchsorted(t, t[sign] - reach_s - options.before_s))
    earliest = max(t[sign] - reach_s, t[first])
    guesses = np.arange(earliest, t[sign] + options.reach_on_s, options.step_s)
    squared, spare = _misfit(t[first : until + 1], rise.share[first : until + 1], guesses, options)
    log_odds = np.log(options.power_odds)[:, None] - spare * squared / (2 * rise.error**2)
    if not np.isfinite(log_odds).any():
        return float(t[sign]), float(t[1] - t[0])
    odds = np.exp(log_odds - log_odds.max()).sum(axis=0)
    odds /= odds.sum()
    instant = float(odds @ guesses)
    return instant, float(np.sqrt(odds @ (guesses - instant) ** 2))


def _misfit(
    t: Array, height: Array, starts: Array, options: IntervalOptions
) -> tuple[Array, float]:
    """Mean squared error of rest, then a rise with a power of time, from each start on.

    Before the start the bar may still come down, to rest there or to turn round: a parabola.

    Returns
    -------
    shape = (powers, starts), infinite where nothing rises; and how many samples usually decide.
    """
    use = t >= starts[:, None] - options.before_s
    since = np.clip(t - starts[:, None], 0, None)
    before = np.clip(starts[:, None] - t, 0, None)
    rise = since ** np.array(options.rise_powers)[:, None, None]
    still, down = np.ones_like(rise), np.broadcast_to(before**2, rise.shape)
    columns = np.stack([still, down, rise, rise * since], axis=-1) * use[:, :, None]
    columns /= np.maximum(np.linalg.norm(columns, axis=-2, keepdims=True), 1e-12)
    seen = use * height
    turned = np.swapaxes(columns, -1, -2)
    # The ridge keeps what cannot be told apart (no sample before a start) solvable.
    square = turned @ columns + RIDGE * np.eye(columns.shape[-1])
    shape = np.linalg.solve(square, turned @ seen[:, :, None])
    residual = seen - (columns @ shape)[..., 0]
    left = use.sum(axis=1) - columns.shape[-1]
    spare = np.maximum(left, 1)
    squared = (residual**2).sum(axis=-1) / spare
    rises = (shape[..., 2, 0] > 0) & (left > 0)
    return np.where(rises, squared, np.inf), float(np.median(spare))
