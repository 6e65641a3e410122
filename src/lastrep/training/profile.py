"""The load-velocity profile of one exercise, from sets with known loads.

The heavier the load, the slower its fastest rep; the line through them ends at the maximum, where
the bar moves as slowly as a last possible rep does. Estimating that maximum, and
refusing to, is `lastrep.training.strength`'s business; this module draws the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.sets.results import RepStatus, SetReport
from lastrep.training.strength import NotEnough, OneRepMax, ProfilePoint, max_from_velocity

#: Reps that count for a profile: lifted all the way.
_LIFTED = (RepStatus.GOOD, RepStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class Line:
    """Mean concentric velocity over load, a straight line.

    Parameters
    ----------
    at_zero_m_s
        Velocity without load (extrapolated).
    per_kg_m_s
        Change per kilogram; negative where heavier is slower.
    r_squared
        Share of the variation it explains; None for two loads, which any line fits.
    """

    at_zero_m_s: float
    per_kg_m_s: float
    r_squared: float | None

    def velocity_m_s(self, load_kg: float) -> float:
        """Return the velocity that belongs to a load."""
        return self.at_zero_m_s + self.per_kg_m_s * load_kg

    def load_kg(self, velocity_m_s: float) -> float:
        """Return the load that belongs to a velocity; NaN for a level line."""
        if self.per_kg_m_s == 0:
            return float("nan")
        return (velocity_m_s - self.at_zero_m_s) / self.per_kg_m_s


@dataclass(frozen=True, slots=True)
class LoadVelocityProfile:
    """What the sets of one exercise say of load and speed.

    Parameters
    ----------
    points
        The fastest rep of each set, lightest load first.
    line
        Through the fastest of each load; None for fewer than two loads.
    maximum
        The estimated one-repetition maximum, or why there is none.
    """

    points: tuple[ProfilePoint, ...]
    line: Line | None
    maximum: OneRepMax | NotEnough


def profile_point(load_kg: float, report: SetReport) -> ProfilePoint | None:
    """Return a set's fastest completed rep; None where no speed in m/s was measured.

    Raises
    ------
    ValueError
        If the load is not positive.
    """
    if not load_kg > 0:
        raise ValueError(f"a load must be positive, not {load_kg} kg")
    speeds = [
        (rep.bar.mean_velocity_m_s, rep.rom_deg)
        for rep in report.reps
        if rep.status in _LIFTED and rep.bar.mean_velocity_m_s is not None
    ]
    if not speeds:
        return None
    speed, rom_deg = max(speeds, key=lambda s: s[0] or 0.0)
    return None if speed is None else ProfilePoint(load_kg, speed, rom_deg)


def load_velocity_profile(
    sets: Iterable[tuple[float, SetReport]], exercise: ExerciseDefinition
) -> LoadVelocityProfile:
    """Build the profile from reports of sets and their loads in kilograms.

    Parameters
    ----------
    sets
        (load, report) of fresh sets of this exercise, one view and source of scale; others than
        the first one's are left out.
    exercise
        Says how fast the last possible rep is.
    """
    points: list[ProfilePoint] = []
    alike: tuple[str, str] | None = None
    for load_kg, report in sets:
        point = profile_point(load_kg, report)
        kind = (report.view, report.scale.source)
        if point is None or kind != (alike or kind):
            continue
        alike = kind
        points.append(point)
    points.sort(key=lambda p: p.load_kg)
    return LoadVelocityProfile(tuple(points), fit_line(points), _maximum(points, exercise))


def fit_line(points: Sequence[ProfilePoint]) -> Line | None:
    """Fit a line by least squares through the fastest rep of each load."""
    fastest: dict[float, float] = {}
    for point in points:
        fastest[point.load_kg] = max(point.velocity_m_s, fastest.get(point.load_kg, 0.0))
    if len(fastest) < 2:
        return None
    loads, speeds = np.array(list(fastest)), np.array(list(fastest.values()))
    slope, level = (float(c) for c in np.polyfit(loads, speeds, 1))
    if len(fastest) < 3:
        return Line(level, slope, None)
    left = float(np.sum((speeds - level - slope * loads) ** 2))
    total = float(np.sum((speeds - speeds.mean()) ** 2))
    return Line(level, slope, 1 - left / total if total > 0 else 0.0)


def _maximum(points: Sequence[ProfilePoint], exercise: ExerciseDefinition) -> OneRepMax | NotEnough:
    least_m_s = exercise.minimum_velocity_m_s
    if least_m_s is None:
        return NotEnough(f"no speed of a last possible rep is published for: {exercise.title}")
    return max_from_velocity(points, least_m_s)
