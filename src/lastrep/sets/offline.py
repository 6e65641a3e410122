"""A recording judged as a whole: the sets in it, each measured and judged with all of it known.

Running sets are judged the same way, over the poses so far (`judge_so_far`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.lifter import BarProxy
from lastrep.bar.recording import track_landmarks
from lastrep.bar.track import BarTrack
from lastrep.errors import ExerciseError
from lastrep.exercises import find
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.library import catalogue
from lastrep.exercises.recognition import Recognition
from lastrep.pose import PoseSequence
from lastrep.reps.edits import merge_reps, missed_rep, split_rep
from lastrep.reps.parameters import RepSearchOptions
from lastrep.reps.segmentation import Segmentation, SetSpan, segment
from lastrep.sets.corrections import BEFORE_MEASURING, Correction, edited_limits
from lastrep.sets.criteria import Aftermath, Past, SetCriteria
from lastrep.sets.judge import UNKNOWN_EXERCISE, judge
from lastrep.sets.live.background import JudgeRequest, OfflineJudgement
from lastrep.sets.measurements import measure
from lastrep.sets.options import AlgorithmOptions
from lastrep.sets.results import SetReport
from lastrep.velocity.options import BarOptions

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FoundSet:
    """A set that was found in a recording, not yet measured.

    Parameters
    ----------
    span
        Its reps in time.
    segmentation
        What they were found in.
    aftermath
        What came after it.
    corrections
        A coach's word on it.
    """

    span: SetSpan
    segmentation: Segmentation
    aftermath: Aftermath
    corrections: tuple[Correction, ...] = ()

    @property
    def bar_proxy(self) -> BarProxy | None:
        """The body part that moves like the bar; None if it is not known what is done."""
        return None if self.span.exercise is None else self.span.exercise.bar_proxy


@dataclass(frozen=True, slots=True)
class Refusal:
    """A correction that could not be heeded, and why."""

    correction: Correction
    reason: str

    @property
    def text(self) -> str:
        """A sentence for the user."""
        said = self.correction
        return (
            f"a correction by {said.by} ({said.says}) could not be heeded: {self.reason}; "
            "it is kept"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The sets of a recording, in order of time, and the corrections that fit none of them."""

    sets: tuple[FoundSet, ...]
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class JudgedSet:
    """A set's report and the movement it was read from.

    Parameters
    ----------
    report
        The result.
    exercise
        The definition it was judged by; None if the exercise is not known.
    recognition
        How the exercise was recognised; None if it was given.
    t_s, fraction
        shape = (n,) each: concentric fraction over the set's time.
    mix
        Gains of the signals that the fraction was read from.
    warnings
        What the user should know about the speeds, one line each.
    refused
        Corrections of limits that could not be heeded.
    """

    report: SetReport
    exercise: ExerciseDefinition | None
    recognition: Recognition | None
    t_s: Array
    fraction: Array
    mix: Mapping[str, float]
    warnings: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """How the sets of a recording are looked for.

    Parameters
    ----------
    mix
        Look for reps in this composite signal only (the `gains` of `segment`).
    stopped
        Whether the lifter is known to have stopped after the last rep.
    corrections
        A coach's (or the lifter's own) word on the recording.
    """

    mix: Mapping[str, float] | None = None
    stopped: bool = False
    corrections: tuple[Correction, ...] = field(default=())


def find_sets(
    poses: PoseSequence,
    exercise: ExerciseDefinition | None,
    search: Search = Search(),
    options: AlgorithmOptions | None = None,
) -> Found:
    """Return the sets of a recording, cut into reps as a coach put them right.

    Parameters
    ----------
    poses
        The whole recording.
    exercise
        What is done; None if it is to be found out.
    search
        How they are looked for.
    options
        Parameters of the rep search, and how long after a set the lifter is looked for; None for
        the usual ones.
    """
    options = options or AlgorithmOptions()
    after_s = options.standards.end.stopped_after_s
    known = tuple(catalogue().values())
    segmentation = segment(poses, exercise, options.reps, known, gains=search.mix)
    spans = [(span, segmentation) for span in segmentation.sets]
    holding = [one for one in search.corrections if one.holds]
    refused = []
    edits = [one for one in holding if one.kind in BEFORE_MEASURING]
    # What was done decides the cut that the others put right.
    for edit in sorted(edits, key=lambda one: one.kind != "exercise"):
        try:
            spans = _edited(spans, edit, poses, options.reps)
        except (ValueError, ExerciseError) as error:
            refused.append(Refusal(edit, str(error)))
    found = []
    for index, (span, cut) in enumerate(spans):
        next_s = spans[index + 1][0].start_s if index + 1 < len(spans) else None
        aftermath = _aftermath(poses, (span.end_s, after_s), next_s, stopped=search.stopped)
        first = 0.0 if index == 0 else span.start_s
        last = float("inf") if next_s is None else next_s
        its = tuple(c for c in search.corrections if first <= c.at_s < last)
        found.append(FoundSet(span, cut, aftermath, its))
    reps = [rep for span, _ in spans for rep in span.reps]
    refused += [
        Refusal(one, f"there is no rep at {one.at_s:.1f} s")
        for one in holding
        if one.kind in ("mark", "wrong_fault")
        and not any(rep.start_s <= one.at_s <= rep.end_s for rep in reps)
    ]
    return Found(tuple(found), tuple(refused))


def judge_found(
    found: FoundSet,
    poses: PoseSequence,
    track: BarTrack,
    criteria: SetCriteria,
    *,
    past: Past | None = None,
    bar: BarOptions = BarOptions(),  # noqa: B008 - frozen
    options: AlgorithmOptions | None = None,
) -> JudgedSet:
    """Measure and judge one set.

    Parameters
    ----------
    poses
        The whole recording.
    track
        The bar over the set.
    criteria
        What it is judged by, but for its past and what came after it.
    past
        The lifter's own history, asked once the exercise and the view are known; None without.
    bar
        How speed is measured; sizes in pixels of `track`.
    options
        Every parameter of measuring and judging; None for the usual ones.
    """
    options = options or AlgorithmOptions()
    span, segmentation = found.span, found.segmentation
    until_s = found.aftermath.until_s
    measured, warnings = measure(span, segmentation, poses, track, bar, until_s, options)
    history = criteria.history
    if past is not None and span.exercise is not None and measured.view is not None:
        history = past(span.exercise.name, measured.view)
    criteria = replace(criteria, history=history, aftermath=found.aftermath)
    inside = (segmentation.t_s >= span.start_s) & (segmentation.t_s <= span.end_s)
    return JudgedSet(
        report=judge(measured, span.exercise, criteria, found.corrections, options=options),
        exercise=span.exercise,
        recognition=span.recognition,
        t_s=segmentation.t_s[inside],
        fraction=segmentation.rep_position[inside],
        mix=segmentation.gains,
        warnings=warnings,
        refused=limits_that_fail(
            span.exercise, measured.view or "oblique", criteria, found.corrections
        ),
    )


def judge_landmarks(
    poses: PoseSequence,
    exercise: ExerciseDefinition | None,
    criteria: SetCriteria = SetCriteria(),  # noqa: B008 - frozen
    *,
    search: Search = Search(),
    past: Past | None = None,
    bar: BarOptions = BarOptions(),  # noqa: B008 - frozen
    options: AlgorithmOptions | None = None,
) -> tuple[JudgedSet, ...]:
    """Return the sets of recorded landmarks, judged; a body part stands in for the bar."""
    options = options or AlgorithmOptions()
    return tuple(
        judge_found(
            found, poses, track_landmarks(poses, found.bar_proxy), criteria,
            past=past, bar=bar, options=options,
        )
        for found in find_sets(poses, exercise, search, options).sets
    )  # fmt: skip


def limits_that_fail(
    exercise: ExerciseDefinition | None,
    view: str,
    criteria: SetCriteria,
    corrections: Sequence[Correction],
) -> tuple[Refusal, ...]:
    """Return the corrections of limits that the exercise does not have, or that make no sense."""
    failing = []
    for one in corrections:
        if not one.holds or one.kind != "limit":
            continue
        if exercise is None:
            failing.append(Refusal(one, "the exercise is not known, so it has no limits"))
            continue
        try:
            edited_limits(exercise, view, criteria.limits, [one])
        except ValueError as error:
            failing.append(Refusal(one, str(error)))
    return tuple(failing)


def judge_again(report: SetReport, corrections: Sequence[Correction]) -> SetReport:
    """Judge a kept set again, by the criteria it was judged by.

    Parameters
    ----------
    corrections
        All that hold for it, in the place of those that it was judged with.

    Raises
    ------
    ValueError
        If the report keeps no measurements, or a correction makes no sense for it.
    LookupError
        If its exercise is not known here.
    """
    if report.measurements is None:
        raise ValueError("it was made by a version that did not keep what was measured")
    exercise = None if report.exercise == UNKNOWN_EXERCISE else find(report.exercise)
    return judge(report.measurements, exercise, report.criteria, corrections)


def judge_so_far(look: JudgeRequest) -> OfflineJudgement:
    """Judge a live set's poses so far as a recording is judged; its latest set counts."""
    search = Search(look.mix, look.stopped, look.corrections)
    sets = judge_landmarks(
        look.poses, look.exercise, look.criteria,
        search=search, past=look.past, bar=look.bar, options=look.options,
    )  # fmt: skip
    if not sets:
        return OfflineJudgement(None, {}, np.empty(0), np.empty(0))
    last = sets[-1]
    return OfflineJudgement(last.report, last.mix, last.t_s, last.fraction)


def _edited(
    spans: list[tuple[SetSpan, Segmentation]],
    edit: Correction,
    poses: PoseSequence,
    options: RepSearchOptions,
) -> list[tuple[SetSpan, Segmentation]]:
    """Return the sets with one correction of their cut."""
    if not spans:
        raise ValueError("no set was found here, so there is nothing to put right")
    away = [max(s.start_s - edit.at_s, edit.at_s - s.end_s) for s, _ in spans]
    index = int(np.argmin(away))
    span, cut = spans[index]
    if edit.kind == "exercise":
        start_s = spans[index - 1][0].end_s if index else float("-inf")
        end_s = spans[index + 1][0].start_s if index + 1 < len(spans) else float("inf")
        part = poses.between(start_s, end_s)
        again = segment(part, find(edit.exercise or ""), options)
        new = [(one, again) for one in again.sets]
        if not new:
            raise ValueError(f"nothing here moves like {edit.exercise}")
    else:
        change = {"missed_rep": missed_rep, "split": split_rep, "merge": merge_reps}[edit.kind]
        new = [(replace(span, reps=change(span.reps, cut, edit.at_s, options)), cut)]
    return [*spans[:index], *new, *spans[index + 1 :]]


def _aftermath(
    poses: PoseSequence, looked_s: tuple[float, float], next_s: float | None, *, stopped: bool
) -> Aftermath:
    """Return what came after a set; `looked_s`: its end, and how long the lifter is looked for."""
    end_s, after_s = looked_s
    until_s = float(poses.t_s[-1]) if next_s is None else next_s
    after = (poses.t_s > end_s) & (poses.t_s <= min(until_s, end_s + after_s))
    seen = float(poses.found[after].mean()) if after.any() else 1.0
    return Aftermath(until_s, seen, next_set=next_s is not None, stopped=stopped)
