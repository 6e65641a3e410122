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
from lastrep.exercises.standards import FormStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.motion.measures import MEASURES
from lastrep.sets.criteria import PastBaseline, SetCriteria
from lastrep.sets.form.options import FormReadingOptions
from lastrep.sets.measures.readings import Reading
from lastrep.sets.measures.rep_measures import RelativeRange, RepMeasures
from lastrep.sets.measures.samples import NAN
from lastrep.sets.results import Severity


@dataclass(frozen=True, slots=True)
class Standard:
    """One fault as it is judged in one set.

    Parameters
    ----------
    rule
        With the limits of this view.
    value
        The lifter's own reference; None if there is none.
    cross_checks
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
    habitual_fault
        The absolute limit (minor or major) that the first reps already exceed: the lifter's
        habit, which is not a fault of single reps and does not end the set.
    """

    rule: FaultRule
    value: float | None
    cross_checks: tuple[float, float]
    spread: float
    reps: int
    refused: str | None
    absolute: bool
    tolerance: float
    habitual_fault: Severity | None

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
    measures: Sequence[RepMeasures],
    ranges: Sequence[RelativeRange],
    full_rom: Sequence[bool],
    standards: FormStandards,
    min_coverage: float,
) -> tuple[int, ...]:
    """Indices of the reps that the lifter's own reference is learned from.

    Parameters
    ----------
    ranges
        Of each rep, beside the others.
    full_rom
        Which reps have their whole range of motion.
    min_coverage
        Share of a rep's frames in which the lifter must be found.
    """
    usable = [i for i, m in enumerate(measures) if full_rom[i] and m.coverage >= min_coverage]
    if len(usable) > 1 and usable[0] == 0:
        second = usable[1]
        slower = _seconds(measures[0]) > standards.setup_slower_factor * _seconds(measures[second])
        shortest = standards.setup_shorter_pct / 100.0 * ranges[second].pct
        if slower or ranges[0].pct < shortest:
            usable = usable[1:]
    return tuple(usable[: standards.baseline_reps])


def _seconds(rep: RepMeasures) -> float:
    return rep.span.back_s - rep.span.leave_s


def learn(
    rule: FaultRule,
    readings: Sequence[Reading],
    criteria: SetCriteria,
    *,
    view: View = "side",
    roll_certain: bool = True,
    standards: FormStandards | None = None,
    options: FormReadingOptions = FormReadingOptions(),  # noqa: B008 - frozen
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
    standards
        None for the shipped ones.
    options
        When tracking has failed.
    """
    standards = standards or shipped_standards().form
    past = criteria.history.get(rule.id)
    sd = _prior_sd(rule, past, standards)
    known = [r for r in readings if np.isfinite(r.value)]
    upright = MEASURES[rule.metric].upright
    absolute = rule.absolute is not None and (roll_certain or not upright)
    may_be_habit = absolute and rule.kind != "range"
    habitual = _habitual_fault(rule, known, standards.habitual_reps) if may_be_habit else None
    values = np.array([r.value for r in known])
    tolerance = _tolerance(rule, view, options)
    if len(known) < standards.min_baseline_reps and past is None:
        return Standard(rule, None, (NAN, NAN), sd, 0, None, absolute, tolerance, habitual)
    value, reps = _blend(values, past, standards.history_reps)
    deviations = values - np.median(values) if len(values) else values
    if rule.of_baseline:
        deviations = 100.0 * deviations / value if value else deviations * NAN
    prior = options.prior_reps
    spread = float(
        np.sqrt((prior * sd**2 + np.sum(deviations**2)) / (prior + max(len(deviations) - 1, 0)))
    )
    cross_checks = _cross_checks(known)
    refused = None
    if len(deviations) >= standards.min_baseline_reps:
        refused = _refusal(rule, known, deviations, cross_checks, sd, options)
    return Standard(rule, value, cross_checks, spread, reps, refused, absolute, tolerance, habitual)


def _prior_sd(rule: FaultRule, past: PastBaseline | None, standards: FormStandards) -> float:
    if past is None or past.sd is None or past.reps < standards.own_spread_min_reps:
        return rule.sd
    return max(past.sd, standards.own_spread_min_share * rule.sd)


def _tolerance(rule: FaultRule, view: View, options: FormReadingOptions) -> float:
    if rule.kind != "range":
        return 0.0
    if rule.unit != "deg":
        return rule.sd
    return options.angle_error_side_deg if view == "side" else options.angle_error_deg


def _habitual_fault(rule: FaultRule, known: Sequence[Reading], min_reps: int) -> Severity | None:
    if rule.absolute is None:
        return None
    for severity, limit in (
        (Severity.MAJOR, rule.absolute.major),
        (Severity.MINOR, rule.absolute.minor),
    ):
        if limit is None:
            continue
        if sum(beyond(rule, r.value, limit) for r in known) >= min_reps:
            return severity
    return None


def beyond(rule: FaultRule, value: float, limit: float) -> bool:
    """Whether a value lies on the bad side of an absolute limit."""
    if rule.bad == "either":
        return abs(value) > limit
    return value > limit if rule.bad == "high" else value < limit


def _blend(
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
    past: PastBaseline | None,
    history_reps: int,
) -> tuple[float, int]:
    if past is None:
        return float(np.median(values)), len(values)
    weight = min(history_reps, past.sets)
    if len(values) == 0:
        return past.value, weight
    total = len(values) + weight
    return (len(values) * float(np.median(values)) + weight * past.value) / total, total


def _cross_checks(known: Sequence[Reading]) -> tuple[float, float]:
    def middle(values: list[float]) -> float:
        return float(np.median(values)) if values and np.isfinite(values).all() else NAN

    return middle([r.near for r in known]), middle([r.world for r in known])


def _refusal(
    rule: FaultRule,
    known: Sequence[Reading],
    deviations: np.ndarray[tuple[int], np.dtype[np.float64]],
    cross_checks: tuple[float, float],
    sd: float,
    options: FormReadingOptions,
) -> str | None:
    scatter = float(np.std(deviations, ddof=1))
    most = options.max_scatter * sd
    if scatter > most:
        return (
            f"the first reps scatter by {shown(scatter, rule.unit)}, "
            f"at most {shown(most, rule.unit)} can be judged"
        )
    size = change_size(rule)
    if size is None or rule.of_baseline:
        return None
    middle = float(np.median([r.value for r in known]))
    apart = [abs((r.value - middle) - (r.near - cross_checks[0])) for r in known]
    if np.isfinite(apart).all() and float(np.median(apart)) > options.max_side_share * size:
        return "the two sides of the body disagree"
    return None


def change_size(rule: FaultRule) -> float | None:
    """Change that counts as major; None if only the measure itself is limited."""
    return rule.change.major if rule.change is not None else None


def widened(limits: Limits, spread: float, sd: float, options: FormReadingOptions) -> Limits:
    """Return the change limits of a set that is noisier than usual.

    Parameters
    ----------
    spread
        Noise of the set so far.
    sd
        What is usual.
    """
    if limits.major is None or spread <= options.noisy_from * sd:
        return limits
    factor = max(1.0, options.noisy_change * spread / limits.major)
    return Limits(
        minor=None if limits.minor is None else factor * limits.minor,
        major=factor * limits.major,
        critical=None if limits.critical is None else factor * limits.critical,
    )


def noise(values: Sequence[float], sd: float, prior_reps: int) -> float:
    """Rep-to-rep noise of a set, free of drift: from successive differences, shrunk to `sd`."""
    x = np.asarray([v for v in values if np.isfinite(v)])
    if len(x) < 2:
        return sd
    squares = np.diff(x) ** 2 / 2
    total = prior_reps * sd**2 + float(np.sum(squares))
    return float(np.sqrt(total / (prior_reps + len(squares))))
