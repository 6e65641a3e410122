"""The one engine: poses in, events while the set runs, a report when it is over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.view import camera_view
from lastrep.pose import Pose, PoseSequence
from lastrep.sets.ending import STOPPED_AFTER_S, Aftermath, completed_reps, find_end, good_reps
from lastrep.sets.metrics import RepMeasures, measure
from lastrep.sets.options import SetOptions
from lastrep.sets.results import Rejected, Rep, SetReport
from lastrep.sets.segmentation import Segmentation, SetSpan, segment
from lastrep.sets.verdicts import verdicts

Array = NDArray[np.float64]

#: Name of a movement that is counted without knowing what it is.
UNKNOWN_EXERCISE = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class AnalyzedSet:
    """A set's report and the movement it was read from.

    Parameters
    ----------
    report
        The result.
    exercise
        The definition it was judged by; None if the exercise is not known.
    t_s, fraction
        shape = (n,) each: concentric fraction over the set's time.
    """

    report: SetReport
    exercise: ExerciseDefinition | None
    t_s: Array
    fraction: Array


class SetAnalyzer:
    """Analyses one recording or live set.

    Feed it poses in order of time with `update`; `finish` looks back over all of them.

    Parameters
    ----------
    exercise
        What is done, or None if it is to be found out.
    options
        How the set is judged.
    width_px, height_px
        Size of the upright frames.
    """

    def __init__(
        self,
        exercise: ExerciseDefinition | None,
        options: SetOptions = SetOptions(),  # noqa: B008 - frozen
        *,
        width_px: int,
        height_px: int,
    ) -> None:
        self._exercise = exercise
        self._options = options
        self._size = (width_px, height_px)
        self._poses: list[Pose] = []

    def update(self, pose: Pose) -> None:
        """Take the next frame's pose."""
        self._poses.append(pose)

    def finish(self) -> tuple[AnalyzedSet, ...]:
        """Return the sets of the recording, in order of time, judged with hindsight."""
        width_px, height_px = self._size
        poses = PoseSequence.of(self._poses, width_px=width_px, height_px=height_px)
        segmentation = segment(poses, self._exercise)
        sets = segmentation.sets
        following: list[SetSpan | None] = [*sets[1:], None]
        return tuple(
            self._analyze(one, None if after is None else after.start_s, segmentation, poses)
            for one, after in zip(sets, following, strict=False)
        )

    def _analyze(
        self,
        one: SetSpan,
        next_s: float | None,
        segmentation: Segmentation,
        poses: PoseSequence,
    ) -> AnalyzedSet:
        view = camera_view(poses, one.start_s, one.end_s)
        side = "mean" if view is None else view.angle_side
        measures = measure(one.reps, segmentation, poses, self._exercise, side)
        reps = _reps(measures)
        until_s = float(poses.t_s[-1]) if next_s is None else next_s
        end = find_end(reps, self._options, _aftermath(poses, one.end_s, until_s, next_s))
        inside = (segmentation.t_s >= one.start_s) & (segmentation.t_s <= one.end_s)
        report = SetReport(
            exercise=UNKNOWN_EXERCISE if self._exercise is None else self._exercise.name,
            exercise_source="recognised" if self._exercise is None else "given",
            exercise_confidence=0.0 if self._exercise is None else 1.0,
            view="oblique" if view is None else view.name,
            start_s=one.start_s,
            end_s=one.end_s,
            count_confidence=segmentation.confidence,
            attempts=len(reps),
            completed_reps=completed_reps(reps),
            good_reps=good_reps(reps, end),
            end=end,
            reps=reps,
            rejected=tuple(
                Rejected(start_s=r.start_s, end_s=r.end_s, reason=r.reason)
                for r in segmentation.rejected
                if one.start_s <= r.start_s and r.end_s <= until_s
            ),
        )
        return AnalyzedSet(
            report, self._exercise, segmentation.t_s[inside], segmentation.fraction[inside]
        )


def _aftermath(
    poses: PoseSequence, end_s: float, until_s: float, next_s: float | None
) -> Aftermath:
    after = (poses.t_s > end_s) & (poses.t_s <= min(until_s, end_s + STOPPED_AFTER_S))
    seen = float(poses.found[after].mean()) if after.any() else 1.0
    return Aftermath(until_s=until_s, seen=seen, next_set=next_s is not None)


def _reps(measures: tuple[RepMeasures, ...]) -> tuple[Rep, ...]:
    return tuple(
        Rep(
            number=number,
            status=status,
            reason=reason,
            side=m.span.side,
            # A rep is the movement; the rest around it belongs to no rep.
            start_s=m.span.leave_s,
            turn_s=m.span.turn_s,
            end_s=m.span.back_s,
            phases=m.phases,
            eccentric_s=m.seconds("eccentric"),
            pause_s=m.seconds("pause"),
            concentric_s=m.seconds("concentric"),
            rom_deg=m.rom_deg,
            rom_pct=m.rom_pct,
            start_angle_deg=m.start_angle_deg,
            turn_angle_deg=m.turn_angle_deg,
            coverage=m.coverage,
        )
        for number, (m, (status, reason)) in enumerate(
            zip(measures, verdicts(measures), strict=True), start=1
        )
    )
