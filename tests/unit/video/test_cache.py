"""What was cached of a file is what the file would give once more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from lastrep.video.cache import FrameCache
from lastrep.video.container import stamp_s
from lastrep.video.frames import Frame
from lastrep.video.reading import VideoFile
from unit.video.video_clips import MakeVideo

SHORT_PX = 32


def filled(path: Path, cache: FrameCache, short_px: int | None = SHORT_PX) -> FrameCache:
    """Read a file in full size, every third frame of it, and cache what is asked for."""
    wanted = iter(range(10_000))
    with VideoFile(path) as video:
        cache.size = None if short_px is None else video.scaled_size(short_px)
        for _ in video.frames(lambda t_s: next(wanted) % 3 == 0, fill=cache):
            pass
    return cache


def read(path: Path, cache: FrameCache | None = None) -> list[Frame]:
    with VideoFile(path, max_short_side_px=SHORT_PX) as video:
        return list(video.frames(reuse=cache, lazy=True))


def assert_same(frames: Sequence[Frame], expected: Sequence[Frame]) -> None:
    assert [frame.t_s for frame in frames] == [frame.t_s for frame in expected]
    for one, other in zip(frames, expected, strict=True):
        np.testing.assert_array_equal(one.rgb, other.rgb)


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
def test_cached_frames_are_those_of_the_file(
    make_video: MakeVideo, decoded: list[float], rotation_deg: int | None
) -> None:
    path = make_video(rotation_deg=rotation_deg)
    expected = read(path)
    cache = filled(path, FrameCache())
    decoded.clear()
    assert_same(read(path, cache), expected)
    assert len(decoded) == 1
    # They are used up.
    assert_same(read(path, cache), expected)


@pytest.mark.parametrize("frames", [1, 7, 24])
def test_what_found_no_place_is_decoded_again(make_video: MakeVideo, frames: int) -> None:
    path = make_video()
    expected = read(path)
    one = filled(path, FrameCache(max_bytes=1))
    assert one.evicted
    assert one.first_s((48, 32)) is None
    size = 48 * 32 * 3 // 2
    cache = filled(path, FrameCache(max_bytes=frames * size))
    assert cache.first_s((48, 32)) == pytest.approx(expected[-frames].t_s)
    assert cache.evicted == (frames < len(expected))
    assert_same(read(path, cache), expected)


def test_cached_frames_of_another_size_are_left_alone(make_video: MakeVideo) -> None:
    path = make_video()
    assert_same(read(path, filled(path, FrameCache(), short_px=20)), read(path))
    assert_same(read(path, filled(path, FrameCache(), short_px=None)), read(path))


def test_a_change_of_size_lets_the_earlier_go(make_video: MakeVideo) -> None:
    path = make_video()
    cache = FrameCache()
    with VideoFile(path) as video:
        cache.size = video.scaled_size(20)
        for frame in video.frames(fill=cache):
            if frame.t_s > 0.4:
                cache.size = video.scaled_size(SHORT_PX)
    first_s = cache.first_s((48, 32))
    assert first_s is not None
    assert first_s > 0.4
    assert_same(read(path, cache), read(path))


def test_frames_of_high_depth_are_cached_too(make_video: MakeVideo, decoded: list[float]) -> None:
    quiet = {"x265-params": "log-level=none"}
    path = make_video("deep.mp4", codec="libx265", pixels="yuv420p10le", options=quiet)
    expected = read(path)
    cache = filled(path, FrameCache())
    decoded.clear()
    assert_same(read(path, cache), expected)
    assert len(decoded) == 1


def test_frames_without_planes_are_cached_too(make_video: MakeVideo, decoded: list[float]) -> None:
    path = make_video("moving.gif", codec="gif", pixels="rgb8", stamps_ms=(0, 100, 400, 500))
    expected = read(path)
    cache = filled(path, FrameCache())
    decoded.clear()
    assert_same(read(path, cache), expected)
    assert len(decoded) == 1
