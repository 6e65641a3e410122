"""Hypotheses: movement signals propose cuts into reps, alone and mixed; a score judges each cut.

No signal is right in every clip: a joint may be hidden, or the camera may look along it. So every
signal first proposes by itself. Signals that did well are then mixed, each mix around one of them:
noise in single joints averages out, the common rhythm stays. What tells a good cut from a bad one
needs no labels (`scoring`).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.arrays import median
from lastrep.motion.measures import MEASURES
from lastrep.reps.phases import local_extremes, turns
from lastrep.reps.scoring import (
    Body,
    amplitudes,
    durations,
    is_half,
    rep_shapes,
    resembling,
    score,
)

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SegmentationOptions:
    """Settings of the rep search; none has a published value.

    Parameters
    ----------
    hystereses
        Sizes of a turn-round, in reference swings; each gives a rival hypothesis. The small one
        catches shrinking reps, the large one refuses bounces.
    min_swing_deg, min_swing_limbs
        A reference swing below this is not an exercise.
    look_alikes
        A rep must resemble this many others.
    odd_factor, odd_excursion
        Distance to its look-alikes that makes a rep odd: in medians of that distance, but at
        least this multiple of the reps' own excursion.
    min_duration_ratio
        A rep shorter than this share of the median rep is none.
    rest_trim
        A half-rep longer than this share of the median rep contains rest, which is cut off.
    rest_level
        Rest ends where this share of the swing is still to the far end.
    mixes
        So many of the best signals become the centre of a mix.
    whole_body
        Whether signals that the exercise does not list may join a mix (slower).
    scene_share
        A rep must be in the posture of the exercise for this share of its time.
    edge_swing
        A rep cut by the edge of the recording counts if its lifting phase was seen for this
        share of the usual swing ...
    edge_still_s
        ... and was seen to end (or begin): so much time at the far end.
    """

    hystereses: tuple[float, ...] = (0.4, 0.6)
    min_swing_deg: float = 10.0
    min_swing_limbs: float = 0.10
    look_alikes: int = 2
    odd_factor: float = 2.0
    odd_excursion: float = 1.6
    min_duration_ratio: float = 0.3
    rest_trim: float = 0.75
    rest_level: float = 0.85
    mixes: int = 10
    whole_body: bool = True
    scene_share: float = 0.5
    edge_swing: float = 0.8
    edge_still_s: float = 0.06

    def min_swing(self, signal: str) -> float:
        """Smallest reference swing of a signal, in its unit."""
        return self.min_swing_deg if MEASURES[signal].unit == "deg" else self.min_swing_limbs


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A line to read reps from: a sum of signals, each times its gain.

    Parameters
    ----------
    x
        shape = (n,)
    gains
        Gain of each signal of the mix.
    polarity
        +1 if it rises in the concentric, -1 if it falls, 0 if that is not known.
    least
        Smallest reference swing that is an exercise.
    """

    x: Array
    gains: Mapping[str, float]
    polarity: int
    least: float


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """One way to cut the recording into reps.

    Parameters
    ----------
    name
        The signal that proposed it, or that is the centre of the mix.
    reference
        Reference swing in the unit of the source.
    reps
        shape = (n, 3): start, turn, end of each rep as sample indices. Start and turn (or turn
        and end) are the same where the recording begins (or ends) at the far end. Long rests
        are cut off.
    extremes
        shape = (n, 3): the same reps from extreme to extreme, rests included.
    odd, misplaced
        shape = (m, 3): candidates that resemble no other rep; that are in another posture.
    score
        0..1: how much this looks like a set of repetitions.
    """

    name: str
    source: Source
    hysteresis: float
    reference: float
    reps: Indices
    extremes: Indices
    odd: Indices
    misplaced: Indices
    score: float


def all_hypotheses(
    body: Body, exercise: ExerciseDefinition | None, options: SegmentationOptions
) -> list[Hypothesis]:
    """Every cut that mixes of the exercise's signals (or of the whole pool) propose."""
    own = dict.fromkeys(body.signals, 0) if exercise is None else exercise.rhythm.polarity
    start_low = None if exercise is None else exercise.start == "ecc_end"
    scene = None if exercise is None else exercise_scene(body, exercise)
    names = body.signals if options.whole_body else own
    single = [
        hypothesis
        for name in names
        if name in body.signals
        for hypothesis in propose(
            name,
            Source(body.signals[name], {name: 1.0}, own.get(name, 0), options.min_swing(name)),
            start_low,
            scene,
            body,
            options,
        )
    ]
    mixed = [
        hypothesis
        for name, source in mix(single, own, options)
        for hypothesis in propose(name, source, start_low, scene, body, options)
    ]
    return mixed or [h for h in single if h.name in own]


def hypotheses_along(
    gains: Mapping[str, float],
    body: Body,
    exercise: ExerciseDefinition | None,
    options: SegmentationOptions,
) -> list[Hypothesis]:
    """Every cut along one known mix, whose gains make it rise by 1 over a rep's lifting phase."""
    known = {name: gain for name, gain in gains.items() if name in body.signals}
    if not known:
        return []
    x = np.sum([gain * body.signals[name] for name, gain in known.items()], axis=0)
    start_low = None if exercise is None else exercise.start == "ecc_end"
    scene = None if exercise is None else exercise_scene(body, exercise)
    centre = max(known, key=lambda name: abs(known[name]) * float(np.ptp(body.signals[name])))
    source = Source(x, known, 1, options.min_swing_limbs)
    return list(propose(centre, source, start_low, scene, body, options))


def exercise_scene(body: Body, exercise: ExerciseDefinition) -> Mask | None:
    """Samples in the posture of the exercise; None where it sets no limits or none fits."""
    if not exercise.posture:
        return None
    inside = np.ones(len(body.posture), bool)
    for name, (low, high) in exercise.posture.items():
        inside &= (body.signals[name] >= low) & (body.signals[name] <= high)
    return inside if inside.any() else None


def mix(
    single: list[Hypothesis], centres: Collection[str], options: SegmentationOptions
) -> list[tuple[str, Source]]:
    """Mix signals around each of the best centres.

    Each signal is measured in its own reference swings, turned to move with the centre, and
    weighs by its score and by the square of its correlation with the centre: what moves along
    helps, whether the exercise lists it or not.
    """
    best: dict[str, Hypothesis] = {}
    for hypothesis in single:
        known = best.get(hypothesis.name)
        if known is None or hypothesis.score > known.score:
            best[hypothesis.name] = hypothesis
    if not best:
        return []
    ranked = sorted(best.values(), key=lambda h: -h.score)
    lines = np.stack([h.source.x / h.reference for h in ranked])
    lines -= lines.mean(axis=1, keepdims=True)
    # Rare large movements must not decide what agrees.
    agreement = np.atleast_2d(np.corrcoef(np.clip(lines, -2.0, 2.0)))
    scores = np.array([h.score for h in ranked])
    out = []
    chosen = [k for k, h in enumerate(ranked) if h.name in centres][: options.mixes]
    for k in chosen:
        centre = ranked[k]
        weight = scores * agreement[k] * np.abs(agreement[k])
        weight /= np.abs(weight).sum()
        gains = {h.name: float(w / h.reference) for h, w in zip(ranked, weight, strict=True)}
        source = Source(weight @ lines, gains, centre.source.polarity, options.min_swing_limbs)
        out.append((centre.name, source))
    return out


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
        # Of equal swings an inner one goes first: one at the edge closes no cycle and is not kept.
        last = len(swings) - 1
        k = min(range(len(swings)), key=lambda i: (swings[i], i in (0, last)))
        if 0 < k < len(swings) - 1:
            out.append(swings[k])
            swings[k - 1 : k + 2] = [swings[k - 1] - swings[k] + swings[k + 1]]
        else:
            swings.pop(k)
    return np.array(out + swings, np.float64)


def propose(
    name: str,
    source: Source,
    start_low: bool | None,
    scene: Mask | None,
    body: Body,
    options: SegmentationOptions,
) -> Iterator[Hypothesis]:
    """Yield the hypotheses of one source, one for each hysteresis.

    Parameters
    ----------
    start_low
        Whether reps start at the stretched end (c = 0); None: unknown.
    scene
        Samples in the posture of the exercise; None: no limits.
    """
    x = source.x
    # Wiggles far below any rep only cost time.
    extremes = np.array([t.index for t in turns(x, 0.3 * source.least, local_extremes(x))], np.intp)
    if len(extremes) < 2:
        return
    reference = reference_swing(x[extremes])
    if reference < source.least:
        return
    rest_low = (
        None if start_low is None or not source.polarity else start_low == (source.polarity > 0)
    )
    for hysteresis in options.hystereses:
        ends = np.array([t.index for t in turns(x, hysteresis * reference, extremes)], np.intp)
        if len(ends) < 2:
            continue
        raw = _whole_reps(x, ends, rest_low)
        if rest_low is not None:
            still = round(options.edge_still_s * body.rate_hz)
            raw = _with_cut_reps(x, ends, raw, rest_low, bool(start_low), reference, still, options)
        if not len(raw):
            continue
        reps = _trim_rest(x, raw, options)
        placed = _in_scene(reps, scene, options)
        keep = placed.copy()
        shapes = rep_shapes(body.posture, reps)
        if placed.any():
            keep[placed] = resembling(
                shapes[placed],
                reps[placed],
                look_alikes=options.look_alikes,
                odd_factor=options.odd_factor,
                odd_excursion=options.odd_excursion,
                min_duration_ratio=options.min_duration_ratio,
            )
        if not keep.any():
            continue
        kept = reps[keep]
        yield Hypothesis(
            name=name,
            source=source,
            hysteresis=hysteresis,
            reference=reference,
            reps=kept,
            extremes=raw[keep],
            odd=reps[placed & ~keep],
            misplaced=reps[~placed],
            score=score(x, kept, shapes[keep], body, scene),
        )


def _whole_reps(x: Array, ends: Indices, rest_low: bool | None) -> Indices:
    """Cut alternating extremes into rest - far - rest."""
    levels = x[ends]
    if rest_low is None:
        if len(ends) % 2:  # the recording starts and ends at the same side: that is rest
            offset = 0
        else:  # rest is where more time is spent
            amplitude = median(np.abs(np.diff(levels)))
            stay = [
                np.count_nonzero(np.abs(x - median(levels[s::2])) < 0.15 * amplitude)
                for s in (0, 1)
            ]
            offset = 0 if stay[0] >= stay[1] else 1
    else:
        offset = 0 if bool(levels[0] < levels[1]) == rest_low else 1
    count = max((len(ends) - 1 - offset) // 2, 0)
    cut = [ends[offset + 2 * k : offset + 2 * k + 3] for k in range(count)]
    return np.array(cut, np.intp).reshape(-1, 3)


def _with_cut_reps(
    x: Array,
    ends: Indices,
    raw: Indices,
    rest_low: bool,
    start_low: bool,
    reference: float,
    still: int,
    options: SegmentationOptions,
) -> Indices:
    """Add the reps at the recording's edges of which only the whole lifting phase was seen.

    Lowering-first exercises: the recording begins at the bottom. Lifting-first ones: it ends at
    the top. The far end must be held no longer than a rep takes, else it is another rest.
    """
    swing = float(median(amplitudes(x, raw))) if len(raw) else reference
    longest = float(median(durations(raw))) if len(raw) else float("inf")
    low_first = bool(x[ends[0]] < x[ends[1]])
    low_last = bool(x[ends[-1]] < x[ends[-2]])

    def seen(far: int, rest: int, outside: Array) -> bool:
        held = np.abs(outside - x[far]) <= 0.25 * swing
        return bool(
            still <= len(outside) <= longest
            and held.all()
            and abs(x[far] - x[rest]) >= options.edge_swing * swing
        )

    if not start_low and low_first != rest_low and seen(ends[0], ends[1], x[: ends[0]]):
        raw = np.concatenate(([[ends[0], ends[0], ends[1]]], raw))
    if start_low and low_last != rest_low and seen(ends[-1], ends[-2], x[ends[-1] + 1 :]):
        raw = np.concatenate((raw, [[ends[-2], ends[-1], ends[-1]]]))
    return raw


def _in_scene(reps: Indices, scene: Mask | None, options: SegmentationOptions) -> Mask:
    if scene is None:
        return np.ones(len(reps), bool)
    return np.array([scene[a : c + 1].mean() >= options.scene_share for a, _, c in reps], bool)


def _trim_rest(x: Array, raw: Indices, options: SegmentationOptions) -> Indices:
    """Cut the stay at rest off half-reps that are much longer than the others."""
    whole = raw[~is_half(raw)]
    if not len(whole):
        return raw
    longest = options.rest_trim * median(whole[:, 2] - whole[:, 0])
    out = raw.copy()
    for rep in out:
        start, turn, end = (int(i) for i in rep)
        if turn - start > longest:
            rep[0] = _leave_rest(x, start, turn, options.rest_level)
        if end - turn > longest:
            rep[2] = _leave_rest(x, end, turn, options.rest_level)
    return out


def _leave_rest(x: Array, rest: int, far: int, level: float) -> int:
    """Return the sample nearest to `far` that is still near the level of `rest`."""
    if x[rest] == x[far]:
        return rest
    way = (x[min(rest, far) : max(rest, far) + 1] - x[far]) / (x[rest] - x[far])
    near = np.flatnonzero(way >= level)
    if not len(near):
        return rest
    return rest + int(near[-1]) if rest < far else far + int(near[0])
