"""How long to rest, by exercise, goal and how the set ended (`docs/science.md` 6.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lastrep.exercises.definition import Training
from lastrep.exercises.standards import RestStandards, UsualRest
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.training.prescription import SetPrescription
from lastrep.training.record import SetRecord


class Goal(StrEnum):
    """What the training is for."""

    STRENGTH = "strength"
    HYPERTROPHY = "hypertrophy"
    ENDURANCE = "endurance"


@dataclass(frozen=True, slots=True)
class Rest:
    """A rest between two sets.

    Parameters
    ----------
    seconds
        What the countdown starts from.
    usual_s
        Shortest and longest rest that is usual for this kind of set.
    reason
        Why so long, in one sentence.
    """

    seconds: int
    usual_s: tuple[int, int]
    reason: str

    def remaining_s(self, rested_s: float) -> float:
        """Return what is left of the rest; 0 once it is over."""
        return max(self.seconds - rested_s, 0.0)


def _rest(usual: UsualRest, reason: str) -> Rest:
    return Rest(usual.seconds, usual.usual_s, reason)


def usual_rest(
    training: Training,
    prescription: SetPrescription | None = None,
    goal: Goal | None = None,
    standards: RestStandards | None = None,
) -> Rest:
    """Return the rest that exercise, goal and reps call for, whatever the set was like.

    Parameters
    ----------
    training
        Of the exercise.
    prescription
        The set; its own rest wins, its reps tell the goal where none is given.
    goal
        None to go by the reps.
    standards
        None for the shipped ones.
    """
    standards = standards or shipped_standards().training.rest
    goal = goal or _goal_of(prescription, standards)
    if goal is Goal.ENDURANCE:
        rest = _rest(standards.endurance, "many reps with a light load")
    elif training.joints == "single":
        rest = _rest(standards.single_joint, "single-joint work")
    elif goal is Goal.STRENGTH:
        rest = _rest(standards.heavy, "heavy multi-joint work")
    else:
        rest = _rest(standards.multi_joint, "multi-joint work of moderate weight")
    if prescription is not None and prescription.rest_s is not None:
        return Rest(prescription.rest_s, rest.usual_s, "as prescribed")
    return rest


def rest_after(
    record: SetRecord,
    training: Training,
    goal: Goal | None = None,
    standards: RestStandards | None = None,
) -> Rest:
    """Return the rest after a set: longer after failure, unless a rest is prescribed."""
    standards = standards or shipped_standards().training.rest
    prescription = record.declared.prescription
    rest = usual_rest(training, prescription, goal, standards)
    prescribed = prescription is not None and prescription.rest_s is not None
    if prescribed or not record.to_failure:
        return rest
    return Rest(
        rest.seconds + standards.after_failure_s,
        rest.usual_s,
        f"{rest.reason}, and {standards.after_failure_s} s more after failure",
    )


def rest_warning(
    rested_s: float,
    training: Training,
    *,
    to_failure: bool,
    standards: RestStandards | None = None,
) -> str | None:
    """Return what is wrong with a rest, or None.

    Parameters
    ----------
    rested_s
        How long it lasted, or has lasted so far when the next set begins.
    training
        Of the exercise.
    to_failure
        Whether the set before went to failure or the next is to.
    standards
        None for the shipped ones.
    """
    standards = standards or shipped_standards().training.rest
    if to_failure and training.joints == "multi" and rested_s < standards.too_short_s:
        return (
            f"Only {rested_s:.0f} s of rest around a set to failure with several joints: "
            f"take {standards.too_short_s} s at the very least."
        )
    if rested_s > standards.warm_up_again_s:
        return f"{rested_s / 60:.0f} min of rest: warm up again before the next heavy set."
    return None


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the first rep is as fast as that of the session's first set with this load.

    Parameters
    ----------
    share
        Its speed, as a share of that.
    ready
        Whether this is at least `ready_share` of the standards.
    """

    share: float
    ready: bool


def readiness(
    first_rep_m_s: float | None,
    first_set_m_s: float | None,
    standards: RestStandards | None = None,
) -> Readiness | None:
    """Compare mean concentric velocities of two first reps; None where one is not measured."""
    if first_rep_m_s is None or not first_set_m_s:
        return None
    share = first_rep_m_s / first_set_m_s
    standards = standards or shipped_standards().training.rest
    return Readiness(share, share >= standards.ready_share)


def _goal_of(prescription: SetPrescription | None, standards: RestStandards) -> Goal:
    """Tell the goal from the reps; moderate where nothing says otherwise."""
    if prescription is None or prescription.max_reps is None:
        return Goal.HYPERTROPHY
    if prescription.max_reps <= standards.heavy_max_reps:
        return Goal.STRENGTH
    many = prescription.max_reps > standards.endurance_above_reps
    return Goal.ENDURANCE if many else Goal.HYPERTROPHY
