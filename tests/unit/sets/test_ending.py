"""The end of a set follows from its reps: which end, at which rep, and what is credited."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lastrep.sets.criteria import Aftermath, SetCriteria, Strictness
from lastrep.sets.ending import completed_reps, find_end, good_reps
from lastrep.sets.results import EndReason, Fault, Rep, Severity

RepsOf = Callable[[str], list[Rep]]
QUIET = Aftermath(until_s=100.0, seen=1.0, next_set=False)


@pytest.mark.parametrize(
    ("statuses", "strictness", "reason", "rep", "confirmed", "good"),
    [
        ("ggggg", "standard", EndReason.LIFTER_STOPPED, None, None, 5),
        ("gggpg", "standard", EndReason.LIFTER_STOPPED, None, None, 4),
        ("gggggf", "standard", EndReason.ABSOLUTE_FAILURE, 6, 6, 5),
        ("gggggfg", "standard", EndReason.ABSOLUTE_FAILURE, 6, 6, 5),
        ("gggpp", "standard", EndReason.TECHNICAL_FAILURE, 4, 5, 3),
        ("gggpgppgg", "standard", EndReason.TECHNICAL_FAILURE, 6, 7, 4),
        ("gggppf", "standard", EndReason.TECHNICAL_FAILURE, 4, 5, 3),
        ("gggp", "strict", EndReason.TECHNICAL_FAILURE, 4, 4, 3),
        ("gggpp", "lenient", EndReason.LIFTER_STOPPED, None, None, 3),
        ("gggppp", "lenient", EndReason.TECHNICAL_FAILURE, 4, 6, 3),
        # Without three good reps there is no baseline that lost range could be told from.
        ("ppgpp", "standard", EndReason.LIFTER_STOPPED, None, None, 1),
    ],
)
def test_end_by_reps(
    reps_of: RepsOf,
    statuses: str,
    strictness: str,
    reason: EndReason,
    rep: int | None,
    confirmed: int | None,
    good: int,
) -> None:
    reps = reps_of(statuses)
    end = find_end(reps, SetCriteria(strictness=Strictness(strictness), aftermath=QUIET))
    assert (end.reason, end.rep, end.confirmed_at_rep) == (reason, rep, confirmed)
    assert good_reps(reps, end) == good
    assert f"{good} good rep" in end.explanation


def test_target_ends_the_set_but_failure_beats_it(reps_of: RepsOf) -> None:
    reached = find_end(reps_of("ggggg"), SetCriteria(target_reps=4, aftermath=QUIET))
    assert (reached.reason, reached.t_s) == (EndReason.TARGET_REACHED, 12.0)
    assert good_reps(reps_of("ggggg"), reached) == 4
    failed = find_end(reps_of("gggppgg"), SetCriteria(target_reps=5, aftermath=QUIET))
    assert failed.reason is EndReason.TECHNICAL_FAILURE


def test_partial_and_failed_attempts_are_not_completed(reps_of: RepsOf) -> None:
    assert completed_reps(reps_of("ggcpf")) == 3


@pytest.mark.parametrize(
    ("aftermath", "reason"),
    [
        (Aftermath(until_s=9.4, seen=1.0, next_set=False), EndReason.VIDEO_END),
        (Aftermath(until_s=30.0, seen=1.0, next_set=False), EndReason.LIFTER_STOPPED),
        (Aftermath(until_s=30.0, seen=0.1, next_set=False), EndReason.TRACKING_LOST),
        (Aftermath(until_s=30.0, seen=0.1, next_set=True), EndReason.LIFTER_STOPPED),
    ],
)
def test_what_follows_the_last_rep(
    reps_of: RepsOf, aftermath: Aftermath, reason: EndReason
) -> None:
    assert find_end(reps_of("ggg"), SetCriteria(aftermath=aftermath)).reason is reason


def test_a_target_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        SetCriteria(target_reps=0)


def test_form_broke_where_a_critical_fault_began(reps_of: RepsOf) -> None:
    def with_lean(rep: Rep, severity: Severity) -> Rep:
        fault = Fault(
            id="SQ2", title="forward lean", severity=severity, measured=60.0, limit=49.0,
            unit="deg", reference="baseline", t_s=rep.turn_s, cue="chest up",
        )  # fmt: skip
        return rep.model_copy(update={"faults": (fault,)})

    reps = reps_of("ggggcc")
    reps[4], reps[5] = with_lean(reps[4], Severity.MAJOR), with_lean(reps[5], Severity.CRITICAL)
    end = find_end(reps, SetCriteria(strictness=Strictness.LENIENT, aftermath=QUIET))
    assert (end.reason, end.rep, end.confirmed_at_rep) == (EndReason.TECHNICAL_FAILURE, 5, 6)
    assert good_reps(reps, end) == 4
    reps[4] = reps_of("ggggg")[4]
    alone = find_end(reps, SetCriteria(strictness=Strictness.LENIENT, aftermath=QUIET))
    assert (alone.rep, alone.confirmed_at_rep) == (6, 6)


def test_own_range_ends_no_set_before_there_are_good_reps(reps_of: RepsOf) -> None:
    def short(rep: Rep) -> Rep:
        fault = Fault(
            id="G1", title="short range of motion", severity=Severity.MAJOR, measured=80.0,
            limit=85.0, unit="%", reference="baseline", t_s=rep.turn_s, cue="full range",
        )  # fmt: skip
        return rep.model_copy(update={"faults": (fault,)})

    def ended(statuses: str) -> EndReason:
        reps = [short(rep) if rep.status == "partial" else rep for rep in reps_of(statuses)]
        return find_end(reps, SetCriteria(aftermath=QUIET)).reason

    assert ended("pppgggg") is EndReason.LIFTER_STOPPED
    assert ended("gggpp") is EndReason.TECHNICAL_FAILURE
