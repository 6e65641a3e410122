"""What falling bar speed says of a set: velocity loss and repetitions in reserve.

All of it assumes that every rep is lifted as fast as possible: a slow tempo by intent looks like
fatigue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from lastrep.bar.track import PointSource
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.velocity.interval import RISE_PCT
from lastrep.velocity.types import Estimate, RepVelocity

#: Speed says nothing of fatigue before this many reps.
FATIGUE_REPS = 3
#: Speed lost per rep near failure, m/s (`docs/science.md` 2.4): squats, presses.
SLOPE_M_S_PER_REP: Mapping[str, float] = MappingProxyType(
    {"squat": 0.020, "horizontal_press": 0.027}
)
#: Velocity loss (%) and the share of possible reps done (`docs/science.md` 2.3).
LOSS_TO_DONE: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {
        "squat": ((0, 0.0), (10, 0.33), (20, 0.50), (30, 0.67), (40, 0.85), (50, 1.0)),
        "horizontal_press": (
            (0, 0.0), (10, 0.25), (20, 0.42), (30, 0.58), (40, 0.70), (50, 0.85), (65, 1.0),
        ),
        "vertical_pull": ((0, 0.0), (20, 0.45), (30, 0.60), (40, 0.80), (50, 1.0)),
    }
)  # fmt: skip
#: Standard error of that share (`docs/science.md` 2.3: 7 to 10 % of reps).
DONE_ERROR = 0.10
#: How much the ratio of a landmark's speed to the bar's changes from rep to rep, %.
LANDMARK_SLIP_PCT = 4.0
#: Repetitions in reserve are said as one of these bands; the last one means "four or more".
RIR_BANDS = ((0, 1), (2, 3), (4, 10))


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
    reps: Sequence[RepVelocity], lifted: Sequence[bool], exercise: ExerciseDefinition | None
) -> Fatigue:
    """Compare the speeds of a set's reps.

    Parameters
    ----------
    lifted
        Which reps were lifted all the way: only their speeds tell of fatigue.
    exercise
        For its minimum velocity; None leaves the reserve out.
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
    share = float(np.hypot(RISE_PCT, LANDMARK_SLIP_PCT if landmark else 0.0))
    loss = Estimate(loss_pct, float(np.sqrt(2)) * share * shares[-1])
    if exercise is None:
        return Fatigue(relative, loss)
    last = reps[whole[-1]].mean_m_s
    speed = None if last is None else (last.value, last.uncertainty)
    return Fatigue(relative, loss, reps_in_reserve(len(whole), loss_pct, exercise, speed))


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

    Returns
    -------
    Fewest and most, the upper 10 meaning "or more"; None where speed does not tell.
    """
    if reps < FATIGUE_REPS:
        return None
    estimates: list[float] = []
    table = LOSS_TO_DONE.get(exercise.family)
    if table is not None and loss_pct > 0:
        losses, shares = zip(*table, strict=True)
        share = float(np.interp(loss_pct, losses, shares))
        for done in (share - DONE_ERROR, share + DONE_ERROR):
            estimates.append(reps * (1 / float(np.clip(done, 0.1, 1)) - 1))
    slope = SLOPE_M_S_PER_REP.get(exercise.family)
    least_m_s = exercise.minimum_velocity_m_s
    if slope is not None and last_m_s is not None and least_m_s is not None:
        speed, deviation = last_m_s
        for possible in (speed - deviation, speed + deviation):
            estimates.append(max(possible - least_m_s, 0) / slope)
    if not estimates:
        return None
    return _band(min(estimates))[0], _band(max(estimates))[1]


def _band(rir: float) -> tuple[int, int]:
    return next((band for band in RIR_BANDS if round(rir) <= band[1]), RIR_BANDS[-1])
