"""Everything that judging a set needs to know of it: measured once, kept with the result.

`measure` reads body and bar side by side; `judge` (in `judge.py`) decides from this alone, so that
a set can be judged again without its video.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from lastrep.bar.track import BarTrack, PointSource
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.view import CameraView, ViewName, camera_view
from lastrep.pose import PoseSequence
from lastrep.reps.segmentation import Segmentation, SetSpan
from lastrep.reps.types import RejectedSpan
from lastrep.sets.measures.kinematics import SetKinematics
from lastrep.sets.measures.readings import Reading, read_reps
from lastrep.sets.measures.rep_measures import RepMeasures, measure_spans
from lastrep.sets.measures.shape import Shape, rep_shape
from lastrep.sets.options import AlgorithmOptions
from lastrep.velocity.options import BarOptions
from lastrep.velocity.rep_velocity import measure_reps
from lastrep.velocity.scale import find_scales
from lastrep.velocity.types import RepVelocity

#: From there no plate shows its face: a disc that was found is a part of one. Both ends of the bar
#: are another thing: they are looked for edge-on.
EDGE_ON_VIEWS = frozenset({"front", "back"})


@dataclass(frozen=True, slots=True)
class RepMeasurements:
    """What was measured in one rep.

    Parameters
    ----------
    body
        Times, joint angles, how far it went.
    bar
        How the bar moved, or the body part that stands in for it.
    readings
        What its form is judged by, by the id of the fault; empty where form was not read.
    shape_deg
        Joint angles along its way (see `rep_shape`); empty where form was not read.
    """

    body: RepMeasures
    bar: RepVelocity
    readings: Mapping[str, Reading] = field(default_factory=dict)
    shape_deg: Shape = ()


@dataclass(frozen=True, slots=True)
class SetMeasurements:
    """What was measured in a set.

    Parameters
    ----------
    start_s, end_s
        From the start of the first rep to the end of the last one.
    exercise_source, exercise_confidence
        Whether the exercise was given or recognised, and how surely, 0..1.
    count_confidence
        How sure the count is, 0..1.
    view
        From where the camera sees the lifter; None if nobody was seen.
    roll_certain
        Whether the turn of the camera is known: else inclinations have no absolute meaning.
    reps
        In order of time.
    rejected
        Movements that looked like reps and are none.
    """

    start_s: float
    end_s: float
    exercise_source: Literal["given", "recognised"]
    exercise_confidence: float
    count_confidence: float
    view: ViewName | None
    roll_certain: bool
    reps: tuple[RepMeasurements, ...]
    rejected: tuple[RejectedSpan, ...] = ()


def measure(
    span: SetSpan,
    segmentation: Segmentation,
    poses: PoseSequence,
    track: BarTrack,
    bar: BarOptions,
    until_s: float,
    options: AlgorithmOptions | None = None,
) -> tuple[SetMeasurements, tuple[str, ...]]:
    """Measure a set: the body and the bar of each rep, side by side.

    Parameters
    ----------
    span
        The set's reps in time.
    segmentation
        What they were found in.
    poses
        The whole recording.
    track
        The bar over the set, from the video, or what the landmarks alone say of it.
    bar
        How speed is measured; `calibration` in pixels of `track`.
    until_s
        When the next set begins, or the recording ends.
    options
        Every parameter of measuring; None for the usual ones.

    Returns
    -------
    The measurements, and what the user should know about the speeds, a line each.
    """
    view = camera_view(poses, span.start_s, span.end_s)
    view_name: ViewName = "oblique" if view is None else view.name
    side = "mean" if view is None else view.angle_side
    options = options or AlgorithmOptions()
    body = measure_spans(
        span.reps, segmentation, poses, span.exercise, side, view_name, options.measure
    )
    track = _as_seen_from(track, view_name)
    scales = find_scales(track, bar.calibration, options.velocity)
    speed = measure_reps(track, span.reps, scales, span.exercise, bar.window, options.velocity)
    reps = tuple(RepMeasurements(*pair) for pair in zip(body, speed.reps, strict=True))
    roll_certain = True
    if span.exercise is not None and view is not None:
        kinematics = SetKinematics.of(
            poses, segmentation, span.start_s, span.end_s, options.measure
        )
        reps = _with_form(reps, kinematics, span.exercise, view)
        roll_certain = kinematics.roll.certain
    measurements = SetMeasurements(
        start_s=span.start_s,
        end_s=span.end_s,
        exercise_source="given" if span.recognition is None else "recognised",
        exercise_confidence=1.0 if span.recognition is None else span.recognition.confidence,
        count_confidence=segmentation.confidence,
        view=None if view is None else view.name,
        roll_certain=roll_certain,
        reps=reps,
        rejected=tuple(
            r for r in segmentation.rejected if span.start_s <= r.start_s and r.end_s <= until_s
        ),
    )
    return measurements, speed.warnings


def _with_form(
    reps: tuple[RepMeasurements, ...],
    kinematics: SetKinematics,
    exercise: ExerciseDefinition,
    view: CameraView,
) -> tuple[RepMeasurements, ...]:
    """Add what form is judged by."""
    read = read_reps(kinematics, exercise, [rep.body for rep in reps], view)
    return tuple(
        replace(rep, readings=one.readings, shape_deg=rep_shape(kinematics, rep.body.span))
        for rep, one in zip(reps, read, strict=True)
    )


def _as_seen_from(track: BarTrack, view: ViewName) -> BarTrack:
    bar = track.bar
    if view not in EDGE_ON_VIEWS or bar is None:
        return track
    is_a_disc = bar.source is PointSource.PLATE and not bar.both_ends
    return replace(track, bar=None) if is_a_disc else track
