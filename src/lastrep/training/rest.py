"""How long to rest, by exercise, goal and how the set ended (`docs/science.md` 6.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lastrep.exercises.definition import Training
from lastrep.training.prescription import SetPrescription
from lastrep.training.record import SetRecord


class Goal(StrEnum):
    """What the training is for."""

    STRENGTH = "strength"
    HYPERTROPHY = "hypertrophy"
    ENDURANCE = "endurance"


#: A target up to this is heavy strength work, one above the second number endurance work.
HEAVY_UP_TO_REPS, ENDURANCE_ABOVE_REPS = 6, 15
#: More rest after a set to failure, so that the next can be taken as far.
AFTER_FAILURE_S = 30
#: Less rest than this before or after a multi-joint set to failure is too short.
TOO_SHORT_S = 60
#: After a longer break muscles are cold.
WARM_UP_AGAIN_S = 600
#: Recovered: the first rep is at least this share of the first set's first rep.
READY_SHARE = 0.95


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


_HEAVY = Rest(180, (180, 300), "heavy multi-joint work")
_MULTI_JOINT = Rest(150, (120, 180), "multi-joint work of moderate weight")
_SINGLE_JOINT = Rest(90, (60, 120), "single-joint work")
_ENDURANCE = Rest(60, (30, 90), "many reps with a light load")


def usual_rest(
    training: Training, prescription: SetPrescription | None = None, goal: Goal | None = None
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
    """
    goal = goal or _goal_of(prescription)
    if goal is Goal.ENDURANCE:
        rest = _ENDURANCE
    elif training.joints == "single":
        rest = _SINGLE_JOINT
    else:
        rest = _HEAVY if goal is Goal.STRENGTH else _MULTI_JOINT
    if prescription is not None and prescription.rest_s is not None:
        return Rest(prescription.rest_s, rest.usual_s, "as prescribed")
    return rest


def rest_after(record: SetRecord, training: Training, goal: Goal | None = None) -> Rest:
    """Return the rest after a set: longer after failure, unless a rest is prescribed."""
    prescription = record.declared.prescription
    rest = usual_rest(training, prescription, goal)
    prescribed = prescription is not None and prescription.rest_s is not None
    if prescribed or not record.to_failure:
        return rest
    return Rest(
        rest.seconds + AFTER_FAILURE_S,
        rest.usual_s,
        f"{rest.reason}, and {AFTER_FAILURE_S} s more after failure",
    )


def rest_warning(rested_s: float, training: Training, *, to_failure: bool) -> str | None:
    """Return what is wrong with a rest, or None.

    Parameters
    ----------
    rested_s
        How long it lasted, or has lasted so far when the next set begins.
    training
        Of the exercise.
    to_failure
        Whether the set before went to failure or the next is to.
    """
    if to_failure and training.joints == "multi" and rested_s < TOO_SHORT_S:
        return (
            f"Only {rested_s:.0f} s of rest around a set to failure with several joints: "
            f"take {TOO_SHORT_S} s at the very least."
        )
    if rested_s > WARM_UP_AGAIN_S:
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
        Whether this is at least `READY_SHARE`.
    """

    share: float
    ready: bool


def readiness(first_rep_m_s: float | None, first_set_m_s: float | None) -> Readiness | None:
    """Compare mean concentric velocities of two first reps; None where one is not measured."""
    if first_rep_m_s is None or not first_set_m_s:
        return None
    share = first_rep_m_s / first_set_m_s
    return Readiness(share, share >= READY_SHARE)


def _goal_of(prescription: SetPrescription | None) -> Goal:
    """Tell the goal from the reps; moderate where nothing says otherwise."""
    if prescription is None or prescription.max_reps is None:
        return Goal.HYPERTROPHY
    if prescription.max_reps <= HEAVY_UP_TO_REPS:
        return Goal.STRENGTH
    return Goal.ENDURANCE if prescription.max_reps > ENDURANCE_ABOVE_REPS else Goal.HYPERTROPHY
