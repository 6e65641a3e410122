"""From poses to sets of reps, with hindsight: the whole recording decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.signals import rhythm_signals
from lastrep.motion.track import Track
from lastrep.pose.sequence import PoseSequence
from lastrep.sets.hypotheses import Hypothesis, SegmentationOptions, all_hypotheses
from lastrep.sets.phases import rep_phases
from lastrep.sets.scoring import Body, amplitudes

Array = NDArray[np.float64]
Side = Literal["both", "left", "right"]

#: A pause this long between reps, or this many median reps, whichever is longer, ends a set.
SET_PAUSE_S = 8.0
SET_PAUSE_REPS = 2.5


@dataclass(frozen=True, slots=True)
class RepSpan:
    """One rep in time; all times are the source's own.

    Parameters
    ----------
    start_s, turn_s, end_s
        Start, far end (bottom of a squat, top of a curl), return.
    leave_s, turn_in_s, turn_out_s, back_s
        Movement away lasts from `leave_s` to `turn_in_s`, the stay at the far end until
        `turn_out_s`, the movement back until `back_s`.
    eccentric_first
        Whether the movement away is the lowering one.
    excursion
        Swing as a share of the set's typical swing.
    side
        Which limb moved, for exercises that may alternate.
    """

    start_s: float
    turn_s: float
    end_s: float
    leave_s: float
    turn_in_s: float
    turn_out_s: float
    back_s: float
    eccentric_first: bool
    excursion: float
    side: Side = "both"

    @property
    def eccentric_s(self) -> tuple[float, float]:
        """From, to."""
        if self.eccentric_first:
            return self.leave_s, self.turn_in_s
        return self.turn_out_s, self.back_s

    @property
    def pause_s(self) -> tuple[float, float]:
        """From, to: standing still at the far end."""
        return self.turn_in_s, self.turn_out_s

    @property
    def concentric_s(self) -> tuple[float, float]:
        """From, to."""
        if self.eccentric_first:
            return self.turn_out_s, self.back_s
        return self.leave_s, self.turn_in_s


@dataclass(frozen=True, slots=True)
class RejectedSpan:
    """A movement that was proposed as a rep and is none."""

    start_s: float
    end_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class SetSpan:
    """Reps that follow each other without a long rest."""

    reps: tuple[RepSpan, ...]

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
        Name of the signal that won, "" if none did.
    mix, offset
        What c is made of: c = offset + sum of gain x signal over the mix, in any frame.
    t_s, fraction
        Its concentric fraction over time, shape = (n,) each.
    """

    sets: tuple[SetSpan, ...]
    rejected: tuple[RejectedSpan, ...]
    confidence: float
    signal: str
    mix: Mapping[str, float]
    offset: float
    t_s: Array
    fraction: Array

    @classmethod
    def nothing(cls, t_s: Array) -> Segmentation:
        """No repeated movement."""
        return cls((), (), 0.0, "", {}, 0.0, t_s, np.full(len(t_s), np.nan))

    @property
    def reps(self) -> tuple[RepSpan, ...]:
        """The reps of all sets."""
        return tuple(rep for one in self.sets for rep in one.reps)


def segment(
    poses: PoseSequence,
    exercise: ExerciseDefinition | None = None,
    options: SegmentationOptions = SegmentationOptions(),  # noqa: B008 - frozen
) -> Segmentation:
    """Find the reps of a recording.

    Parameters
    ----------
    exercise
        What is done, or None: any repeated movement counts.
    """
    track = Track.of(poses)
    smoothed = rhythm_signals(track)
    if "elbow" not in smoothed or len(track) < 8:
        return Segmentation.nothing(track.t_s)
    body = Body.of(smoothed, track.rate_hz)
    hypotheses = all_hypotheses(body, exercise, options)
    if not hypotheses:
        return Segmentation.nothing(track.t_s)
    best = max(hypotheses, key=lambda h: h.score)
    return _result(best, body, track, exercise)


def _result(
    best: Hypothesis, body: Body, track: Track, exercise: ExerciseDefinition | None
) -> Segmentation:
    eccentric_first = exercise is not None and exercise.start == "con_end"
    x, whole = best.source.x, best.reps
    away, back = whole[whole[:, 0] < whole[:, 1]], whole[whole[:, 1] < whole[:, 2]]
    rest = float(np.median(np.concatenate((x[away[:, 0]], x[back[:, 2]]))))
    far = float(np.median(x[whole[:, 1]]))
    ecc_level, con_level = (far, rest) if eccentric_first else (rest, far)
    if ecc_level == con_level:
        return Segmentation.nothing(track.t_s)
    fraction = (x - ecc_level) / (con_level - ecc_level)
    gains = {name: gain / (con_level - ecc_level) for name, gain in best.source.gains.items()}
    offset = float(
        np.median(fraction - sum(gain * body.signals[name] for name, gain in gains.items()))
    )

    def span(rep: NDArray[np.intp]) -> RepSpan:
        start, turn, end = (int(i) for i in rep)
        at = rep_phases(fraction, body.rate_hz, start, turn, end)
        swing = float(amplitudes(fraction, rep[None])[0])
        t = track.t_s
        return RepSpan(
            start_s=float(t[start]),
            turn_s=float(t[turn]),
            end_s=float(t[end]),
            leave_s=float(t[at.leave]),
            turn_in_s=float(t[at.turn_in]),
            turn_out_s=float(t[at.turn_out]),
            back_s=float(t[at.back]),
            eccentric_first=eccentric_first,
            excursion=swing,
        )

    title = "" if exercise is None else exercise.title.lower()
    rejected = [
        *_rejected(best.odd, "the whole movement differs from the reps", track),
        *_rejected(best.misplaced, f"not in the posture of the {title}", track),
    ]
    return Segmentation(
        sets=split_sets([span(rep) for rep in best.reps]),
        rejected=tuple(sorted(rejected, key=lambda r: r.start_s)),
        confidence=best.score,
        signal=best.name,
        mix=gains,
        offset=offset,
        t_s=track.t_s,
        fraction=fraction,
    )


def _rejected(reps: NDArray[np.intp], reason: str, track: Track) -> list[RejectedSpan]:
    return [RejectedSpan(float(track.t_s[a]), float(track.t_s[c]), reason) for a, _, c in reps]


def split_sets(reps: Sequence[RepSpan]) -> tuple[SetSpan, ...]:
    """Divide reps at long rests."""
    if not reps:
        return ()
    limit_s = max(
        SET_PAUSE_S, SET_PAUSE_REPS * float(np.median([r.end_s - r.start_s for r in reps]))
    )
    groups: list[list[RepSpan]] = [[reps[0]]]
    for rep in reps[1:]:
        if rep.start_s - groups[-1][-1].end_s > limit_s:
            groups.append([])
        groups[-1].append(rep)
    return tuple(SetSpan(tuple(group)) for group in groups)
