"""The form of a set: readings, own baseline, faults, score, warnings, as one judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lastrep.exercises.faults import FaultRule, View, shown
from lastrep.exercises.standards import DriftStandards, FormStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.motion.measures import BAR_MEASURES
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.ending import described
from lastrep.sets.form.baseline import Standard, learn, noise
from lastrep.sets.form.faults import JudgedRep, judge_reps
from lastrep.sets.form.options import FormReadingOptions
from lastrep.sets.measures.readings import RepReadings
from lastrep.sets.measures.samples import NAN
from lastrep.sets.results import Fault, FormStandard, Rep, RepStatus, Severity

#: How the reason begins where the view is why a fault is not judged.
UNSEEN = "not visible from the"
#: Why what only the bar shows is not judged.
NO_BAR = "needs the bar itself, and none was followed surely enough"
#: Why inclinations are not judged by absolute standards.
TURNED = "only against the first reps: the camera seems turned by an unknown angle"


@dataclass(frozen=True, slots=True)
class SetForm:
    """The form of a set.

    Parameters
    ----------
    reps
        In order.
    standards
        Every fault of the exercise as it was judged.
    baseline
        Indices of the reps the reference was learned from.
    notes
        Sentences about the set as a whole.
    rules
        By id, for whoever needs their class.
    """

    reps: tuple[JudgedRep, ...]
    standards: tuple[FormStandard, ...]
    baseline: tuple[int, ...]
    notes: tuple[str, ...]
    rules: dict[str, FaultRule]

    def score(self, rep: JudgedRep, standards: FormStandards) -> float | None:
        """Form score 0..100 of a rep (85 good, 60 okay); None if nothing could be judged."""
        return form_score(rep.faults, self.rules, standards) if self.coverage(rep) else None

    def coverage(self, rep: JudgedRep) -> float:
        """Share of the exercise's faults that were judged in this rep."""
        judged = sum(m.state != "unknown" for m in rep.measured)
        return judged / max(len(self.standards), 1)

    def not_assessed(self, rep: JudgedRep) -> tuple[str, ...]:
        """What could not be judged in a rep, each with its reason."""
        whole = {s.id: s.reason for s in self.standards if not s.assessed}
        here = {m.id: m.reason for m in rep.measured if m.state == "unknown"}
        return tuple(f"{i} {self.rules[i].title}: {reason}" for i, reason in (here | whole).items())


def with_form(reps: Sequence[Rep], form: SetForm, standards: FormStandards) -> tuple[Rep, ...]:
    """Return reps with their faults, and with the status that follows from them."""
    return tuple(
        rep.model_copy(
            update={
                "faults": judged.faults,
                "measured": judged.measured,
                "not_assessed": form.not_assessed(judged),
                "form_score": form.score(judged, standards),
                "form_coverage_pct": round(100 * form.coverage(judged), 1),
            }
            | _status(rep, judged.faults, form.rules)
        )
        for rep, judged in zip(reps, form.reps, strict=True)
    )


def _status(
    rep: Rep, faults: Sequence[Fault], rules: dict[str, FaultRule]
) -> dict[str, RepStatus | str]:
    """A good rep needs no major fault; one that misses an absolute range standard is partial."""
    majors = [f for f in faults if f.severity is not Severity.MINOR]
    if rep.status is not RepStatus.GOOD or not majors:
        return {}
    missed = [f for f in majors if f.reference == "absolute" and rules[f.id].kind == "range"]
    if missed:
        return {"status": RepStatus.PARTIAL, "reason": described(missed[0])}
    return {"status": RepStatus.COMPLETED, "reason": described(majors[0])}


def form_score(
    faults: Sequence[Fault],
    rules: Mapping[str, FaultRule],
    standards: FormStandards | None = None,
) -> float:
    """Return 100 less what each fault costs, not below 0; by the shipped standards if None."""
    cost = standards or shipped_standards().form
    lost = sum(cost.penalty.of(f.severity) * cost.weight.of(rules[f.id].kind) for f in faults)
    return max(0.0, 100.0 - lost)


def judge_readings(
    rules: Sequence[FaultRule],
    view: View,
    baseline: tuple[int, ...],
    readings: Sequence[RepReadings],
    criteria: SetCriteria,
    *,
    roll_certain: bool = True,
    standards: FormStandards | None = None,
    options: FormReadingOptions = FormReadingOptions(),  # noqa: B008 - frozen
) -> SetForm:
    """Judge the form of a set's reps.

    Parameters
    ----------
    rules
        Of the exercise; where faults are equally bad, the earlier one is named first.
    baseline
        Indices of the reps that the lifter's own reference is learned from.
    readings
        Of each rep.
    roll_certain
        Whether the turn of the camera is known.
    standards
        None for the shipped ones.
    options
        When tracking has failed.
    """
    standards = standards or shipped_standards().form
    rules = [rule.seen_from(view).edited(criteria.limits.get(rule.id)) for rule in rules]
    read = set(readings[0].readings) if readings else set()
    learned = [
        learn(
            rule, [readings[i].readings[rule.id] for i in baseline], criteria,
            view=view, roll_certain=roll_certain, standards=standards, options=options,
        )
        for rule in rules
        if rule.id in read
    ]  # fmt: skip
    guarded = [_with_guard_changes(r, readings, baseline) for r in readings]
    judged = judge_reps(learned, guarded, standards, options)
    by_id = {standard.rule.id: standard for standard in learned}
    described = tuple(
        _not_seen(rule, view)
        if (standard := by_id.get(rule.id)) is None
        else _described(standard, judged, options.prior_reps, roll_certain=roll_certain)
        for rule in rules
    )
    notes = (*_habit_notes(learned), *_drifts(learned, judged, standards.drift))
    if len(baseline) == 0 and not criteria.history:
        notes = (*notes, "No clean first reps: form is judged by the absolute standard only.")
    return SetForm(judged, described, baseline, notes, {rule.id: rule for rule in rules})


def _with_guard_changes(
    rep: RepReadings, readings: Sequence[RepReadings], baseline: tuple[int, ...]
) -> RepReadings:
    """Turn measures that must stay the same into their change in %."""
    changed = dict(rep.readings)
    for key, reading in rep.readings.items():
        if key.endswith(".steady"):
            first = [readings[i].readings[key].value for i in baseline]
            usual = float(np.median(first)) if first else NAN
            changed[key] = replace(reading, value=100 * (reading.value / usual - 1))
    return replace(rep, readings=changed)


def _not_seen(rule: FaultRule, view: View) -> FormStandard:
    """A fault of which nothing was read."""
    views = " or ".join(rule.views)
    unseen = f"{UNSEEN} {view} view, needs: {views}"
    if view in rule.views and rule.metric in BAR_MEASURES:
        unseen = NO_BAR
    return FormStandard(
        id=rule.id, title=rule.title, unit=rule.unit, assessed=False,
        reason=rule.not_assessed or unseen,
        expected_sd=rule.sd,
    )  # fmt: skip


def _described(
    standard: Standard, judged: Sequence[JudgedRep], prior_reps: int, *, roll_certain: bool
) -> FormStandard:
    rule = standard.rule
    values = [
        m.value
        for rep in judged
        for m in rep.measured
        if m.id == rule.id and m.state in ("ok", "minor") and m.value is not None
    ]
    reason = standard.refused
    if reason is None and rule.absolute is not None and not standard.absolute and not roll_certain:
        reason = TURNED
    return FormStandard(
        id=rule.id,
        title=rule.title,
        unit=rule.unit,
        assessed=standard.refused is None,
        reason=reason,
        baseline=None if standard.reference is None else round(standard.reference, 3),
        sd=round(noise(values, rule.sd, prior_reps), 3) if len(values) > 1 else None,
        expected_sd=rule.sd,
        standing=standard.habitual_fault is Severity.MAJOR,
    )


def _habit_notes(learned: Sequence[Standard]) -> list[str]:
    return [
        f"{s.rule.title.capitalize()} in the first reps already ({s.rule.id}): taken as the "
        "lifter's style. It does not end the set."
        for s in learned
        if s.habitual_fault is Severity.MAJOR and s.rule.ends_set
    ]


def _drifts(
    learned: Sequence[Standard], judged: Sequence[JudgedRep], drift: DriftStandards
) -> list[str]:
    """Warn of metrics that creep towards their limit, before they reach it."""
    notes = []
    for standard in learned:
        rule, level = standard.rule, 0.0
        minor = rule.change.minor if rule.change is not None else None
        if standard.reference is None or minor is None or not rule.ends_set:
            continue
        for number, rep in enumerate(judged, start=1):
            one = next(m for m in rep.measured if m.id == rule.id)
            if one.z is None or one.change is None or one.state == "unknown":
                continue
            level = drift.weight * one.z + (1 - drift.weight) * level
            if level > drift.limit_z and one.change >= drift.min_limit_share * minor:
                notes.append(
                    f"Drift towards {rule.title} from rep {number} "
                    f"({shown(one.change, rule.unit)} from the first reps)."
                )
                break
    return notes
