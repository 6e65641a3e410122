"""One frame in several forms."""

from __future__ import annotations

import numpy as np
import pytest
from av.video.frame import VideoFrame

from lastrep.video.frames import Frame, StoredImage
from lastrep.video.orientation import Orientation
from lastrep.video.pixels import ConverterPool
from unit.video.video_clips import marked_picture, ramp, red_corner


def stored(orientation: Orientation = Orientation()) -> Frame:  # noqa: B008 - frozen
    """A frame as a file stores it, 96 x 64 before it is turned upright."""
    pixels = VideoFrame.from_ndarray(marked_picture(), "rgb24").reformat(format="yuv420p")
    return Frame(2.0, StoredImage(pixels, orientation, ConverterPool()))


def test_a_frame_of_a_camera_gives_its_image_in_grey_and_smaller() -> None:
    frame = Frame(1.0, ramp(96, 64))
    assert frame.grey.shape == (64, 96)
    np.testing.assert_array_equal(frame.grey, frame.rgb[..., 0])
    small = frame.resized((48, 32))
    assert (small.t_s, small.rgb.shape, small.size_bytes) == (1.0, (32, 48, 3), 32 * 48 * 3)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        (Orientation(), "top left"),
        (Orientation(flip_x=True), "top right"),
        (Orientation(transposed=True, flip_x=True), "top right"),
    ],
)
@pytest.mark.parametrize("lasting", [False, True])
def test_stored_frames_are_upright_in_every_form(
    orientation: Orientation, corner: str, lasting: bool
) -> None:
    frame = stored(orientation)
    width, height = orientation.size(96, 64)
    assert frame.rgb.shape == (height, width, 3)
    assert frame.grey.shape == (height, width)
    small = frame.resized((width // 2, height // 2), lasting=lasting)
    assert small.rgb.shape == (height // 2, width // 2, 3)
    assert red_corner(frame.rgb) == red_corner(small.rgb) == corner


def test_images_are_made_each_time_or_kept() -> None:
    frame = stored()
    assert frame.rgb is not frame.rgb
    held = frame.with_rgb()
    assert held.rgb is held.rgb
    np.testing.assert_array_equal(held.rgb, frame.rgb)
    assert held.size_bytes == 2 * frame.size_bytes
    np.testing.assert_array_equal(held.grey, frame.grey)


def test_a_lasting_copy_of_the_right_size_is_made_once() -> None:
    once = stored().resized((48, 32), lasting=True)
    again = once.resized((48, 32), lasting=True)
    np.testing.assert_array_equal(once.rgb, again.rgb)
    assert np.shares_memory(once.grey, again.grey)


def test_the_same_frame_at_another_time() -> None:
    frame = stored().with_rgb()
    later = frame.with_time(5.0)
    assert (frame.t_s, later.t_s) == (2.0, 5.0)
    assert later.rgb is frame.rgb
