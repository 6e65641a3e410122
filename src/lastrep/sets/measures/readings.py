"""Numbers of each rep that form is judged by, each with how well it is known.

A reading rests on the image plane, corrected for camera roll. Where both sides of the body show the
metric its value is their mean, weighted by how well each is seen (on measured sets the mean was
never worse than the nearer side alone). The better seen side alone and the model's world landmarks
are kept as cross-checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.faults import FaultRule
from lastrep.missing import MaybeNan
from lastrep.motion.measures import BAR_MEASURES, MEASURES, Measure
from lastrep.motion.view import CameraView
from lastrep.pose.landmarks import Landmark
from lastrep.reps.types import RepSpan
from lastrep.sets.measures.kinematics import SetKinematics
from lastrep.sets.measures.rep_measures import RelativeRange, RepMeasures
from lastrep.sets.measures.samples import NAN, SAMPLERS, Sampled, percentile_of

Array = NDArray[np.float64]

#: Landmarks that stand for how well the whole body is seen (left, with their right twins).
MAIN_LANDMARKS = (
    Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST, Landmark.LEFT_HIP,
    Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric of one rep; NaN where it is not known.

    Parameters
    ----------
    value
        In the rule's unit.
    near
        The same from the better seen side of the body alone; NaN for metrics without sides.
    world
        The same from the model's world landmarks.
    sustained
        Value that was reached or passed for `MeasureOptions.sustained_s` together.
    t_s
        The worst moment.
    confidence
        0..1: how well the landmarks were seen over the rep.
    visible
        0..1: how sure the model is that the landmarks it rests on can be seen.
    """

    value: MaybeNan
    t_s: MaybeNan
    confidence: MaybeNan
    near: MaybeNan = NAN
    world: MaybeNan = NAN
    sustained: MaybeNan = NAN
    visible: MaybeNan = 1.0


@dataclass(frozen=True, slots=True)
class RepReadings:
    """What was read of one rep, by rule.

    Parameters
    ----------
    seen
        Share of the rep's frames in which the lifter was found.
    """

    readings: dict[str, Reading]
    seen: float


def read_reps(
    kinematics: SetKinematics,
    exercise: ExerciseDefinition,
    measures: Sequence[RepMeasures],
    view: CameraView,
) -> tuple[RepReadings, ...]:
    """Read every metric that the exercise's faults need and this view can show."""
    rules = [
        r
        for r in exercise.faults
        if view.name in r.views and r.not_assessed is None and r.metric not in BAR_MEASURES
    ]
    reader = _Reader(kinematics, exercise)
    return tuple(
        RepReadings(
            {rule.id: reader.read(rule, m) for rule in rules}
            | {
                f"{rule.id}.steady": reader.guard_measure(rule.steady, rule, m)
                for rule in rules
                if rule.steady
            },
            m.coverage,
        )
        for m in measures
    )


def with_ranges(
    readings: Mapping[str, Reading],
    rules: Sequence[FaultRule],
    own: RelativeRange,
    doubtful_from_pct: float,
) -> dict[str, Reading]:
    """Return a rep's readings with its range of motion beside the set's other reps."""
    kinder = own.in_favour_pct(doubtful_from_pct)
    whole = {rule.id for rule in rules if rule.metric == "range_of_motion"} & readings.keys()
    return dict(readings) | {i: replace(readings[i], value=kinder, sustained=kinder) for i in whole}


class _Reader:
    """Reads metrics of one set."""

    def __init__(self, kinematics: SetKinematics, exercise: ExerciseDefinition) -> None:
        self._kinematics = kinematics
        self._exercise = exercise

    def guard_measure(self, name: str, rule: FaultRule, rep: RepMeasures) -> Reading:
        """Read a measure that must not change, at the time of the rule it guards."""
        return self._of_frames(name, rule, rep)

    def read(self, rule: FaultRule, rep: RepMeasures) -> Reading:
        if rule.at == "whole":
            return self._whole(rule, rep)
        return self._of_frames(rule.metric, rule, rep)

    def _of_frames(self, name: str, rule: FaultRule, rep: RepMeasures) -> Reading:
        kinematics, measure, span = self._kinematics, MEASURES[name], rep.span
        sample = SAMPLERS[rule.at]

        def read(source: str) -> Sampled:
            return sample(kinematics, kinematics.measure(name, source), span, rule)

        one_limb = measure.sided and span.working_limb != "both"
        main = read(span.working_limb if one_limb else "weighted")
        both = measure.sided and not one_limb
        confidence, visible = self._seen(measure, span)
        return Reading(
            value=main.value,
            t_s=main.t_s,
            confidence=confidence,
            near=read("near").value if both else NAN,
            world=read("world").value if not one_limb else NAN,
            sustained=main.sustained,
            visible=visible,
        )

    def _seen(self, measure: Measure, span: RepSpan) -> tuple[float, float]:
        """Confidence of a reading, and visibility of its landmarks on the better side."""
        frames = self._kinematics.window(span.start_s, span.end_s)
        visibility = self._kinematics.visibility[frames]
        left = [int(i) for i in measure.landmarks]
        right = [i + 1 for i in left]
        sides = [left, right] if measure.sided else [left + right]
        inside = max(float(self._kinematics.inside[frames][:, s].all(axis=1).mean()) for s in sides)
        visible = max(float(np.median(visibility[:, s].min(axis=1))) for s in sides)
        return inside * self._body_seen(visibility), visible

    def _body_seen(self, visibility: Array) -> float:
        """How well the whole body is seen: the main joints of the better side, over time.

        The model's own visibility of a single joint says little about its error on real sets; that
        of the whole body tells a picture that shows the lifter from one that does not.
        """
        sides = [[i + side for i in MAIN_LANDMARKS] for side in (0, 1)]
        share = self._kinematics.options.body_visibility_quantile
        return max(float(np.quantile(visibility[:, s], share)) for s in sides)

    def _whole(self, rule: FaultRule, rep: RepMeasures) -> Reading:
        frames = self._kinematics.window(rep.span.start_s, rep.span.end_s)
        seen = self._body_seen(self._kinematics.visibility[frames])
        value = WHOLE[rule.metric](self, rep)
        return Reading(value, rep.span.turn_s, seen, visible=seen, sustained=value)

    # -- metrics of a whole rep

    def range_of_motion(self, rep: RepMeasures) -> float:
        """Not known from one rep alone: `with_ranges` fills it in from all of them."""
        return NAN

    def hips_before_shoulders(self, rep: RepMeasures) -> float:
        """Lead of the hips' rise over the shoulders', each as a share of its own total."""
        hips, shoulders = self._rises(rep.span)
        early = np.fmin(hips, shoulders) <= self._kinematics.options.ascent_share
        return 100 * percentile_of(
            (hips - shoulders)[early], self._kinematics.options.lead_percentile
        )

    def hips_after_shoulders(self, rep: RepMeasures) -> float:
        """How much later than the shoulders the hips are half-way up, % of the time."""
        hips, shoulders = self._rises(rep.span)
        if not (np.isfinite(hips).all() and np.isfinite(shoulders).all()):
            return NAN
        late = float(np.argmax(hips >= 0.5)) - float(np.argmax(shoulders >= 0.5))
        return 100 * late / max(len(hips) - 1, 1)

    def _rises(self, span: RepSpan) -> tuple[Array, Array]:
        frames = self._kinematics.window(*span.concentric_s)
        heights = [
            -self._kinematics.image.middle(i)[frames, 1]
            for i in (Landmark.LEFT_HIP, Landmark.LEFT_SHOULDER)
        ]
        hips, shoulders = ((h - h[0]) / (h[-1] - h[0] or NAN) for h in heights)
        return hips, shoulders

    def eccentric_time(self, rep: RepMeasures) -> float:
        """Seconds from 90 to 10 % of the lowering."""
        start_s, end_s = rep.span.eccentric_s
        return self._swing_time(self._kinematics.window(start_s, end_s))

    def _swing_time(self, frames: slice) -> float:
        c = self._kinematics.fraction[frames]
        swing = np.ptp(c)
        if len(c) < 3 or not swing > 0:
            return NAN
        share = (c - c.min()) / swing
        low, high = self._kinematics.options.timed_range
        inner = np.flatnonzero((share >= low) & (share <= high))
        return len(inner) / self._kinematics.rate_hz if len(inner) else NAN

    def turn_acceleration(self, rep: RepMeasures) -> float:
        """Curvature of the concentric fraction at the turn, per square second, in %."""
        c, rate_hz = self._kinematics.fraction, self._kinematics.rate_hz
        if len(c) < 3:
            return NAN
        width_s = self._kinematics.options.turn_window_s
        bend = np.gradient(np.gradient(c)) * rate_hz**2
        turn_s = rep.span.turn_s if rep.span.eccentric_first else rep.span.end_s
        return 100 * float(np.max(np.abs(bend[self._kinematics.around(turn_s, width_s)])))

    def side_difference(self, rep: RepMeasures) -> float:
        """Difference of the two sides' swing of the primary angle, % of their mean."""
        joint = self._exercise.angle.joint
        if rep.span.working_limb != "both" or not MEASURES[joint].sided:
            return NAN
        frames = self._kinematics.window(rep.span.start_s, rep.span.end_s)
        swings = [
            float(np.ptp(self._kinematics.measure(joint, s)[frames])) for s in ("left", "right")
        ]
        return 100 * abs(swings[0] - swings[1]) / max(sum(swings) / 2, 1e-9)


#: How each metric of a whole rep is read.
WHOLE: dict[str, Callable[[_Reader, RepMeasures], float]] = {
    "range_of_motion": _Reader.range_of_motion,
    "hips_before_shoulders": _Reader.hips_before_shoulders,
    "hips_after_shoulders": _Reader.hips_after_shoulders,
    "eccentric_time": _Reader.eccentric_time,
    "turn_acceleration": _Reader.turn_acceleration,
    "side_difference": _Reader.side_difference,
}
