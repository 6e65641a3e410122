"""What a session is made of: its stages, its planned sets, and what there is to see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.reps.phases import Phase
from lastrep.sets.camera_setup import Finding
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.live.events import CueDue, SetEvent
from lastrep.sets.results import Rep, SetEnd, SetReport
from lastrep.training.prescription import SetMode, SetPrescription


class Stage(StrEnum):
    """Where in the session we are."""

    SETUP = "set_up"
    READY = "ready"
    SET = "set"
    SUMMARY = "summary"
    REST = "rest"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One set of the session.

    Parameters
    ----------
    exercise
        None if it is to be found out.
    criteria
        How it is judged.
    prescription
        What is to be done; None without a plan.
    number, of
        Which set of the exercise; `of` is None without a plan.
    """

    exercise: ExerciseDefinition | None
    criteria: SetCriteria
    prescription: SetPrescription | None = None
    number: int = 1
    of: int | None = None

    @property
    def goal(self) -> str:
        """What is to be done, for people: "10 reps", "8-12 reps @60kg", "as many as possible"."""
        wanted = self.prescription
        if wanted is None:
            target = self.criteria.target_reps
            return f"{target} reps" if target else "as many good reps as possible"
        load = f" @ {wanted.load}" if wanted.load else ""
        if wanted.mode is SetMode.AMRAP:
            return "as many good reps as possible" + load
        low, high = wanted.min_reps, wanted.max_reps
        reps = f"{high}" if low == high else f"{low}-{high}"
        return (f"{reps}RM" if wanted.mode is SetMode.REP_MAX else f"{reps} reps") + load


@dataclass(frozen=True, slots=True)
class StageChanged(SetEvent):
    """The session went on."""

    stage: Stage
    exercise: str | None
    set_number: int
    goal: str


@dataclass(frozen=True, slots=True)
class SetUpChecked(SetEvent):
    """What the set-up check finds changed; what to put right first comes first."""

    ready: bool
    fix: str


@dataclass(frozen=True, slots=True)
class RestBegan(SetEvent):
    """A rest begins."""

    rest_s: float
    advice: str


@dataclass(frozen=True, slots=True)
class RestOver(SetEvent):
    """The rest is over."""


@dataclass(frozen=True, slots=True)
class SetFeedback:
    """What training says after a set.

    Parameters
    ----------
    lines
        Sentences, the most important first.
    rest_s
        How long to rest.
    """

    lines: tuple[str, ...] = ()
    rest_s: float | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """What there is to see; drawing adds nothing to it.

    Parameters
    ----------
    fraction
        Concentric fraction now, NaN if unknown.
    good, count
        Good reps and all reps so far.
    last
        The last judged rep.
    cue
        What to call out, while it holds.
    over
        The end, once it is announced.
    findings
        Set-up check, empty before the first.
    report, feedback
        Of the set just done.
    rest_left_s, rest_s
        What is left of the rest and its whole length.
    problem
        What is wrong with the camera.
    fps
        Frames a second that are looked at.
    """

    stage: Stage
    planned: PlannedSet
    following: PlannedSet | None
    fraction: float = float("nan")
    phase: Phase = Phase.UNKNOWN
    good: int = 0
    count: int = 0
    last: Rep | None = None
    cue: CueDue | None = None
    over: SetEnd | None = None
    findings: tuple[Finding, ...] = ()
    report: SetReport | None = None
    feedback: SetFeedback = SetFeedback()
    rest_left_s: float = 0.0
    rest_s: float = 0.0
    problem: str | None = None
    muted: bool = False
    fps: float = float("nan")
