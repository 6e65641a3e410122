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

#: The lifter must be seen in this share of the frames.
SEEN_SHARE = 0.8
#: A landmark this near to the edge (share of the frame's side), or beyond it, is cut off.
EDGE_SHARE = 0.01
#: It is cut off if that is so in this share of the frames.
CUT_SHARE = 0.3
#: A joint less visible than this is guessed.
VISIBLE = 0.5
#: A standing adult of this height should fill at least this share of the picture's longer side.
ADULT_M, SMALL_SHARE = 1.75, 0.35
#: Slower than this, fast reps are missed; a little slower than good, tempo is coarse.
LEAST_FPS, GOOD_FPS = 8.0, 15.0
#: A camera turned by less than this is level.
LEVEL_DEG = 5.0

_HEAD = (Landmark.NOSE,)
_TRUNK = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
_HANDS = (Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST)
_FEET = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)


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
    poses: PoseSequence, exercise: ExerciseDefinition | None = None
) -> tuple[Finding, ...]:
    """Check the last seconds before a set.

    Parameters
    ----------
    poses
        Some seconds; at least one frame.
    exercise
        What will be done; None leaves out what depends on it.

    Returns
    -------
    One finding a check, in order. Without a person only that and the frame rate can be said.
    """
    found = float(poses.found.mean()) if len(poses) else 0.0
    rate = _rate(poses)
    if found < SEEN_SHARE:
        fix = "step into the picture" if found < 0.2 else "stay in the picture, with light on you"
        return Finding(Check.PERSON, False, fix, stops=True), rate
    findings = [Finding(Check.PERSON, True, "seen")]
    findings += _in_frame(poses, exercise)
    findings.append(_size(poses))
    if exercise is not None:
        findings.append(_view(poses, exercise))
    findings.append(_level(poses))
    return (*findings, rate)


def _in_frame(poses: PoseSequence, exercise: ExerciseDefinition | None) -> list[Finding]:
    cut = _cut_off(poses)
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
        hidden = [float(np.median(poses.visibility[:, i])) < VISIBLE for i in _FEET]
        gone = any(cut[side][i] for side in cut for i in _FEET)
        ok = not gone and not all(hidden)
        findings.append(
            Finding(Check.FEET, ok, "feet in the picture" if ok else "show your feet: move back")
        )
    return findings


def _cut_off(poses: PoseSequence) -> dict[str, NDArray[np.bool_]]:
    """Which landmarks are over which edge of the picture, shape = (33,) each."""
    x, y = (poses.image_px[poses.found][:, :, axis] for axis in (0, 1))
    width, height = poses.width_px, poses.height_px
    beyond = {
        "left": x < EDGE_SHARE * width,
        "right": x > (1 - EDGE_SHARE) * width,
        "top": y < EDGE_SHARE * height,
        "bottom": y > (1 - EDGE_SHARE) * height,
    }
    return {side: over.mean(axis=0) > CUT_SHARE for side, over in beyond.items()}


def _needs_feet(exercise: ExerciseDefinition) -> bool:
    return any("ankle" in name or "knee" in name for name in exercise.rhythm.polarity)


def _size(poses: PoseSequence) -> Finding:
    sizes = [BodyPosition.of(pose).px_per_m for pose in poses if pose.found]
    share = ADULT_M * float(np.median(sizes)) / max(poses.width_px, poses.height_px)
    # The long side of an upright picture is its height; of a wide one the person stands across.
    share *= max(poses.width_px, poses.height_px) / poses.height_px
    if share < SMALL_SHARE:
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


def _level(poses: PoseSequence) -> Finding:
    roll = camera_roll(poses.image_px[poses.found].astype(np.float64))
    if roll.certain and abs(roll.angle_deg) > LEVEL_DEG:
        way = "clockwise" if roll.angle_deg > 0 else "anticlockwise"
        text = f"the picture leans {abs(roll.angle_deg):.0f}° {way}: level the camera"
        return Finding(Check.LEVEL, False, text)
    return Finding(Check.LEVEL, True, "camera is level")


def _rate(poses: PoseSequence) -> Finding:
    if len(poses) < 2:
        return Finding(Check.RATE, False, "no picture yet", stops=True)
    fps = (len(poses) - 1) / poses.duration_s
    if fps >= GOOD_FPS:
        return Finding(Check.RATE, True, f"{fps:.0f} frames/s")
    slow = f"only {fps:.0f} frames/s: more light, or --model lite"
    return Finding(Check.RATE, False, slow, stops=fps < LEAST_FPS)
