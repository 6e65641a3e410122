"""Every parameter of the rep search, passed down from the entry points as one argument.

None has a published value unless its source is named: they were set on recordings of the corpus
and of the synthetic suite. Times are in seconds; "amplitude" is how far a signal moves in a rep.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CandidateOptions:
    """How candidates are proposed: turn-rounds of a signal, grouped into reps and filtered."""

    #: Dominant amplitudes: size of a turn-round; each value gives a rival candidate. The small one
    #: catches shrinking reps, the large one refuses bounces.
    hystereses: tuple[float, ...] = (0.4, 0.6)
    #: Degrees: a joint angle with a smaller dominant amplitude is not exercised.
    min_amplitude_deg: float = 10.0
    #: Limb lengths: the same for distances.
    min_amplitude_limbs: float = 0.10
    #: Share of the smallest amplitude: smaller wiggles are dropped first, since they only cost
    #: time.
    wiggle_share: float = 0.3
    #: A rep must resemble this many others: a clip cut from several views has no single template.
    min_neighbours: int = 2
    #: Medians of the distance to the neighbours that make a rep an outlier, but at least ...
    outlier_factor: float = 2.0
    #: ... this multiple of the reps' own amplitude: else alike reps would be outliers to each
    #: other.
    outlier_amplitude_factor: float = 1.6
    #: Share of the median rep's time: a shorter rep is none.
    min_duration_ratio: float = 0.3
    #: Share of the median rep's time: a longer half-rep contains rest, which is cut off.
    max_half_ratio: float = 0.75
    #: Rest ends where this share of the amplitude is still to the far end.
    rest_level: float = 0.85
    #: Share of the amplitude within which a signal stays at an end, where it is not known which
    #: end is rest.
    stay_band: float = 0.15
    #: This many of the best signals become the seed of a composite signal: more cost time.
    seeds: int = 10
    #: Dominant amplitudes: larger movements are clipped where agreement with the seed is measured,
    #: so that rare ones do not decide it.
    agreement_clip: float = 2.0
    #: Share of a rep's time in which the lifter must be in the posture of the exercise.
    posture_share: float = 0.5
    #: Share of the usual amplitude that must be seen of a rep cut by the edge of the recording.
    edge_amplitude_share: float = 0.8
    #: Share of the usual amplitude within which its far end is held, beyond ...
    edge_hold_band: float = 0.25
    #: ... so many seconds: else it was not seen to begin or end.
    edge_hold_s: float = 0.06


@dataclass(frozen=True, slots=True)
class ScoringOptions:
    """How much a candidate looks like a set."""

    #: 0..1: likeness of a single rep, which resembles nothing: less than any honest pair has.
    lone_likeness: float = 0.25
    #: Points at which the posture of a half-rep is compared (resolution only).
    half_points: int = 9


@dataclass(frozen=True, slots=True)
class PhaseOptions:
    """How a rep is divided into phases."""

    #: Share of a half-rep's own peak speed below which the load stands still. Velocity transducers
    #: use 0.05; joint angles from landmarks are noisier.
    still_share: float = 0.10
    #: Share of the range: standing still counts as the end of the range only this near to the
    #: extreme, so that a sticking point is none.
    end_zone: float = 0.15


@dataclass(frozen=True, slots=True)
class SideOptions:
    """Which side of the body did a rep."""

    #: A limb rests in a rep if it moves by less than this share of the other.
    resting_share: float = 0.5
    #: Reps that limbs need to be seen alternating in.
    alternating_reps: int = 3
    #: Share of the reps that follow one of the other side, or that one side did, for the whole set
    #: to be called so.
    side_share: float = 0.8
    #: Share of the best candidate's score with which an alternating one is believed.
    alternating_score: float = 0.5
    #: Visibility: a limb that rests all set long must be seen so well ...
    resting_visibility: float = 0.8
    #: ... but for this share of the time: a hidden limb seems to rest as well.
    hidden_share: float = 0.2
    #: Limb lengths by which the knee of the leg in front is higher at the bottom of a lunge.
    knee_split: float = 0.2


@dataclass(frozen=True, slots=True)
class StuckAttemptOptions:
    """The failed attempt after the last rep; heights: 0 stretched, 1 locked out."""

    #: The load must come this far to be an attempt ...
    min_top: float = 0.2
    #: ... and not so far, or it is an ordinary rep.
    max_top: float = 0.85
    #: It hangs while it stays within this of its highest point ...
    hang_band: float = 0.1
    #: ... for at least so many seconds.
    hang_s: float = 0.9
    #: The stretched end is reached below this.
    bottom: float = 0.2
    #: Seconds after the last rep within which it begins: who fails has just been lifting.
    within_s: float = 8.0


@dataclass(frozen=True, slots=True)
class EditOptions:
    """Where a coach's corrections look for reps."""

    #: Usual reps around the moment of a missed one within which it is looked for.
    around_reps: float = 1.5
    #: Samples that a rep takes at least, to have a shape.
    min_samples: int = 5
    #: Share of a stretch around a moment in which the far end lies, and at both ends of a rep in
    #: which it is not split.
    margin_share: float = 0.25


@dataclass(frozen=True, slots=True)
class SetOptions:
    """Where one set ends and another begins."""

    #: Seconds: a pause this long ends a set, or ...
    pause_s: float = 8.0
    #: ... of so many median reps, whichever is longer.
    pause_reps: float = 2.5
    #: Samples that a recording needs to hold a rep.
    min_samples: int = 8
    #: Reps that a further set of another exercise needs: two movements alike are no set.
    other_set_reps: int = 3
    #: Its confidence, 0..1.
    other_set_confidence: float = 0.3


@dataclass(frozen=True, slots=True)
class RepSearchOptions:
    """Every parameter of the rep search, by stage.

    Parameters
    ----------
    candidates
        How segmentation candidates are proposed and filtered.
    scoring
        How they are compared.
    sides
        Which side of the body did a rep.
    phases
        How a rep is divided.
    stuck_attempt
        The failed attempt after the last rep.
    edits
        Corrections by hand.
    sets
        Where a set ends.
    """

    candidates: CandidateOptions = field(default_factory=CandidateOptions)
    scoring: ScoringOptions = field(default_factory=ScoringOptions)
    sides: SideOptions = field(default_factory=SideOptions)
    phases: PhaseOptions = field(default_factory=PhaseOptions)
    stuck_attempt: StuckAttemptOptions = field(default_factory=StuckAttemptOptions)
    edits: EditOptions = field(default_factory=EditOptions)
    sets: SetOptions = field(default_factory=SetOptions)


DEFAULT_REP_SEARCH = RepSearchOptions()
