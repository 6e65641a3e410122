"""What a set says about its load: too light, on target, too heavy, and which nRM it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lastrep.exercises.standards import MaxStandards, TrainingStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.sets.results import EndReason
from lastrep.training.record import SetRecord
from lastrep.training.strength import (
    FailurePoint,
    NotEnough,
    OneRepMax,
    RepsAtLoad,
    estimate_max,
)


class Fit(StrEnum):
    """How the load fits the intended reps."""

    TOO_LIGHT = "too_light"
    ON_TARGET = "on_target"
    TOO_HEAVY = "too_heavy"
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True, slots=True)
class RepMax:
    """Which repetition maximum a set showed.

    Parameters
    ----------
    reps
        n of the nRM.
    exact
        Whether the very next rep failed, or none was left by the lifter's own account; else the
        load is at least an nRM.
    technical
        Whether form was what failed.
    """

    reps: int
    exact: bool
    technical: bool

    def __str__(self) -> str:
        if not self.exact:
            return f"at least {self.reps}RM"
        return f"technical {self.reps}RM" if self.technical else f"{self.reps}RM"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one set's load.

    Parameters
    ----------
    fit
        Against the intended reps; `NOT_JUDGED` where these or the reps left are not known.
    reason
        Why, in one or two sentences.
    rep_max
        None where no good rep was seen or tracking was lost.
    one_rep_max
        The estimate, or why there is none.
    """

    fit: Fit
    reason: str
    rep_max: RepMax | None
    one_rep_max: OneRepMax | NotEnough


def judge(
    record: SetRecord,
    *,
    bodyweight: bool = False,
    curve: RepsAtLoad | None = None,
    standards: TrainingStandards | None = None,
) -> Verdict:
    """Judge a set against its prescription.

    Parameters
    ----------
    record
        The set.
    bodyweight
        Whether the body is part of the load, whose weight nobody has told.
    curve
        The lifter's own reps at load for this exercise, if known.
    standards
        None for the shipped ones.
    """
    standards = standards or shipped_standards().training
    fit, reason = _fit(record, standards.load.spare_reps)
    rep_max = _rep_max(record)
    if rep_max is not None and rep_max.exact:
        reason += f" This was your {rep_max}."
    return Verdict(fit, reason, rep_max, _one_rep_max(record, bodyweight, curve, standards.max))


def failure_points(records: Iterable[SetRecord]) -> tuple[FailurePoint, ...]:
    """Return the sets that show exactly how many reps a load allows."""
    return tuple(
        FailurePoint(record.load_kg, rep_max.reps, rep_max.technical)
        for record in records
        if record.load_kg is not None
        and record.to_failure
        and (rep_max := _rep_max(record)) is not None
        and rep_max.exact
    )


def possible_reps(record: SetRecord) -> tuple[int, int | None]:
    """Return how many good reps were possible at least and at most; None if there is no telling."""
    good, rir = record.good_reps, record.rir
    return (good + rir[0], good + rir[1]) if rir else (good, None)


def _fit(record: SetRecord, spare_reps: int) -> tuple[Fit, str]:
    prescription, good = record.declared.prescription, record.good_reps
    if record.end_reason is EndReason.TRACKING_LOST:
        return Fit.NOT_JUDGED, "The camera lost you, so the set is not judged."
    if record.habitual_fault:
        return Fit.TOO_HEAVY, (
            f"Form was outside the standard from rep {record.end_rep} on: "
            "that is not fatigue, so the set is no measure of your reps."
        )
    if prescription is None or prescription.min_reps is None or prescription.max_reps is None:
        return Fit.NOT_JUDGED, f"{_reps(good)}; no number of reps was intended."
    low, high = prescription.min_reps, prescription.max_reps
    aim = f"{low}" if low == high else f"{low}-{high}"
    fewest, most = possible_reps(record)
    if fewest >= high + spare_reps:
        return Fit.TOO_LIGHT, f"Too light for {aim}: {_reps(good)}{_ended(record)}."
    if most is None:
        return Fit.NOT_JUDGED, f"{_reps(good)} of {aim}; how many were left is not known."
    if most < low:
        return Fit.TOO_HEAVY, f"Too heavy for {aim}: {_reps(good)}{_ended(record)}."
    if fewest >= low and most < high + spare_reps:
        return Fit.ON_TARGET, f"On target for {aim}: {_reps(good)}{_ended(record)}."
    return Fit.NOT_JUDGED, f"{_reps(good)} of {aim}{_ended(record)}: too wide a range to tell."


def _ended(record: SetRecord) -> str:
    if record.end_reason is EndReason.TECHNICAL_FAILURE:
        return f", then form broke at rep {record.end_rep}"
    if record.end_reason is EndReason.ABSOLUTE_FAILURE:
        return f", then rep {record.end_rep} could not be completed"
    if record.rir is None:
        return ""
    fewest, most = record.rir
    return f", with {fewest if fewest == most else f'{fewest} to {most}'} left"


def _rep_max(record: SetRecord) -> RepMax | None:
    """Apply the rule of `docs/science.md` 1.2: n good reps, and failure on the very next."""
    if (
        record.good_reps < 1
        or record.habitual_fault
        or record.end_reason is EndReason.TRACKING_LOST
    ):
        return None
    next_failed = record.to_failure and record.end_rep == record.good_reps + 1
    declared_none_left = not record.to_failure and record.declared.rpe == 10
    return RepMax(
        reps=record.good_reps,
        exact=next_failed or declared_none_left,
        technical=record.end_reason is EndReason.TECHNICAL_FAILURE,
    )


def _one_rep_max(
    record: SetRecord, bodyweight: bool, curve: RepsAtLoad | None, standards: MaxStandards
) -> OneRepMax | NotEnough:
    if record.load_kg is None:
        return NotEnough("no load was given")
    if bodyweight:
        return NotEnough("the body is part of the load, and its weight is not known")
    if record.habitual_fault or record.end_reason is EndReason.TRACKING_LOST:
        return NotEnough("the set is no measure of the reps that were possible")
    if record.rir is None:
        return NotEnough("how many reps were left is not known")
    fewest, most = record.rir
    return estimate_max(
        record.load_kg,
        (record.good_reps + fewest, record.good_reps + most),
        technical=record.end_reason is EndReason.TECHNICAL_FAILURE,
        curve=curve,
        standards=standards,
    )


def _reps(count: int) -> str:
    return f"{count} good rep" if count == 1 else f"{count} good reps"
