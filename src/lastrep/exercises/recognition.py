"""Which exercise is this? What each looks like at both ends of a rep, compared with what was seen.

Every exercise file tells what the body looks like where its lifting phase ends and where it
begins (`[ends]`), and what stays in place in the room (`support`): a press and a pull-up have the
same postures, but in one the hands travel and in the other the feet. Each measure gives odds: its
level and its change from end to end, spread as people and cameras are; nothing is trained.
Exercises of one family differ in details that a camera may not show, so the family is decided
first; a movement that fits none much better than any posture would is none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, hypot, isfinite, log

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.ends import Ends, Readings, Travel

#: Below this nobody should act on the name: at or above it 99 of 100 families named in recorded
#: clips are right, from 0.6 to 0.7 seven of ten.
SURE_FROM = 0.7
#: Trust in each way of reading a measure (see `Readings`).
TRUST = (0.5, 0.3, 0.2)
#: A reading is as good as a guess this often: a joint has slipped or is hidden, the camera moved.
SLIPS = 0.05
#: A change is foreshortened by the camera: it scatters by this share of itself ...
CHANGE_SHARE = 0.25
#: ... and a distance across the body may be seen from any side: mean and spread as shares of it.
ACROSS_MEAN, ACROSS_SHARE = 0.65, 0.35
#: The measures are far from independent: their log odds count by this share.
INDEPENDENT_SHARE = 0.4
#: Odds (natural log) against rest being at the other end than found, and of "none of these" over
#: a body in any posture.
OTHER_END = -0.9
NONE_OF_THESE = 3.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How a measure scatters between people and cameras; degrees or limbs.

    Parameters
    ----------
    level
        Standard deviation of its mean over both ends.
    still
        Standard deviation of its change in an exercise in which it does not move: foreshortening
        cannot make a still joint move, so this is small.
    usual, any_level, any_change
        Where it is in any posture, and the standard deviations of level and change there.
    across
        Whether it is a distance across the body, which may be seen from any side.
    """

    level: float
    still: float
    usual: float
    any_level: float
    any_change: float
    across: bool = False


SPREADS: Mapping[str, Spread] = {
    "knee": Spread(15, 9, 130, 75, 60),
    "hip": Spread(15, 9, 130, 75, 60),
    "elbow": Spread(16, 14, 90, 75, 90),
    "shoulder": Spread(16, 14, 90, 75, 90),
    "trunk_tilt": Spread(11, 7, 130, 75, 60),
    "wrist_above_shoulder": Spread(0.25, 0.15, 0.5, 1.5, 1.0),
    "hip_above_ankle": Spread(0.28, 0.15, 0.5, 1.5, 1.0),
    "knee_split": Spread(0.15, 0.15, 0.5, 1.5, 1.0),
    "hands_distance": Spread(0.12, 0.3, 0.5, 1.5, 1.0, across=True),
    "feet_distance": Spread(0.12, 0.2, 0.5, 1.5, 1.0, across=True),
}
#: The same for how far hands and feet travel in the room; these have no level.
TRAVEL_STILL, TRAVEL_ANY = 0.15, 1.0


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the exercise is.

    Parameters
    ----------
    name
        The best fitting exercise.
    confidence
        0..1: how likely it is one of its family.
    runner_up
        The best exercise of the second best family.
    """

    name: str
    confidence: float
    runner_up: str

    @property
    def sure(self) -> bool:
        """Whether to act on the name."""
        return self.confidence >= SURE_FROM


def recognize(ends: Ends, exercises: Sequence[ExerciseDefinition]) -> Recognition:
    """Name the exercise whose typical ends fit best.

    Raises
    ------
    ValueError
        If there is no exercise to choose from.
    """
    if not exercises:
        raise ValueError("no exercises to choose from")
    # Odds are taken against a body in any posture, whose own are thereby 1.
    fit = {e.name: INDEPENDENT_SHARE * log_odds(ends, e) for e in exercises}
    families: dict[str, float] = {}
    # A family is as likely as its best member: many variants do not make a movement likelier.
    for e in exercises:
        families[e.family] = max(families.get(e.family, -1e9), fit[e.name])
    ranked = sorted(exercises, key=lambda e: -fit[e.name])
    first = ranked[0]
    other = next((e for e in ranked if e.family != first.family), first)
    best = fit[first.name]
    total = exp(NONE_OF_THESE - best) + sum(exp(value - best) for value in families.values())
    return Recognition(first.name, 1.0 / total, other.name)


def log_odds(ends: Ends, exercise: ExerciseDefinition) -> float:
    """Sum over the measures of how much likelier they are in this exercise than in any posture."""
    # At rest an exercise that starts by lowering is at the end of its lifting phase.
    rests_up = exercise.start == "con_end"
    as_found, swapped = (sum(_log_odds(ends, exercise, up=up)) for up in (rests_up, not rests_up))
    return max(as_found, swapped + OTHER_END / INDEPENDENT_SHARE)


def _log_odds(ends: Ends, exercise: ExerciseDefinition, *, up: bool) -> Iterator[float]:
    """Yield the log odds of each measure; `up`: at rest the lifting phase is over."""
    con, ecc = (ends.rest, ends.far) if up else (ends.far, ends.rest)
    for measure, typical in exercise.ends.items():
        yield _posture_odds(measure, con[measure], ecc[measure], typical)
    travel = Travel.of(exercise)
    sign = -1.0 if up else 1.0
    for seen, expected in ((ends.hands_travel, travel.hands), (ends.feet_travel, travel.feet)):
        if isfinite(seen) and isfinite(expected):
            spread = hypot(TRAVEL_STILL, CHANGE_SHARE * expected)
            likely = _normal(sign * seen - expected, spread)
            yield _odds(likely, _normal(seen, TRAVEL_ANY))


def _posture_odds(
    measure: str, con: Readings, ecc: Readings, typical: tuple[float, float]
) -> float:
    spread = SPREADS[measure]
    level, change = (typical[0] + typical[1]) / 2, typical[0] - typical[1]
    level_sd, change_sd = spread.level, hypot(spread.still, CHANGE_SHARE * change)
    if spread.across:
        level_sd += ACROSS_SHARE * level
        change_sd = hypot(spread.still, ACROSS_SHARE * change)
        level, change = ACROSS_MEAN * level, ACROSS_MEAN * change
    likely = anyway = 0.0
    for trust, a, b in zip(TRUST, con, ecc, strict=True):
        if not isfinite(a + b):
            continue
        mean, moved = (a + b) / 2, a - b
        anything = _normal(mean - spread.usual, spread.any_level) * _normal(
            moved, spread.any_change
        )
        fits = _normal(mean - level, level_sd) * _normal(moved - change, change_sd)
        likely += trust * fits
        anyway += trust * anything
    return _odds(likely, anyway) if anyway else 0.0


def _odds(likely: float, anyway: float) -> float:
    return log((1 - SLIPS) * likely / max(anyway, 1e-300) + SLIPS)


def _normal(deviation: float, sd: float) -> float:
    return exp(-0.5 * (deviation / sd) ** 2) / sd
