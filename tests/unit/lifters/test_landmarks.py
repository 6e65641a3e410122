"""Landmark sequences: right when exact, wrong in the announced way when noisy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lifters import (
    BLAZEPOSE_NOISE,
    EXERCISES,
    NO_NOISE,
    Camera,
    Clip,
    Noise,
    Rep,
    Sampling,
    landmark_recording,
)
from lifters.landmark_model import INDEX
from lifters.truth import KEY_JOINTS

CLIP = Clip("t", "back_squat", (Rep(), Rep()), noise=NO_NOISE)
QUIET = Noise(0, 0.12, 0, 0, 1, 1, 0, 0)


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("yaw", [0, 60, -100])
def test_exact_landmarks_are_the_projected_joints(exercise: str, yaw: float) -> None:
    clip = replace(CLIP, exercise=exercise, camera=Camera(yaw_deg=yaw))
    recording = landmark_recording(clip)
    for side in ("left", "right"):
        for joint in KEY_JOINTS:
            name = f"{side}_{joint}"
            np.testing.assert_allclose(
                recording.image_px[:, INDEX[name], :2],
                recording.truth.frames.joints_px[name],
                atol=0.01,
            )


def test_seen_from_the_front_the_left_side_is_right_in_the_image() -> None:
    left, right = (INDEX[f"{s}_shoulder"] for s in ("left", "right"))
    front = landmark_recording(replace(CLIP, camera=Camera(yaw_deg=0))).image_px
    back = landmark_recording(replace(CLIP, camera=Camera(yaw_deg=180))).image_px
    assert (front[:, left, 0] > front[:, right, 0] + 30).all()
    assert (back[:, left, 0] < back[:, right, 0] - 30).all()


def test_from_the_left_the_lifter_faces_left_and_the_left_side_is_near() -> None:
    recording = landmark_recording(replace(CLIP, camera=Camera(yaw_deg=90)))
    toe, heel = INDEX["left_foot_index"], INDEX["left_heel"]
    assert (recording.image_px[:, toe, 0] < recording.image_px[:, heel, 0]).all()
    near, far = INDEX["left_hip"], INDEX["right_hip"]
    assert (recording.image_px[:, near, 2] < recording.image_px[:, far, 2]).all()


def test_camera_roll_turns_the_image_clockwise() -> None:
    upright = landmark_recording(replace(CLIP, camera=Camera(yaw_deg=0))).image_px[0]
    rolled = landmark_recording(replace(CLIP, camera=Camera(yaw_deg=0, roll_deg=10))).image_px[0]
    for image, expected in ((upright, 0), (rolled, -10)):
        feet = image[INDEX["left_ankle"], :2] + image[INDEX["right_ankle"], :2]
        up = feet / 2 - image[INDEX["nose"], :2]
        assert np.degrees(np.arctan2(up[0], up[1])) == pytest.approx(expected, abs=2)


def test_world_landmarks_are_metric_and_hip_centred() -> None:
    world = landmark_recording(CLIP).world_m
    hips = world[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(1)
    np.testing.assert_allclose(hips, 0, atol=1e-6)
    shank = world[:, INDEX["left_knee"]] - world[:, INDEX["left_ankle"]]
    np.testing.assert_allclose(np.linalg.norm(shank, axis=1), 0.246 * 1.78, atol=1e-3)


def test_the_same_seed_gives_the_same_and_another_seed_another_recording() -> None:
    clip = replace(CLIP, noise=BLAZEPOSE_NOISE, seed=3)
    a, b = landmark_recording(clip), landmark_recording(clip)
    np.testing.assert_array_equal(a.image_px, b.image_px)
    assert a.truth.reps == b.truth.reps
    other = landmark_recording(replace(clip, seed=4))
    assert np.nanmax(np.abs(a.image_px - other.image_px)) > 1


def test_jitter_has_the_announced_size_and_is_correlated() -> None:
    noise = replace(QUIET, jitter=0.01)
    clip = replace(CLIP, noise=noise, events=(Rep(),) * 12)
    exact = landmark_recording(replace(clip, noise=NO_NOISE)).image_px
    error = (landmark_recording(clip).image_px - exact)[..., :2]
    px_per_stature = landmark_recording(clip).truth.frames.px_per_m.mean() * 1.78
    assert error.std() / px_per_stature == pytest.approx(0.01, rel=0.35)
    lagged = (error[1:] * error[:-1]).mean() / (error**2).mean()
    assert 0.7 < lagged < 0.98


def test_far_limbs_are_hidden_from_the_side_and_not_from_the_front() -> None:
    clip = replace(CLIP, noise=Noise(), load=None, exercise="biceps_curl")
    side = landmark_recording(replace(clip, camera=Camera(yaw_deg=90))).visibility
    front = landmark_recording(replace(clip, camera=Camera(yaw_deg=0))).visibility
    assert np.median(side[:, INDEX["right_knee"]]) < 0.6
    assert np.median(side[:, INDEX["left_knee"]]) > 0.9
    assert np.median(front[:, INDEX["right_knee"]]) > 0.9


def test_compression_opens_the_knee_at_the_bottom_only() -> None:
    noise = replace(QUIET, compression_m=0.12)
    clip = replace(CLIP, camera=Camera(yaw_deg=90))
    exact = landmark_recording(clip)
    bent = landmark_recording(replace(clip, noise=noise))
    slide = np.linalg.norm((bent.image_px - exact.image_px)[:, INDEX["left_hip"], :2], axis=1)
    slide /= exact.truth.frames.px_per_m
    rep = exact.truth.reps[0]
    assert slide[np.argmin(np.abs(exact.t_s - rep.turn_s))] == pytest.approx(0.12, abs=0.03)
    assert slide[np.argmin(np.abs(exact.t_s - rep.start_s))] < 0.02


def test_dropouts_are_nan_and_swaps_exchange_sides() -> None:
    clip = replace(CLIP, events=(Rep(),) * 8, seed=1, camera=Camera(yaw_deg=0))
    exact = landmark_recording(clip)
    lost = landmark_recording(replace(clip, noise=replace(QUIET, dropout_per_s=0.4)))
    gone = np.isnan(lost.image_px).all((1, 2))
    assert 0.01 < gone.mean() < 0.5
    assert np.isnan(lost.visibility[gone]).all()
    assert np.isfinite(lost.image_px[~gone]).all()
    swapped = landmark_recording(replace(clip, noise=replace(QUIET, swap_per_s=0.5)))
    changed = np.abs(swapped.image_px - exact.image_px).max((1, 2)) > 1
    assert 0 < changed.mean() < 0.5
    left, right = INDEX["left_knee"], INDEX["right_knee"]
    frame = np.flatnonzero(np.abs(swapped.image_px - exact.image_px)[:, left, 0] > 5)[0]
    np.testing.assert_allclose(
        swapped.image_px[frame, left], exact.image_px[frame, right], atol=0.01
    )


@pytest.mark.parametrize("fps", [15, 24, 30, 60, 240])
def test_truth_does_not_depend_on_the_frame_rate(fps: float) -> None:
    reps = landmark_recording(replace(CLIP, sampling=Sampling(fps=fps))).truth.reps
    assert reps == landmark_recording(CLIP).truth.reps


def test_variable_frame_rate_and_missing_frames() -> None:
    t = landmark_recording(replace(CLIP, sampling=Sampling(30, jitter=0.3, drop=0.2))).t_s
    steps = np.diff(t)
    assert (steps > 0).all()
    assert steps.std() > 0.2 / 30
    assert len(t) < 0.9 * landmark_recording(CLIP).t_s.size
