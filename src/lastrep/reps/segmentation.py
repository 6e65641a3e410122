"""From poses to sets of reps, offline: the whole recording decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.track import Side
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.ends import Ends
from lastrep.exercises.recognition import Recognition, recognize
from lastrep.motion.signals import rhythm_signals
from lastrep.motion.track import Track
from lastrep.pose.sequence import PoseSequence
from lastrep.reps.candidates import SegmentationCandidate, all_candidates, candidates_along
from lastrep.reps.parameters import (
    DEFAULT_REP_SEARCH,
    PhaseOptions,
    RepSearchOptions,
    SetOptions,
    SideOptions,
)
from lastrep.reps.phases import rep_phases
from lastrep.reps.scoring import SignalSet, amplitudes
from lastrep.reps.sides import Limbs, alternating, rep_sides
from lastrep.reps.stuck_attempt import stuck_attempt
from lastrep.reps.types import RejectedSpan, RepSpan

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class SetSpan:
    """Reps of one exercise that follow each other without a long rest.

    Parameters
    ----------
    exercise
        What is done: as given, or as recognised with enough confidence; None if not known.
    recognition
        How the movement was recognised; None if the exercise was given.
    """

    reps: tuple[RepSpan, ...]
    exercise: ExerciseDefinition | None = None
    recognition: Recognition | None = None

    @property
    def start_s(self) -> float:
        """Start of the first rep."""
        return self.reps[0].start_s

    @property
    def end_s(self) -> float:
        """End of the last rep."""
        return self.reps[-1].end_s


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """What the rep search found.

    Parameters
    ----------
    sets
        In order of time; empty if nothing was repeated.
    rejected
        Candidates that are no reps, each with its reason.
    confidence
        0..1: how sure the count is. Below about 0.15 the count is a guess.
    signal
        Name of the seed signal of the winning composite signal, "" if nothing was found.
    gains, offset
        What the rep position is made of: offset + sum of gain x signal, in any frame.
    t_s, rep_position
        The rep position over time, shape = (n,) each; NaN where nothing was found.
    signals
        The smoothed pool of signals at the same times.

    If a recording holds several exercises, `signal`, `gains` and `offset` are those of the last.
    """

    sets: tuple[SetSpan, ...]
    rejected: tuple[RejectedSpan, ...]
    confidence: float
    signal: str
    gains: Mapping[str, float]
    offset: float
    t_s: Array
    rep_position: Array
    signals: Mapping[str, Array]

    @classmethod
    def nothing(cls, t_s: Array) -> Segmentation:
        """No repeated movement."""
        return cls((), (), 0.0, "", {}, 0.0, t_s, np.full(len(t_s), np.nan), {})

    @property
    def reps(self) -> tuple[RepSpan, ...]:
        """The reps of all sets."""
        return tuple(rep for one in self.sets for rep in one.reps)


def segment(
    poses: PoseSequence,
    exercise: ExerciseDefinition | None = None,
    options: RepSearchOptions = DEFAULT_REP_SEARCH,
    exercises: Collection[ExerciseDefinition] = (),
    *,
    gains: Mapping[str, float] | None = None,
) -> Segmentation:
    """Find the reps of a recording.

    Parameters
    ----------
    exercise
        What is done. None: any repeated movement counts, is then recognised if possible, and
        counted again as what it is.
    options
        Parameters of the rep search.
    exercises
        What may be recognised; none: reps are counted without a name.
    gains
        Those of a `Segmentation` of the same lifter and exercise: only in this composite signal
        are reps looked for, which takes a tenth of the time. Where it shows none, the search is
        as without it.
    """
    track = Track.of(poses)
    smoothed = rhythm_signals(track)
    if "elbow.mean" not in smoothed or len(track) < options.sets.min_samples:
        return Segmentation.nothing(track.t_s)
    signal_set = SignalSet.of(smoothed, track.rate_hz)
    whole = slice(0, len(track))
    if exercise is not None:
        parts = [
            (_part(signal_set, whole, exercise, None, options, gains) if gains else None)
            or _part(signal_set, whole, exercise, None, options)
        ]
    else:
        parts = _recognised(signal_set, track.points, options, tuple(exercises))
    return _assemble([part for part in parts if part is not None], track, smoothed, poses, options)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A stretch of the recording in which one exercise is done."""

    where: slice
    signal_set: SignalSet
    best: SegmentationCandidate
    exercise: ExerciseDefinition | None
    recognition: Recognition | None
    alternate: bool = False


def _part(
    signal_set: SignalSet,
    where: slice,
    exercise: ExerciseDefinition | None,
    recognition: Recognition | None,
    options: RepSearchOptions,
    gains: Mapping[str, float] | None = None,
) -> _Part | None:
    inside = signal_set.part(where)
    candidates = (
        all_candidates(inside, exercise, options)
        if gains is None
        else candidates_along(gains, inside, exercise, options)
    )
    if not candidates:
        return None
    in_turns = (
        None if exercise is None else alternating(candidates, inside, exercise, options.sides)
    )
    best = in_turns or max(candidates, key=lambda c: c.score)
    return _Part(where, inside, best, exercise, recognition, in_turns is not None)


def _recognised(
    signal_set: SignalSet,
    points: Array,
    options: RepSearchOptions,
    exercises: tuple[ExerciseDefinition, ...],
) -> list[_Part | None]:
    """Count without a name, recognise, and count again by name, for each exercise in turn."""
    whole = slice(0, len(points))
    first = _part(signal_set, whole, None, None, options)
    if first is None or not exercises:
        return [first]
    parts = [_renamed(signal_set, points, first, options, exercises)]
    # What the winning rhythm leaves over may be a set of something else.
    at = parts[0].best.reps
    rest = round(options.sets.pause_s * signal_set.rate_hz)
    for where in (
        slice(whole.start, max(int(at[0, 0]) - 1, 0)),
        slice(int(at[-1, 2]) + 1, whole.stop),
    ):
        if where.stop - where.start < rest:
            continue
        other = _part(signal_set, where, None, None, options)
        if other is None or len(other.best.reps) < options.sets.other_set_reps:
            continue
        named = _renamed(signal_set, points, other, options, exercises)
        if named.exercise is not None and named.best.score >= options.sets.other_set_confidence:
            parts.append(named)
    parts.sort(key=lambda part: part.where.start + int(part.best.reps[0, 0]))
    return list(parts)


def _renamed(
    signal_set: SignalSet,
    points: Array,
    part: _Part,
    options: RepSearchOptions,
    exercises: tuple[ExerciseDefinition, ...],
) -> _Part:
    recognition = recognize(Ends.of(points[part.where], part.best.reps), exercises)
    if recognition.sure:
        known = next(e for e in exercises if e.name == recognition.name)
        named = _part(signal_set, part.where, known, recognition, options)
        if named is not None:
            return named
    return _Part(part.where, part.signal_set, part.best, None, recognition)


def _assemble(
    parts: list[_Part],
    track: Track,
    smoothed: Mapping[str, Array],
    poses: PoseSequence,
    options: RepSearchOptions,
) -> Segmentation:
    if not parts:
        return Segmentation.nothing(track.t_s)
    rep_position = np.full(len(track), np.nan)
    sets: list[SetSpan] = []
    rejected: list[RejectedSpan] = []
    position = _PositionSignal.of(parts[0])
    for part in parts:
        position = _PositionSignal.of(part)
        rep_position[part.where] = position.rep_position
        t_s = track.t_s[part.where]
        sides = _sides(part, track, poses, options.sides)
        unilateral = part.exercise is not None and part.exercise.sides == "each"
        reps = [
            replace(
                rep_span(
                    position.rep_position,
                    t_s,
                    (rep, extremes),
                    _eccentric_first(part),
                    options=options.phases,
                ),
                side=side,
                unilateral=unilateral and side != "both",
            )
            for rep, extremes, side in zip(part.best.reps, part.best.extremes, sides, strict=True)
        ]
        groups = split_sets(reps, options.sets)
        for group, following in zip_longest(groups, groups[1:]):
            until_s = t_s[-1] if following is None else following[0].start_s
            stuck = _stuck((group[-1].end_s, until_s), position, t_s, part, options)
            sets.append(
                SetSpan((*group, stuck) if stuck else group, part.exercise, part.recognition)
            )
        title = "" if part.exercise is None else part.exercise.title.lower()
        for spans, reason in (
            (part.best.outliers, "the whole movement differs from the reps"),
            (part.best.wrong_posture, f"not in the posture of the {title}"),
        ):
            rejected += [RejectedSpan(float(t_s[a]), float(t_s[c]), reason) for a, _, c in spans]
    weight = [len(part.best.reps) for part in parts]
    return Segmentation(
        sets=tuple(sets),
        rejected=tuple(sorted(rejected, key=lambda r: r.start_s)),
        confidence=float(np.average([part.best.score for part in parts], weights=weight)),
        signal=parts[-1].best.name,
        gains=position.gains,
        offset=position.offset,
        t_s=track.t_s,
        rep_position=rep_position,
        signals=smoothed,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _PositionSignal:
    """The rep position of one part."""

    rep_position: Array
    gains: Mapping[str, float]
    offset: float

    @classmethod
    def of(cls, part: _Part) -> _PositionSignal:
        x, reps = part.best.source.x, part.best.extremes
        away, back = reps[reps[:, 0] < reps[:, 1]], reps[reps[:, 1] < reps[:, 2]]
        rest = float(np.median(np.concatenate((x[away[:, 0]], x[back[:, 2]]))))
        far = float(np.median(x[reps[:, 1]]))
        ecc_level, con_level = (far, rest) if _eccentric_first(part) else (rest, far)
        span = con_level - ecc_level or 1e-9
        rep_position = (x - ecc_level) / span
        gains = {name: gain / span for name, gain in part.best.source.gains.items()}
        raw = sum(gain * part.signal_set.signals[name] for name, gain in gains.items())
        return cls(rep_position, gains, float(np.median(rep_position - raw)))


def _sides(
    part: _Part, track: Track, poses: PoseSequence, options: SideOptions
) -> tuple[Side, ...]:
    limbs = None
    if part.exercise is not None and part.exercise.sides != "both":
        limbs = Limbs.of(track, poses, part.exercise, options).part(part.where)
    return rep_sides(
        part.signal_set, part.exercise, part.best.reps, limbs, options, alternate=part.alternate
    )


def _eccentric_first(part: _Part) -> bool:
    return part.exercise is not None and part.exercise.start == "con_end"


def _stuck(
    between_s: tuple[float, float],
    position: _PositionSignal,
    t_s: Array,
    part: _Part,
    options: RepSearchOptions,
) -> RepSpan | None:
    """Return the failed attempt after a set's last rep, too small to be found as a rep."""
    if part.exercise is None:
        return None
    found = stuck_attempt(
        position.rep_position,
        part.signal_set.rate_hz,
        int(np.searchsorted(t_s, between_s[0])),
        int(np.searchsorted(t_s, between_s[1])),
        options.stuck_attempt,
        eccentric_first=_eccentric_first(part),
    )
    if found is None:
        return None
    rep = np.array(found, np.intp)
    return rep_span(
        position.rep_position, t_s, (rep, rep), _eccentric_first(part), options=options.phases
    )


def rep_span(
    rep_position: Array,
    t_s: Array,
    cut: tuple[Indices, Indices],
    eccentric_first: bool,
    like: RepSpan | None = None,
    options: PhaseOptions = DEFAULT_REP_SEARCH.phases,
) -> RepSpan:
    """Return a rep in time.

    Parameters
    ----------
    rep_position, t_s
        shape = (n,): rep position over time.
    cut
        shape = (3,) each: start, turn and end as sample indices, without rests and with them.
    eccentric_first
        Whether the load is lowered first.
    like
        A rep of the same side; None: both sides did it.
    options
        Parameters of the phases.
    """
    rep, extremes = cut
    first, turn, last = (int(i) for i in extremes)
    rate_hz = (len(t_s) - 1) / float(t_s[-1] - t_s[0])
    at = rep_phases(rep_position, rate_hz, (first, turn, last), options)
    # Where a rest was cut off, the rep begins (or ends) with its movement.
    start = first if rep[0] == first else at.leave
    end = last if rep[2] == last else at.back
    span = RepSpan(
        start_s=float(t_s[start]),
        turn_s=float(t_s[turn]),
        end_s=float(t_s[end]),
        leave_s=float(t_s[at.leave]),
        turn_in_s=float(t_s[at.turn_in]),
        turn_out_s=float(t_s[at.turn_out]),
        back_s=float(t_s[at.back]),
        eccentric_first=eccentric_first,
        amplitude=float(amplitudes(rep_position, extremes[None])[0]),
    )
    return span if like is None else replace(span, side=like.side, unilateral=like.unilateral)


def split_sets(
    reps: Sequence[RepSpan], options: SetOptions = DEFAULT_REP_SEARCH.sets
) -> tuple[tuple[RepSpan, ...], ...]:
    """Divide reps at long rests."""
    if not reps:
        return ()
    limit_s = max(
        options.pause_s, options.pause_reps * float(np.median([r.end_s - r.start_s for r in reps]))
    )
    groups: list[list[RepSpan]] = [[reps[0]]]
    for rep in reps[1:]:
        if rep.start_s - groups[-1][-1].end_s > limit_s:
            groups.append([])
        groups[-1].append(rep)
    return tuple(tuple(group) for group in groups)
