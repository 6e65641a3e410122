"""Is the camera set up for this exercise: what to put right before rep 1.

A pure look at some seconds of poses, for the live set-up screen and for warnings in reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.roll import camera_roll
from lastrep.motion.view import camera_view
from lastrep.pose.landmarks import Landmark
from lastrep.pose.sequence import PoseSequence
from lastrep.pose.subject.gating import BodyPosition

_HEAD = (Landmark.NOSE,)
_TRUNK = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
_HANDS = (Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST)
_FEET = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)


@dataclass(frozen=True, slots=True)
class CameraSetupOptions:
    """What is good enough before a set; the project's choices."""

    #: Share of the frames in which the lifter must be found.
    min_found_share: float = 0.8
    #: Share of the frames below which nobody is there at all.
    min_there_share: float = 0.2
    #: Share of the frame's side: a landmark this near to the edge, or beyond it, is cut off ...
    edge_share: float = 0.01
    #: ... if it is so in more than this share of the frames.
    max_cut_share: float = 0.3
    #: Visibility, 0 to 1, below which a joint is guessed.
    min_visibility: float = 0.5
    #: Metres: a standing adult of this height ...
    adult_m: float = 1.75
    #: ... should fill at least this share of the image's height.
    min_size_share: float = 0.35
    #: Frames a second below which fast reps are missed ...
    min_fps: float = 8.0
    #: ... and below which tempo is coarse.
    good_fps: float = 15.0
    #: Degrees: a camera turned by less is level.
    max_roll_deg: float = 5.0


class Check(StrEnum):
    """What is looked at, in the order in which it is put right."""

    PERSON = "person"
    BODY = "body in frame"
    FEET = "feet visible"
    SIZE = "distance"
    VIEW = "view"
    LEVEL = "camera level"
    RATE = "frame rate"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Parameters
    ----------
    check
        Which.
    ok
        Whether all is well.
    text
        What is the case, or what to do.
    stops
        Nothing can be counted before it is put right.
    """

    check: Check
    ok: bool
    text: str
    stops: bool = False


def check_setup(
    poses: PoseSequence,
    exercise: ExerciseDefinition | None = None,
    options: CameraSetupOptions = CameraSetupOptions(),
) -> tuple[Finding, ...]:
    """Check the last seconds before a set.

    Parameters
    ----------
    poses
        Some seconds; at least one frame.
    exercise
        What will be done; None leaves out what depends on it.
    options
        What is good enough.

    Returns
    -------
    One finding a check, in order. Without a person only that and the frame rate can be said.
    """
    found = float(poses.found.mean()) if len(poses) else 0.0
    rate = _rate(poses, options)
    if found < options.min_found_share:
        fix = (
            "step into the picture"
            if found < options.min_there_share
            else "stay in the picture, with light on you"
        )
        return Finding(Check.PERSON, False, fix, stops=True), rate
    findings = [Finding(Check.PERSON, True, "seen")]
    findings += _in_frame(poses, exercise, options)
    findings.append(_size(poses, options))
    if exercise is not None:
        findings.append(_view(poses, exercise))
    findings.append(_level(poses, options.max_roll_deg))
    return (*findings, rate)


def _in_frame(
    poses: PoseSequence, exercise: ExerciseDefinition | None, options: CameraSetupOptions
) -> list[Finding]:
    cut = _cut_off(poses, options)
    body = [*_HEAD, *_TRUNK, *_HANDS]
    over = [side for side in ("left", "right", "top", "bottom") if any(cut[side][i] for i in body)]
    where = {
        "left": "you are cut off at the left: move to the right, or the camera back",
        "right": "you are cut off at the right: move to the left, or the camera back",
        "top": "your head or hands are cut off: tilt the camera up, or move it back",
        "bottom": "the picture ends above your hips: tilt the camera down, or move it back",
    }
    findings = [
        Finding(Check.BODY, False, where[over[0]], stops="bottom" in over)
        if over
        else Finding(Check.BODY, True, "whole body in the picture")
    ]
    if exercise is None or _needs_feet(exercise):
        least = options.min_visibility
        hidden = [float(np.median(poses.visibility[:, i])) < least for i in _FEET]
        gone = any(cut[side][i] for side in cut for i in _FEET)
        ok = not gone and not all(hidden)
        findings.append(
            Finding(Check.FEET, ok, "feet in the picture" if ok else "show your feet: move back")
        )
    return findings


def _cut_off(poses: PoseSequence, options: CameraSetupOptions) -> dict[str, NDArray[np.bool_]]:
    """Which landmarks are over which edge of the picture, shape = (33,) each."""
    x, y = (poses.image_px[poses.found][:, :, axis] for axis in (0, 1))
    width, height, edge = poses.width_px, poses.height_px, options.edge_share
    beyond = {
        "left": x < edge * width,
        "right": x > (1 - edge) * width,
        "top": y < edge * height,
        "bottom": y > (1 - edge) * height,
    }
    return {side: over.mean(axis=0) > options.max_cut_share for side, over in beyond.items()}


def _needs_feet(exercise: ExerciseDefinition) -> bool:
    return any("ankle" in name or "knee" in name for name in exercise.rhythm.polarity)


def _size(poses: PoseSequence, options: CameraSetupOptions) -> Finding:
    sizes = [BodyPosition.of(pose).px_per_m for pose in poses if pose.found]
    share = options.adult_m * float(np.median(sizes)) / max(poses.width_px, poses.height_px)
    # The long side of an upright picture is its height; of a wide one the person stands across.
    share *= max(poses.width_px, poses.height_px) / poses.height_px
    if share < options.min_size_share:
        return Finding(Check.SIZE, False, "too far away: come nearer, or the camera")
    return Finding(Check.SIZE, True, "distance is right")


def _view(poses: PoseSequence, exercise: ExerciseDefinition) -> Finding:
    view = camera_view(poses, float(poses.t_s[0]), float(poses.t_s[-1]))
    wanted = exercise.views.required
    if view is None or view.name in wanted:
        return Finding(Check.VIEW, True, f"{view.name if view else 'unknown'} view")
    names = " or ".join(wanted)
    return Finding(
        Check.VIEW, False, f"{view.name} view counts reps, form needs {names}: turn the camera"
    )


def _level(poses: PoseSequence, max_roll_deg: float) -> Finding:
    roll = camera_roll(poses.image_px[poses.found].astype(np.float64))
    if roll.certain and abs(roll.angle_deg) > max_roll_deg:
        way = "clockwise" if roll.angle_deg > 0 else "anticlockwise"
        text = f"the picture leans {abs(roll.angle_deg):.0f}° {way}: level the camera"
        return Finding(Check.LEVEL, False, text)
    return Finding(Check.LEVEL, True, "camera is level")


def _rate(poses: PoseSequence, options: CameraSetupOptions) -> Finding:
    if len(poses) < 2:
        return Finding(Check.RATE, False, "no picture yet", stops=True)
    fps = (len(poses) - 1) / poses.duration_s
    if fps >= options.good_fps:
        return Finding(Check.RATE, True, f"{fps:.0f} frames/s")
    slow = f"only {fps:.0f} frames/s: more light, or --model lite"
    return Finding(Check.RATE, False, slow, stops=fps < options.min_fps)
