"""Another standard gives another verdict: nothing that judges keeps a number to itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lastrep.exercises import find
from lastrep.exercises.standards import standards
from lastrep.sets.criteria import Aftermath, SetCriteria
from lastrep.sets.ending import find_end
from lastrep.sets.form.baseline import baseline_reps, learn
from lastrep.sets.form.set_form import form_score, judge_readings
from lastrep.sets.live.cues import CuePolicy
from lastrep.sets.measures.readings import Reading, RepReadings
from lastrep.sets.options import AlgorithmOptions, parameters, with_parameter
from lastrep.sets.results import Fault, Rep, SetEnd, Severity

RepsOf = Callable[[str], list[Rep]]
LEAN = next(rule for rule in find("back_squat").faults if rule.id == "SQ2")
SHIPPED = standards()


def changed(key: str, value: object) -> AlgorithmOptions:
    return with_parameter(AlgorithmOptions(), f"standards.{key}", value)


@pytest.mark.parametrize(
    ("key", "value", "statuses", "after_s"),
    [
        ("strictness.standard.run_length", 3, "gggpp", 100.0),
        ("strictness.standard.bad_reps", 2, "gggpgp", 100.0),
        ("end.min_good_reps", 1, "gpp", 100.0),
        ("end.grace_reps", 9, "gggpp", 100.0),
        ("end.min_coverage", 0.0, "gggpp", 100.0),
        ("end.stopped_after_s", 1000.0, "ggg", 100.0),
        ("end.min_seen_after", 1.0, "ggg", 100.0),
        ("rep.partial_below_pct", 80.0, "gggpp", 100.0),
    ],
)
def test_the_end_follows_the_standards(
    key: str, value: object, statuses: str, after_s: float, reps_of: RepsOf
) -> None:
    reps = reps_of(statuses)
    if key == "end.min_coverage":
        reps[-1] = reps[-1].model_copy(update={"coverage": 0.5})

    def end(options: AlgorithmOptions) -> SetEnd:
        criteria = SetCriteria(aftermath=Aftermath(after_s, seen=0.9, next_set=False))
        return find_end(reps, criteria, options.standards)

    assert end(changed(key, value)) != end(AlgorithmOptions())


def reading(value: float) -> Reading:
    return Reading(value, 1.0, 1.0, near=value, world=value, sustained=value, visible=1.0)


@pytest.mark.parametrize(
    ("key", "value", "values"),
    [
        ("standards.form.min_z.minor", 9.0, [30, 30, 30, 39]),
        ("standards.form.min_z.major", 9.0, [30, 30, 30, 43]),
        ("standards.form.min_z.critical", 99.0, [30, 30, 30, 55]),
        ("standards.form.critical_factor", 9.0, [30, 30, 30, 55]),
        ("standards.form.habitual_reps", 9, [60, 60, 60, 60]),
        ("standards.form.min_baseline_reps", 9, [30, 30, 30, 43]),
        ("standards.form.drift.limit_z", 99.0, [30, 30, 30, 38, 38, 38]),
        ("standards.form.drift.weight", 0.001, [30, 30, 30, 38, 38, 38]),
        ("standards.form.drift.min_limit_share", 1.0, [30, 30, 30, 35, 36, 36]),
        ("form.min_confidence", 2.0, [30, 30, 30, 43]),
        ("form.min_coverage", 2.0, [30, 30, 30, 43]),
        ("form.max_scatter", 9.0, [20, 40, 30, 60, 60]),
        ("form.min_critical_visibility", 2.0, [30, 30, 30, 55]),
    ],
)
def test_form_follows_the_standards(key: str, value: object, values: list[float]) -> None:
    readings = [RepReadings({LEAN.id: reading(v)}, 1.0) for v in values]

    def form(options: AlgorithmOptions) -> tuple[object, ...]:
        judged = judge_readings(
            [LEAN], "side", (0, 1, 2), readings, SetCriteria(),
            standards=options.standards.form, options=options.form,
        )  # fmt: skip
        return judged.reps, judged.notes

    assert form(with_parameter(AlgorithmOptions(), key, value)) != form(AlgorithmOptions())


@pytest.mark.parametrize("severity", list(Severity))
def test_the_score_follows_the_standards(severity: Severity) -> None:
    fault = Fault(
        id=LEAN.id, title="", severity=severity, measured=1.0, limit=1.0, unit="deg",
        reference="baseline", t_s=0.0, cue="",
    )  # fmt: skip
    rules = {LEAN.id: LEAN}
    for key in (f"form.penalty.{severity.value}", f"form.weight.{LEAN.kind}"):
        other = changed(key, 0.5).standards.form
        assert form_score([fault], rules, other) != form_score([fault], rules)


def test_cues_follow_the_standards(reps_of: RepsOf) -> None:
    reps = reps_of("pp")
    often = CuePolicy({}, changed("cues.repeat_after_reps", 1).standards.cues)
    usual = CuePolicy({})
    assert [often.choose(rep) is None for rep in reps] == [False, False]
    assert [usual.choose(rep) is None for rep in reps] == [False, True]


def test_every_option_can_be_changed_alone() -> None:
    listed = parameters(AlgorithmOptions())
    assert len(listed) > 150
    for name, value in listed.items():
        assert with_parameter(AlgorithmOptions(), name, value) == AlgorithmOptions()
    assert learn(LEAN, [reading(30.0)] * 3, SetCriteria()).reps == 3
    assert baseline_reps([], [], [], SHIPPED.form, 0.95) == ()
