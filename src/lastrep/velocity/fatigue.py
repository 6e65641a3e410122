"""What falling bar speed says of a set: velocity loss and repetitions in reserve.

All of it assumes that every rep is lifted as fast as possible: a slow tempo by intent looks like
fatigue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lastrep.bar.track import PointSource
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.velocity.parameters import DEFAULT_VELOCITY, VelocityOptions
from lastrep.velocity.types import Estimate, RepVelocity


@dataclass(frozen=True, slots=True)
class Fatigue:
    """What the speeds of a set's reps say beside each other.

    Parameters
    ----------
    relative
        Of each rep: its mean speed as a share of the fastest one lifted all the way; None where
        it cannot be compared.
    velocity_loss_pct
        Of the last rep against the fastest; None where fewer than two can be compared.
    estimated_rir
        Repetitions in reserve after the last rep as a band, the upper 10 meaning "or more"; None
        where speed does not tell.
    """

    relative: tuple[float | None, ...] = ()
    velocity_loss_pct: Estimate | None = None
    estimated_rir: tuple[int, int] | None = None


def fatigue(
    reps: Sequence[RepVelocity],
    lifted: Sequence[bool],
    exercise: ExerciseDefinition | None,
    options: VelocityOptions = DEFAULT_VELOCITY,
) -> Fatigue:
    """Compare the speeds of a set's reps.

    Parameters
    ----------
    lifted
        Which reps were lifted all the way: only their speeds tell of fatigue.
    exercise
        For its minimum velocity; None leaves the reserve out.
    options
        Parameters of bar speed.
    """
    speeds = comparable_speeds(reps)
    fastest = [speed for i, speed in speeds.items() if lifted[i]] or list(speeds.values())
    best = max(fastest, default=float("nan"))
    relative = tuple(speeds[i] / best if i in speeds else None for i in range(len(reps)))
    whole = [i for i in speeds if lifted[i]]
    shares = [speeds[i] / best for i in whole]
    loss_pct = velocity_loss_pct(shares)
    if loss_pct is None:
        return Fatigue(relative)
    landmark = any(reps[i].source is PointSource.LANDMARK for i in whole)
    # The scale cancels; timing does not, nor a landmark's slip.
    slip_pct = options.fatigue.landmark_slip_pct if landmark else 0.0
    share = float(np.hypot(options.interval.rise_pct, slip_pct))
    loss = Estimate(loss_pct, float(np.sqrt(2)) * share * shares[-1])
    if exercise is None:
        return Fatigue(relative, loss)
    last = reps[whole[-1]].mean_m_s
    speed = None if last is None else (last.value, last.uncertainty)
    return Fatigue(relative, loss, reps_in_reserve(len(whole), loss_pct, exercise, speed, options))


def comparable_speeds(reps: Sequence[RepVelocity]) -> dict[int, float]:
    """Mean speeds of the reps that can be compared with each other, by index.

    In metres where every one has them; else in pixels, of the source that most reps have.
    """
    metric = {i: rep.mean_m_s.value for i, rep in enumerate(reps) if rep.mean_m_s is not None}
    seen = [rep.source for rep in reps if rep.mean_px_s is not None]
    if len(metric) == len(seen):
        return metric
    usual = max(dict.fromkeys(seen), key=seen.count)  # of equals the first
    return {
        i: rep.mean_px_s
        for i, rep in enumerate(reps)
        if rep.mean_px_s is not None and rep.source is usual
    }


def velocity_loss_pct(speeds: Sequence[float]) -> float | None:
    """Return what the last rep lost against the fastest one, %; None for fewer than two.

    Parameters
    ----------
    speeds
        Mean concentric velocity of each rep in order, in any one unit.
    """
    if len(speeds) < 2:
        return None
    best = max(speeds)
    return 100 * (best - speeds[-1]) / best


def reps_in_reserve(
    reps: int,
    loss_pct: float,
    exercise: ExerciseDefinition,
    last_m_s: tuple[float, float] | None = None,
    options: VelocityOptions = DEFAULT_VELOCITY,
) -> tuple[int, int] | None:
    """Estimate the reps left after the last one, as the band that holds every estimate.

    Two ways, where the exercise's numbers are known: the share of possible reps that a velocity
    loss stands for, and the distance of the last rep's speed from the last possible rep's.

    Parameters
    ----------
    reps
        Reps whose speeds were compared.
    loss_pct
        Velocity loss of the last one.
    last_m_s
        Its speed and the standard deviation of that, m/s, if known.
    options
        Parameters of bar speed.

    Returns
    -------
    Fewest and most, the upper 10 meaning "or more"; None where speed does not tell.
    """
    standards = options.standards
    if reps < options.fatigue.min_reps:
        return None
    estimates: list[float] = []
    table = standards.loss_to_done.get(exercise.family)
    if table is not None and loss_pct > 0:
        losses, shares = zip(*table, strict=True)
        share = float(np.interp(loss_pct, losses, shares))
        for done in (share - standards.done_error, share + standards.done_error):
            estimates.append(reps * (1 / float(np.clip(done, options.fatigue.min_done, 1)) - 1))
    slope = standards.slope_m_s_per_rep.get(exercise.family)
    least_m_s = exercise.minimum_velocity_m_s
    if slope is not None and last_m_s is not None and least_m_s is not None:
        speed, deviation = last_m_s
        for possible in (speed - deviation, speed + deviation):
            estimates.append(max(possible - least_m_s, 0) / slope)
    if not estimates:
        return None
    bands = standards.rir_bands
    return _band(min(estimates), bands)[0], _band(max(estimates), bands)[1]


def _band(rir: float, bands: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return next((band for band in bands if round(rir) <= band[1]), bands[-1])
