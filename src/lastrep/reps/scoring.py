"""How much a cut into reps looks like a set of repetitions, without any label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.arrays import median
from lastrep.motion.measures import MEASURES
from lastrep.motion.signals import DEG_PER_LIMB, POSTURE

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]

#: Likeness of a single rep, which resembles nothing: less than any honest pair has.
LONE_LIKENESS = 0.25
#: Points at which a half-rep is compared.
HALF_POINTS = 9


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What all hypotheses of one recording share.

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
    def of(cls, smoothed: Mapping[str, Array], rate_hz: float) -> Body:
        """Build from `rhythm_signals`."""
        posture = np.stack(
            [
                smoothed[name] / (DEG_PER_LIMB if MEASURES[name].unit == "deg" else 1.0)
                for name in POSTURE
            ],
            axis=1,
        )
        return cls(smoothed, posture, np.abs(np.diff(posture, axis=0)).sum(axis=1), rate_hz)

    def part(self, where: slice) -> Body:
        """Return a stretch of the recording."""
        return Body(
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
    """Swing of each rep in the unit of `x`: mean of its halves, or the half that was seen."""
    away = np.abs(x[reps[:, 1]] - x[reps[:, 0]])
    back = np.abs(x[reps[:, 1]] - x[reps[:, 2]])
    swing: Array = (away + back) / np.where(is_half(reps), 1.0, 2.0)
    return swing


def rep_shapes(posture: Array, reps: Indices) -> Array:
    """Posture at the same points of each rep's halves, so that tempo cancels.

    A half that was not seen is the mirror of the other.

    Returns
    -------
    shape = (reps, 17, k)
    """
    start, turn, end = (column[:, None].astype(np.float64) for column in reps.T)
    away_from = np.where(turn > start, start, end)
    back_to = np.where(end > turn, end, start)
    way = np.linspace(0.0, 1.0, HALF_POINTS)
    points = np.concatenate(
        (away_from + (turn - away_from) * way[:-1], turn + (back_to - turn) * way), axis=1
    )
    shapes: Array = posture[points.round().astype(np.intp)]
    return shapes


def resembling(
    shapes: Array,
    reps: Indices,
    *,
    look_alikes: int,
    odd_factor: float,
    odd_excursion: float,
    min_duration_ratio: float,
) -> Mask:
    """Which reps look like others; see `SegmentationOptions` for the limits.

    Likeness to one template would be wrong for a clip cut from several views; that a rep has a
    few look-alikes is enough. Distances are means over channels of the root-mean-square along
    the rep, so that one joint that has slipped cannot condemn a rep.
    """
    if len(reps) < 3:
        return np.ones(len(reps), bool)
    channels = np.moveaxis(shapes, 2, 0)
    product = channels @ np.swapaxes(channels, 1, 2)
    square = np.diagonal(product, axis1=1, axis2=2)
    difference = np.maximum(square[:, :, None] + square[:, None] - 2 * product, 0.0)
    distance = np.sqrt(difference / shapes.shape[1]).mean(axis=0)
    nearest = np.sort(distance, axis=1)[:, min(look_alikes, len(reps) - 1)]
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    excursion = float(median(np.sqrt((centred**2).mean(axis=1)).mean(axis=1)))
    keep = nearest <= max(odd_factor * float(median(nearest)), odd_excursion * excursion)
    length = durations(reps)
    keep &= length > min_duration_ratio * median(length[keep])
    return np.asarray(keep, np.bool_)


def score(x: Array, reps: Indices, shapes: Array, body: Body, scene: Mask | None) -> float:
    """Likeness x directness x regularity x coverage, each 0..1.

    Parameters
    ----------
    x
        The signal that proposed the reps, shape = (n,).
    scene
        Samples in which the exercise can happen at all; only these need to be explained.
    """
    likeness = LONE_LIKENESS
    if len(reps) >= 2:
        template = median(shapes)
        shared = ((template - template.mean(axis=0)) ** 2).sum()
        residual = median(((shapes - template) ** 2).sum(axis=(1, 2)))
        likeness = float(shared / (shared + residual))
    inside = np.zeros(len(x), bool)
    for start, _, end in reps:
        inside[start:end] = True
    swing = amplitudes(x, reps)
    path = np.abs(np.diff(x))[inside[1:]].sum()
    halves = np.where(is_half(reps), 1.0, 2.0)
    directness = min(1.0, float((halves * swing).sum()) / max(path, 1e-9))
    regularity = np.exp(
        -_spread(np.log(np.maximum(durations(reps), 1))) - _spread(np.log(np.maximum(swing, 1e-9)))
    )
    weight = np.ones(len(x)) if scene is None else scene.astype(np.float64)
    movement = body.movement * weight[1:]
    in_time = (inside * weight).sum() / max(weight.sum(), 1e-9)
    in_movement = movement[inside[1:]].sum() / max(movement.sum(), 1e-9)
    return float(likeness * directness * regularity * np.sqrt(in_time * in_movement))


def _spread(x: Array) -> float:
    """Mean of the robust and the plain standard deviation."""
    robust = 1.4826 * median(np.abs(x - median(x)))
    return float(0.5 * (robust + x.std()))
