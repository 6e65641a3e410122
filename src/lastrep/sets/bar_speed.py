"""What bar tracking adds to a judged set: speeds in its report, and an end that speed may call."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lastrep.bar.recording import track_landmarks
from lastrep.bar.scale import NO_SCALE, Scale, find_scales
from lastrep.bar.track import BarTrack, PointSource
from lastrep.pose.sequence import PoseSequence
from lastrep.sets import results
from lastrep.sets.analyzed import AnalyzedSet
from lastrep.sets.bar_form import judged_by_bar
from lastrep.velocity.options import BarOptions, may_have_plates
from lastrep.sets.ending import completed_reps, find_end, good_reps
from lastrep.sets.criteria import SetOptions
from lastrep.sets.results import RepStatus
from lastrep.velocity.rep_velocity import Measured, RepVelocity, SetVelocity, measure_reps

#: From there no plate shows its face: a disc that was found is a part of one. Both ends of the bar
#: are another thing: they are looked for edge-on.
EDGE_ON_VIEWS = frozenset({"front", "back"})
#: Reps whose speeds say something of fatigue: lifted all the way.
_LIFTED = (RepStatus.GOOD, RepStatus.COMPLETED)


def with_bar(
    one: AnalyzedSet, track: BarTrack, options: BarOptions, judging: SetOptions
) -> tuple[AnalyzedSet, tuple[str, ...]]:
    """Return a set with the speed of the bar in its report, and what to warn of.

    Where the bar was followed surely, the set's form is judged again by what it shows.

    Parameters
    ----------
    one
        The set, judged by its landmarks.
    track
        The bar over the recording, or over this set at least.
    options
        How speed is measured; `calibration` in pixels of `track`.
    judging
        How the set was judged: a velocity cap may end it sooner.
    """
    edge_on = one.report.view in EDGE_ON_VIEWS
    bar = track.bar
    if edge_on and bar is not None and bar.source is PointSource.PLATE and not bar.both_ends:
        track = replace(track, bar=None)
    scales = find_scales(track, options.calibration)

    def velocities(report: results.SetReport) -> SetVelocity:
        lifted = [rep.status in _LIFTED for rep in report.reps]
        return measure_reps(track, one.spans, scales, one.exercise, options.window, lifted=lifted)

    velocity = velocities(one.report)
    report = judged_by_bar(one.report, one.exercise, velocity.reps, judging)
    if [rep.status for rep in report.reps] != [rep.status for rep in one.report.reps]:
        velocity = velocities(report)
    reps = report.reps
    measured = tuple(
        rep.model_copy(update={"bar": _bar(bar)})
        for rep, bar in zip(reps, velocity.reps, strict=True)
    )
    end = find_end(measured, judging, one.aftermath)
    loss = velocity.velocity_loss_pct
    report = report.model_copy(
        update={
            "reps": measured,
            "end": end,
            "completed_reps": completed_reps(measured),
            "good_reps": good_reps(measured, end),
            "scale": _scale(velocity),
            "velocity_loss_pct": None if loss is None else loss.value,
            "velocity_loss_sd": None if loss is None else loss.uncertainty,
            "estimated_rir": velocity.estimated_rir,
            "minimum_velocity_m_s": (
                None if one.exercise is None else one.exercise.minimum_velocity_m_s
            ),
        }
    )
    warnings = velocity.warnings
    if one.recognition is not None and one.exercise is not None:
        plates = any(rep.bar is not None and rep.bar.source == "plate" for rep in measured)
        if plates and not may_have_plates(one.exercise):
            warnings += (
                f"a plate moves with the lifter: perhaps this is no {one.exercise.title.lower()}; "
                "name the exercise with -e",
            )
    return replace(one, report=report), warnings


def with_stand_in(
    one: AnalyzedSet, poses: PoseSequence, options: BarOptions, judging: SetOptions
) -> AnalyzedSet:
    """Return a set with the speed of the body part that stands in for the bar: no video needed."""
    return with_bar(one, track_landmarks(poses, one.bar_proxy), options, judging)[0]


def _bar(rep: RepVelocity) -> results.Bar:
    start, end = rep.concentric_s or (None, None)
    sticking = rep.sticking
    return results.Bar(
        source="none" if rep.source is None else rep.source.value,
        confidence=None if rep.source is None else rep.confidence,
        concentric_start_s=start,
        concentric_end_s=end,
        mean_velocity_m_s=_value(rep.mean_m_s),
        mean_velocity_sd=_sd(rep.mean_m_s),
        peak_velocity_m_s=_value(rep.peak_m_s),
        peak_velocity_sd=_sd(rep.peak_m_s),
        time_to_peak_s=rep.time_to_peak_s,
        eccentric_velocity_m_s=_value(rep.eccentric_m_s),
        eccentric_velocity_sd=_sd(rep.eccentric_m_s),
        displacement_m=_value(rep.displacement_m),
        displacement_sd=_sd(rep.displacement_m),
        horizontal_deviation_m=_value(rep.horizontal_deviation_m),
        horizontal_deviation_sd=_sd(rep.horizontal_deviation_m),
        tilt_deg=rep.tilt_deg,
        path_repeatability=rep.path_repeatability,
        relative_velocity=rep.relative,
        sticking=None
        if sticking is None
        else results.Sticking(
            start_s=sticking.start_s,
            end_s=sticking.end_s,
            depth=sticking.depth,
            height=sticking.height,
        ),
        notes=rep.notes,
    )


def _value(measured: Measured | None) -> float | None:
    return None if measured is None else measured.value


def _sd(measured: Measured | None) -> float | None:
    return None if measured is None else measured.uncertainty


def _scale(velocity: SetVelocity) -> results.Scale:
    """Return the scale that most reps' speeds rest on."""
    used = [rep.scale for rep in velocity.reps if rep.scale.known]
    sources = [scale.source for scale in used]
    scale = NO_SCALE
    if used:
        usual = max(set(sources), key=sources.count)
        alike = [s for s in used if s.source == usual]
        scale = Scale(
            float(np.median([s.metres_per_px for s in alike])),
            usual,
            float(np.median([s.uncertainty_pct for s in alike])),
        )
    return results.Scale(
        metres_per_pixel=scale.metres_per_px if scale.known else None,
        source=scale.source.value,
        uncertainty_pct=scale.uncertainty_pct if scale.known else None,
    )
