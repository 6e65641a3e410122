"""The form grade follows its published rule."""

from __future__ import annotations

import pytest

from checks import some
from lastrep.batch.grading import GOOD_SHARE_PCT, RULE, Grade, grade
from lastrep.batch.records import GradedSet
from lastrep.exercises import find
from lastrep.sets.results import EndReason, Fault, RepStatus, SetEnd, SetReport, Severity
from unit.conftest import RepsOf

SQUAT = find("back_squat")


@pytest.fixture
def report(reps_of: RepsOf) -> SetReport:
    """Build a set of ten clean reps from the side."""
    return set_of(reps_of, "g" * 10)


def set_of(reps_of: RepsOf, statuses: str) -> SetReport:
    reps = reps_of(statuses)
    return SetReport(
        exercise="back_squat",
        exercise_source="given",
        exercise_confidence=1.0,
        view="side",
        start_s=0.0,
        end_s=60.0,
        count_confidence=0.9,
        attempts=len(reps),
        completed_reps=len(reps),
        good_reps=sum(rep.status is RepStatus.GOOD for rep in reps),
        end=SetEnd(reason=EndReason.LIFTER_STOPPED, t_s=60.0, explanation=""),
        reps=tuple(reps),
    )


def with_fault(report: SetReport, severity: Severity) -> SetReport:
    fault = Fault(
        id="forward_lean", severity=severity, measured=20, limit=15, unit="deg",
        reference="baseline", t_s=1.0, cue="",
    )  # fmt: skip
    last = report.reps[-1].model_copy(update={"faults": (fault,)})
    return report.model_copy(update={"reps": (*report.reps[:-1], last)})


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ("g" * 10, Grade.A),
        ("g" * 9 + "p", Grade.A),
        ("g" * 8 + "pp", Grade.B),
        ("g" * 7 + "ppp", Grade.C),
        ("g" * 6 + "pppp", Grade.D),
        ("g" * 5 + "ppppp", Grade.F),
        ("ppp", Grade.F),
        ("g", Grade.A),
    ],
)
def test_share_of_good_reps(reps_of: RepsOf, statuses: str, expected: Grade) -> None:
    verdict = grade(set_of(reps_of, statuses), SQUAT)
    assert verdict.grade is expected
    assert f"of {len(statuses)} reps good" in verdict.reason


@pytest.mark.parametrize(
    ("severity", "expected"),
    [(Severity.MINOR, Grade.A), (Severity.MAJOR, Grade.B), (Severity.CRITICAL, Grade.D)],
)
def test_a_fault_caps_the_grade_and_is_named(
    report: SetReport, severity: Severity, expected: Grade
) -> None:
    verdict = grade(with_fault(report, severity), SQUAT)
    assert verdict.grade is expected
    assert ("forward_lean in rep 10" in verdict.reason) == (severity is not Severity.MINOR)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (EndReason.TARGET_REACHED, Grade.A),
        (EndReason.VIDEO_END, Grade.A),
        (EndReason.TECHNICAL_FAILURE, Grade.B),
        (EndReason.ABSOLUTE_FAILURE, Grade.C),
    ],
)
def test_the_end_caps_the_grade(report: SetReport, reason: EndReason, expected: Grade) -> None:
    ended = report.model_copy(update={"end": report.end.model_copy(update={"reason": reason})})
    assert grade(ended, SQUAT).grade is expected


def test_the_lowest_cap_counts_and_no_cap_lifts(report: SetReport, reps_of: RepsOf) -> None:
    failed = SetEnd(reason=EndReason.ABSOLUTE_FAILURE, t_s=1.0, explanation="")
    worse = with_fault(report.model_copy(update={"end": failed}), Severity.CRITICAL)
    assert grade(worse, SQUAT).grade is Grade.D
    poor = set_of(reps_of, "gppp").model_copy(update={"end": failed})
    assert grade(poor, SQUAT).grade is Grade.F


def test_what_the_camera_cannot_show_is_no_pass(report: SetReport) -> None:
    unseen = next(v for v in ("front", "back") if v not in SQUAT.views.required)
    verdict = grade(report.model_copy(update={"view": unseen}), SQUAT)
    assert verdict.grade is Grade.B
    assert unseen in verdict.reason


def test_no_grade_without_knowing_what_or_how_many(report: SetReport) -> None:
    assert grade(report, None).grade is None
    unsure = grade(report.model_copy(update={"count_confidence": 0.1}), SQUAT)
    assert unsure.grade is None
    assert "10%" in unsure.reason
    none = report.model_copy(update={"attempts": 0, "good_reps": 0, "reps": ()})
    assert grade(none, SQUAT).grade is None


def test_the_published_rule_names_every_limit() -> None:
    text = " ".join(RULE)
    for letter, share_pct in some(GOOD_SHARE_PCT.items()):
        assert f"{letter} from {share_pct:g} %" in text
    for words in ("D with a critical fault", "C if it ended in absolute failure", "below 30%"):
        assert words in text


def test_a_minor_fault_is_the_first_only_where_there_is_no_worse(report: SetReport) -> None:
    early = report.reps[0].model_copy(
        update={"faults": with_fault(report, Severity.MINOR).reps[-1].faults}
    )
    minor = report.model_copy(update={"reps": (early, *report.reps[1:])})
    assert GradedSet.of(1, minor).first_fault_rep == 1
    both = with_fault(minor, Severity.MAJOR)
    assert GradedSet.of(1, both).first_fault_rep == 10
