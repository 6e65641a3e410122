"""How strong a lifter is: one-repetition maximum from reps, from own data, from bar speed."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lastrep.exercises.standards import MaxStandards, ProfileStandards, TrainingStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.training.student_t import t_quantile


class MaxSource(StrEnum):
    """What an estimated maximum rests on."""

    REPS = "reps"
    OWN_CURVE = "own_curve"
    VELOCITY = "velocity"


@dataclass(frozen=True, slots=True)
class OneRepMax:
    """An estimated one-repetition maximum.

    Parameters
    ----------
    kg
        The estimate.
    error_pct
        Half the width of what it may be, in % of it.
    technical
        Whether it rests on reps that ended with form: lower than what could be moved at all.
    source
        What it rests on.
    """

    kg: float
    error_pct: float
    technical: bool
    source: MaxSource


@dataclass(frozen=True, slots=True)
class NotEnough:
    """Why the data does not allow an estimate, in one sentence."""

    reason: str


def epley(load_kg: float, reps: int) -> float:
    """Return the one-repetition maximum by Epley: w (1 + r / 30), and w for one rep."""
    return load_kg if reps <= 1 else load_kg * (1 + reps / 30)


def brzycki(load_kg: float, reps: int) -> float:
    """Return the one-repetition maximum by Brzycki: 36 w / (37 - r)."""
    return load_kg * 36 / (37 - reps)


def one_rep_max(load_kg: float, reps: int, standards: MaxStandards | None = None) -> float | None:
    """Return the estimate for a load and the reps possible with it (`docs/science.md` 6.2).

    The load itself for one rep, the mean of Epley and Brzycki for 2 to 10, Epley for 11 to 15,
    None for more.
    """
    standards = standards or shipped_standards().training.max
    if not 1 <= reps <= standards.most_reps:
        return None
    formulas = _formulas(reps, standards.reliable_reps)
    return statistics.fmean(formula(load_kg, reps) for formula in formulas)


def _formulas(reps: int, reliable_reps: int) -> tuple[Callable[[float, int], float], ...]:
    return (epley, brzycki) if reps <= reliable_reps else (epley,)


@dataclass(frozen=True, slots=True)
class RepsAtLoad:
    """A lifter's own relation of load and reps to failure: load = a / (1 + r / k).

    It has Epley's shape, with the lifter's own k where Epley has 30.

    Parameters
    ----------
    load_at_zero_kg
        a above.
    k_reps
        k above: the larger, the slower reps fall with load.
    error_pct
        95 % half-width of the load that belongs to a number of reps, in % of it.
    points
        Number of sets to failure it rests on.
    technical
        Whether any of them ended with form.
    """

    load_at_zero_kg: float
    k_reps: float
    error_pct: float
    points: int
    technical: bool

    def load_for(self, reps: int) -> float:
        """Return the load that fails after so many reps, in kilograms."""
        return self.load_at_zero_kg / (1 + reps / self.k_reps)

    def reps_at(self, load_kg: float) -> float:
        """Return the reps to failure with a load; 0 or less if it cannot be lifted."""
        return self.k_reps * (self.load_at_zero_kg / load_kg - 1)

    def one_rep_max(self, load_kg: float, reps: int) -> float:
        """Return today's maximum: today's set, moved along the lifter's own curve to one rep."""
        return load_kg * (1 + reps / self.k_reps) / (1 + 1 / self.k_reps)


@dataclass(frozen=True, slots=True)
class FailurePoint:
    """A set to failure: its load, its good reps, and whether form ended it."""

    load_kg: float
    reps: int
    technical: bool


def fit_reps_at_load(
    points: Sequence[FailurePoint], standards: MaxStandards | None = None
) -> RepsAtLoad | NotEnough:
    """Fit the lifter's own curve by least squares on 1 / load, which is linear in reps."""
    standards = standards or shipped_standards().training.max
    needed = standards.curve_min_sets
    if len(points) < needed:
        return NotEnough(f"{len(points)} of {needed} sets to failure with a known load")
    reps = np.array([p.reps for p in points], dtype=float)
    if np.ptp(reps) < standards.curve_min_span_reps:
        return NotEnough(
            f"the sets to failure span {np.ptp(reps):.0f} reps, "
            f"a curve needs {standards.curve_min_span_reps}: vary the load"
        )
    inverse = 1 / np.array([p.load_kg for p in points])
    slope, level = np.polyfit(reps, inverse, 1)
    if slope <= 0 or level <= 0:
        return NotEnough("heavier sets did not fail sooner, so there is no curve to draw")
    fitted = level + slope * reps
    # The relative residual of 1/load is, to first order, that of the load.
    freedom = len(points) - 2
    spread = math.sqrt(float(np.sum((inverse / fitted - 1) ** 2)) / freedom)
    return RepsAtLoad(
        load_at_zero_kg=float(1 / level),
        k_reps=float(level / slope),
        error_pct=100 * spread * t_quantile(freedom, 0.975),
        points=len(points),
        technical=any(p.technical for p in points),
    )


def estimate_max(
    load_kg: float,
    reps: tuple[int, int],
    *,
    technical: bool,
    curve: RepsAtLoad | None = None,
    standards: MaxStandards | None = None,
) -> OneRepMax | NotEnough:
    """Estimate the maximum from a set, by the lifter's own curve if there is one.

    Parameters
    ----------
    load_kg
        Whole load.
    reps
        Fewest and most reps that were possible: good reps + repetitions in reserve.
    technical
        Whether form ended the set.
    curve
        The lifter's own for this exercise.
    standards
        None for the shipped ones.

    Notes
    -----
    The error is the widest of: the spread over `reps` and both formulas, the curve's own, and the
    least error of any estimate, which is larger beyond the reps that the formulas hold for.
    """
    standards = standards or shipped_standards().training.max
    (low, high), reliable = reps, standards.reliable_reps
    if low < 1:
        return NotEnough("no good rep, so nothing to estimate a maximum from")
    if high > standards.most_reps:
        return NotEnough(f"more than {standards.most_reps} reps say too little about a maximum")
    by_reps = [
        [
            formula(load_kg, r)
            for formula in ((curve.one_rep_max,) if curve else _formulas(r, reliable))
        ]
        for r in reps
    ]
    kg = statistics.fmean(statistics.fmean(values) for values in by_reps)
    spread_pct = 100 * max(abs(value - kg) for values in by_reps for value in values) / kg
    floor_pct = standards.min_error_pct
    if curve is None and high > reliable:
        floor_pct = standards.min_error_beyond_pct
    return OneRepMax(
        kg=kg,
        error_pct=max(spread_pct, floor_pct, curve.error_pct if curve else 0.0),
        technical=technical,
        source=MaxSource.OWN_CURVE if curve else MaxSource.REPS,
    )


@dataclass(frozen=True, slots=True)
class ProfilePoint:
    """The fastest rep with a load in a fresh set: load, mean concentric velocity, its range."""

    load_kg: float
    velocity_m_s: float
    rom_deg: float | None = None


def max_from_velocity(
    points: Sequence[ProfilePoint],
    minimum_velocity_m_s: float,
    standards: TrainingStandards | None = None,
) -> OneRepMax | NotEnough:
    """Estimate the maximum as the load at the speed of the last possible rep.

    See `docs/science.md` 2.5.

    Parameters
    ----------
    points
        Of fresh sets, with one view and one source of scale; the fastest of a load counts.
    minimum_velocity_m_s
        Mean concentric velocity of the last possible rep.
    standards
        None for the shipped ones.
    """
    standards = standards or shipped_standards().training
    limits, floor_pct = standards.profile, standards.max.min_error_pct
    points = _same_range(points, limits)
    fastest: dict[float, float] = {}
    for point in points:
        fastest[point.load_kg] = max(point.velocity_m_s, fastest.get(point.load_kg, 0.0))
    if len(fastest) < 2:
        return NotEnough("a load-velocity profile needs fresh sets with two loads or more")
    loads, speeds = np.array(list(fastest)), np.array(list(fastest.values()))
    if np.ptp(speeds) < limits.min_span_m_s:
        return NotEnough(
            f"bar speeds lie {np.ptp(speeds):.2f} m/s apart, a profile needs "
            f"{limits.min_span_m_s:.2f}: add a lighter set"
        )
    slope, level = np.polyfit(speeds, loads, 1)
    kg = float(level + slope * minimum_velocity_m_s)
    if slope >= 0:
        return NotEnough("heavier loads did not move slower, so there is no profile")
    if np.ptp(loads) < limits.min_span_pct / 100 * kg:
        return NotEnough("loads lie too close together for a profile: add a lighter set")
    if kg > loads.max() * (1 + limits.max_beyond_pct / 100):
        return NotEnough("the heaviest load is too light to reach for the maximum: add a heavier")
    error_pct = limits.two_loads_error_pct
    if len(loads) >= 3:
        residuals = loads - (level + slope * speeds)
        unexplained = float(np.sum(residuals**2))
        if 1 - unexplained / float(np.sum((loads - loads.mean()) ** 2)) < limits.min_r_squared:
            return NotEnough("loads and speeds do not lie on a line: the sets were not alike")
        freedom = len(loads) - 2
        around = (minimum_velocity_m_s - speeds.mean()) ** 2 / np.sum((speeds - speeds.mean()) ** 2)
        half = math.sqrt(unexplained / freedom * (1 / len(loads) + float(around)))
        error_pct = max(100 * half * t_quantile(freedom, 0.975) / kg, floor_pct)
    return OneRepMax(kg=kg, error_pct=error_pct, technical=False, source=MaxSource.VELOCITY)


def _same_range(points: Sequence[ProfilePoint], limits: ProfileStandards) -> list[ProfilePoint]:
    """Leave out points whose range of motion is not that of the others, or is not known."""
    known = [p.rom_deg for p in points if p.rom_deg is not None]
    if not known:
        return []
    usual = float(np.median(known))
    tolerance_deg = limits.rom_tolerance_pct / 100 * usual
    return [p for p in points if p.rom_deg is not None and abs(p.rom_deg - usual) <= tolerance_deg]
