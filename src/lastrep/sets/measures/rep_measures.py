"""Numbers of each rep: phase times, joint angles at both ends, range of motion, coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.arrays import runs
from lastrep.motion.view import ViewName
from lastrep.pose import PoseSequence
from lastrep.reps.segmentation import Segmentation
from lastrep.reps.types import RepSpan
from lastrep.sets.measures.joint_angle import AngleSide, AngleTrack, angle_track

Array = NDArray[np.float64]

#: The load is held while the concentric fraction stays within this of where it stopped.
HELD_WITHIN = 0.1
#: Name of the signal that the reps were counted by, among a rep's ranges.
COUNTED = "counted"
#: Signals agree that a rep is short only if no quarter of them sees this much of the range.
DOUBTFUL_FROM_PCT = 95.0
#: Reps that set the lifter's own reference.
REFERENCE_REPS = 3
#: A signal that correlates this much with the counted one tells the same movement.
WITNESS_CORRELATION = 0.8
#: A rep this much shorter than the set's longest is not taken into the reference.
REFERENCE_FROM = 0.85


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
    """
    sides = {side, *(span.working_limb for span in spans if span.working_limb != "both")}
    joint = None if exercise is None else exercise.angle.joint
    angles = {s: angle_track(poses, joint, s, view) for s in sides} if joint else {}
    return tuple(
        _measure_rep(
            span,
            angles.get(side if span.working_limb == "both" else span.working_limb),
            segmentation,
            poses,
            ranges,
        )
        for span, ranges in zip(spans, _ranges(spans, segmentation, exercise), strict=True)
    )


def _ranges(
    spans: Sequence[RepSpan],
    segmentation: Segmentation,
    exercise: ExerciseDefinition | None,
) -> list[dict[str, float]]:
    """Return how far each rep went, by each signal that follows the counted movement.

    One signal alone may be foreshortened or hidden in one rep and not in the next; signals that
    follow the counted movement are witnesses of equal standing.

    A rep has the range of the longer of its halves. The shorter one may be cut by the recording,
    by a set-up that belongs to no rep, or by a rest whose end nobody can tell; whoever moved
    between both ends once has shown the range. That the other half stopped short of the rest
    position is a fault of its own (lockout, hang).
    """
    # A movement that one limb makes alone has no witness in the other.
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
    for name in sorted(exercise.rhythm.polarity.keys() & known.keys() - {segmentation.signal}):
        x = known[name]
        with np.errstate(invalid="ignore", divide="ignore"):
            likeness = abs(np.corrcoef(x[inside], fraction[inside])[0, 1])
        if likeness >= WITNESS_CORRELATION:
            by_signal[name] = longer_half(x)
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

    @property
    def kinder_pct(self) -> float:
        """The range where signals disagree, read in the lifter's favour."""
        kinder = self.pct + self.error_pct
        if self.high_pct >= DOUBTFUL_FROM_PCT:
            kinder = self.high_pct
        return max(self.pct, min(kinder, 100.0))


def relative_ranges(reps: Sequence[RepMeasures]) -> tuple[RelativeRange, ...]:
    """Return each rep's range of motion beside the lifter's own first full reps."""
    if not reps:
        return ()
    limbs = [rep.span.working_limb for rep in reps]
    witnesses = []
    for name in reps[0].ranges:
        went = np.array([rep.ranges[name] for rep in reps])
        own = np.empty(len(reps))
        # The camera sees one limb better than the other: each is compared with itself.
        for limb in set(limbs):
            its = np.array([one == limb for one in limbs])
            own[its] = went[its] / own_range(went[its])
        witnesses.append(own)
    middle, high = np.quantile(witnesses, (0.5, 0.75), axis=0)
    spread = 1.4826 * np.median(np.abs(witnesses - middle), axis=0)
    # Of a median, with normal errors.
    error = np.sqrt(np.pi / 2 / len(witnesses)) * spread
    rows = 100.0 * np.stack((middle, error, high), axis=1)
    return tuple(RelativeRange(*row) for row in rows.tolist())


def own_range(excursions: Array) -> float:
    """Excursion of the lifter's own first full reps."""
    longest = float(np.quantile(excursions, 0.8))
    full = excursions[excursions >= REFERENCE_FROM * longest]
    return max(float(np.median(full[:REFERENCE_REPS])), 1e-9)


def _measure_rep(
    span: RepSpan,
    angles: AngleTrack | None,
    segmentation: Segmentation,
    poses: PoseSequence,
    ranges: Mapping[str, float],
) -> RepMeasures:
    # Where the recording begins at the far end, the rest position is seen after it.
    rest_s = span.end_s if span.start_s == span.turn_s else span.start_s
    start_deg = angles.near(rest_s) if angles else None
    turn_deg = angles.near(span.turn_s) if angles else None
    rom_deg = None if start_deg is None or turn_deg is None else abs(turn_deg - start_deg)
    lockout_s = span.end_s if span.eccentric_first else span.turn_s
    lockout, held_s = _held(segmentation, lockout_s)
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


def _held(segmentation: Segmentation, t_s: float) -> tuple[float, float]:
    """Return the concentric fraction at a time, and how long it stays about there."""
    fraction = segmentation.rep_position
    at = int(np.argmin(np.abs(segmentation.t_s - t_s)))
    there = runs(np.abs(fraction - fraction[at]) <= HELD_WITHIN)
    stay = next(run for run in there if run.start <= at < run.stop)
    step_s = float(segmentation.t_s[1] - segmentation.t_s[0])
    return float(fraction[at]), (stay.stop - stay.start) * step_s
