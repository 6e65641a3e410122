"""A coach's word: verdicts overruled or limits changed, and the set judged again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.faults import FaultRule, Limits, ViewLimits
from lastrep.sets.ending import Aftermath, completed_reps, find_end, good_reps, majors
from lastrep.sets.form.set_form import TURNED, form_score, judge_readings, with_form
from lastrep.sets.measures.readings import Reading, RepReadings
from lastrep.sets.criteria import SetOptions
from lastrep.sets.results import Fault, Measured, Override, Rep, RepStatus, SetReport, Severity
from lastrep.sets.measures.samples import NAN

#: Id of the fault that a coach's "bad" stands for.
COACH = "COACH"


def review(
    report: SetReport,
    overrides: Sequence[Override],
    exercise: ExerciseDefinition | None,
    options: SetOptions,
    aftermath: Aftermath,
) -> SetReport:
    """Return the set judged again with these overrides, which it keeps beside earlier ones.

    Parameters
    ----------
    exercise
        The exercise of the set; needed only where a limit is changed.
    options
        How the set was judged.
    aftermath
        What followed the set.

    Raises
    ------
    ValueError
        If an override names a rep or fault that the set does not have.
    """
    by_number = {rep.number: rep for rep in report.reps}
    for one in overrides:
        if one.rep is None:
            continue
        if one.rep not in by_number:
            raise ValueError(f"rep {one.rep}: the set has reps 1 to {len(by_number)}")
        has = [f.id for f in by_number[one.rep].faults]
        if one.fault is not None and one.fault not in has:
            raise ValueError(f"rep {one.rep} has no fault {one.fault}, but: {', '.join(has)}")
    every = (*report.overrides, *overrides)
    reps = report.reps
    standards, notes = report.standards, report.form_notes
    edits = [one for one in every if one.limit is not None]
    if edits:
        if exercise is None:
            raise ValueError("the exercise of this set is not known, so it has no limits")
        options = replace(options, limits=edited_limits(exercise.faults, edits, report.view))
        form = judge_readings(
            exercise.faults,
            report.view,  # type: ignore[arg-type]
            tuple(number - 1 for number in report.baseline_reps),
            [kept_readings(rep, exercise.faults) for rep in reps],
            options,
            roll_certain=not any(s.reason == TURNED for s in standards),
        )
        restored = [rep.model_copy(update={"status": rep.movement}) for rep in reps]
        reps, standards, notes = with_form(restored, form), form.standards, form.notes
    rules = {} if exercise is None else {rule.id: rule for rule in exercise.faults}
    for one in every:
        if one.limit is None:
            reps = tuple(_overruled(r, one, rules) if r.number == one.rep else r for r in reps)
    end = find_end(reps, options, aftermath)
    return report.model_copy(
        update={
            "reps": reps,
            "end": end,
            "completed_reps": completed_reps(reps),
            "good_reps": good_reps(reps, end),
            "standards": standards,
            "form_notes": notes,
            "overrides": every,
        }
    )


def edited_limits(
    rules: Sequence[FaultRule], edits: Sequence[Override], view: str
) -> dict[str, ViewLimits]:
    """Return the lifter's own limits by fault id.

    Raises
    ------
    ValueError
        If the exercise has no such fault, or its limits would not grow with severity.
    """
    known = {rule.id: rule.seen_from(view) for rule in rules}  # type: ignore[arg-type]
    limits: dict[str, ViewLimits] = {}
    for edit in edits:
        fault, path = edit.fault or "", edit.limit or ""
        if fault not in known:
            raise ValueError(f"no fault '{fault}' here, known are: {', '.join(known)}")
        reference, severity = path.split(".")
        own = limits.get(fault, ViewLimits())
        now: Limits = getattr(known[fault].edited(own), reference) or Limits()
        new = now.model_copy(update={severity: edit.value})
        limits[fault] = own.model_copy(update={reference: new})
        # Validate the whole rule again: the limits of one severity bound the next.
        FaultRule.model_validate(known[fault].edited(limits[fault]).model_dump())
    return limits


def kept_readings(rep: Rep, rules: Sequence[FaultRule]) -> RepReadings:
    """Read again what the document kept; what was not known stays so."""
    readings = {m.id: _reading(m) for m in rep.measured}
    return RepReadings({r.id: readings[r.id] for r in rules if r.id in readings}, rep.coverage)


def _reading(m: Measured) -> Reading:
    known = m.state != "unknown"
    return Reading(
        value=_or_nan(m.raw) if known else NAN,
        t_s=m.t_s,
        confidence=m.confidence,
        near=_or_nan(m.near),
        world=_or_nan(m.world),
        sustained=_or_nan(m.sustained),
        visible=m.visible,
    )


def _or_nan(x: float | None) -> float:
    return NAN if x is None else x


def _overruled(rep: Rep, override: Override, rules: dict[str, FaultRule]) -> Rep:
    if override.fault is not None:
        return _without(rep, {override.fault}, f"{override.by}: {override.why}", rules)
    if override.mark == "good":
        rep = _without(rep, set(majors(rep)), "", rules)
        return rep.model_copy(update={"status": RepStatus.GOOD, "reason": _said(override, "good")})
    if override.mark == "partial":
        return rep.model_copy(
            update={"status": RepStatus.PARTIAL, "reason": _said(override, "partial")}
        )
    called = Fault(
        id=COACH,
        title=_said(override, "bad"),
        severity=Severity.MAJOR,
        measured=0.0,
        limit=0.0,
        unit="",
        reference="absolute",
        t_s=rep.turn_s,
        cue=override.why,
    )
    others = tuple(f for f in rep.faults if f.id != COACH)
    return rep.model_copy(
        update={
            "faults": (called, *others),
            "status": RepStatus.COMPLETED,
            "reason": called.title,
        }
    )


def _said(override: Override, what: str) -> str:
    return f"called {what} by {override.by}: {override.why}"


def _without(rep: Rep, wrong: set[str], said: str, rules: dict[str, FaultRule]) -> Rep:
    """Take faults off a rep, and give it the status that the others leave it."""
    faults = tuple(f for f in rep.faults if f.id not in wrong)
    if len(faults) == len(rep.faults):
        return rep
    remaining = [f for f in faults if f.severity is not Severity.MINOR]
    update: dict[str, object] = {
        "faults": faults,
        "measured": tuple(
            m.model_copy(update={"state": "ok"}) if m.id in wrong else m for m in rep.measured
        ),
    }
    if all(f.id in rules for f in faults) and rep.form_score is not None:
        update["form_score"] = form_score(faults, rules)
    if not remaining:
        # Range of motion is itself a fault that may be called wrong.
        partial = rep.movement is RepStatus.PARTIAL and "G1" not in wrong
        update["status"] = rep.movement if partial else RepStatus.GOOD
        if rep.movement is RepStatus.FAILED:
            update["status"] = RepStatus.FAILED
        update["reason"] = f"{', '.join(sorted(wrong))} overruled by {said}"
    return rep.model_copy(update=update)
