"""Hypotheses: every movement signal proposes its own cut into reps, and a score judges each cut.

No signal is right in every clip: a joint may be hidden, or the camera may look along it. What
tells a good cut from a bad one needs no labels: its reps look alike over the whole body, the
signal runs straight from end to end inside them, and they explain most of the movement.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.motion import signals
from lastrep.sets.phases import local_extremes, turns

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class SegmentationOptions:
    """Settings of the rep search. None has a published value; see the module for what each does.

    Parameters
    ----------
    hystereses
        Sizes of a turn-round, in reference swings; each gives a rival hypothesis.
    min_swing_deg, min_swing_limbs
        A reference swing below this is not an exercise.
    look_alikes
        A rep must resemble this many others.
    odd_factor, odd_excursion
        Distance to its look-alikes that makes a rep odd: in medians of that distance, but at
        least this share of the reps' own excursion.
    min_duration_ratio
        A rep shorter than this share of the median rep is none.
    rest_trim
        A half-rep longer than this share of the median rep contains rest, which is cut off.
    rest_level
        Rest ends where this share of the swing is still to the far end.
    """

    hystereses: tuple[float, ...] = (0.4, 0.6)
    min_swing_deg: float = 10.0
    min_swing_limbs: float = 0.10
    look_alikes: int = 2
    odd_factor: float = 2.0
    odd_excursion: float = 1.2
    min_duration_ratio: float = 0.3
    rest_trim: float = 0.75
    rest_level: float = 0.85

    def min_swing(self, signal: str) -> float:
        """Smallest reference swing of a signal, in its unit."""
        return self.min_swing_deg if signals.unit(signal) == "deg" else self.min_swing_limbs


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
                smoothed[name] / (signals.DEG_PER_LIMB if signals.unit(name) == "deg" else 1.0)
                for name in signals.POSTURE
            ],
            axis=1,
        )
        return cls(smoothed, posture, np.abs(np.diff(posture, axis=0)).sum(axis=1), rate_hz)


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """One way to cut the recording into reps.

    Parameters
    ----------
    signal, hysteresis
        What proposed it.
    polarity
        +1 if the signal rises in the concentric, -1 if it falls.
    reference
        Reference swing in the unit of the signal.
    reps
        shape = (n, 3): start, turn, end of each rep as sample indices.
    odd
        shape = (m, 3): candidates that resemble no other rep.
    score
        0..1: how much this looks like a set of repetitions.
    """

    signal: str
    hysteresis: float
    polarity: int
    reference: float
    reps: Indices
    odd: Indices
    score: float


def reference_swing(extremes: Array) -> float:
    """Swing size that carries half of all the swing: neither noise nor one big move shifts it.

    The smallest swing is taken out again and again (persistence, rainflow counting); of the sizes
    collected this is the weighted median.

    Parameters
    ----------
    extremes
        Alternating extremes of a signal.
    """
    sizes = np.sort(_persistences(extremes))[::-1]
    total = np.cumsum(sizes)
    if not len(sizes) or total[-1] <= 0:
        return 0.0
    return float(sizes[np.searchsorted(total, total[-1] / 2)])


def _persistences(extremes: Array) -> Array:
    swings = [abs(b - a) for a, b in itertools.pairwise(extremes)]
    out = []
    while len(swings) > 1:
        k = min(range(len(swings)), key=swings.__getitem__)
        if 0 < k < len(swings) - 1:
            out.append(swings[k])
            swings[k - 1 : k + 2] = [swings[k - 1] - swings[k] + swings[k + 1]]
        else:
            swings.pop(k)
    return np.array(out + swings, np.float64)


def propose(
    name: str, polarity: int, start_low: bool | None, body: Body, options: SegmentationOptions
) -> Iterator[Hypothesis]:
    """Yield the hypotheses of one signal.

    Parameters
    ----------
    polarity
        +1 / -1 as in `Rhythm.polarity`, 0: unknown.
    start_low
        Whether reps start at the stretched end (c = 0); None: unknown.
    """
    x = body.signals[name]
    least = options.min_swing(name)
    extremes = local_extremes(x)
    # Wiggles far below any rep only cost time.
    extremes = np.array([t.index for t in turns(x, 0.3 * least, extremes)], np.intp)
    if len(extremes) < 3:
        return
    reference = reference_swing(x[extremes])
    if reference < least:
        return
    for hysteresis in options.hystereses:
        found = [t.index for t in turns(x, hysteresis * reference, extremes)]
        ends = np.array(found, np.intp)
        if len(ends) < 3:
            continue
        rest_low = None if start_low is None or polarity == 0 else start_low == (polarity > 0)
        raw = _candidates(x, ends, rest_low)
        if not len(raw):
            continue
        yield _judge(name, hysteresis, polarity, reference, x, raw, body, options)


def _candidates(x: Array, ends: Indices, rest_low: bool | None) -> Indices:
    """Cut alternating extremes into rest - far - rest."""
    levels = x[ends]
    first_low = bool(levels[0] < levels[1])
    if rest_low is None:
        if len(ends) % 2:  # the recording starts and ends at the same side: that is rest
            offset = 0
        else:  # rest is where more time is spent
            amplitude = np.median(np.abs(np.diff(levels)))
            stay = [
                np.count_nonzero(np.abs(x - np.median(levels[s::2])) < 0.15 * amplitude)
                for s in (0, 1)
            ]
            offset = 0 if stay[0] >= stay[1] else 1
    else:
        offset = 0 if first_low == rest_low else 1
    count = (len(ends) - 1 - offset) // 2
    return np.array([ends[offset + 2 * k : offset + 2 * k + 3] for k in range(count)], np.intp)


def _judge(
    name: str,
    hysteresis: float,
    polarity: int,
    reference: float,
    x: Array,
    raw: Indices,
    body: Body,
    options: SegmentationOptions,
) -> Hypothesis:
    reps = _trim_rest(x, raw, options)
    amplitude = (np.abs(x[raw[:, 1]] - x[raw[:, 0]]) + np.abs(x[raw[:, 1]] - x[raw[:, 2]])) / 2
    shapes = _shapes(body.posture, reps)
    keep = _resembling(shapes, reps, options)
    score = _score(x, reps[keep], amplitude[keep], shapes[keep], body) if keep.any() else 0.0
    if polarity == 0 and len(reps):
        # Without a known direction the way from rest to the far end is called concentric.
        polarity = int(np.sign(np.median(x[reps[:, 1]] - x[reps[:, 0]]))) or 1
    return Hypothesis(name, hysteresis, polarity, reference, reps[keep], reps[~keep], float(score))


def _trim_rest(x: Array, raw: Indices, options: SegmentationOptions) -> Indices:
    """Cut the stay at rest off half-reps that are much longer than the others."""
    cycle = np.median(raw[:, 2] - raw[:, 0])
    out = raw.copy()
    for rep in out:
        start, turn, end = (int(i) for i in rep)
        if turn - start > options.rest_trim * cycle:
            rep[0] = _leave_rest(x, start, turn, options.rest_level)
        if end - turn > options.rest_trim * cycle:
            rep[2] = _leave_rest(x, end, turn, options.rest_level)
    return out


def _leave_rest(x: Array, rest: int, far: int, level: float) -> int:
    """Return the sample nearest to `far` that is still near the level of `rest`."""
    way = (x[min(rest, far) : max(rest, far) + 1] - x[far]) / (x[rest] - x[far])
    near = np.flatnonzero(way >= level)
    if not len(near):
        return rest
    return rest + int(near[-1]) if rest < far else far + int(near[0])


def _shapes(posture: Array, reps: Indices) -> Array:
    """Posture at 8 + 9 points of each rep, so that tempo cancels: shape = (n, 17, k)."""
    points = [
        np.r_[np.linspace(a, b, 9)[:-1], np.linspace(b, c, 9)].round().astype(np.intp)
        for a, b, c in reps
    ]
    shapes: Array = posture[np.array(points)]
    return shapes


def _resembling(shapes: Array, reps: Indices, options: SegmentationOptions) -> NDArray[np.bool_]:
    """Which reps look like others. A clip may be cut from several sets, so two are enough."""
    if len(reps) < 3:
        return np.ones(len(reps), bool)
    flat = shapes.reshape(len(shapes), -1)
    square = (flat**2).sum(axis=1)
    distance = np.sqrt(
        np.maximum(square[:, None] + square[None] - 2 * flat @ flat.T, 0) / flat.shape[1]
    )
    nearest = np.sort(distance, axis=1)[:, min(options.look_alikes, len(reps) - 1)]
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    excursion = np.median(np.sqrt((centred**2).mean(axis=(1, 2))))
    limit = max(options.odd_factor * float(np.median(nearest)), options.odd_excursion * excursion)
    keep = nearest <= limit
    duration = reps[:, 2] - reps[:, 0]
    keep &= duration > options.min_duration_ratio * np.median(duration[keep])
    return np.asarray(keep, np.bool_)


def _score(x: Array, reps: Indices, amplitude: Array, shapes: Array, body: Body) -> float:
    """Likeness x directness x regularity x coverage, each 0..1."""
    likeness = 0.5  # one rep resembles nothing
    if len(reps) >= 2:
        template = np.median(shapes, axis=0)
        signal = ((template - template.mean(axis=0)) ** 2).sum()
        residual = np.median(((shapes - template) ** 2).sum(axis=(1, 2)))
        likeness = float(signal / (signal + residual))
    inside = np.zeros(len(x), bool)
    for start, _, end in reps:
        inside[start:end] = True
    path = np.abs(np.diff(x))[inside[1:]].sum()
    directness = min(1.0, 2 * float(amplitude.sum()) / max(path, 1e-9))
    duration = np.log(np.maximum(reps[:, 2] - reps[:, 0], 1))
    regularity = np.exp(-_spread(duration) - _spread(np.log(amplitude)))
    in_time = inside.mean()
    in_movement = body.movement[inside[1:]].sum() / max(body.movement.sum(), 1e-9)
    return float(likeness * directness * regularity * np.sqrt(in_time * in_movement))


def _spread(x: Array) -> float:
    robust = 1.4826 * np.median(np.abs(x - np.median(x)))
    return float(0.5 * (robust + x.std()))
