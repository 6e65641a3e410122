"""Judging: each metric of each rep against the absolute standard and the lifter's own first reps.

A change must be both larger than noise (z) and large enough to matter (limit). What is not known
is neither a fault nor a pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lastrep.exercises.faults import FaultRule, Limits
from lastrep.exercises.standards import FormStandards
from lastrep.sets.form.baseline import (
    Standard,
    beyond,
    change_size,
    noise,
    widened,
)
from lastrep.sets.form.options import FormReadingOptions
from lastrep.sets.measures.readings import Reading, RepReadings
from lastrep.sets.results import Fault, Measured, Severity

_ORDER = (None, Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)


@dataclass(frozen=True, slots=True)
class JudgedRep:
    """One rep's form.

    Parameters
    ----------
    faults
        Worst first.
    measured
        Every metric with its state.
    """

    faults: tuple[Fault, ...]
    measured: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class _Verdict:
    severity: Severity | None
    limit: float
    reference: str


def judge_reps(
    learned: Sequence[Standard],
    reps: Sequence[RepReadings],
    standards: FormStandards,
    options: FormReadingOptions,
) -> tuple[JudgedRep, ...]:
    """Judge the reps of a set in order; later reps see how noisy the earlier ones were.

    Parameters
    ----------
    learned
        Each fault as it is judged in this set.
    standards
        What faults are judged by in every set.
    options
        When tracking has failed.
    """
    clean: dict[str, list[float]] = {standard.rule.id: [] for standard in learned}
    judged = []
    for rep in reps:
        measured, faults = [], []
        for standard in learned:
            rule = standard.rule
            one, fault = _judge(standard, rep, clean[rule.id], standards, options)
            measured.append(one)
            if one.value is not None and one.state in ("ok", "minor"):
                clean[rule.id].append(one.value)
            if fault is not None:
                faults.append(fault)
        judged.append(JudgedRep(worst_first(faults), tuple(measured)))
    return tuple(judged)


def _judge(
    standard: Standard,
    rep: RepReadings,
    clean: Sequence[float],
    standards: FormStandards,
    options: FormReadingOptions,
) -> tuple[Measured, Fault | None]:
    rule, reading = standard.rule, rep.readings[standard.rule.id]
    reason = standard.refused or _unknown(standard, rep, reading, standards, options)
    value = standard.scaled(reading.value) if standard.value is not None else reading.value
    if rule.of_baseline and standard.value is None:
        reason = reason or "the first reps give no reference"
    change, z = _change(standard, value)
    one = Measured(
        id=rule.id,
        value=_number(value),
        unit=rule.unit,
        change=_number(change),
        z=_number(z),
        state="unknown",
        reason=reason,
        confidence=round(reading.confidence, 3),
        t_s=round(reading.t_s, 4),
        raw=_number(reading.value),
    )
    if reason is not None:
        return one, None
    verdict = max(
        _by_change(standard, value, reading, clean, standards, options),
        _by_standard(standard, value, reading),
        key=lambda v: _ORDER.index(v.severity),
    )
    severity = verdict.severity
    if severity is not None and not (rule.ends_set and counts(rule)):
        severity = Severity.MINOR
    one = one.model_copy(update={"state": severity.value if severity else "ok"})
    if severity is None:
        return one, None
    return one, Fault(
        id=rule.id,
        title=rule.title,
        severity=severity,
        measured=round(value, 3),
        limit=round(verdict.limit, 3),
        unit=rule.unit,
        reference=verdict.reference,
        baseline=_number(standard.reference),
        t_s=round(reading.t_s, 4),
        cue=rule.cue,
    )


def worst_first(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """Faults in order of their severity."""
    return tuple(sorted(faults, key=lambda f: -_ORDER.index(f.severity)))


def counts(rule: FaultRule) -> bool:
    """Whether faults of this class cost credit; symmetry and control do not."""
    return rule.kind in ("safety", "compensation", "range")


def _unknown(
    standard: Standard,
    rep: RepReadings,
    reading: Reading,
    standards: FormStandards,
    options: FormReadingOptions,
) -> str | None:
    """Why this rep's reading cannot be judged."""
    rule = standard.rule
    if rep.seen < options.min_coverage:
        return f"the lifter was seen in only {rep.seen:.0%} of the rep"
    if not np.isfinite(reading.value):
        return "could not be measured"
    if reading.confidence < options.min_confidence:
        return f"seen with confidence {reading.confidence:.2f}, needed {options.min_confidence}"
    if rule.plausible is not None and not rule.plausible[0] <= reading.value <= rule.plausible[1]:
        return "tracking failed: not a posture a body can take here"
    guard = rep.readings.get(f"{rule.id}.steady") if rule.steady is not None else None
    if guard is not None and not abs(guard.value) <= standards.guard_change_pct:
        return f"{rule.steady} changed"
    size = change_size(rule)
    if standard.value is None or size is None or rule.of_baseline:
        return None
    near, world = standard.cross_checks
    moved = reading.value - standard.value
    near_moved = reading.near - near
    # Where both say the same of the limit it does not matter by how much they differ.
    apart = abs(moved - near_moved) > options.max_side_share * size
    if apart and _over(rule, moved) != _over(rule, near_moved):
        return "the two sides of the body disagree"
    if abs(moved) > size and abs(reading.world - world) < options.min_world_share * size:
        return "the model's own 3-D pose did not move along"
    return None


def _over(rule: FaultRule, moved: float) -> bool:
    """Whether a movement from the baseline is major."""
    size = change_size(rule) or float("inf")
    if rule.bad == "either":
        return abs(moved) >= size
    return (moved if rule.bad == "high" else -moved) >= size


def _change(standard: Standard, value: float) -> tuple[float, float]:
    """Change in the bad direction, and in standard errors."""
    if standard.reference is None:
        return float("nan"), float("nan")
    change = value - standard.reference
    if standard.rule.bad == "low":
        change = -change
    elif standard.rule.bad == "either":
        change = abs(change)
    return change, change / standard.z_scale


def _by_change(
    standard: Standard,
    value: float,
    reading: Reading,
    clean: Sequence[float],
    standards: FormStandards,
    options: FormReadingOptions,
) -> _Verdict:
    """Against the lifter's own first reps; `clean` are the values of the good reps so far."""
    rule, nothing = standard.rule, _Verdict(None, 0.0, "baseline")
    change, z = _change(standard, value)
    if rule.change is None or standard.reference is None or not np.isfinite(change):
        return nothing
    usual = noise(clean, rule.sd, options.prior_reps)
    limits = widened(rule.change, usual, rule.sd, options)
    critical, min_z = _critical(rule, limits, standards.critical_factor), standards.min_z

    def verdict(severity: Severity, size: float) -> _Verdict:
        below = rule.bad == "low" or (rule.bad == "either" and value < (standard.reference or 0.0))
        limit = (standard.reference or 0.0) + (-size if below else size)
        return _Verdict(severity, limit, "baseline")

    sustained, _ = _change(standard, standard.scaled(reading.sustained))
    if (
        critical is not None
        and min(change, sustained) >= critical
        and z >= min_z.critical
        and reading.visible >= options.min_critical_visibility
    ):
        return verdict(Severity.CRITICAL, critical)
    if limits.major is not None and change >= limits.major and z >= min_z.major:
        return verdict(Severity.MAJOR, limits.major)
    if limits.minor is not None and change >= limits.minor and z >= min_z.minor:
        return verdict(Severity.MINOR, limits.minor)
    return nothing


def _critical(rule: FaultRule, limits: Limits, factor: float) -> float | None:
    if rule.kind != "safety" or rule.proxy:
        return None
    if limits.critical is not None:
        return limits.critical
    return None if limits.major is None else factor * limits.major


def _by_standard(standard: Standard, value: float, reading: Reading) -> _Verdict:
    """Against the absolute limits; never critical, a biased picture would make it so.

    A rep has missed a standard of range only if that is sure: by more than the readings' own
    error, and by the model's world landmarks too, which no line of sight foreshortens.
    """
    rule = standard.rule
    if rule.absolute is None or not standard.absolute:
        return _Verdict(None, 0.0, "absolute")
    major, minor = rule.absolute.major, rule.absolute.minor
    if standard.habitual_fault is Severity.MAJOR:
        return _Verdict(None, 0.0, "absolute")
    if major is not None:
        sure = major + (-standard.tolerance if rule.bad == "low" else standard.tolerance)
        by_world = rule.kind == "range" and np.isfinite(reading.world)
        cross_check = reading.world if by_world else value
        if beyond(rule, value, sure) and beyond(rule, cross_check, major):
            return _Verdict(Severity.MAJOR, sure, "absolute")
    if standard.habitual_fault is None and minor is not None and beyond(rule, value, minor):
        return _Verdict(Severity.MINOR, minor, "absolute")
    return _Verdict(None, 0.0, "absolute")


def _number(x: float | None) -> float | None:
    return None if x is None or not np.isfinite(x) else round(float(x), 4)
