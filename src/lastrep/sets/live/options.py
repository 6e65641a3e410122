"""Numbers by which a running set is followed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RepTrackerOptions:
    """The causal rep counter; ranges are of the set's own range of motion."""

    #: Ranges: hysteresis of the phase machine; half a range confirms the far end.
    hysteresis: float = 0.5
    #: Ranges: a rep is complete once it is this near to where it started.
    return_zone: float = 0.25
    #: Seconds over which the median is the person's size.
    size_window_s: float = 0.5
    #: One-Euro filter of the concentric fraction: lowest cutoff, hertz.
    min_cutoff_hz: float = 1.5
    #: Its speed coefficient, per range a second.
    beta: float = 1.5
    #: Seconds of poses that are kept to read them along another composite signal.
    memory_s: float = 20.0
    #: Correlation with the offline pass from which its signal is followed frame by frame.
    min_correlation: float = 0.85
    #: Frames that this takes.
    min_frames: int = 20


@dataclass(frozen=True, slots=True)
class StillnessOptions:
    """Whether the load moves; ranges are of the set's own range of motion."""

    #: Seconds of the past that are kept.
    memory_s: float = 2.0
    #: Seconds of standing still after which the lifter is in the start position ...
    still_s: float = 0.5
    #: ... with less movement than this, in ranges.
    still_range: float = 0.15
    #: A movement has ended once in so many seconds ...
    ended_s: float = 0.15
    #: ... it is smaller than this, in ranges, or turned by half of it.
    ended_range: float = 0.04
    #: Ranges: a smaller movement is none.
    moved_range: float = 0.35


@dataclass(frozen=True, slots=True)
class PresenceOptions:
    """Whether the lifter is still there."""

    #: Metres beside the set's place from which the lifter has walked away ...
    away_m: float = 0.6
    #: ... after so many seconds.
    away_s: float = 1.0
    #: Share of frames in which a lost lifter is seen at most ...
    lost_share: float = 0.5
    #: ... over so many seconds.
    lost_s: float = 5.0


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """How often the set so far is judged by the offline pass."""

    #: Seconds between two judgements while something moves and no rep ends.
    every_s: float = 3.0
    #: Reps after which the best signals are known ...
    known_from_reps: int = 3
    #: ... and searched again only after so many seconds.
    search_every_s: float = 8.0


@dataclass(frozen=True, slots=True)
class LiveSetOptions:
    """Every parameter of a running set, by stage.

    Parameters
    ----------
    tracker
        The causal rep counter.
    stillness
        Whether the load moves.
    presence
        Whether the lifter is there.
    schedule
        How often the set so far is judged.
    """

    tracker: RepTrackerOptions = field(default_factory=RepTrackerOptions)
    stillness: StillnessOptions = field(default_factory=StillnessOptions)
    presence: PresenceOptions = field(default_factory=PresenceOptions)
    schedule: ScheduleOptions = field(default_factory=ScheduleOptions)
    #: Seconds before a set that the offline pass can look back at.
    lead_in_s: float = 20.0
    #: Seconds that must be seen after a rep's end before it is judged, unless the load stood still.
    settled_s: float = 0.15
    #: Reps seen by the offline pass alone that make a set: one may be a step.
    min_unseen_reps: int = 2
    #: Share of the exercise's usual range that its angle must move through in them.
    min_lift_share: float = 0.3
    #: Seconds after which reps of the offline pass are believed if no signal is followed live ...
    unknown_signal_s: float = 1.0
    #: ... and if the signal that is followed never comes to rest.
    doubted_signal_s: float = 4.0
    #: Seconds in which a rep just counted is not taken back by a judgement begun before its end.
    grace_s: float = 1.0
    #: Seconds: turns nearer than this are the same rep.
    same_rep_s: float = 0.7
    #: Seconds without a lift after which a set whose end was announced is closed.
    closed_after_s: float = 3.0
    #: Seconds that a rep lasts until one was measured.
    usual_rep_s: float = 3.0
    #: Usual reps for which a rep under way is waited for before the set is closed.
    under_way_reps: float = 1.5
