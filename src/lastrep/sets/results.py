"""What an analysis says: the result document, as typed, frozen objects.

One model serves Python users, the JSON document and every writer. `None` means "not measured" or
"does not apply"; the document never holds NaN. Keys may be added; none is renamed.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

SCHEMA_VERSION = 1


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


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
    """One form metric of one rep, and how well it is known; `raw` to `visible` let it be rejudged.

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
    raw: float | None = None
    near: float | None = None
    world: float | None = None
    sustained: float | None = None
    visible: float = 1.0


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


class Override(_Result):
    """A coach's correction; it stays with the result.

    A rep is marked ("good", "bad" or "partial"), or a fault of a rep is called wrong, or a limit
    of a fault is changed for this lifter (all reps are then judged again).
    """

    rep: int | None = None
    mark: str | None = Field(default=None, pattern="^(good|bad|partial)$")
    fault: str | None = None
    limit: str | None = Field(default=None, pattern=r"^(absolute|change)\.(minor|major|critical)$")
    value: float | None = None
    by: str = Field(min_length=1)
    why: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_thing(self) -> Override:
        marks = self.rep is not None and self.mark is not None and self.fault is None
        denies = self.rep is not None and self.fault is not None and self.mark is None
        edits = self.fault is not None and self.limit is not None and self.value is not None
        if (self.limit is None and not marks and not denies) or (
            self.limit is not None and not (edits and self.rep is None and self.mark is None)
        ):
            raise ValueError("mark a rep, or name the wrong fault of a rep, or a fault's limit")
        return self


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
    overrides: tuple[Override, ...] = ()
    reps: tuple[Rep, ...]
    rejected: tuple[Rejected, ...] = ()


class Source(_Result):
    """The analysed recording."""

    path: str
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


class Analysis(_Result):
    """The whole document: one recording, all its sets."""

    schema_version: int = SCHEMA_VERSION
    source: Source
    provenance: Provenance
    warnings: tuple[str, ...] = ()
    sets: tuple[SetReport, ...]
