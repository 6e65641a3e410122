"""What an analysis says: the result document, as typed, frozen objects.

One model serves Python users, the JSON document and every writer. `None` means "not measured" or
"does not apply"; the document never holds NaN. Keys may be added; none is renamed.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from lastrep.sets.corrections import Correction
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.measurements import SetMeasurements

SCHEMA_VERSION = 1


class _Result(BaseModel):
    # What newer versions add, and what older ones had more, does not make a document unreadable.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class RepStatus(StrEnum):
    """How a rep counts. Every status is an attempt; good and completed reps are completed reps."""

    GOOD = "good"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"


class EndReason(StrEnum):
    """Why the set ended. Technical and absolute failure are different ends and never merged."""

    TECHNICAL_FAILURE = "technical_failure"
    ABSOLUTE_FAILURE = "absolute_failure"
    TARGET_REACHED = "target_reached"
    LIFTER_STOPPED = "lifter_stopped"
    VELOCITY_CAP = "velocity_cap"
    TRACKING_LOST = "tracking_lost"
    VIDEO_END = "video_end"


class Severity(StrEnum):
    """How bad a fault is."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Fault(_Result):
    """One form fault in one rep: what was measured, against which limit."""

    id: str
    title: str = ""
    severity: Severity
    measured: float
    limit: float
    unit: str
    reference: str = Field(pattern="^(absolute|baseline)$")
    baseline: float | None = Field(
        default=None, description="the same measure in the lifter's own first reps"
    )
    t_s: float = Field(description="the worst moment")
    cue: str


class Measured(_Result):
    """One form metric of one rep as it was judged.

    `state` is ok, minor, major, critical, or unknown with the `reason`.
    """

    id: str
    value: float | None
    unit: str
    change: float | None = Field(default=None, description="from the first reps, bad = positive")
    z: float | None = Field(default=None, description="change in standard errors")
    state: str = Field(pattern="^(ok|minor|major|critical|unknown)$")
    reason: str | None = None
    t_s: float
    confidence: float
    raw: float | None = Field(default=None, description="in the unit of the measure itself")


class FormStandard(_Result):
    """One fault as it was judged in this set: against what, and how noisy it was."""

    id: str
    title: str
    unit: str
    assessed: bool
    reason: str | None = Field(default=None, description="why it is not assessed")
    baseline: float | None = None
    sd: float | None = Field(default=None, description="spread from rep to rep in this set")
    expected_sd: float
    standing: bool = Field(default=False, description="there from the first reps on: a style note")


class Sticking(_Result):
    """Where a lift nearly got stuck: it slows down, and goes on."""

    start_s: float
    end_s: float
    depth: float = Field(description="share of the speed before it that was lost, 0..1")
    height: float = Field(description="where in the lift, 0 bottom to 1 top")


class Bar(_Result):
    """Speed and path of the bar, or of the body part that stands in for it.

    A key that ends in `_sd` is the standard deviation of the one before it, in its unit.
    """

    source: str = Field(
        default="none",
        pattern="^(plate|point|landmark|none)$",
        description="what was followed: the plate, what the user showed, or the body",
    )
    confidence: float | None = Field(
        default=None, description="0..1: how sure it is that this is the bar"
    )
    concentric_start_s: float | None = Field(
        default=None, description="when the bar starts to rise; not yet when the body does"
    )
    concentric_end_s: float | None = Field(default=None, description="when it is highest")
    mean_velocity_m_s: float | None = None
    mean_velocity_sd: float | None = None
    peak_velocity_m_s: float | None = None
    peak_velocity_sd: float | None = None
    time_to_peak_s: float | None = None
    eccentric_velocity_m_s: float | None = None
    eccentric_velocity_sd: float | None = None
    displacement_m: float | None = None
    displacement_sd: float | None = None
    horizontal_deviation_m: float | None = Field(
        default=None, description="farthest from above the start; positive to the right"
    )
    horizontal_deviation_sd: float | None = None
    tilt_deg: float | None = Field(
        default=None,
        description="how far the bar tilts in the lift from how it usually lies in the set, where "
        "both of its ends are seen; positive: the end on the right of the picture is higher",
    )
    path_repeatability: float | None = Field(
        default=None, description="distance to the first reps' path as a share of displacement"
    )
    relative_velocity: float | None = Field(
        default=None, description="mean concentric speed as a share of the set's fastest rep"
    )
    sticking: Sticking | None = None
    notes: tuple[str, ...] = ()


class Phase(_Result):
    """A stretch of a rep: lowering, standing still at the turn, lifting."""

    name: str = Field(pattern="^(eccentric|pause|concentric)$")
    start_s: float
    end_s: float


class Rep(_Result):
    """One attempt at a rep."""

    number: int
    status: RepStatus
    reason: str = Field(description="why it has this status, in plain words")
    corrected: str | None = Field(
        default=None, description="what a coach put right in this rep, and who"
    )
    movement: RepStatus = Field(
        default=RepStatus.GOOD, description="status by the movement alone, before form"
    )
    side: str = Field(default="both", pattern="^(both|left|right)$")
    start_s: float
    turn_s: float
    end_s: float
    phases: tuple[Phase, ...] = ()
    eccentric_s: float | None
    pause_s: float | None
    concentric_s: float | None
    rom_deg: float | None
    rom_pct: float | None = Field(description="range of motion in % of the set's reference")
    start_angle_deg: float | None
    turn_angle_deg: float | None
    bar: Bar = Bar()
    faults: tuple[Fault, ...] = ()
    measured: tuple[Measured, ...] = ()
    not_assessed: tuple[str, ...] = ()
    form_score: float | None = None
    form_coverage_pct: float | None = Field(
        default=None, description="share of the exercise's faults that could be judged"
    )
    coverage: float = Field(description="share of the rep's frames in which the lifter was seen")


class SideCounts(_Result):
    """Attempts that each side did, or led; together they are the set's attempts."""

    left: int
    right: int
    both: int


class Rejected(_Result):
    """A movement that looked like a rep and is not one."""

    start_s: float
    end_s: float
    reason: str


class SetEnd(_Result):
    """How the set ended, in one sentence with its numbers."""

    reason: EndReason
    rep: int | None = Field(default=None, description="first bad or failed rep")
    confirmed_at_rep: int | None = None
    t_s: float
    explanation: str


class Scale(_Result):
    """Pixels to metres, and where that comes from."""

    metres_per_pixel: float | None = None
    source: str = Field(default="none", pattern="^(plate|height|known_distance|none)$")
    uncertainty_pct: float | None = None


class SetReport(_Result):
    """One set."""

    exercise: str
    exercise_source: str = Field(pattern="^(given|recognised)$")
    exercise_confidence: float
    view: str = Field(pattern="^(side|front|back|oblique)$")
    angle_uncertainty_deg: float | None = Field(
        default=None, description="typical error of the reps' joint angles from this view"
    )
    start_s: float
    end_s: float
    count_confidence: float = Field(description="0..1: how sure the count is")
    scale: Scale = Scale()
    attempts: int
    completed_reps: int
    good_reps: int
    sides: SideCounts | None = Field(
        default=None, description="attempts by side; null where both sides did every rep"
    )
    end: SetEnd
    velocity_loss_pct: float | None = Field(
        default=None, description="of the last rep against the fastest"
    )
    velocity_loss_sd: float | None = None
    estimated_rir: tuple[int, int] | None = Field(
        default=None, description="reps left after the last one; 10 = or more"
    )
    minimum_velocity_m_s: float | None = Field(
        default=None, description="of the last possible rep of this exercise, as published"
    )
    standards: tuple[FormStandard, ...] = ()
    baseline_reps: tuple[int, ...] = Field(
        default=(), description="reps that the lifter's own reference was learned from"
    )
    form_notes: tuple[str, ...] = Field(
        default=(), description="standing faults, drift, unknown changes, what was not judged"
    )
    corrections: tuple[Correction, ...] = Field(
        default=(), description="what a coach put right, and who and why"
    )
    reps: tuple[Rep, ...]
    rejected: tuple[Rejected, ...] = ()
    criteria: SetCriteria = Field(default=SetCriteria(), description="what the set was judged by")
    measurements: SetMeasurements | None = Field(
        default=None, description="all that was measured: what judging again needs"
    )

    @property
    def corrected_by(self) -> str:
        """Who put something right in this set, in words; empty if nobody did."""
        return ", ".join(dict.fromkeys(one.by for one in self.corrections if one.holds))


class Source(_Result):
    """The analysed recording."""

    path: str
    sha256: str | None = Field(default=None, description="checksum of the clip's content")
    history: str | None = Field(
        default=None, description="what a live set is called in the history, if it is there"
    )
    video_width: int | None = Field(
        default=None, description="of the video itself, where places in it were given"
    )
    warnings: tuple[str, ...] = Field(
        default=(), description="what was wrong with the file, or with following the lifter"
    )
    duration_s: float
    fps: float
    width: int
    height: int
    frames: int
    frames_with_pose: int


class Provenance(_Result):
    """What made this result, so that it can be made again."""

    version: str
    model: str
    options: dict[str, str | float | int | bool | None]
    model_sha256: str | None = Field(default=None, description="checksum of the pose model")
    exercises_sha256: str | None = Field(
        default=None, description="checksum of the shipped exercise files and faults"
    )
    libraries: dict[str, str] = Field(
        default_factory=dict, description="versions of the libraries that compute"
    )


class Analysis(_Result):
    """The whole document: one recording, all its sets."""

    schema_version: int = SCHEMA_VERSION
    source: Source
    provenance: Provenance
    warnings: tuple[str, ...] = ()
    sets: tuple[SetReport, ...]
