"""From a file to the lifter's landmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lastrep.errors import ModelError, VideoError
from lastrep.pose.estimate_video import estimate_video
from lastrep.video.frames import Frame


def test_one_pose_a_frame(clip: Path, clip_frames: list[Frame]) -> None:
    shares: list[float] = []
    recording = estimate_video(clip, model="lite", progress=shares.append)
    poses = recording.poses
    np.testing.assert_allclose(poses.t_s, [f.t_s for f in clip_frames], atol=1e-4)
    assert recording.frames == len(clip_frames)
    assert recording.frames_with_pose == len(clip_frames)
    assert poses.model == "litert/lite"
    assert (poses.height_px, poses.width_px) == clip_frames[0].rgb.shape[:2]
    assert 0 < recording.model_s < recording.wall_s
    assert not recording.warnings
    assert recording.duration_s == pytest.approx(len(clip_frames) / 30, abs=0.05)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_slow_motion_shortens_time(clip: Path, clip_frames: list[Frame]) -> None:
    poses = estimate_video(clip, model="lite", slowmo=4).poses
    np.testing.assert_allclose(poses.t_s, [f.t_s / 4 for f in clip_frames], atol=1e-4)


def test_errors_come_before_the_work(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="no such file"):
        estimate_video(tmp_path / "nowhere.mp4")
    with pytest.raises(ModelError, match="no such model"):
        estimate_video(clip, model="huge")
