"""With the real model: somebody is carried through the picture in front of the lifter."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from lastrep.pose import Pose
from lastrep.pose.backends import make_subject_tracker
from lastrep.pose.estimate_video import estimate_video
from lastrep.pose.litert import LitertEstimator
from lastrep.pose.subject.gating import BodyPosition
from lastrep.video.frames import Frame
from lastrep.video.orientation import Image
from lastrep.video.writing import VideoWriter

#: The passer-by enters, and has left the picture.
ENTERS_S, LEAVES_S = 0.5, 4.0
FRAMES, FRAME_S = 135, 1 / 30
#: Half hidden, the lifter seems to lean by less than this; the passer-by is further off.
ASTRAY_M = 0.4


def person_cut_out(frames: list[Frame]) -> Image:
    """Return the lifter's own picture, mirrored and in other colours: another person."""
    with LitertEstimator("lite", tracking=False) as estimator:
        (pose,) = estimator.estimate(frames[0])
    low, high = pose.image_px[:, :2].min(axis=0), pose.image_px[:, :2].max(axis=0)
    margin = 0.12 * (high - low).max()
    left, top = np.maximum(low - margin, 0).astype(int)
    right, bottom = (high + margin).astype(int)
    return frames[0].rgb[top:bottom, left:right][:, ::-1, [2, 0, 1]]


@pytest.fixture(scope="module")
def scene(clip_frames: list[Frame]) -> list[Frame]:
    """The lifter goes on; from the left somebody a third larger crosses."""
    cut_out = np.asarray(cv2.resize(person_cut_out(clip_frames), None, fx=1.35, fy=1.35))
    height, width = clip_frames[0].rgb.shape[:2]
    cut_out = cut_out[:height]
    there_and_back = [*clip_frames, *reversed(clip_frames)]
    frames = []
    for i in range(FRAMES):
        t_s = i * FRAME_S
        image = there_and_back[i % len(there_and_back)].rgb.copy()
        share = (t_s - ENTERS_S) / (LEAVES_S - ENTERS_S)
        left = round(-cut_out.shape[1] + share * (width + cut_out.shape[1]))
        shown = slice(max(left, 0), max(min(left + cut_out.shape[1], width), 0))
        if shown.stop > shown.start:
            image[-cut_out.shape[0] :, shown] = cut_out[:, shown.start - left : shown.stop - left]
        frames.append(Frame(t_s, image))
    return frames


def astray_m(pose: Pose, home: BodyPosition) -> float:
    return abs(BodyPosition.of(pose).x_px - home.x_px) / home.px_per_m


def test_the_passer_by_is_not_followed(scene: list[Frame], tmp_path: Path) -> None:
    with LitertEstimator("lite") as estimator:
        plain = [people[0] for frame in scene if (people := estimator.estimate(frame))]
    home = BodyPosition.of(plain[0])
    astray = [p for p in plain if astray_m(p, home) > ASTRAY_M]
    assert len(astray) > 3, "without care the track is taken away"

    path = tmp_path / "scene.mp4"
    height, width = scene[0].rgb.shape[:2]
    with VideoWriter(path, width_px=width, height_px=height) as out:
        for frame in scene:
            out.write(frame.rgb, frame.t_s)
    poses = estimate_video(path, model="lite").poses
    found = [p for p in poses if p.found]
    assert max(astray_m(p, home) for p in found) < ASTRAY_M
    assert all(p.found for p in poses if p.t_s < ENTERS_S or p.t_s > LEAVES_S + 0.2)
    assert len(found) < FRAMES, "hidden, the lifter is missing"


def test_alone_the_poses_are_those_of_the_tracker(clip_frames: list[Frame]) -> None:
    with LitertEstimator("lite") as estimator:
        plain = [estimator.estimate(frame)[0] for frame in clip_frames]
    with make_subject_tracker("lite") as lifter:
        followed = [lifter.update(frame) for frame in clip_frames]
        assert lifter.busy_s > 0
        assert lifter.name == "litert/lite"
    for ours, theirs in zip(followed, plain, strict=True):
        np.testing.assert_array_equal(ours.image_px, theirs.image_px)
