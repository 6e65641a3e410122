"""A coach's marks on judged reps: they hold against whatever was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lastrep.exercises.faults import FaultRule
from lastrep.exercises.standards import FormStandards
from lastrep.sets.corrections import COACH, Correction, RepCorrections
from lastrep.sets.ending import OWN_RANGE, majors
from lastrep.sets.form.set_form import SetForm, form_score
from lastrep.sets.results import Fault, Rep, RepStatus, Severity


def with_marks(
    reps: Sequence[Rep],
    corrections: RepCorrections,
    form: SetForm | None,
    standards: FormStandards,
) -> tuple[Rep, ...]:
    """Return reps as a coach put them right.

    Parameters
    ----------
    form
        How they were judged; None where form was not.
    standards
        What faults cost.
    """
    rules = {} if form is None else form.rules
    out = []
    for index, judged in enumerate(reps):
        rep = judged
        wrong = corrections.wrong_faults.get(index, ())
        if wrong:
            rep = _without(rep, wrong, rules, standards)
        mark = corrections.marks.get(index)
        if mark is not None:
            rep = _marked(rep, mark, rules, standards)
        said = [*wrong, *([mark] if mark is not None else [])]
        if said:
            words = "; ".join(f"{one.says}, {one.attribution}" for one in said)
            rep = rep.model_copy(update={"corrected": words})
        out.append(rep)
    return tuple(out)


def _marked(
    rep: Rep, mark: Correction, rules: Mapping[str, FaultRule], standards: FormStandards
) -> Rep:
    if mark.mark == "good":
        cleared = frozenset(majors(rep))
        rep = _cleared(rep, cleared, rules, standards)
        return rep.model_copy(update={"status": RepStatus.GOOD, "reason": _called(mark)})
    if mark.mark in ("partial", "failed"):
        return rep.model_copy(update={"status": RepStatus(mark.mark), "reason": _called(mark)})
    called = _called_fault(rep, mark, rules)
    others = tuple(f for f in rep.faults if f.id != called.id)
    update: dict[str, object] = {"faults": (called, *others), "status": RepStatus.COMPLETED}
    if rep.status is not RepStatus.GOOD:
        # A rep that is short, or was not completed, does not become whole by being badly done.
        update["status"] = rep.status
    return rep.model_copy(update=update | {"reason": called.title})


def _called_fault(rep: Rep, mark: Correction, rules: Mapping[str, FaultRule]) -> Fault:
    """Return the major fault that a coach's "bad" stands for, with numbers where there are any."""
    rule = rules.get(mark.fault or "")
    was = next((f for f in rep.faults if f.id == mark.fault), None)
    title = _called(mark) if rule is None else f"{rule.title}, {_called(mark)}"
    return Fault(
        id=mark.fault or COACH,
        title=title,
        severity=Severity.MAJOR,
        measured=0.0 if was is None else was.measured,
        limit=0.0 if was is None else was.limit,
        unit="",  # a coach's eye measures nothing
        reference="absolute",
        t_s=rep.turn_s if was is None else was.t_s,
        cue=mark.why if rule is None else rule.cue,
    )


def _called(mark: Correction) -> str:
    return f"called {mark.mark} {mark.attribution}"


def _without(
    rep: Rep,
    said: Sequence[Correction],
    rules: Mapping[str, FaultRule],
    standards: FormStandards,
) -> Rep:
    """Take faults off a rep, and give it the status that the others leave it."""
    wrong = frozenset(one.fault or "" for one in said)
    before = rep
    rep = _cleared(rep, wrong, rules, standards)
    if rep is before:
        return rep
    if any(f.severity is not Severity.MINOR for f in rep.faults):
        return rep
    status = RepStatus.GOOD
    # Range of motion is itself a fault that may be called wrong.
    if rep.movement is RepStatus.PARTIAL and OWN_RANGE not in wrong:
        status = rep.movement
    if rep.movement is RepStatus.FAILED:
        status = RepStatus.FAILED
    reason = f"{', '.join(sorted(wrong))} overruled {said[-1].attribution}"
    return rep.model_copy(update={"status": status, "reason": reason})


def _cleared(
    rep: Rep, wrong: frozenset[str], rules: Mapping[str, FaultRule], standards: FormStandards
) -> Rep:
    """Return a rep without some of its faults; the same object if it has none of them."""
    faults = tuple(f for f in rep.faults if f.id not in wrong)
    if len(faults) == len(rep.faults):
        return rep
    update: dict[str, object] = {
        "faults": faults,
        "measured": tuple(
            m.model_copy(update={"state": "ok"}) if m.id in wrong else m for m in rep.measured
        ),
    }
    if all(f.id in rules for f in faults) and rep.form_score is not None:
        update["form_score"] = form_score(faults, rules, standards)
    return rep.model_copy(update=update)
