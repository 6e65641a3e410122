"""Reps of arms that take turns, of one arm alone, and of the leg in front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lastrep.exercises import find
from lastrep.pose import PoseSequence
from lastrep.sets.offline import judge_landmarks
from lastrep.sets.results import SetReport
from lifters import BLAZEPOSE_NOISE, Camera, Clip, landmark_recording, lifting_set

ARM = (13, 15, 17, 19, 21)
OTHER = {"left": "right", "right": "left", "both": "both"}
#: Each landmark's twin on the other side.
TWIN = np.array([0, 4, 5, 6, 1, 2, 3, *(i + 1 if i % 2 else i - 1 for i in range(7, 33))])


def recorded(
    exercise: str,
    resting: Callable[[int], str | None] = lambda rep: None,
    *,
    reps: int = 6,
    yaw_deg: float = 30.0,
) -> PoseSequence:
    """A set in which an arm hangs still during some reps: `resting` says which."""
    clip = Clip(
        "t", exercise, lifting_set(reps, seed=5), camera=Camera(yaw_deg=yaw_deg),
        noise=BLAZEPOSE_NOISE, seed=4,
    )  # fmt: skip
    recording = landmark_recording(clip)
    image, world = recording.image_px.copy(), recording.world_m.copy()
    ends = [rep.end_s for rep in recording.truth.reps]
    number = np.searchsorted(ends[:-1], recording.t_s)
    for rep in range(reps):
        side = resting(rep)
        if side is None:
            continue
        right = side == "right"
        for points in (image, world):
            for i in ARM:
                hang = points[:5, i + right].mean(0) - points[:5, 11 + right].mean(0)
                at = number == rep
                points[at, i + right] = points[at, 11 + right] + hang
    return PoseSequence(
        t_s=recording.t_s,
        image_px=image.astype(np.float32),
        world_m=world.astype(np.float32),
        visibility=recording.visibility.astype(np.float32),
        width_px=clip.camera.width_px,
        height_px=clip.camera.height_px,
    )


def mirrored(poses: PoseSequence) -> PoseSequence:
    """The same lifter in a mirror: left is right."""
    image, world = poses.image_px[:, TWIN].copy(), poses.world_m[:, TWIN].copy()
    image[..., 0] = poses.width_px - image[..., 0]
    world[..., 0] *= -1
    return replace(poses, image_px=image, world_m=world, visibility=poses.visibility[:, TWIN])


def report_of(poses: PoseSequence, exercise: str) -> SetReport:
    (one,) = judge_landmarks(poses, find(exercise))
    return one.report


def sides_of(report: SetReport) -> list[str]:
    return [rep.side for rep in report.reps]


def in_turns(rep: int) -> str:
    return "left" if rep % 2 else "right"


@pytest.mark.parametrize("exercise", ["biceps_curl", "lateral_raise"])
@pytest.mark.parametrize("reps", [5, 8])
def test_arms_in_turns_are_counted_by_side(exercise: str, reps: int) -> None:
    report = report_of(recorded(exercise, in_turns, reps=reps), exercise)
    assert sides_of(report) == [OTHER[in_turns(k)] for k in range(reps)]
    assert report.attempts == reps
    assert report.sides is not None
    assert (report.sides.left, report.sides.right, report.sides.both) == (
        (reps + 1) // 2, reps // 2, 0,
    )  # fmt: skip
    # Each arm is held against itself: the one that the camera sees foreshortened is not partial.
    assert {rep.movement for rep in report.reps} == {"good"}


@pytest.mark.parametrize("exercise", ["biceps_curl", "lateral_raise"])
def test_arms_together_have_no_sides(exercise: str) -> None:
    report = report_of(recorded(exercise), exercise)
    assert sides_of(report) == ["both"] * 6
    assert report.sides is None


def test_one_arm_does_the_whole_set() -> None:
    report = report_of(recorded("lateral_raise", lambda _: "right", yaw_deg=0.0), "lateral_raise")
    assert sides_of(report) == ["left"] * 6


def test_an_arm_that_cannot_be_seen_does_not_rest() -> None:
    poses = recorded("biceps_curl", lambda _: "right", yaw_deg=60.0)
    visibility = poses.visibility.copy()
    visibility[:, [i + 1 for i in (11, *ARM)]] = 0.3
    report = report_of(replace(poses, visibility=visibility), "biceps_curl")
    assert sides_of(report) == ["both"] * 6


def test_the_leg_in_front_leads() -> None:
    report = report_of(recorded("lunge", yaw_deg=60.0), "lunge")
    assert sides_of(report) == ["left"] * 6


@pytest.mark.parametrize(
    ("exercise", "resting"),
    [("biceps_curl", in_turns), ("lateral_raise", in_turns), ("lunge", lambda _: None)],
)
def test_a_mirror_swaps_the_sides_and_nothing_else(
    exercise: str, resting: Callable[[int], str | None]
) -> None:
    poses = recorded(exercise, resting)
    here, there = report_of(poses, exercise), report_of(mirrored(poses), exercise)
    assert sides_of(there) == [OTHER[side] for side in sides_of(here)]
    assert [rep.turn_s for rep in there.reps] == pytest.approx(
        [rep.turn_s for rep in here.reps], abs=0.05
    )
