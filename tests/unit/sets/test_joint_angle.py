"""Joint angles against the true ones of synthetic lifters, from every side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastrep.motion.view import ViewName
from lastrep.sets.measures.joint_angle import angle_track, angle_uncertainty_deg
from synthetic.motion import Motion
from synthetic.truth import joint_angles
from unit.sets.synthetic_sets import clip_of, poses_of

VIEWS: list[tuple[float, ViewName]] = [(90.0, "side"), (45.0, "oblique"), (0.0, "front")]


def error_deg(exercise: str, joint: str, yaw_deg: float, view: ViewName) -> float:
    """Root-mean-square error of an angle over a noisy set."""
    clip = clip_of(exercise, yaw_deg)
    track = angle_track(poses_of(clip), joint, "mean", view)
    true = joint_angles(Motion(clip).sample(track.t_s).joints)[f"left_{joint}"]
    return float(np.sqrt(np.nanmean((track.angle_deg - true) ** 2)))


@pytest.mark.parametrize("joint", ["knee", "hip"])
@pytest.mark.parametrize(("yaw_deg", "view"), VIEWS)
def test_hips_and_knees_are_read_from_every_side(
    joint: str, yaw_deg: float, view: ViewName
) -> None:
    uncertainty_deg = angle_uncertainty_deg(joint, view)
    assert uncertainty_deg is not None
    assert error_deg("back_squat", joint, yaw_deg, view) < uncertainty_deg


def test_from_in_front_the_picture_alone_would_be_far_off() -> None:
    # Rendered lifters: 51 degrees by the picture, 15 by the world landmarks.
    by_picture = error_deg("back_squat", "knee", 0.0, "side")
    assert by_picture > 2 * error_deg("back_squat", "knee", 0.0, "front")


def test_without_world_landmarks_the_picture_must_do() -> None:
    poses = poses_of(clip_of("back_squat", 90.0))
    blind = replace(poses, world_m=np.full_like(poses.world_m, np.nan))
    seen = angle_track(blind, "knee", "left", "front").angle_deg
    np.testing.assert_allclose(seen, angle_track(poses, "knee", "left", "side").angle_deg)


def test_nothing_is_claimed_of_angles_that_were_not_measured() -> None:
    assert angle_uncertainty_deg("trunk", "side") is None
