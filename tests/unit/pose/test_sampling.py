"""Of high-rate video not every frame is looked at, and nobody notices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.pose import Pose
from lastrep.pose.estimate_video import estimate_video
from lastrep.pose.sampling import FrameSampler, SamplingOptions, with_interpolated
from lastrep.video.frames import Frame
from lastrep.video.writing import VideoWriter


def looked_at_hz(fps: float, seconds: float = 4.0) -> float:
    sampler = FrameSampler()
    return sum(sampler.is_due(i / fps) for i in range(round(fps * seconds))) / seconds


LOOKED_AT_HZ = {
    **{15: 15, 23.976: 23.976, 25: 25, 29.97: 14.985, 30: 15, 48: 16, 50: 50 / 3},
    **{59.94: 14.985, 60: 15, 90: 15, 100: 100 / 6, 120: 15, 240: 15},
}


@pytest.mark.parametrize("fps", LOOKED_AT_HZ)
def test_about_fifteen_frames_a_second_are_looked_at(fps: float) -> None:
    assert looked_at_hz(fps, 20.0) == pytest.approx(LOOKED_AT_HZ[fps], abs=0.06)


@given(st.integers(15, 300))
def test_hardly_ever_fewer_than_fifteen_a_second(fps: int) -> None:
    """But for the millisecond that containers round times to."""
    assert looked_at_hz(fps) >= 14.75


@given(st.lists(st.floats(1e-3, 1 / 16), min_size=1, max_size=200))
def test_frames_looked_at_are_never_far_apart(steps_s: list[float]) -> None:
    """However uneven the times: what is too much is less than the step that was not expected."""
    sampler = FrameSampler()
    times_s = np.cumsum([0.0, *steps_s])
    looked_s = np.array([t for t in times_s if sampler.is_due(t)])
    assert len(looked_s) + len(sampler.skipped_s) == len(times_s)
    longest_s = SamplingOptions().max_interval_s + max(steps_s)
    assert looked_s[0] == 0.0
    assert np.diff([*looked_s, times_s[-1]]).max() <= longest_s


def pose(t_s: float, x: float) -> Pose:
    return Pose(
        t_s,
        np.full((33, 3), x, np.float32),
        np.full((33, 3), x / 100, np.float32),
        np.full(33, 0.5, np.float32),
    )


def test_poses_are_put_evenly_between() -> None:
    poses = with_interpolated([pose(0.0, 10), pose(0.4, 50)], [0.1, 0.3], cuts_s=[])
    assert [p.t_s for p in poses] == [0.0, 0.1, 0.3, 0.4]
    np.testing.assert_allclose([p.image_px[5, 1] for p in poses], [10, 20, 40, 50], rtol=1e-6)
    np.testing.assert_allclose([p.world_m[5, 1] for p in poses], [0.1, 0.2, 0.4, 0.5], rtol=1e-6)


def test_a_curve_is_put_between_as_a_curve() -> None:
    """A joint that turns round at the bottom of a rep, looked at 15 times a second."""
    t_s = np.arange(0, 2, 1 / 30)
    x = 100 * np.cos(2 * np.pi * t_s)
    looked = [pose(t, v) for t, v in zip(t_s[::2], x[::2], strict=True)]
    found = [p.image_px[0, 0] for p in with_interpolated(looked, t_s[1::2], cuts_s=[])]
    inner = slice(2, -3)
    np.testing.assert_allclose(found[inner], x[inner], atol=0.1)  # straight lines: 2.2


def test_what_was_looked_at_all_the_same_is_not_made_up() -> None:
    assert len(with_interpolated([pose(0.0, 1), pose(0.1, 2)], [0.05, 0.1], cuts_s=[])) == 3


def test_nothing_is_made_up_beside_a_missing_pose_at_a_cut_or_after_the_last() -> None:
    poses = with_interpolated(
        [pose(0.0, 1), Pose.missing(0.2), pose(0.4, 1), pose(0.6, 9)],
        [0.1, 0.3, 0.5, 0.7],
        cuts_s=[0.6],
    )
    assert [p.found for p in poses] == [True, False, False, False, True, False, True, False]


def test_a_clip_at_60_frames_a_second(clip_frames: list[Frame], tmp_path: Path) -> None:
    """The same pictures shown twice as often: as many poses as frames, nearly where they were."""
    path = tmp_path / "fast.mp4"
    height, width = clip_frames[0].rgb.shape[:2]
    with VideoWriter(path, width_px=width, height_px=height) as out:
        for i, frame in enumerate(np.repeat(np.array(clip_frames, object), 2)):
            out.write(frame.rgb, i / 60)
    recording = estimate_video(path, model="lite")
    assert recording.frames == 2 * len(clip_frames)
    assert recording.poses.frame_s == pytest.approx(1 / 60, abs=1e-4)
    assert recording.frames_with_pose == recording.frames


def test_the_interval_can_be_chosen() -> None:
    sampler = FrameSampler(SamplingOptions(max_interval_s=0.21))
    sampled = [t_s for t_s in np.arange(20) / 10 if sampler.is_due(t_s)]
    np.testing.assert_allclose(np.diff(sampled), 0.2)
