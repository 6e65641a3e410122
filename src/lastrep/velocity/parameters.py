"""Every parameter of bar speed, passed down from the entry points as one argument.

`SpeedStandards` holds what is published or agreed on in the sport; all else belongs to the
algorithm. Uncertainties are standard deviations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _slopes() -> Mapping[str, float]:
    return {"squat": 0.020, "horizontal_press": 0.027}


def _losses() -> Mapping[str, tuple[tuple[float, float], ...]]:
    return {
        "squat": ((0, 0.0), (10, 0.33), (20, 0.50), (30, 0.67), (40, 0.85), (50, 1.0)),
        "horizontal_press": (
            (0, 0.0), (10, 0.25), (20, 0.42), (30, 0.58), (40, 0.70), (50, 0.85), (65, 1.0),
        ),
        "vertical_pull": ((0, 0.0), (20, 0.45), (30, 0.60), (40, 0.80), (50, 1.0)),
    }  # fmt: skip


def _landmark_errors() -> Mapping[str, float]:
    return {"wrist": 20.0, "shoulder": 10.0, "hip": 30.0, "ankle": 20.0}


@dataclass(frozen=True, slots=True)
class SpeedStandards:
    """Standards of the sport and published relations, which a coach may dispute."""

    #: Metres: diameter of a full-size plate, 450 mm by the rules of weightlifting (+-1 mm) and
    #: powerlifting.
    full_size_plate_m: float = 0.450
    #: m/s of mean speed lost a rep near failure, by family of exercises (published for squats and
    #: presses).
    slope_m_s_per_rep: Mapping[str, float] = field(default_factory=_slopes)
    #: Velocity loss (%) and the share of the possible reps done, by family (published).
    loss_to_done: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=_losses)
    #: Standard error of that share (published: 7 to 10 % of the reps).
    done_error: float = 0.10
    #: Repetitions in reserve are said as one of these bands; the last means "four or more".
    rir_bands: tuple[tuple[int, int], ...] = ((0, 1), (2, 3), (4, 10))


@dataclass(frozen=True, slots=True)
class ScaleOptions:
    """Metres per pixel."""

    #: Plate diameter over the lifter's height, both in the image: full-size from here on (a far
    #: plate seen past the lifter measures 0.22).
    full_size_from: float = 0.20
    #: The same ratio from which it is too large to be true.
    full_size_to: float = 0.45
    #: The same between both ends of the bar, which is no farther than the lifter: a full-size plate
    #: measures 0.23 to 0.29 there, and one of 350 mm 0.18 to 0.22.
    full_size_ends_from: float = 0.215
    #: Share of its size beside a lifter of usual height that a given plate looks at least (the far
    #: end of the bar: 0.8); else a part of it, or something else, was followed.
    min_plate_share: float = 0.65
    #: Metres: usual height of a lifter.
    usual_height_m: float = 1.75
    #: %: uncertainty of a scale by a plate of a given size.
    plate_pct: float = 1.5
    #: %: by a plate that was taken for full-size.
    assumed_plate_pct: float = 3.0
    #: %: by the lifter's height in the plane of the body.
    height_pct: float = 5.0
    #: %: by two points a known distance apart.
    distance_pct: float = 2.0
    #: %: more of it where the plate is seen obliquely, per unit that the ellipse is narrower than
    #: round.
    oblique_pct: float = 3.0
    #: How much nearer the near end of the bar is than the middle of the body, seen from the side:
    #: 0.7 m, which at 3 to 5 m is a factor of 1.16 to 1.30 (arithmetic).
    near_end_factor: float = 1.20
    #: %: uncertainty of that.
    near_end_pct: float = 8.0
    #: The same seen obliquely: it may be the near or the far end.
    oblique_end_factor: float = 1.0
    #: %: uncertainty of that.
    oblique_end_pct: float = 12.0
    #: %: the middle between both ends of the bar, held in front of the body or above it, is up to
    #: 0.2 m nearer or farther than the body.
    middle_pct: float = 4.0
    #: Horizontal over vertical axis: a narrower ellipse is seen obliquely.
    oblique_aspect: float = 0.90


@dataclass(frozen=True, slots=True)
class IntervalOptions:
    """When a lift starts and ends, by extrapolation of its rise from rest."""

    #: Height above rest grows with a power of time: 2 is full acceleration at once, 3 a steadily
    #: growing one. People lie between; less than 2 is a bar that seems to start with a jerk.
    rise_powers: tuple[float, ...] = (1.5, 2.0, 2.5, 3.0)
    #: How likely each power is.
    power_odds: tuple[float, ...] = (0.1, 0.3, 0.4, 0.2)
    #: Share of the lift by which even the best power is off: no lift is a power of time. (From
    #: 0.0005 to 0.003 alike for simulated lifts: minimum jerk, even acceleration, sticking,
    #: swinging limbs.)
    misfit: float = 0.001
    #: The same for a landmark: it slips along the body by millimetres as the posture changes,
    #: smoothly, so that its noise does not tell.
    landmark_misfit: float = 0.0075
    #: %: what this leaves unsure of a mean velocity: of such lifts 95 % are then within two
    #: deviations.
    rise_pct: float = 2.5
    #: Share of the lift up to which the rise is fitted.
    fit_up_to: float = 0.25
    #: Share of the lift that is done where the search for the instant starts, or ...
    first_sign: float = 0.02
    #: ... so many misfits: less is not yet a sign of lifting.
    sign_per_misfit: float = 6.0
    #: Share of the lift's time that the search reaches back, but at least ...
    reach_back: float = 0.25
    #: ... so many seconds.
    reach_back_s: float = 0.25
    #: Seconds that it reaches on: smoothing shows the first sign too early.
    reach_on_s: float = 0.08
    #: Seconds before the instant in which the bar is looked at: it rests, or is on its way down.
    before_s: float = 0.2
    #: Share of the lift by which the bar may drift at its ends: that is standing, not lifting.
    drift_share: float = 0.05
    #: Seconds: step of the search (resolution only).
    step_s: float = 0.004
    #: Seconds: local cubic for heights and speeds (Savitzky-Golay; measured best of 0.2 to 0.5).
    smooth_s: float = 0.30
    #: Samples between the ends of a lift at least.
    min_samples: int = 3


@dataclass(frozen=True, slots=True)
class LiftOptions:
    """One rep's movement, cut out of a track."""

    #: 0..1: a tracked bar below this confidence is not the bar.
    min_confidence: float = 0.3
    #: Share of a lift's frames in which the bar must be seen.
    seen_share: float = 0.9
    #: Seconds around a rep in which its movement is looked for.
    around_s: float = 0.8
    #: Hz: low-pass for landmarks (usual for a wrist): their slips at the ends of a lift last a
    #: third of a second, lifts longer.
    landmark_cutoff_hz: float = 4.0
    #: Samples of a rep and the rest around it, to be smoothed.
    min_samples: int = 8
    #: Samples in the lifting phase.
    min_lifting_samples: int = 3
    #: Samples of the lowering phase, to have a speed.
    min_lowering_samples: int = 5


@dataclass(frozen=True, slots=True)
class RepVelocityOptions:
    """Speeds, paths and their errors."""

    #: 0..1: a tracked bar below this confidence is shown with a warning.
    sure_confidence: float = 0.8
    #: Hz: with fewer frames a second speeds are relative only: a lift has too few samples.
    min_metric_hz: float = 20.0
    #: Hz: from here on a peak speed is always shown ...
    peak_hz: float = 50.0
    #: ... from here on only of a lift ...
    peak_slow_hz: float = 24.0
    #: ... that takes so many seconds.
    peak_slow_s: float = 0.6
    #: Seconds: local cubic for peaks at high rates.
    peak_smooth_s: float = 0.20
    #: Share: what smoothing adds to the error of a peak speed.
    peak_error: float = 0.02
    #: Share: what the ends of the lowering phase add to the error of its speed.
    lowering_error: float = 0.05
    #: m/s: no bar in a gym moves faster (a snatch peaks at 2.5): such a speed is a tracking error.
    max_peak_m_s: float = 3.0
    #: %: how far a body part's mean speed is from the bar's (measured on rendered lifts).
    landmark_pct: Mapping[str, float] = field(default_factory=_landmark_errors)
    #: %: the same after comparison with the bar in other reps of the set ...
    compared_landmark_pct: float = 6.0
    #: ... which takes so many reps.
    compared_reps: int = 2
    #: A lifter who steps half a metre towards a camera 2.5 m away makes the plate a quarter larger;
    #: what differs by a larger factor from its usual size is not the plate.
    max_size_change: float = 1.3
    #: Frames in which the plate's size, or the bar's tilt, must be measured in a lift.
    min_measured_frames: int = 5
    #: Statures: if the camera moved this far ...
    camera_moved: float = 0.02
    #: ... and it is known how in less than this share of a rep, there are no metres.
    camera_known_share: float = 0.9
    #: %: of the mean speed: what is left of a compensated camera movement (parallax).
    moved_camera_pct: float = 3.0
    #: Share of the peak speed by which a dip is a sticking region.
    sticking_dip: float = 0.15
    #: First reps that make the path the others are compared with.
    path_reps: int = 3
    #: Points on a path (resolution only).
    path_points: int = 50
    #: Horizontal over vertical axis of the plate: seen more obliquely, the image shows too little
    #: of forward and backward movement.
    path_aspect: float = 0.5


@dataclass(frozen=True, slots=True)
class FatigueOptions:
    """What falling speed says."""

    #: Reps before which speed says nothing of fatigue.
    min_reps: int = 3
    #: %: how much the ratio of a landmark's speed to the bar's changes from rep to rep.
    landmark_slip_pct: float = 4.0
    #: Share of the possible reps that is done at least: a table's share less its error may be
    #: nothing.
    min_done: float = 0.1


@dataclass(frozen=True, slots=True)
class VelocityOptions:
    """Every parameter of bar speed, by stage.

    Parameters
    ----------
    scale
        Pixels to metres.
    interval
        When a lift starts and ends.
    lift
        One rep's movement cut out of a track.
    rep
        Speeds, paths and their errors.
    fatigue
        Velocity loss and repetitions in reserve.
    standards
        Standards of the sport and published relations.
    """

    scale: ScaleOptions = field(default_factory=ScaleOptions)
    interval: IntervalOptions = field(default_factory=IntervalOptions)
    lift: LiftOptions = field(default_factory=LiftOptions)
    rep: RepVelocityOptions = field(default_factory=RepVelocityOptions)
    fatigue: FatigueOptions = field(default_factory=FatigueOptions)
    standards: SpeedStandards = field(default_factory=SpeedStandards)


DEFAULT_VELOCITY = VelocityOptions()
