"""Decoded pixels: images and copies of them."""

import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange

from lastrep.video.pixels import PixelConverter, planes
from unit.video.video_clips import ramp


@pytest.mark.parametrize(
    "kind", ["yuv420p", "yuv444p", "gbrp", "nv12", "yuv420p10le", "yuyv422", "rgb24"]
)
@pytest.mark.parametrize("size", [(320, 180), (427, 240), (640, 360), (1280, 720)])
def test_every_kind_of_frame_gives_its_image(kind: str, size: tuple[int, int]) -> None:
    frame = VideoFrame.from_ndarray(ramp(1280, 720), "rgb24").reformat(format=kind)
    picture = PixelConverter(size).rgb(frame)
    assert picture.shape == (size[1], size[0], 3)
    np.testing.assert_allclose(picture.astype(float), ramp(*size), atol=4)


def test_the_range_of_colours_is_kept() -> None:
    frame = VideoFrame.from_ndarray(ramp(640, 360), "rgb24").reformat(
        format="yuv420p", dst_color_range=ColorRange.JPEG
    )
    frame.color_range = ColorRange.JPEG
    picture = PixelConverter((320, 180)).rgb(frame)
    np.testing.assert_allclose(picture.astype(float), ramp(320, 180), atol=4)


@pytest.mark.parametrize(
    "kind", ["yuv420p", "yuv422p", "yuv444p", "gbrp", "yuvj420p", "yuv420p10le"]
)
@pytest.mark.parametrize("size", [(320, 180), (427, 241), (480, 270), (640, 360)])
def test_what_is_copied_gives_the_same_image(kind: str, size: tuple[int, int]) -> None:
    picture = np.dstack([ramp(640, 360)[..., 0], ramp(360, 640)[..., 0].T, ramp(640, 360)[..., 0]])
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24").reformat(format=kind)
    converter = PixelConverter(size)
    copied = converter.copied(frame)
    assert copied is not None
    assert converter.copied(copied) is copied
    assert not np.shares_memory(copied.planes[0], planes(frame)[0])
    np.testing.assert_array_equal(converter.rgb(copied), converter.rgb(frame))


def test_colours_side_by_side_are_not_copied() -> None:
    assert PixelConverter((64, 36)).copied(VideoFrame.from_ndarray(ramp(64, 36), "rgb24")) is None


def test_copied_pixels_lie_side_by_side_in_memory_of_their_own() -> None:
    frame = VideoFrame.from_ndarray(ramp(640, 360), "rgb24").reformat(format="yuv420p")
    converter = PixelConverter((320, 180))
    frames = [converter.copied(frame) for _ in range(3)]
    starts = [copied.planes[0].ctypes.data for copied in frames if copied is not None]
    assert np.diff(starts).tolist() == [320 * 180 * 3 // 2] * 2
