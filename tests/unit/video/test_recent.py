"""What was kept of a file is what the file would give once more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from lastrep.video.container import stamp_s
from lastrep.video.frames import Frame, StoredFrame
from lastrep.video.reading import VideoFile
from lastrep.video.recent import RecentPictures
from unit.video.video_clips import MakeVideo

SHORT_PX = 32


def kept(path: Path, recent: RecentPictures, short_px: int | None = SHORT_PX) -> RecentPictures:
    """Read a file in full size, every third frame of it, and keep what is asked for."""
    wanted = iter(range(10_000))
    with VideoFile(path) as video:
        recent.size = None if short_px is None else video.stored_size(short_px)
        for _ in video.frames(lambda t_s: next(wanted) % 3 == 0, keep=recent):
            pass
    return recent


def read(
    path: Path, recent: RecentPictures | None = None, **options: float
) -> list[Frame | StoredFrame]:
    with VideoFile(path, max_short_side_px=SHORT_PX, **options) as video:
        return list(video.stored_frames(recent=recent))


def assert_same(
    frames: Sequence[Frame | StoredFrame], expected: Sequence[Frame | StoredFrame]
) -> None:
    assert [frame.t_s for frame in frames] == [frame.t_s for frame in expected]
    for one, other in zip(frames, expected, strict=True):
        np.testing.assert_array_equal(one.image_rgb, other.image_rgb)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Count the frames that are decoded from now on."""
    count: list[float] = []

    def counted(frame: av.VideoFrame) -> float | None:
        count.append(0)
        return stamp_s(frame)

    monkeypatch.setattr("lastrep.video.reading.stamp_s", counted)
    return count


@pytest.mark.parametrize("rotation_deg", [None, 90])
def test_kept_frames_are_those_of_the_file(
    make_video: MakeVideo, decoded: list[float], rotation_deg: int | None
) -> None:
    path = make_video(rotation_deg=rotation_deg)
    expected = read(path)
    recent = kept(path, RecentPictures())
    decoded.clear()
    assert_same(read(path, recent), expected)
    assert len(decoded) == 1
    # They are used up.
    assert_same(read(path, recent), expected)


@pytest.mark.parametrize("frames", [1, 7, 24])
def test_what_found_no_place_is_decoded_again(make_video: MakeVideo, frames: int) -> None:
    path = make_video()
    expected = read(path)
    one = kept(path, RecentPictures(max_bytes=1))
    assert one.dropped
    assert one.first_s((48, 32)) is None
    size = 48 * 32 * 3 // 2
    recent = kept(path, RecentPictures(max_bytes=frames * size))
    assert recent.first_s((48, 32)) == pytest.approx(expected[-frames].t_s)
    assert recent.dropped == (frames < len(expected))
    assert_same(read(path, recent), expected)


def test_kept_pictures_of_another_size_are_left_alone(make_video: MakeVideo) -> None:
    path = make_video()
    assert_same(read(path, kept(path, RecentPictures(), short_px=20)), read(path))
    assert_same(read(path, kept(path, RecentPictures(), short_px=None)), read(path))


def test_a_change_of_size_lets_the_earlier_go(make_video: MakeVideo) -> None:
    path = make_video()
    recent = RecentPictures()
    with VideoFile(path) as video:
        recent.size = video.stored_size(20)
        for frame in video.frames(keep=recent):
            if frame.t_s > 0.4:
                recent.size = video.stored_size(SHORT_PX)
    first_s = recent.first_s((48, 32))
    assert first_s is not None
    assert first_s > 0.4
    assert_same(read(path, recent), read(path))


def test_frames_of_high_depth_are_kept_too(make_video: MakeVideo, decoded: list[float]) -> None:
    quiet = {"x265-params": "log-level=none"}
    path = make_video("deep.mp4", codec="libx265", pixels="yuv420p10le", options=quiet)
    expected = read(path)
    recent = kept(path, RecentPictures())
    decoded.clear()
    assert_same(read(path, recent), expected)
    assert len(decoded) == 1


def test_frames_that_cannot_be_kept_are_decoded_again(make_video: MakeVideo) -> None:
    path = make_video("moving.gif", codec="gif", pixels="rgb8", stamps_ms=(0, 100, 400, 500))
    assert_same(read(path, kept(path, RecentPictures())), read(path))
