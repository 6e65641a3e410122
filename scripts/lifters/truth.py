"""What really happened in a synthetic clip, and the file it is kept in.

All values come from the continuous motion: rep boundaries are the exact times at which the
movement starts, turns and ends; velocities are those of the moving bar, not of frames.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from lifters.body import SIDES, Joints
from lifters.camera import View
from lifters.description import Clip, Fault, Rep
from lifters.faults import FAULTS
from lifters.geometry import Array, angle_deg
from lifters.motion import Motion, Sample
from lifters.timeline import RepTimes

TRUTH_VERSION = 2
# Below this part of the full range a rep is a partial (the project's form standards).
FULL_ROM = 0.90
# Samples of a concentric phase: less than 2 ms apart.
LIFT_SAMPLES = 1001
# A major fault this many times running ends a set at the first of them.
CONFIRMING_REPS = 2

Status = Literal["good", "faulty", "partial", "failed"]
KEY_JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


@dataclass(frozen=True, slots=True)
class FaultTruth:
    """An injected fault and whether it is big enough to count as major."""

    name: str
    size: float
    unit: str
    major: bool


@dataclass(frozen=True, slots=True)
class RepTruth:
    """One rep as it was.

    `turn_s` is the arrival at the turning point, `turn_end_s` the departure from it. A failed
    rep's concentric window ends where it got stuck. Velocities are vertical, of the bar or of the
    point that stands for it; NaN-free by construction.

    The body's concentric phase may last a little longer than the bar rises. `lift_s` is the bar's
    own: from its lowest point until it is highest, where its velocity returns to zero. This is
    what linear transducers average over, and what `lastrep.velocity.interval` looks for in film.
    """

    number: int
    status: Status
    start_s: float
    turn_s: float
    turn_end_s: float
    end_s: float
    eccentric_window_s: tuple[float, float]
    concentric_window_s: tuple[float, float]
    rom_fraction: float
    rom_m: float
    start_angle_deg: float
    turn_angle_deg: float
    lift_s: tuple[float, float]
    displacement_m: float
    mean_concentric_velocity_m_s: float
    peak_concentric_velocity_m_s: float
    stall: float
    failed_at: float | None
    faults: tuple[FaultTruth, ...]

    @property
    def rom_deg(self) -> float:
        """Excursion of the primary angle."""
        return abs(self.start_angle_deg - self.turn_angle_deg)


@dataclass(frozen=True, slots=True)
class SetEnd:
    """What should end the set: the first rep that broke, and the one that confirmed it."""

    reason: Literal["technical_failure", "absolute_failure", "lifter_stopped"]
    rep: int | None
    confirmed_at_rep: int | None
    good_reps: int


@dataclass(frozen=True, slots=True)
class Frames:
    """Truth at frame times.

    Attributes
    ----------
    t_s : (n,)
        Frame times.
    rep : (n,)
        Number of the rep each frame belongs to, 0 between reps.
    angles_deg : mapping of str to (n,)
        3-D angles: "left_knee", "left_hip", "left_elbow", "left_shoulder" (180 = straight), thigh
        above horizontal "left_thigh", the same for "right", trunk lean "trunk" (forward positive),
        and the knee-to-ankle separation ratio "knee_ankle_ratio" (no unit).
    bar_m, bar_velocity_m_s : (n, 3)
        Position and velocity of the load.
    joints_px : mapping of str to (n, 2)
        Image position of the true joint centres.
    bar_ends_px : (n, 2, 2)
        Image position of the left and the right plate (barbells; else NaN).
    px_per_m : (n,)
        Image scale at the bar's left plate, or at the hips where there is no bar.
    """

    t_s: Array
    rep: Array
    angles_deg: Mapping[str, Array]
    bar_m: Array
    bar_velocity_m_s: Array
    joints_px: Mapping[str, Array]
    bar_ends_px: Array
    px_per_m: Array


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything known about a clip."""

    clip: Clip
    eccentric_first: bool
    primary: str
    tracks: str
    plate_diameter_m: float
    focal_px: float
    reps: tuple[RepTruth, ...]
    end: SetEnd
    frames: Frames


# The middle of a plate on the bar's sleeve, from the bar's middle.
PLATE_OFFSET_M = 0.69


def joint_angles(joints: Joints) -> dict[str, Array]:
    """True 3-D angles of a figure that faces +Z; the keys are those of `Frames.angles_deg`."""
    p = joints.position
    out: dict[str, Array] = {}
    for side in SIDES:
        sh, el, wr, hip, knee, ankle = (p[f"{side}_{j}"] for j in KEY_JOINTS)
        out[f"{side}_knee"] = angle_deg(hip, knee, ankle)
        out[f"{side}_hip"] = angle_deg(sh, hip, knee)
        out[f"{side}_elbow"] = angle_deg(sh, el, wr)
        out[f"{side}_shoulder"] = angle_deg(hip, sh, el)
        thigh = hip - knee
        out[f"{side}_thigh"] = np.degrees(np.arctan2(thigh[:, 1], np.hypot(*thigh[:, [0, 2]].T)))
    trunk = joints.mid("shoulder") - joints.mid("hip")
    out["trunk"] = np.degrees(np.arctan2(trunk[:, 2], trunk[:, 1]))
    feet = p["left_ankle"] - p["right_ankle"]
    knees = p["left_knee"] - p["right_knee"]
    out["knee_ankle_ratio"] = (knees * feet).sum(-1) / np.maximum((feet * feet).sum(-1), 1e-9)
    return out


def build_truth(
    motion: Motion,
    view: View,
    sample: Sample,
    joints_at: Callable[[Array], Joints] | None = None,
) -> Truth:
    """The truth of a clip at its frame times.

    Parameters
    ----------
    motion, view : Motion, View
        The clip's movement and its camera.
    sample : Sample
        The movement at the frame times.
    joints_at : callable, optional
        Where the joints really are at given times; a rendered body's own joints differ by
        millimetres from the stick figure's, which is the default.
    """
    clip, exercise = motion.clip, motion.exercise
    t_s, bar = sample.t_s, sample.bar
    joints = joints_at(t_s) if joints_at else sample.joints
    ends = np.full((len(t_s), 2, 2), np.nan)
    near = joints.mid("hip")
    if motion.load.kind == "barbell":
        pose = sample.pose
        plates = np.stack(
            [pose.bar + g * PLATE_OFFSET_M * pose.bar_axis for g in SIDES.values()], 1
        )
        ends = view.project(plates, t_s)[..., :2]
        near = plates[:, 0]
    depth = view.project(near, t_s)[:, 2]
    names = [f"{s}_{j}" for j in KEY_JOINTS for s in SIDES]
    in_image = view.project(np.stack([joints.position[name] for name in names], 1), t_s)
    numbers = np.zeros(len(t_s), int)
    for i, r in enumerate(motion.timeline.reps, 1):
        numbers[(t_s >= r.start_s) & (t_s <= r.end_s)] = i
    reps = _reps(motion, joints_at or (lambda t: motion.sample(t).joints))
    frames = Frames(
        t_s=t_s,
        rep=numbers,
        angles_deg=joint_angles(joints),
        bar_m=bar,
        bar_velocity_m_s=motion.bar_velocity(t_s),
        joints_px={name: in_image[:, i, :2] for i, name in enumerate(names)},
        bar_ends_px=ends,
        px_per_m=view.focal_px / depth,
    )
    return Truth(
        clip,
        exercise.eccentric_first,
        exercise.primary,
        exercise.tracks,
        motion.load.plate_diameter_m,
        float(view.focal_px),
        reps,
        set_end(reps),
        frames,
    )


def _reps(motion: Motion, joints_at: Callable[[Array], Joints]) -> tuple[RepTruth, ...]:
    times = motion.timeline.reps
    if not times:
        return ()
    ends = np.array([[r.start_s, (r.turn_s + r.turn_end_s) / 2] for r in times])
    primary = _primary(joint_angles(joints_at(ends.ravel())), motion).reshape(-1, 2)
    height = motion.bar(ends.ravel())[:, 1].reshape(-1, 2)
    lifts = []
    for rep in times:
        t = np.linspace(*rep.concentric_s, LIFT_SAMPLES)
        lifts.append(bar_lift(t, motion.bar(t)[:, 1], motion.bar_velocity(t)[:, 1]))
    return tuple(
        _rep_truth(i, rep, when, primary[i], abs(np.diff(height[i])[0]), lifts[i])
        for i, (rep, when) in enumerate(zip(motion.clip.reps, times, strict=True))
    )


@dataclass(frozen=True, slots=True)
class BarLift:
    """The rise of the bar in one rep: from when until when, how far, how fast."""

    lift_s: tuple[float, float]
    displacement_m: float
    mean_m_s: float
    peak_m_s: float


def bar_lift(t_s: Array, height_m: Array, velocity_m_s: Array) -> BarLift:
    """Find the rise in densely sampled heights of a concentric phase.

    It ends at the greatest height and starts when the lowest one before is left.
    """
    top = max(int(np.argmax(height_m)), 1)
    bottom = top - 1 - int(np.argmin(height_m[:top][::-1]))
    rise = float(height_m[top] - height_m[bottom])
    window = (float(t_s[bottom]), float(t_s[top]))
    peak = float(velocity_m_s[bottom : top + 1].max())
    return BarLift(window, rise, rise / (window[1] - window[0]), peak)


def _primary(angles: Mapping[str, Array], motion: Motion) -> Array:
    name = motion.exercise.primary
    if name == "trunk":
        return angles["trunk"]
    if motion.clip.exercise == "lunge":  # the front leg
        return angles[f"left_{name}"]
    return (angles[f"left_{name}"] + angles[f"right_{name}"]) / 2


def _rep_truth(
    index: int,
    rep: Rep,
    when: RepTimes,
    primary: Array,
    rom_m: float,
    lift: BarLift,
) -> RepTruth:
    faults = tuple(_fault_truth(f) for f in rep.faults)
    lost = sum(f.size for f in rep.faults if f.name == "depth_loss")
    short = rep.return_short + sum(f.size for f in rep.faults if f.name == "soft_lockout")
    rom = rep.rom - lost - short
    status: Status = "good"
    if rep.failed_at is not None:
        status = "failed"
    elif rom < FULL_ROM:
        status = "partial"
    elif any(f.major for f in faults):
        status = "faulty"
    return RepTruth(
        number=index + 1,
        status=status,
        start_s=when.start_s,
        turn_s=when.turn_s,
        turn_end_s=when.turn_end_s,
        end_s=when.end_s,
        eccentric_window_s=when.eccentric_s,
        concentric_window_s=when.concentric_s,
        rom_fraction=rom,
        rom_m=float(rom_m),
        start_angle_deg=float(primary[0]),
        turn_angle_deg=float(primary[1]),
        lift_s=lift.lift_s,
        displacement_m=lift.displacement_m,
        mean_concentric_velocity_m_s=lift.mean_m_s,
        peak_concentric_velocity_m_s=lift.peak_m_s,
        stall=rep.stall,
        failed_at=rep.failed_at,
        faults=faults,
    )


def _fault_truth(fault: Fault) -> FaultTruth:
    kind = FAULTS[fault.name]
    # Rounding guards sizes computed as 3 * 0.04 and the like.
    major = round(abs(fault.size), 6) >= kind.major
    return FaultTruth(fault.name, fault.size, kind.unit, major)


def set_end(reps: tuple[RepTruth, ...]) -> SetEnd:
    """What should end the set under the standard rule.

    A failed rep ends it at once. Otherwise it ends at the first of two consecutive reps with the
    same major fault, or of two consecutive partial reps. Else the lifter simply stopped.
    """
    good = 0
    for i, rep in enumerate(reps):
        if rep.status == "failed":
            return SetEnd("absolute_failure", rep.number, rep.number, good)
        following = reps[i + 1] if i + 1 < len(reps) else None
        if following is not None and _broken(rep) & _broken(following):
            return SetEnd("technical_failure", rep.number, following.number, good)
        good += rep.status == "good"
    return SetEnd("lifter_stopped", None, None, good)


def _broken(rep: RepTruth) -> frozenset[str]:
    names = {f.name for f in rep.faults if f.major}
    if rep.status == "partial":
        names.add("partial")
    return frozenset(names)


# -- the file


def write_truth(truth: Truth, path: Path) -> None:
    """Write a truth file: JSON, rounded to what is meaningful, columns per quantity."""
    document = truth_document(truth)
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")


def truth_document(truth: Truth) -> dict[str, object]:
    """What a truth file holds."""
    f = truth.frames
    ends = f.bar_ends_px if np.isfinite(f.bar_ends_px).all() else None
    frames = {
        "t_s": _rounded(f.t_s, 4),
        "rep": f.rep.tolist(),
        "angles_deg": {
            k: _rounded(v, 3 if k == "knee_ankle_ratio" else 1) for k, v in f.angles_deg.items()
        },
        "bar_m": _rounded(f.bar_m, 4),
        "bar_velocity_m_s": _rounded(f.bar_velocity_m_s, 3),
        "joints_px": {k: _rounded(v, 1) for k, v in f.joints_px.items()},
        "bar_ends_px": None if ends is None else _rounded(ends, 1),
        "px_per_m": _rounded(f.px_per_m, 1),
    }
    return {
        "truth_version": TRUTH_VERSION,
        "axes": "metres, y up, the lifter faces +z, the lifter's left is +x; angles 180 = straight",
        "clip": clip_document(truth.clip),
        "eccentric_first": truth.eccentric_first,
        "primary": truth.primary,
        "tracks": truth.tracks,
        "plate_diameter_m": truth.plate_diameter_m,
        "focal_px": round(truth.focal_px, 2),
        "reps": [_trimmed(asdict(r)) for r in truth.reps],
        "end": asdict(truth.end),
        "frames": frames,
    }


def clip_document(clip: Clip) -> object:
    """A clip's description as it stands in a truth file."""
    return _trimmed(asdict(clip))


def brought_up_to_date(document: dict[str, Any]) -> dict[str, Any]:
    """Return what a truth file of version 1 holds as this version would have written it.

    Version 1 averaged velocities over the body's concentric phase. The bar's own rise is read
    from the frames' heights and velocities, which a cubic joins to 1 ms.
    """
    if document["truth_version"] == TRUTH_VERSION:
        return document
    frames = document["frames"]
    t_s, height = np.array(frames["t_s"]), np.array(frames["bar_m"])[:, 1]
    velocity = np.array(frames["bar_velocity_m_s"])[:, 1]
    path = CubicHermiteSpline(t_s, height, velocity)
    reps = []
    for rep in document["reps"]:
        start_s, end_s = rep["concentric_window_s"]
        t = np.clip(np.linspace(start_s, end_s, LIFT_SAMPLES), t_s[0], t_s[-1])
        lift = bar_lift(t, path(t), path(t, 1))
        new = {
            "lift_s": lift.lift_s,
            "displacement_m": lift.displacement_m,
            "mean_concentric_velocity_m_s": lift.mean_m_s,
            "peak_concentric_velocity_m_s": lift.peak_m_s,
        }
        reps.append(rep | {key: _trimmed(value) for key, value in new.items()})
    return document | {"truth_version": TRUTH_VERSION, "reps": reps}


def _rounded(values: Array, digits: int) -> list[Any]:
    rows: list[Any] = np.round(values, digits).tolist()
    return rows


def _trimmed(value: object) -> object:
    """Numbers rounded to a tenth of a millisecond or millimetre, recursively."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {k: _trimmed(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_trimmed(v) for v in value]
    return value
