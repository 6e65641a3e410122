"""Smaller pictures."""

import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange

from lastrep.video.orientation import Image
from lastrep.video.resizing import PictureMaker, halved, planes, resized


def ramp(width: int, height: int) -> Image:
    """A picture that gets brighter evenly from left to right."""
    row = np.linspace(0, 250, width)
    return np.repeat(np.tile(row, (height, 1))[..., None], 3, axis=2).astype(np.uint8)


def test_each_pixel_is_the_mean_of_four() -> None:
    image = np.zeros((2, 4, 3), np.uint8)
    image[0, 0] = 200
    np.testing.assert_array_equal(halved(image)[0, :, 0], [50, 0])


@pytest.mark.parametrize("size", [(320, 180), (427, 240), (640, 360), (100, 333)])
def test_what_is_where_stays_there(size: tuple[int, int]) -> None:
    small = resized(ramp(640, 360), size)
    assert small.shape == (size[1], size[0], 3)
    np.testing.assert_allclose(small.astype(float), ramp(*size), atol=3)


@pytest.mark.parametrize(
    "kind", ["yuv420p", "yuv444p", "gbrp", "nv12", "yuv420p10le", "yuyv422", "rgb24"]
)
@pytest.mark.parametrize("size", [(320, 180), (427, 240), (640, 360), (1280, 720)])
def test_every_kind_of_frame_gives_its_picture(kind: str, size: tuple[int, int]) -> None:
    frame = VideoFrame.from_ndarray(ramp(1280, 720), "rgb24").reformat(format=kind)
    picture = PictureMaker(size).picture(frame)
    assert picture.shape == (size[1], size[0], 3)
    np.testing.assert_allclose(picture.astype(float), ramp(*size), atol=4)


def test_the_range_of_colours_is_kept() -> None:
    frame = VideoFrame.from_ndarray(ramp(640, 360), "rgb24").reformat(
        format="yuv420p", dst_color_range=ColorRange.JPEG
    )
    frame.color_range = ColorRange.JPEG
    picture = PictureMaker((320, 180)).picture(frame)
    np.testing.assert_allclose(picture.astype(float), ramp(320, 180), atol=4)


@pytest.mark.parametrize(
    "kind", ["yuv420p", "yuv422p", "yuv444p", "gbrp", "yuvj420p", "yuv420p10le"]
)
@pytest.mark.parametrize("size", [(320, 180), (427, 241), (480, 270), (640, 360)])
def test_what_is_kept_gives_the_same_picture(kind: str, size: tuple[int, int]) -> None:
    picture = np.dstack([ramp(640, 360)[..., 0], ramp(360, 640)[..., 0].T, ramp(640, 360)[..., 0]])
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24").reformat(format=kind)
    maker = PictureMaker(size)
    kept = maker.kept(frame)
    assert kept is not None
    assert maker.kept(kept) is kept
    assert not np.shares_memory(kept.planes[0], planes(frame)[0])
    np.testing.assert_array_equal(maker.picture(kept), maker.picture(frame))


def test_colours_side_by_side_are_not_kept() -> None:
    assert PictureMaker((64, 36)).kept(VideoFrame.from_ndarray(ramp(64, 36), "rgb24")) is None


def test_kept_frames_lie_side_by_side_in_memory_of_their_own() -> None:
    frame = VideoFrame.from_ndarray(ramp(640, 360), "rgb24").reformat(format="yuv420p")
    maker = PictureMaker((320, 180))
    frames = [maker.kept(frame) for _ in range(3)]
    starts = [kept.planes[0].ctypes.data for kept in frames if kept is not None]
    assert np.diff(starts).tolist() == [320 * 180 * 3 // 2] * 2
