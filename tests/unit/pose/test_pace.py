"""Of high-rate video not every frame is looked at, and nobody notices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.pose import Pose
from lastrep.pose.pace import Pace, filled
from lastrep.pose.recording import estimate_file
from lastrep.video.reading import Frame
from lastrep.video.writing import VideoWriter


def looked_at_hz(fps: float, seconds: float = 4.0) -> float:
    pace = Pace()
    return sum(pace.is_due(i / fps) for i in range(round(fps * seconds))) / seconds


@pytest.mark.parametrize("fps", [15, 23.976, 24, 25, 29.97, 30])
def test_every_frame_of_ordinary_video_is_looked_at(fps: float) -> None:
    assert looked_at_hz(fps) == pytest.approx(fps, abs=0.3)


@pytest.mark.parametrize("fps", [48, 50, 59.94, 60, 90, 100, 120, 240])
def test_of_high_rate_video_enough_frames_are_looked_at(fps: float) -> None:
    assert 24 <= looked_at_hz(fps) <= 35


@given(st.lists(st.floats(1e-3, 1 / 16), min_size=1, max_size=200))
def test_frames_looked_at_are_never_far_apart(steps_s: list[float]) -> None:
    """However uneven the times: at most a frame more than the least interval."""
    pace = Pace()
    times_s = np.cumsum([0.0, *steps_s])
    looked_s = np.array([t for t in times_s if pace.is_due(t)])
    assert len(looked_s) + len(pace.passed_s) == len(times_s)
    assert np.all(np.diff(looked_s) <= 0.026 + 1 / 16 + 1e-9)


@given(st.integers(15, 300))
def test_never_fewer_than_fifteen_a_second(fps: int) -> None:
    assert looked_at_hz(fps) >= 15


def pose(t_s: float, x: float) -> Pose:
    return Pose(
        t_s,
        np.full((33, 3), x, np.float32),
        np.full((33, 3), x / 100, np.float32),
        np.full(33, 0.5, np.float32),
    )


def test_poses_are_put_evenly_between() -> None:
    poses = filled([pose(0.0, 10), pose(0.4, 50)], [0.1, 0.3], cuts_s=[])
    assert [p.t_s for p in poses] == [0.0, 0.1, 0.3, 0.4]
    np.testing.assert_allclose([p.image_px[5, 1] for p in poses], [10, 20, 40, 50], rtol=1e-6)
    np.testing.assert_allclose([p.world_m[5, 1] for p in poses], [0.1, 0.2, 0.4, 0.5], rtol=1e-6)


def test_nothing_is_made_up_beside_a_missing_pose_at_a_cut_or_after_the_last() -> None:
    poses = filled(
        [pose(0.0, 1), Pose.missing(0.2), pose(0.4, 1), pose(0.6, 9)],
        [0.1, 0.3, 0.5, 0.7],
        cuts_s=[0.6],
    )
    assert [p.found for p in poses] == [True, False, False, False, True, False, True, False]


def test_a_clip_at_60_frames_a_second(clip_frames: list[Frame], tmp_path: Path) -> None:
    """The same pictures shown twice as often: as many poses as frames, nearly where they were."""
    path = tmp_path / "fast.mp4"
    height, width = clip_frames[0].image_rgb.shape[:2]
    with VideoWriter(path, width_px=width, height_px=height) as out:
        for i, frame in enumerate(np.repeat(np.array(clip_frames, object), 2)):
            out.write(frame.image_rgb, i / 60)
    recording = estimate_file(path, model="lite")
    assert recording.frames == 2 * len(clip_frames)
    assert recording.poses.frame_s == pytest.approx(1 / 60, abs=1e-4)
    # All but the last frame, which comes after the last one looked at.
    assert recording.frames_with_pose == recording.frames - 1
