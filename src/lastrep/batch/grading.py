"""The form grade of a set, A to F, by a rule that is shown wherever the grade is.

School grades are a convention, not a measurement: they sort clips so that a coach looks at the
worst first. All limits are lastrep's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lastrep.analysis.warnings import UNSURE
from lastrep.exercises import ExerciseDefinition
from lastrep.sets.results import EndReason, SetReport, Severity


class Grade(StrEnum):
    """A school grade; in order, best first."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"


#: Least share of good reps among all attempts, in percent; below the last it is an F.
GOOD_SHARE_PCT: dict[Grade, float] = {Grade.A: 90, Grade.B: 80, Grade.C: 70, Grade.D: 60}
#: The best grade that a set with such a fault, in any rep, can have.
BEST_WITH_FAULT: dict[Severity, Grade] = {Severity.MAJOR: Grade.B, Severity.CRITICAL: Grade.D}
#: The best grade of a set that ended so.
BEST_WITH_END: dict[EndReason, Grade] = {
    EndReason.TECHNICAL_FAILURE: Grade.B,
    EndReason.ABSOLUTE_FAILURE: Grade.C,
}
#: The best grade where the camera could not see what form is judged by.
BEST_UNSEEN = Grade.B

#: The rule, for people; written from the limits above.
RULE = (
    "The share of good reps among all attempts gives "
    + ", ".join(f"{g} from {share:g} %" for g, share in GOOD_SHARE_PCT.items())
    + f", {Grade.F} below. Attempts after form broke count too.",
    "A set can be no better than "
    + ", ".join(f"{g} with a {s.value} fault" for s, g in BEST_WITH_FAULT.items())
    + ", "
    + " and ".join(
        f"{g} if it ended in {r.value.replace('_', ' ')}" for r, g in BEST_WITH_END.items()
    )
    + ".",
    f"Where the camera's view cannot show form, {BEST_UNSEEN} is the best: "
    "what was not seen is no pass.",
    f"No grade is given to an unknown exercise, or where the count is unsure (below {UNSURE:.0%}).",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A grade, None where none can be given, and its reason in one line."""

    grade: Grade | None
    reason: str


def grade(report: SetReport, exercise: ExerciseDefinition | None) -> Verdict:
    """Grade a set by `RULE`.

    Parameters
    ----------
    report
        The set.
    exercise
        What it is judged by, None if the exercise is not known.
    """
    if exercise is None:
        return Verdict(None, "not graded: the exercise is not known")
    if report.count_confidence < UNSURE:
        return Verdict(None, f"not graded: the count is unsure ({report.count_confidence:.0%})")
    if not report.attempts:
        return Verdict(None, "not graded: no rep was tried")
    share_pct = 100 * report.good_reps / report.attempts
    reached = next((g for g, least in GOOD_SHARE_PCT.items() if share_pct >= least), Grade.F)
    counted = f"{report.good_reps} of {report.attempts} reps good ({share_pct:.0f} %)"
    limit, why = _cap(report, exercise)
    if limit > reached:
        return Verdict(limit, f"{counted}; at best {limit}: {why}")
    return Verdict(reached, counted)


def _cap(report: SetReport, exercise: ExerciseDefinition) -> tuple[Grade, str]:
    """Return the best grade that the set can have, and why."""
    caps = [(Grade.A, "")]
    if report.view not in exercise.views.required:
        caps.append((BEST_UNSEEN, f"this {report.view} view does not show form"))
    if report.end.reason in BEST_WITH_END:
        caps.append((BEST_WITH_END[report.end.reason], report.end.reason.value.replace("_", " ")))
    for rep in report.reps:
        for fault in rep.faults:
            if fault.severity in BEST_WITH_FAULT:
                what = f"{fault.severity.value} fault {fault.id} in rep {rep.number}"
                caps.append((BEST_WITH_FAULT[fault.severity], what))
    # The letters sort best first; of several reasons for one grade the first is told.
    return max(caps, key=lambda cap: cap[0])
