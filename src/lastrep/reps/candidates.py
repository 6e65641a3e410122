"""Segmentation candidates: signals propose how to cut the movement into reps; a score ranks them.

No signal is right in every clip: a joint may be hidden, or the camera may look along it. So every
signal first proposes by itself. Signals that did well are then summed to composite signals, each
around one of them as its seed: noise in single joints averages out, the common rhythm stays. What
tells a good candidate from a bad one needs no labels (`scoring`).
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
from lastrep.reps.parameters import CandidateOptions, RepSearchOptions
from lastrep.reps.phases import local_extremes, turns
from lastrep.reps.scoring import (
    Reps,
    SignalSet,
    amplitudes,
    consistent_reps,
    durations,
    is_half,
    rep_shapes,
    score,
)

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class CompositeSignal:
    """A signal to find reps in: a sum of signals, each times its gain.

    Parameters
    ----------
    x
        shape = (n,)
    gains
        Gain of each signal in the sum.
    polarity
        +1 if it rises in the concentric, -1 if it falls, 0 if that is not known.
    min_amplitude
        Smallest dominant amplitude that is an exercise.
    """

    x: Array
    gains: Mapping[str, float]
    polarity: int
    min_amplitude: float


@dataclass(frozen=True, slots=True, eq=False)
class SegmentationCandidate:
    """One way to cut the recording into reps.

    Parameters
    ----------
    name
        The signal that proposed it, or the seed signal of the composite one.
    source
        The signal it was found in.
    hysteresis
        Size of a turn-round, in dominant amplitudes.
    dominant_amplitude
        In the unit of the source.
    reps
        shape = (n, 3): start, turn, end of each rep as sample indices. Start and turn (or turn
        and end) are the same where the recording begins (or ends) at the far end. Long rests
        are cut off.
    extremes
        shape = (n, 3): the same reps from extreme to extreme, rests included.
    outliers, wrong_posture
        shape = (m, 3): movements that resemble no other rep; that are in another posture.
    score
        0..1: how much this looks like a set of repetitions.
    """

    name: str
    source: CompositeSignal
    hysteresis: float
    dominant_amplitude: float
    reps: Indices
    extremes: Indices
    outliers: Indices
    wrong_posture: Indices
    score: float


def all_candidates(
    signal_set: SignalSet, exercise: ExerciseDefinition | None, options: RepSearchOptions
) -> list[SegmentationCandidate]:
    """Every candidate of composite signals seeded by the exercise's signals (or by any).

    Parameters
    ----------
    signal_set
        The signals of the recording, or of a part of it.
    exercise
        What is done; None: any repeated movement counts.
    options
        Parameters of the rep search.
    """
    own = dict.fromkeys(signal_set.signals, 0) if exercise is None else exercise.rhythm.polarity
    search = _Search.of(signal_set, exercise, options)
    single = [
        candidate
        for name, x in signal_set.signals.items()
        for candidate in search.candidates(
            name,
            CompositeSignal(
                x, {name: 1.0}, own.get(name, 0), min_amplitude(name, options.candidates)
            ),
        )
    ]
    composite = [
        candidate
        for name, source in composite_signals(single, own, options.candidates)
        for candidate in search.candidates(name, source)
    ]
    return composite or [c for c in single if c.name in own]


def candidates_along(
    gains: Mapping[str, float],
    signal_set: SignalSet,
    exercise: ExerciseDefinition | None,
    options: RepSearchOptions,
) -> list[SegmentationCandidate]:
    """Every candidate of one known composite signal.

    Parameters
    ----------
    gains
        Of each of its signals: they make it rise by 1 over a rep's lifting phase.
    """
    known = {name: gain for name, gain in gains.items() if name in signal_set.signals}
    if not known:
        return []
    x = np.sum([gain * signal_set.signals[name] for name, gain in known.items()], axis=0)
    seed = max(known, key=lambda name: abs(known[name]) * float(np.ptp(signal_set.signals[name])))
    source = CompositeSignal(x, known, 1, options.candidates.min_amplitude_limbs)
    return list(_Search.of(signal_set, exercise, options).candidates(seed, source))


def min_amplitude(signal: str, options: CandidateOptions) -> float:
    """Smallest dominant amplitude of a signal that is an exercise, in its unit."""
    is_angle = MEASURES[signal].unit == "deg"
    return options.min_amplitude_deg if is_angle else options.min_amplitude_limbs


def posture_mask(signal_set: SignalSet, exercise: ExerciseDefinition) -> Mask | None:
    """Samples in the posture of the exercise; None where it sets no limits or none fits."""
    if not exercise.posture:
        return None
    inside = np.ones(len(signal_set.posture), bool)
    for name, (low, high) in exercise.posture.items():
        inside &= (signal_set.signals[name] >= low) & (signal_set.signals[name] <= high)
    return inside if inside.any() else None


def composite_signals(
    single: list[SegmentationCandidate], seeds: Collection[str], options: CandidateOptions
) -> list[tuple[str, CompositeSignal]]:
    """Sum signals around each of the best seeds.

    Each signal is measured in its own dominant amplitudes, turned to move with the seed, and
    weighs by its score and by the square of its correlation with the seed: what moves along
    helps, whether the exercise lists it or not.

    Parameters
    ----------
    single
        What single signals propose.
    seeds
        Names of the signals that may be a seed.
    """
    best: dict[str, SegmentationCandidate] = {}
    for candidate in single:
        known = best.get(candidate.name)
        if known is None or candidate.score > known.score:
            best[candidate.name] = candidate
    if not best:
        return []
    ranked = sorted(best.values(), key=lambda c: -c.score)
    x = np.stack([c.source.x / c.dominant_amplitude for c in ranked])
    x -= x.mean(axis=1, keepdims=True)
    # Rare large movements must not decide what agrees.
    clipped = np.clip(x, -options.agreement_clip, options.agreement_clip)
    agreement = np.atleast_2d(np.corrcoef(clipped))
    scores = np.array([c.score for c in ranked])
    out = []
    chosen = [k for k, c in enumerate(ranked) if c.name in seeds][: options.seeds]
    for k in chosen:
        seed = ranked[k]
        weight = scores * agreement[k] * np.abs(agreement[k])
        weight /= np.abs(weight).sum()
        gains = {
            c.name: float(w / c.dominant_amplitude) for c, w in zip(ranked, weight, strict=True)
        }
        source = CompositeSignal(
            weight @ x, gains, seed.source.polarity, options.min_amplitude_limbs
        )
        out.append((seed.name, source))
    return out


def dominant_amplitude(extremes: Array) -> float:
    """Amplitude that carries half of all movement: neither noise nor one big move shifts it.

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


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """What the candidates of all signals share.

    Parameters
    ----------
    start_low
        Whether reps start at the stretched end; None: unknown.
    in_posture
        Samples in the posture of the exercise; None: no limits.
    """

    signal_set: SignalSet
    start_low: bool | None
    in_posture: Mask | None
    options: RepSearchOptions

    @classmethod
    def of(
        cls, signal_set: SignalSet, exercise: ExerciseDefinition | None, options: RepSearchOptions
    ) -> _Search:
        if exercise is None:
            return cls(signal_set, None, None, options)
        in_posture = posture_mask(signal_set, exercise)
        return cls(signal_set, exercise.start == "ecc_end", in_posture, options)

    def candidates(self, name: str, source: CompositeSignal) -> Iterator[SegmentationCandidate]:
        """Yield the candidates of one signal, one for each hysteresis."""
        x, options = source.x, self.options.candidates
        # Wiggles far below any rep only cost time.
        wiggle = options.wiggle_share * source.min_amplitude
        extremes = np.array([t.index for t in turns(x, wiggle, local_extremes(x))], np.intp)
        if len(extremes) < 2:
            return
        amplitude = dominant_amplitude(x[extremes])
        if amplitude < source.min_amplitude:
            return
        for hysteresis in options.hystereses:
            ends = np.array([t.index for t in turns(x, hysteresis * amplitude, extremes)], np.intp)
            raw = self._cut(source, ends, amplitude) if len(ends) >= 2 else ends[:0]
            found = self._filtered(x, raw) if len(raw) else None
            if found is None:
                continue
            reps, keep, placed, score_of = found
            yield SegmentationCandidate(
                name=name,
                source=source,
                hysteresis=hysteresis,
                dominant_amplitude=amplitude,
                reps=reps[keep],
                extremes=raw[keep],
                outliers=reps[placed & ~keep],
                wrong_posture=reps[~placed],
                score=score_of,
            )

    def _cut(self, source: CompositeSignal, ends: Indices, amplitude: float) -> Indices:
        """Return the reps between alternating extremes, those cut by the edges included."""
        start_low, options = self.start_low, self.options.candidates
        if start_low is None or not source.polarity:
            return _whole_reps(source.x, ends, None, options.stay_band)
        rest_low = start_low == (source.polarity > 0)
        raw = _whole_reps(source.x, ends, rest_low, options.stay_band)
        hold = round(options.edge_hold_s * self.signal_set.rate_hz)
        edges = _Edges(source.x, ends, rest_low, start_low, hold, options)
        return edges.with_cut_reps(raw, amplitude)

    def _filtered(self, x: Array, raw: Indices) -> tuple[Indices, Mask, Mask, float] | None:
        """Return reps without rest, which to keep, which are in posture, and the score."""
        options = self.options
        reps = _trim_rest(x, raw, options.candidates)
        placed = self._in_posture(reps)
        keep = placed.copy()
        shapes = rep_shapes(self.signal_set.posture, reps, options.scoring.half_points)
        if placed.any():
            keep[placed] = consistent_reps(shapes[placed], reps[placed], options.candidates)
        if not keep.any():
            return None
        found = Reps(x, reps[keep], shapes[keep])
        return reps, keep, placed, score(found, self.signal_set, self.in_posture, options.scoring)

    def _in_posture(self, reps: Indices) -> Mask:
        inside, share = self.in_posture, self.options.candidates.posture_share
        if inside is None:
            return np.ones(len(reps), bool)
        return np.array([inside[a : c + 1].mean() >= share for a, _, c in reps], bool)


def _whole_reps(x: Array, ends: Indices, rest_low: bool | None, band: float) -> Indices:
    """Cut alternating extremes into rest - far - rest; `band` is how near to an end it stays."""
    levels = x[ends]
    if rest_low is None:
        if len(ends) % 2:  # the recording starts and ends at the same side: that is rest
            offset = 0
        else:  # rest is where more time is spent
            amplitude = median(np.abs(np.diff(levels)))
            stay = [
                np.count_nonzero(np.abs(x - median(levels[s::2])) < band * amplitude)
                for s in (0, 1)
            ]
            offset = 0 if stay[0] >= stay[1] else 1
    else:
        offset = 0 if bool(levels[0] < levels[1]) == rest_low else 1
    count = max((len(ends) - 1 - offset) // 2, 0)
    cut = [ends[offset + 2 * k : offset + 2 * k + 3] for k in range(count)]
    return np.array(cut, np.intp).reshape(-1, 3)


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Where the recording begins and ends.

    Parameters
    ----------
    x, ends
        The signal and its alternating extremes.
    rest_low, start_low
        Whether rest is at the low end of the signal; of the movement.
    hold
        Samples that the far end must be held.
    """

    x: Array
    ends: Indices
    rest_low: bool
    start_low: bool
    hold: int
    options: CandidateOptions

    def with_cut_reps(self, raw: Indices, dominant: float) -> Indices:
        """Add the reps at the recording's edges of which only the whole lifting phase was seen.

        Lowering-first exercises: the recording begins at the bottom. Lifting-first ones: it ends at
        the top. The far end must be held no longer than a rep takes, else it is another rest.
        """
        x, ends = self.x, self.ends
        amplitude = float(median(amplitudes(x, raw))) if len(raw) else dominant
        longest = float(median(durations(raw))) if len(raw) else float("inf")
        low_first = bool(x[ends[0]] < x[ends[1]])
        low_last = bool(x[ends[-1]] < x[ends[-2]])

        def seen(far: int, rest: int, outside: Array) -> bool:
            held = np.abs(outside - x[far]) <= self.options.edge_hold_band * amplitude
            return bool(
                self.hold <= len(outside) <= longest
                and held.all()
                and abs(x[far] - x[rest]) >= self.options.edge_amplitude_share * amplitude
            )

        if self.start_low:
            if low_last != self.rest_low and seen(ends[-1], ends[-2], x[ends[-1] + 1 :]):
                return np.concatenate((raw, [[ends[-2], ends[-1], ends[-1]]]))
        elif low_first != self.rest_low and seen(ends[0], ends[1], x[: ends[0]]):
            return np.concatenate(([[ends[0], ends[0], ends[1]]], raw))
        return raw


def _trim_rest(x: Array, raw: Indices, options: CandidateOptions) -> Indices:
    """Cut the stay at rest off half-reps that are much longer than the others."""
    whole = raw[~is_half(raw)]
    if not len(whole):
        return raw
    longest = options.max_half_ratio * median(whole[:, 2] - whole[:, 0])
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
