"""The lifter's own first reps as a reference, and whether a metric can be judged in this set.

The reference is frozen after the first good reps, or it would chase the fatigue that it is there
to show. Its spread cannot come from three points alone: it is shrunk towards the spread that was
measured on many sets. A metric whose tracking has failed in this set must fall silent, and what
tells that is not visibility but how far the first reps, the two sides of the body, and the image
and the model's world landmarks disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lastrep.exercises.faults import FaultRule, Limits, View, shown
from lastrep.motion.measures import MEASURES
from lastrep.sets.criteria import PastBaseline, SetCriteria
from lastrep.sets.measures.readings import Reading
from lastrep.sets.measures.rep_measures import RelativeRange, RepMeasures
from lastrep.sets.measures.samples import NAN
from lastrep.sets.results import Severity

#: Reps that make the baseline, and how few may.
BASELINE_REPS, FEWEST = 3, 2
#: A first rep this much slower, or shorter in %, than the second belongs to the set-up.
SETUP_SLOWER, SETUP_SHORTER = 1.5, 90.0
#: A rep with fewer of its frames seen is not read.
SEEN_FROM = 0.95
#: Weight of the measured spread against the set's own, in reps (`docs/science.md` 4.2).
PRIOR_REPS = 6
#: First reps that scatter by more standard spreads than this show that tracking failed ...
SCATTER_LIMIT = 2.0
#: ... and a set noisier than this needs a larger change, of this many of its own spreads.
NOISY_FROM, NOISY_CHANGE = 1.3, 3.0
#: Own history counts as this many reps at most.
HISTORY_REPS = 3
#: Standard error of a single camera's joint angles against the true ones, degrees: from the side,
#: and from elsewhere (`docs/science.md` 3.3, Cosoli 2026). Unlike noise it is the same all through
#: a set.
ANGLE_ERROR_SIDE_DEG, ANGLE_ERROR_DEG = 6.4, 15.1
#: Faults seen in this many of the first reps belong to the lifter's style.
STANDING_REPS = 2
#: From this many reps on the lifter's own spread replaces the measured one, never below this share.
OWN_SPREAD_REPS, OWN_SPREAD_SHARE = 20, 0.5


@dataclass(frozen=True, slots=True)
class Standard:
    """One fault as it is judged in one set.

    Parameters
    ----------
    rule
        With the limits of this view.
    value
        The lifter's own reference; None if there is none.
    witnesses
        The reference of the better seen side and of the world landmarks, NaN where not known.
    spread
        Standard deviation to expect from rep to rep.
    reps
        How many reps the reference rests on.
    refused
        Why the fault is not assessed in this set; None if it is.
    absolute
        Whether the absolute limits hold; they do not if the camera may be turned.
    tolerance
        By how much a reading must miss an absolute standard of range before the rep has missed it:
        how far from the truth this camera's readings are.
    standing
        The absolute limit (minor or major) that the first reps already exceed: the lifter's
        style, which is not a fault of single reps and does not end the set.
    """

    rule: FaultRule
    value: float | None
    witnesses: tuple[float, float]
    spread: float
    reps: int
    refused: str | None
    absolute: bool
    tolerance: float
    standing: Severity | None

    def scaled(self, x: float) -> float:
        """Value in the unit of the rule: as it is, or in % of the lifter's own."""
        if not self.rule.of_baseline:
            return x
        return 100.0 * x / self.value if self.value else NAN

    @property
    def reference(self) -> float | None:
        """The lifter's own reference in the unit of the rule."""
        if self.value is None:
            return None
        return 100.0 if self.rule.of_baseline else self.value

    @property
    def z_scale(self) -> float:
        """Standard error of a difference to the reference."""
        return self.spread * float(np.sqrt(1.0 + 1.0 / max(self.reps, 1)))


def baseline_reps(
    measures: Sequence[RepMeasures], ranges: Sequence[RelativeRange], credited: Sequence[bool]
) -> tuple[int, ...]:
    """Indices of the reps that the lifter's own reference is learned from.

    Parameters
    ----------
    ranges
        Of each rep, beside the others.
    credited
        Which reps have their whole range of motion.
    """
    usable = [i for i, m in enumerate(measures) if credited[i] and m.coverage >= SEEN_FROM]
    if len(usable) > 1 and usable[0] == 0:
        second = usable[1]
        slower = _seconds(measures[0]) > SETUP_SLOWER * _seconds(measures[second])
        if slower or ranges[0].pct < SETUP_SHORTER / 100.0 * ranges[second].pct:
            usable = usable[1:]
    return tuple(usable[:BASELINE_REPS])


def _seconds(rep: RepMeasures) -> float:
    return rep.span.back_s - rep.span.leave_s


def learn(
    rule: FaultRule,
    readings: Sequence[Reading],
    criteria: SetCriteria,
    *,
    view: View = "side",
    roll_certain: bool = True,
) -> Standard:
    """Return how a fault is judged in this set.

    Parameters
    ----------
    readings
        Of the baseline reps.
    view
        Where the camera stands.
    roll_certain
        Whether the turn of the camera is known.
    """
    past = criteria.history.get(rule.id)
    sd = _prior_sd(rule, past)
    known = [r for r in readings if np.isfinite(r.value)]
    upright = MEASURES[rule.metric].upright
    absolute = rule.absolute is not None and (roll_certain or not upright)
    style = absolute and rule.kind != "range"
    standing = _standing(rule, known) if style else None
    values = np.array([r.value for r in known])
    tolerance = _tolerance(rule, view)
    if len(known) < FEWEST and past is None:
        return Standard(rule, None, (NAN, NAN), sd, 0, None, absolute, tolerance, standing)
    value, reps = _blend(values, past)
    deviations = values - np.median(values) if len(values) else values
    if rule.of_baseline:
        deviations = 100.0 * deviations / value if value else deviations * NAN
    spread = float(
        np.sqrt(
            (PRIOR_REPS * sd**2 + np.sum(deviations**2))
            / (PRIOR_REPS + max(len(deviations) - 1, 0))
        )
    )
    witnesses = _witnesses(known)
    refused = _refusal(rule, known, deviations, witnesses, sd)
    return Standard(rule, value, witnesses, spread, reps, refused, absolute, tolerance, standing)


def _prior_sd(rule: FaultRule, past: PastBaseline | None) -> float:
    if past is None or past.sd is None or past.reps < OWN_SPREAD_REPS:
        return rule.sd
    return max(past.sd, OWN_SPREAD_SHARE * rule.sd)


def _tolerance(rule: FaultRule, view: View) -> float:
    if rule.kind != "range":
        return 0.0
    if rule.unit != "deg":
        return rule.sd
    return ANGLE_ERROR_SIDE_DEG if view == "side" else ANGLE_ERROR_DEG


def _standing(rule: FaultRule, known: Sequence[Reading]) -> Severity | None:
    if rule.absolute is None:
        return None
    for severity, limit in (
        (Severity.MAJOR, rule.absolute.major),
        (Severity.MINOR, rule.absolute.minor),
    ):
        if limit is None:
            continue
        if sum(beyond(rule, r.value, limit) for r in known) >= STANDING_REPS:
            return severity
    return None


def beyond(rule: FaultRule, value: float, limit: float) -> bool:
    """Whether a value lies on the bad side of an absolute limit."""
    if rule.bad == "either":
        return abs(value) > limit
    return value > limit if rule.bad == "high" else value < limit


def _blend(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], past: PastBaseline | None
) -> tuple[float, int]:
    if past is None:
        return float(np.median(values)), len(values)
    weight = min(HISTORY_REPS, past.sets)
    if len(values) == 0:
        return past.value, weight
    total = len(values) + weight
    return (len(values) * float(np.median(values)) + weight * past.value) / total, total


def _witnesses(known: Sequence[Reading]) -> tuple[float, float]:
    def middle(values: list[float]) -> float:
        return float(np.median(values)) if values and np.isfinite(values).all() else NAN

    return middle([r.near for r in known]), middle([r.world for r in known])


def _refusal(
    rule: FaultRule,
    known: Sequence[Reading],
    deviations: np.ndarray[tuple[int], np.dtype[np.float64]],
    witnesses: tuple[float, float],
    sd: float,
) -> str | None:
    if len(deviations) < FEWEST:
        return None
    scatter = float(np.std(deviations, ddof=1))
    if scatter > SCATTER_LIMIT * sd:
        return (
            f"the first reps scatter by {shown(scatter, rule.unit)}, "
            f"at most {shown(SCATTER_LIMIT * sd, rule.unit)} can be judged"
        )
    size = change_size(rule)
    if size is None or rule.of_baseline:
        return None
    middle = float(np.median([r.value for r in known]))
    apart = [abs((r.value - middle) - (r.near - witnesses[0])) for r in known]
    if np.isfinite(apart).all() and float(np.median(apart)) > size / 2:
        return "the two sides of the body disagree"
    return None


def change_size(rule: FaultRule) -> float | None:
    """Change that counts as major; None if only the measure itself is limited."""
    return rule.change.major if rule.change is not None else None


def widened(limits: Limits, spread: float, sd: float) -> Limits:
    """Return the change limits of a set that is noisier than usual.

    Parameters
    ----------
    spread
        Noise of the set so far.
    sd
        What is usual.
    """
    if limits.major is None or spread <= NOISY_FROM * sd:
        return limits
    factor = max(1.0, NOISY_CHANGE * spread / limits.major)
    return Limits(
        minor=None if limits.minor is None else factor * limits.minor,
        major=factor * limits.major,
        critical=None if limits.critical is None else factor * limits.critical,
    )


def noise(values: Sequence[float], sd: float) -> float:
    """Rep-to-rep noise of a set, free of drift: from successive differences, shrunk to `sd`."""
    x = np.asarray([v for v in values if np.isfinite(v)])
    if len(x) < 2:
        return sd
    squares = np.diff(x) ** 2 / 2
    total = PRIOR_REPS * sd**2 + float(np.sum(squares))
    return float(np.sqrt(total / (PRIOR_REPS + len(squares))))
