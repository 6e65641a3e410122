"""The one engine: poses in, events while the set runs, a report when it is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Self

import numpy as np

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.library import catalogue
from lastrep.motion.view import CameraView, ViewName, camera_view
from lastrep.pose import Pose, PoseSequence
from lastrep.sets.analyzed import AnalyzedSet
from lastrep.velocity.options import BarOptions
from lastrep.sets.bar_speed import with_stand_in
from lastrep.sets.ending import STOPPED_AFTER_S, Aftermath, completed_reps, find_end, good_reps
from lastrep.sets.live.events import SetEvent
from lastrep.sets.form.set_form import SetForm, judge_form, with_form
from lastrep.sets.measures.readings import read_reps
from lastrep.sets.live.background import Hindsight, Look
from lastrep.sets.measures.joint_angle import angle_uncertainty_deg
from lastrep.sets.live.live_set import LiveSet
from lastrep.sets.measures.rep_measures import RepMeasures, measure
from lastrep.sets.measures.kinematics import Movement
from lastrep.sets.criteria import Past, SetOptions
from lastrep.sets.results import Rejected, Rep, RepStatus, SetReport, SideCounts
from lastrep.reps.segmentation import Segmentation, SetSpan, segment
from lastrep.sets.measures.shape import unknown_changes
from lastrep.sets.rep_status import Verdict, verdicts

#: Name of a movement that is counted without knowing what it is.
UNKNOWN_EXERCISE = "unknown"


class SetAnalyzer:
    """Analyses one recording or live set.

    Feed it poses in order of time with `update`; `finish` looks back over all of them. A live
    set tells what happens from `update` on, by the same judgement over the poses so far.

    Parameters
    ----------
    exercise
        What is done, or None if it is to be found out.
    options
        How the set is judged.
    width_px, height_px
        Size of the upright frames.
    past
        The lifter's own history, asked once the exercise and the view are known; None without.
    live
        Follow one set while it runs; the executor is where its judgement runs (`Inline`, or a
        process of its own). None: `update` only collects.
    bar
        How speed is measured while the set runs.
    """

    def __init__(
        self,
        exercise: ExerciseDefinition | None,
        options: SetOptions = SetOptions(),  # noqa: B008 - frozen
        *,
        width_px: int,
        height_px: int,
        past: Past | None = None,
        live: Executor | None = None,
        bar: BarOptions = BarOptions(),  # noqa: B008 - frozen
    ) -> None:
        self._exercise = exercise
        self._past = past
        self._options = options
        self._size = (width_px, height_px)
        self._bar = bar
        self._poses: list[Pose] = []
        #: The running set, if it is followed live.
        self.live = (
            None
            if live is None
            else LiveSet(exercise, options, self._size, judge_so_far, live, past, bar)
        )

    @classmethod
    def of(
        cls,
        poses: PoseSequence,
        exercise: ExerciseDefinition | None,
        options: SetOptions = SetOptions(),  # noqa: B008 - frozen
        *,
        past: Past | None = None,
    ) -> Self:
        """Return an analyzer that has taken the poses of a recording."""
        engine = cls(
            exercise, options, width_px=poses.width_px, height_px=poses.height_px, past=past
        )
        for pose in poses:
            engine.update(pose)
        return engine

    def update(self, pose: Pose) -> tuple[SetEvent, ...]:
        """Take the next frame's pose; return what it brought about, if the set is live."""
        if self.live is not None:
            return self.live.update(pose)
        self._poses.append(pose)
        return ()

    def finish(
        self,
        *,
        mix: Mapping[str, float] | None = None,
        stopped: bool = False,
        not_reps_s: Sequence[float] = (),
    ) -> tuple[AnalyzedSet, ...]:
        """Return the sets of the recording, in order of time, judged with hindsight.

        Parameters
        ----------
        mix
            Look for reps along this mix of signals only (see `segment`).
        stopped
            Whether the lifter is known to have stopped after the last rep.
        not_reps_s
            Times inside movements that were no reps, by the lifter's word.
        """
        width_px, height_px = self._size
        poses = (
            PoseSequence.of(self._poses, width_px=width_px, height_px=height_px)
            if self.live is None
            else self.live.sequence
        )
        segmentation = segment(
            poses, self._exercise, exercises=tuple(catalogue().values()), mix=mix
        ).without(not_reps_s)
        sets = segmentation.sets
        following: list[SetSpan | None] = [*sets[1:], None]
        analyzed = tuple(
            self._analyze(
                one, None if after is None else after.start_s, segmentation, poses, stopped
            )
            for one, after in zip(sets, following, strict=False)
        )
        if self.live is None:
            return analyzed
        return tuple(with_stand_in(one, poses, self._bar, self._options) for one in analyzed)

    def _analyze(
        self,
        one: SetSpan,
        next_s: float | None,
        segmentation: Segmentation,
        poses: PoseSequence,
        stopped: bool,
    ) -> AnalyzedSet:
        view = camera_view(poses, one.start_s, one.end_s)
        view_name: ViewName = "oblique" if view is None else view.name
        side = "mean" if view is None else view.angle_side
        measures = measure(one.reps, segmentation, poses, one.exercise, side, view_name)
        statuses = verdicts(measures)
        form = self._form(one, measures, statuses, segmentation, poses, view)
        reps = _reps(measures, statuses, form)
        until_s = float(poses.t_s[-1]) if next_s is None else next_s
        aftermath = _aftermath(poses, one.end_s, until_s, next_s, stopped=stopped)
        end = find_end(reps, self._options, aftermath)
        inside = (segmentation.t_s >= one.start_s) & (segmentation.t_s <= one.end_s)
        report = SetReport(
            exercise=UNKNOWN_EXERCISE if one.exercise is None else one.exercise.name,
            exercise_source="given" if one.recognition is None else "recognised",
            exercise_confidence=1.0 if one.recognition is None else one.recognition.confidence,
            view=view_name,
            angle_uncertainty_deg=(
                None
                if one.exercise is None
                else angle_uncertainty_deg(one.exercise.angle.joint, view_name)
            ),
            start_s=one.start_s,
            end_s=one.end_s,
            count_confidence=segmentation.confidence,
            attempts=len(reps),
            completed_reps=completed_reps(reps),
            good_reps=good_reps(reps, end),
            sides=_side_counts(reps),
            end=end,
            standards=() if form is None else form.standards,
            baseline_reps=() if form is None else tuple(i + 1 for i in form.baseline),
            form_notes=() if form is None else form.notes,
            reps=reps,
            rejected=tuple(
                Rejected(start_s=r.start_s, end_s=r.end_s, reason=r.reason)
                for r in segmentation.rejected
                if one.start_s <= r.start_s and r.end_s <= until_s
            ),
        )
        return AnalyzedSet(
            report,
            one.exercise,
            one.recognition,
            segmentation.t_s[inside],
            segmentation.fraction[inside],
            tuple(one.reps),
            aftermath,
            segmentation.mix,
        )

    def _form(
        self,
        one: SetSpan,
        measures: tuple[RepMeasures, ...],
        statuses: Sequence[Verdict],
        segmentation: Segmentation,
        poses: PoseSequence,
        view: CameraView | None,
    ) -> SetForm | None:
        """Judge the form; None where it is not known what is done, or nobody is seen."""
        if one.exercise is None or view is None:
            return None
        options = self._options
        if self._past is not None:
            options = replace(options, history=self._past(one.exercise.name, view.name))
        movement = Movement.of(poses, segmentation, one.start_s, one.end_s)
        full = [status is RepStatus.GOOD for status, _ in statuses]
        form = judge_form(
            one.exercise,
            view.name,
            measures,
            full,
            read_reps(movement, one.exercise, measures, view),
            options,
            roll_certain=movement.roll.certain,
        )
        named = [bool(rep.faults) or not whole for rep, whole in zip(form.reps, full, strict=True)]
        changes = unknown_changes(movement, measures, form.baseline, named, view.name)
        return replace(form, notes=(*form.notes, *changes))


def judge_so_far(look: Look) -> Hindsight:
    """Judge a live set's poses so far as a recording is judged; its latest set counts."""
    engine = SetAnalyzer.of(look.poses, look.exercise, look.options, past=look.past)
    sets = engine.finish(mix=look.mix, stopped=look.stopped, not_reps_s=look.not_reps_s)
    if not sets:
        return Hindsight(None, {}, np.empty(0), np.empty(0))
    last = with_stand_in(sets[-1], look.poses, look.bar, look.options)
    return Hindsight(last.report, last.mix, last.t_s, last.fraction)


def _aftermath(
    poses: PoseSequence, end_s: float, until_s: float, next_s: float | None, *, stopped: bool
) -> Aftermath:
    after = (poses.t_s > end_s) & (poses.t_s <= min(until_s, end_s + STOPPED_AFTER_S))
    seen = float(poses.found[after].mean()) if after.any() else 1.0
    return Aftermath(until_s, seen, next_set=next_s is not None, stopped=stopped)


def _side_counts(reps: Sequence[Rep]) -> SideCounts | None:
    done = Counter(rep.side for rep in reps)
    if set(done) <= {"both"}:
        return None
    return SideCounts(left=done["left"], right=done["right"], both=done["both"])


def _reps(
    measures: tuple[RepMeasures, ...], statuses: Sequence[Verdict], form: SetForm | None
) -> tuple[Rep, ...]:
    reps = tuple(
        Rep(
            number=number,
            status=status,
            reason=reason,
            movement=status,
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
            zip(measures, statuses, strict=True), start=1
        )
    )
    return reps if form is None else with_form(reps, form)
