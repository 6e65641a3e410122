"""Camera and played file: only the newest frame counts, and trouble is told in plain words."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from lastrep.errors import VideoError
from lastrep.video import camera as camera_module
from lastrep.video.camera import Camera, CameraOptions
from lastrep.video.live_source import Captured, LiveSource
from lastrep.video.playback import PlayedFile
from unit.video.video_clips import MakeVideo, red_corner

Answer = tuple[bool, "np.ndarray | None"]


class FakeDevice:
    """A camera that gives what a test tells it to; None ends it."""

    def __init__(self, answers: Iterator[Answer], *, opened: bool = True) -> None:
        self._answers, self._opened = answers, opened
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self._opened

    def read(self) -> Answer:
        time.sleep(0.005)
        return next(self._answers, (False, None))

    def release(self) -> None:
        self.released = True


def pictures(count: int, value: int = 0) -> Iterator[Answer]:
    for i in range(count):
        yield True, np.full((64, 96, 3), value + i, np.uint8)


def wait_for(source: LiveSource, what: Callable[[Captured | None], bool]) -> Captured | None:
    for _ in range(400):
        got = source.read(0.02)
        if what(got):
            return got
    raise AssertionError("it never happened")


def test_a_slow_reader_gets_the_newest_frame_and_knows_what_it_missed() -> None:
    with Camera(open_capture=lambda number: FakeDevice(pictures(200))) as camera:
        first = wait_for(camera, lambda got: got is not None)
        time.sleep(0.15)
        second = camera.read(1.0)
    assert first is not None
    assert second is not None
    skipped = int(second.frame.rgb[0, 0, 0]) - int(first.frame.rgb[0, 0, 0]) - 1
    assert second.dropped == skipped > 2
    assert second.frame.t_s - first.frame.t_s == pytest.approx(second.captured_s - first.captured_s)


def test_pictures_are_rgb_and_no_larger_than_needed() -> None:
    blue = np.zeros((1080, 1920, 3), np.uint8)
    blue[..., 0] = 200
    with Camera(open_capture=lambda number: FakeDevice(iter([(True, blue)]))) as camera:
        got = wait_for(camera, lambda got: got is not None)
    assert got is not None
    assert got.frame.rgb.shape == (720, 1280, 3)
    assert got.frame.rgb[5, 5].tolist() == [0, 0, 200]


def test_an_unplugged_camera_says_so_and_goes_on_when_it_is_back() -> None:
    plugged = threading.Event()
    devices = iter([FakeDevice(pictures(5)), FakeDevice(iter(()), opened=False)])

    def opened(number: int) -> FakeDevice:
        if plugged.is_set():
            return FakeDevice(pictures(500, 100))
        return next(devices, FakeDevice(iter(()), opened=False))

    with Camera(open_capture=opened, options=CameraOptions(retry_s=0.05)) as camera:
        wait_for(camera, lambda got: camera.problem is not None)
        assert camera.problem == "camera 0 is gone; plug it in again, nothing is lost"
        assert not camera.ended
        plugged.set()
        back = wait_for(camera, lambda got: got is not None and got.frame.rgb[0, 0, 0] >= 100)
        assert camera.problem is None
    assert back is not None
    assert back.frame.t_s > 0.05


def test_a_frozen_camera_says_so() -> None:
    same = np.full((64, 96, 3), 7, np.uint8)
    device = FakeDevice(iter([(True, same)] * 400))
    options = CameraOptions(frozen_s=0.1)
    with Camera(open_capture=lambda number: device, options=options) as camera:
        wait_for(camera, lambda got: camera.problem is not None)
        assert "the same picture" in (camera.problem or "")


@pytest.mark.parametrize(
    ("devices", "words"),
    [((), "no camera found"), ((4,), "try --camera with one of: 4")],
)
def test_a_camera_that_never_was_there_is_an_error(
    monkeypatch: pytest.MonkeyPatch, devices: tuple[int, ...], words: str
) -> None:
    monkeypatch.setattr(camera_module, "sys_devices", lambda: devices)
    missing = FakeDevice(iter(()), opened=False)
    with (
        Camera(9, open_capture=lambda number: missing) as camera,
        pytest.raises(VideoError, match=words),
    ):
        wait_for(camera, lambda got: False)
    assert missing.released


def test_a_file_plays_in_its_own_time_and_ends(make_video: MakeVideo) -> None:
    path = make_video(stamps_ms=tuple(range(0, 400, 40)))
    began_s = time.monotonic()
    seen = []
    with PlayedFile(path) as source:
        while not source.ended:
            got = source.read(0.5)
            if got is not None:
                seen.append(got)
    assert time.monotonic() - began_s >= 0.36
    assert red_corner(seen[0].frame.rgb) == "top left"
    assert sum(1 + got.dropped for got in seen) == 10
    assert seen[-1].frame.t_s == pytest.approx(0.36)
    for got in seen:
        assert got.captured_s - began_s >= got.frame.t_s - 0.002


def test_nobody_who_looks_late_is_told_old_news(make_video: MakeVideo) -> None:
    with PlayedFile(make_video(stamps_ms=tuple(range(0, 3000, 40)))) as source:
        time.sleep(1.5)
        got = source.read(0.5)
    assert got is not None
    assert got.frame.t_s >= 0.32
    assert got.dropped >= 7


def test_a_file_that_is_none_is_an_error_at_once(make_video: MakeVideo) -> None:
    path = make_video()
    path.write_bytes(b"not a video")
    with pytest.raises(VideoError, match=r"clip\.mp4"):
        PlayedFile(path)
