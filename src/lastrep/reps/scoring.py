"""How much a cut into reps looks like a set of repetitions, without any label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.arrays import median
from lastrep.motion.measures import MEASURES
from lastrep.motion.signals import DEG_PER_LIMB, POSTURE
from lastrep.reps.parameters import CandidateOptions, ScoringOptions

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class SignalSet:
    """What all candidates of one recording share.

    Parameters
    ----------
    signals
        Smoothed signals by name, each shape = (n,).
    posture
        shape = (n, k): the signals that describe the whole posture, on one scale.
    movement
        shape = (n - 1,): how much the posture changes from sample to sample.
    rate_hz
        Samples per second.
    """

    signals: Mapping[str, Array]
    posture: Array
    movement: Array
    rate_hz: float

    @classmethod
    def of(cls, smoothed: Mapping[str, Array], rate_hz: float) -> SignalSet:
        """Build from `rhythm_signals`."""
        posture = np.stack(
            [
                smoothed[name] / (DEG_PER_LIMB if MEASURES[name].unit == "deg" else 1.0)
                for name in POSTURE
            ],
            axis=1,
        )
        return cls(smoothed, posture, np.abs(np.diff(posture, axis=0)).sum(axis=1), rate_hz)

    def part(self, where: slice) -> SignalSet:
        """Return a stretch of the recording."""
        return SignalSet(
            {name: x[where] for name, x in self.signals.items()},
            self.posture[where],
            self.movement[where.start : max(where.stop - 1, where.start)],
            self.rate_hz,
        )


def is_half(reps: Indices) -> Mask:
    """Which reps were seen by half only: the recording begins or ends at their far end."""
    return np.asarray((reps[:, 0] == reps[:, 1]) | (reps[:, 1] == reps[:, 2]), np.bool_)


def durations(reps: Indices) -> Array:
    """Samples from start to end; half-seen reps are taken as twice their half."""
    seen = (reps[:, 2] - reps[:, 0]).astype(np.float64)
    return np.where(is_half(reps), 2.0 * seen, seen)


def amplitudes(x: Array, reps: Indices) -> Array:
    """Amplitude of each rep in the unit of `x`: mean of its halves, or the half that was seen."""
    away = np.abs(x[reps[:, 1]] - x[reps[:, 0]])
    back = np.abs(x[reps[:, 1]] - x[reps[:, 2]])
    amplitude: Array = (away + back) / np.where(is_half(reps), 1.0, 2.0)
    return amplitude


def rep_shapes(posture: Array, reps: Indices, half_points: int) -> Array:
    """Posture at the same points of each rep's halves, so that tempo cancels.

    A half that was not seen is the mirror of the other.

    Parameters
    ----------
    half_points
        Points on each half; both share the turn.

    Returns
    -------
    shape = (reps, 2 * half_points - 1, k)
    """
    start, turn, end = (column[:, None].astype(np.float64) for column in reps.T)
    away_from = np.where(turn > start, start, end)
    back_to = np.where(end > turn, end, start)
    way = np.linspace(0.0, 1.0, half_points)
    points = np.concatenate(
        (away_from + (turn - away_from) * way[:-1], turn + (back_to - turn) * way), axis=1
    )
    shapes: Array = posture[points.round().astype(np.intp)]
    return shapes


def consistent_reps(shapes: Array, reps: Indices, options: CandidateOptions) -> Mask:
    """Which reps look like others; the rest are outliers.

    Likeness to one template would be wrong for a clip cut from several views; that a rep has a
    few neighbours is enough. Distances are means over channels of the root-mean-square along
    the rep, so that one joint that has slipped cannot condemn a rep.
    """
    if len(reps) < 3:
        return np.ones(len(reps), bool)
    channels = np.moveaxis(shapes, 2, 0)
    product = channels @ np.swapaxes(channels, 1, 2)
    square = np.diagonal(product, axis1=1, axis2=2)
    difference = np.maximum(square[:, :, None] + square[:, None] - 2 * product, 0.0)
    distance = np.sqrt(difference / shapes.shape[1]).mean(axis=0)
    nearest = np.sort(distance, axis=1)[:, min(options.min_neighbours, len(reps) - 1)]
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    amplitude = float(median(np.sqrt((centred**2).mean(axis=1)).mean(axis=1)))
    keep = nearest <= max(
        options.outlier_factor * float(median(nearest)),
        options.outlier_amplitude_factor * amplitude,
    )
    length = durations(reps)
    keep &= length > options.min_duration_ratio * median(length[keep])
    return np.asarray(keep, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Reps:
    """The reps of one candidate.

    Parameters
    ----------
    x
        The signal that proposed them, shape = (n,).
    reps
        shape = (m, 3): start, turn and end of each as sample indices.
    shapes
        As `rep_shapes` returns them.
    """

    x: Array
    reps: Indices
    shapes: Array


def score(
    found: Reps, signal_set: SignalSet, in_posture: Mask | None, options: ScoringOptions
) -> float:
    """Likeness x directness x regularity x coverage, each 0..1.

    Parameters
    ----------
    found
        The reps.
    signal_set
        The signals of the recording.
    in_posture
        Samples in which the exercise can happen at all; only these need to be explained.
    options
        Parameters of the score.
    """
    x, reps, shapes = found.x, found.reps, found.shapes
    likeness = options.lone_likeness
    if len(reps) >= 2:
        template = median(shapes)
        shared = ((template - template.mean(axis=0)) ** 2).sum()
        residual = median(((shapes - template) ** 2).sum(axis=(1, 2)))
        likeness = float(shared / (shared + residual))
    inside = np.zeros(len(x), bool)
    for start, _, end in reps:
        inside[start:end] = True
    amplitude = amplitudes(x, reps)
    path = np.abs(np.diff(x))[inside[1:]].sum()
    halves = np.where(is_half(reps), 1.0, 2.0)
    directness = min(1.0, float((halves * amplitude).sum()) / max(path, 1e-9))
    regularity = np.exp(
        -_spread(np.log(np.maximum(durations(reps), 1)))
        - _spread(np.log(np.maximum(amplitude, 1e-9)))
    )
    weight = np.ones(len(x)) if in_posture is None else in_posture.astype(np.float64)
    movement = signal_set.movement * weight[1:]
    in_time = (inside * weight).sum() / max(weight.sum(), 1e-9)
    in_movement = movement[inside[1:]].sum() / max(movement.sum(), 1e-9)
    return float(likeness * directness * regularity * np.sqrt(in_time * in_movement))


def _spread(x: Array) -> float:
    """Mean of the robust and the plain standard deviation."""
    robust = 1.4826 * median(np.abs(x - median(x)))
    return float(0.5 * (robust + x.std()))
