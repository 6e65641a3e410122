"""One cue at a time, the most important, and never nagging."""

from __future__ import annotations

from collections.abc import Sequence

from lastrep.exercises import find
from lastrep.sets.live.cues import SHORT, CuePolicy
from lastrep.sets.results import Fault, Rep, Severity
from unit.conftest import RepsOf

RULES = {rule.id: rule for rule in find("back_squat").faults}


def fault(name: str, severity: str = "major", measured: float = 30.0) -> Fault:
    return Fault(
        id=name,
        severity=Severity(severity),
        measured=measured,
        limit=20.0,
        unit="deg",
        reference="baseline",
        t_s=1.0,
        cue=RULES[name].cue,
    )


def called(reps: Sequence[Rep], faults: Sequence[Sequence[Fault]]) -> list[str | None]:
    policy = CuePolicy(RULES)
    cues = [
        policy.choose(rep.model_copy(update={"faults": tuple(found)}))
        for rep, found in zip(reps, faults, strict=True)
    ]
    return [cue and cue.fault for cue in cues]


def test_a_fault_that_stays_is_called_once_and_again_only_later(reps_of: RepsOf) -> None:
    assert called(reps_of("gcccc"), [[], *[[fault("SQ2")]] * 4]) == [
        None, "SQ2", None, None, "SQ2",
    ]  # fmt: skip


def test_minor_faults_are_not_called(reps_of: RepsOf) -> None:
    assert called(reps_of("gg"), [[fault("SQ2", "minor")], []]) == [None, None]


def test_the_critical_fault_comes_first_and_always(reps_of: RepsOf) -> None:
    both = [fault("SQ2", measured=90.0), fault("SQ3", "critical")]
    assert called(reps_of("cc"), [both, both]) == ["SQ3", "SQ3"]


def test_of_two_new_faults_one_is_called_and_the_other_next_time(reps_of: RepsOf) -> None:
    one, other = fault("SQ2", measured=21.0), fault("SQ2", measured=60.0)
    assert RULES["G1"].kind == "range"
    reps = reps_of("cc")
    first, second = called(reps, [[fault("G1"), other], [fault("G1"), one]])
    assert {first, second} == {"G1", "SQ2"}


def test_a_short_rep_without_a_named_fault_asks_for_the_full_range(reps_of: RepsOf) -> None:
    assert called(reps_of("gp"), [[], []]) == [None, SHORT]
