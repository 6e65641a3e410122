"""Numbers of each rep: phase times, joint angles at both ends, range of motion, coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.standards import RepStandards
from lastrep.motion.arrays import runs
from lastrep.motion.measures import MEASURES
from lastrep.motion.view import ViewName
from lastrep.pose import PoseSequence
from lastrep.reps.segmentation import Segmentation
from lastrep.reps.types import RepSpan
from lastrep.sets.measures.joint_angle import AngleSide, AngleTrack, angle_track
from lastrep.sets.measures.options import MeasureOptions

Array = NDArray[np.float64]

#: Name of the signal that the reps were counted by, among a rep's ranges.
COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class RepMeasures:
    """What was measured in one rep.

    Parameters
    ----------
    span
        Where the rep is in time.
    start_angle_deg, turn_angle_deg, rom_deg
        The exercise's primary angle at rest and at the far end, and their difference; None where
        the landmarks were not seen.
    ranges
        How far the rep went, by each signal that tells of the movement, in the signal's own unit;
        the one that was counted by is called `COUNTED`.
    lockout
        Concentric fraction at the end of the lifting phase: 1 = where the reps of the set end.
    held_s
        How long the load stayed there before it moved on.
    coverage
        Share of the rep's frames, 0..1, in which the lifter was found.
    """

    span: RepSpan
    start_angle_deg: float | None
    turn_angle_deg: float | None
    rom_deg: float | None
    ranges: Mapping[str, float]
    lockout: float
    held_s: float
    coverage: float


def measure_spans(
    spans: Sequence[RepSpan],
    segmentation: Segmentation,
    poses: PoseSequence,
    exercise: ExerciseDefinition | None,
    side: AngleSide,
    view: ViewName,
    options: MeasureOptions = MeasureOptions(),  # noqa: B008 - frozen
) -> tuple[RepMeasures, ...]:
    """Measure the reps of one set.

    Parameters
    ----------
    spans
        The reps of the set, in order.
    exercise
        What is done; without it no joint angle is measured.
    side
        The side of the body to measure; a rep that one limb did alone is measured on that limb.
    view
        From where the camera sees the lifter.
    options
        Filters and windows.
    """
    sides = {side, *(span.working_limb for span in spans if span.working_limb != "both")}
    joint = None if exercise is None else exercise.angle.joint
    angles = {s: angle_track(poses, joint, s, view, options) for s in sides} if joint else {}
    return tuple(
        _measure_rep(
            span,
            angles.get(side if span.working_limb == "both" else span.working_limb),
            segmentation,
            poses,
            ranges,
            options.held_within,
        )
        for span, ranges in zip(
            spans, _ranges(spans, segmentation, exercise, options.min_correlation), strict=True
        )
    )


def _ranges(
    spans: Sequence[RepSpan],
    segmentation: Segmentation,
    exercise: ExerciseDefinition | None,
    min_correlation: float,
) -> list[dict[str, float]]:
    """Return how far each rep went, by each signal that follows the counted movement.

    One signal alone may be foreshortened or hidden in one rep and not in the next; signals that
    follow the counted movement are cross-checks of equal weight.

    A rep has the range of the longer of its halves. The shorter one may be cut by the recording,
    by a set-up that belongs to no rep, or by a rest whose end nobody can tell; whoever moved
    between both ends once has shown the range. That the other half stopped short of the rest
    position is a fault of its own (lockout, hang).
    """
    # A movement that one limb makes alone has no cross-check in the other.
    if exercise is None or any(span.working_limb != "both" for span in spans):
        return [{COUNTED: span.amplitude} for span in spans]
    ends = np.array([(s.start_s, s.turn_s, s.end_s) for s in spans])
    starts, turns, backs = np.searchsorted(segmentation.t_s, ends.T - 1e-6)
    fraction = segmentation.rep_position

    def longer_half(x: Array) -> list[float]:
        halves = np.abs(x[turns] - x[np.stack((starts, backs))])
        return [float(half) for half in halves.max(axis=0)]

    by_signal = {COUNTED: longer_half(fraction)}
    inside = np.zeros(len(fraction), bool)
    for start, back in zip(starts, backs, strict=True):
        inside[start : back + 1] = True
    known = segmentation.signals
    others = exercise.rhythm.polarity.keys() & known.keys() - {segmentation.signal}
    for key, name in sorted((MEASURES[name].key, name) for name in others):
        x = known[name]
        with np.errstate(invalid="ignore", divide="ignore"):
            likeness = abs(np.corrcoef(x[inside], fraction[inside])[0, 1])
        if likeness >= min_correlation:
            by_signal[key] = longer_half(x)
    return [{name: of[i] for name, of in by_signal.items()} for i in range(len(spans))]


@dataclass(frozen=True, slots=True)
class RelativeRange:
    """A rep's range of motion in % of the lifter's own first full reps.

    Parameters
    ----------
    pct
        The median over every signal that tells of the movement.
    error_pct
        Standard error of that median, from the spread of the signals; 0 with a single one.
    high_pct
        The upper quartile over the signals: what a doubter would say.
    """

    pct: float
    error_pct: float
    high_pct: float

    def in_favour_pct(self, doubtful_from_pct: float) -> float:
        """Return the range where signals disagree, read in the lifter's favour.

        Parameters
        ----------
        doubtful_from_pct
            With a quarter of the signals at least here, they alone count.
        """
        favourable = self.pct + self.error_pct
        if self.high_pct >= doubtful_from_pct:
            favourable = self.high_pct
        return max(self.pct, min(favourable, 100.0))


def relative_ranges(
    reps: Sequence[RepMeasures], standards: RepStandards
) -> tuple[RelativeRange, ...]:
    """Return each rep's range of motion beside the lifter's own first full reps."""
    if not reps:
        return ()
    limbs = [rep.span.working_limb for rep in reps]
    by_signal = []
    for name in reps[0].ranges:
        went = np.array([rep.ranges[name] for rep in reps])
        own = np.empty(len(reps))
        # The camera sees one limb better than the other: each is compared with itself.
        for limb in set(limbs):
            its = np.array([one == limb for one in limbs])
            own[its] = went[its] / own_range(went[its], standards)
        by_signal.append(own)
    middle, high = np.quantile(by_signal, (0.5, 0.75), axis=0)
    spread = 1.4826 * np.median(np.abs(by_signal - middle), axis=0)
    # Of a median, with normal errors.
    error = np.sqrt(np.pi / 2 / len(by_signal)) * spread
    rows = 100.0 * np.stack((middle, error, high), axis=1)
    return tuple(RelativeRange(*row) for row in rows.tolist())


def own_range(excursions: Array, standards: RepStandards) -> float:
    """Excursion of the lifter's own first full reps."""
    longest = float(np.quantile(excursions, 0.8))
    full = excursions[excursions >= standards.reference_min_share * longest]
    return max(float(np.median(full[: standards.reference_reps])), 1e-9)


def _measure_rep(
    span: RepSpan,
    angles: AngleTrack | None,
    segmentation: Segmentation,
    poses: PoseSequence,
    ranges: Mapping[str, float],
    held_within: float,
) -> RepMeasures:
    # Where the recording begins at the far end, the rest position is seen after it.
    rest_s = span.end_s if span.start_s == span.turn_s else span.start_s
    start_deg = angles.near(rest_s) if angles else None
    turn_deg = angles.near(span.turn_s) if angles else None
    rom_deg = None if start_deg is None or turn_deg is None else abs(turn_deg - start_deg)
    lockout_s = span.end_s if span.eccentric_first else span.turn_s
    lockout, held_s = _held(segmentation, lockout_s, held_within)
    inside = (poses.t_s >= span.start_s) & (poses.t_s <= span.end_s)
    return RepMeasures(
        span=span,
        start_angle_deg=start_deg,
        turn_angle_deg=turn_deg,
        rom_deg=rom_deg,
        ranges=ranges,
        lockout=lockout,
        held_s=held_s,
        coverage=float(poses.found[inside].mean()) if inside.any() else 0.0,
    )


def _held(segmentation: Segmentation, t_s: float, within: float) -> tuple[float, float]:
    """Return the concentric fraction at a time, and how long it stays about there."""
    fraction = segmentation.rep_position
    at = int(np.argmin(np.abs(segmentation.t_s - t_s)))
    there = runs(np.abs(fraction - fraction[at]) <= within)
    stay = next(run for run in there if run.start <= at < run.stop)
    step_s = float(segmentation.t_s[1] - segmentation.t_s[0])
    return float(fraction[at]), (stay.stop - stay.start) * step_s
