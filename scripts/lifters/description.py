"""What a synthetic clip shows: the one description both generators read.

A :class:`Clip` says who lifts what, seen from where, and what happens in which order. From it
:mod:`lifters.landmarks` makes landmark sequences and :mod:`lifters.video` renders film; both
attach the same truth (:mod:`lifters.truth`). Everything random follows from ``seed``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

MoveKind = Literal["walk_in", "unrack", "rerack", "walk_out", "rest", "fidget"]


@dataclass(frozen=True, slots=True)
class Lifter:
    """Who lifts. `person` names a body and outfit of the renderer, landmarks use the stature."""

    stature_m: float = 1.78
    sex: Literal["male", "female"] = "male"
    person: str = "male"


@dataclass(frozen=True, slots=True)
class Load:
    """What is lifted. A plate of 0 m diameter means a bare bar."""

    kind: Literal["barbell", "dumbbells", "none"] = "barbell"
    plate_diameter_m: float = 0.45
    mass_kg: float | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera that looks at `aim_m`.

    `yaw_deg` is where it stands around the lifter: 0 in front, 90 at the lifter's left side, 180
    behind, -90 at the right side. `aim_m` defaults to the middle of the exercise's movement.
    """

    yaw_deg: float = 75.0
    distance_m: float = 3.4
    height_m: float = 1.0
    aim_m: tuple[float, float, float] | None = None
    roll_deg: float = 0.0
    vertical_fov_deg: float = 42.0
    width_px: int = 640
    height_px: int = 480
    shake_m: float = 0.0  # hand-held sway of the camera's position, standard deviation


@dataclass(frozen=True, slots=True)
class Fault:
    """A form fault of a rep; `lifters.faults` lists the names, their units and their shape."""

    name: str
    size: float


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition, or one attempt at it.

    Parameters
    ----------
    eccentric_s, concentric_s : float
        Time of the lowering and of the lifting half.
    pause_s, hold_s : float
        Rest at the turn, and at the start position before this rep.
    rom : float
        Part of the exercise's full range that is reached at the turn.
    return_short : float
        Part of the range missing when the rep ends (no lockout, no full stretch).
    stall : float, 0..1
        Depth of the velocity dip in the concentric half (a sticking region; 0.9 is a grind).
    failed_at : float or None
        The concentric half gets stuck at this part of the range and falls back.
    stuck_s : float
        How long a failed rep hangs before it falls back.
    faults : tuple of Fault
        Form faults injected into this rep.
    """

    eccentric_s: float = 1.3
    concentric_s: float = 1.0
    pause_s: float = 0.15
    hold_s: float = 0.7
    rom: float = 1.0
    return_short: float = 0.0
    stall: float = 0.0
    failed_at: float | None = None
    stuck_s: float = 1.8
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """Something that happens around the reps and must not be counted."""

    kind: MoveKind
    duration_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Sampling:
    """When frames are taken."""

    fps: float = 30.0
    jitter: float = 0.0  # variable frame rate: standard deviation of a frame interval, in intervals
    drop: float = 0.0  # share of frames that are missing from the file


@dataclass(frozen=True, slots=True)
class Noise:
    """How wrong landmark sequences are, relative to the truth.

    The defaults are a good phone clip as measured with BlazePose's full model; `NO_NOISE` is exact.
    Sizes of image jitter are in units of the lifter's height in the image.
    """

    jitter: float = 0.004  # standard deviation of the correlated part
    jitter_time_s: float = 0.12  # its correlation time
    drift: float = 0.004  # slow wander, correlation time 2 s
    white: float = 0.0015  # independent from frame to frame
    depth_factor: float = 3.0  # depth is this much noisier than x and y
    depth_scale: float = 0.85  # monocular depth comes out too flat
    world_scale_sd: float = 0.04  # world landmarks are those of an average body
    occlusion: float = 1.0  # 1: hidden landmarks get low visibility and more noise; 0: off
    compression_m: float = 0.0  # hip landmark's slide up the trunk at full hip flexion
    dropout_per_s: float = 0.0  # gaps without any pose, starts per second
    dropout_s: float = 0.2  # mean length of a gap
    swap_per_s: float = 0.0  # exchanges of left and right, starts per second
    swap_s: float = 0.15  # mean length of an exchange


NO_NOISE = Noise(0, 0.12, 0, 0, 1, 1, 0, 0)
# What BlazePose does to a squat: the hip lands 10-14 cm up the trunk at the bottom.
BLAZEPOSE_NOISE = Noise(compression_m=0.12, dropout_per_s=0.05, swap_per_s=0.03)


@dataclass(frozen=True, slots=True)
class Look:
    """How a rendered clip looks; landmark sequences ignore it."""

    gain: float = 1.0  # exposure: 0.3 is a dim cellar
    motion_blur: int = 1  # renders averaged per frame over a 180 degree shutter
    grain: float = 1.2  # sensor noise, grey levels
    crf: int = 24  # x264 quality: 24 good, 38 a bad phone encode
    passer_by: bool = False  # a second person crosses behind the lifter
    room: Literal["gym", "home"] = "gym"
    plates: Literal["black", "red", "blue", "yellow"] = "black"


@dataclass(frozen=True, slots=True)
class Clip:
    """Everything there is to know about one synthetic clip.

    Parameters
    ----------
    name : str
        File stem.
    exercise : str
        A key of `lifters.exercises.EXERCISES`.
    events : tuple of Rep or Move
        What happens, in order. A clip that starts with a rep starts in the start position.
    lead_s, tail_s : float
        Stillness before the first and after the last event.
    sway : float
        Natural unsteadiness of the lifter, 1 = a few millimetres and half a degree.
    """

    name: str
    exercise: str
    events: tuple[Rep | Move, ...]
    lifter: Lifter = field(default_factory=Lifter)
    load: Load | None = None  # None: what the exercise is usually done with
    camera: Camera = field(default_factory=Camera)
    sampling: Sampling = field(default_factory=Sampling)
    noise: Noise = field(default_factory=Noise)
    look: Look = field(default_factory=Look)
    lead_s: float = 1.0
    tail_s: float = 1.0
    sway: float = 1.0
    seed: int = 0

    @property
    def reps(self) -> tuple[Rep, ...]:
        """The reps alone, in order."""
        return tuple(e for e in self.events if isinstance(e, Rep))
