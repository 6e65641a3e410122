"""The set-up check on lifters whose camera is known to be right or wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastrep.exercises import find
from lastrep.pose import PoseSequence
from lastrep.sets.camera_setup import Check, Finding, check_setup
from synthetic import Camera, Clip, Move, Sampling
from unit.sets.synthetic_sets import poses_of

SQUAT = find("back_squat")


def standing(fps: float = 20.0, yaw_deg: float = 75.0) -> PoseSequence:
    clip = Clip(
        "t",
        "back_squat",
        (Move("rest", 2.0),),
        camera=Camera(yaw_deg=yaw_deg),
        sampling=Sampling(fps=fps),
    )
    return poses_of(clip)


def wrong(poses: PoseSequence) -> dict[Check, Finding]:
    return {f.check: f for f in check_setup(poses, SQUAT) if not f.ok}


def test_a_good_camera_passes_every_check() -> None:
    findings = check_setup(standing(), SQUAT)
    assert [f.check for f in findings] == list(Check)
    assert all(f.ok for f in findings), findings


def test_nobody_there() -> None:
    poses = standing()
    nobody = replace(poses, image_px=np.full_like(poses.image_px, np.nan))
    found = wrong(nobody)
    assert found[Check.PERSON].stops
    assert "step into the picture" in found[Check.PERSON].text


@pytest.mark.parametrize(
    ("shift", "check", "words"),
    [
        ((0.0, 0.2), Check.FEET, "feet"),
        ((0.0, -0.4), Check.BODY, "tilt the camera up"),
        ((-0.55, 0.0), Check.BODY, "at the left"),
        ((0.55, 0.0), Check.BODY, "at the right"),
    ],
)
def test_a_body_cut_off_at_an_edge(shift: tuple[float, float], check: Check, words: str) -> None:
    poses = standing()
    image_px = poses.image_px.copy()
    image_px[:, :, 0] += shift[0] * poses.width_px
    image_px[:, :, 1] += shift[1] * poses.height_px
    assert words in wrong(replace(poses, image_px=image_px))[check].text


def test_too_far_away() -> None:
    poses = standing()
    middle = np.array([poses.width_px / 2, poses.height_px / 2, 0], np.float32)
    small = (poses.image_px - middle) * np.float32(0.25) + middle
    assert set(wrong(replace(poses, image_px=small))) == {Check.SIZE}


def test_a_front_view_of_a_squat_counts_but_cannot_be_judged() -> None:
    finding = wrong(standing(yaw_deg=0.0))[Check.VIEW]
    assert not finding.stops
    assert "side or oblique" in finding.text


def test_a_leaning_camera() -> None:
    poses = standing(yaw_deg=45.0)
    a = np.radians(12.0)
    middle = np.array([poses.width_px / 2, poses.height_px / 2], np.float32)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]], np.float32)
    image_px = poses.image_px.copy()
    image_px[:, :, :2] = (image_px[:, :, :2] - middle) @ turn.T * np.float32(0.8) + middle
    assert (
        "clockwise: level the camera" in wrong(replace(poses, image_px=image_px))[Check.LEVEL].text
    )


@pytest.mark.parametrize(("fps", "stops"), [(11.0, False), (5.0, True)])
def test_a_slow_picture(fps: float, stops: bool) -> None:
    finding = wrong(standing(fps=fps))[Check.RATE]
    assert finding.stops is stops
