"""Pictures as they are stored show the same colours as pictures in red, green and blue."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from lastrep.pose.blazepose.network import SquareCutter
from lastrep.pose.blazepose.square import Square
from lastrep.video.frames import StoredFrame
from lastrep.video.orientation import Image, Orientation
from lastrep.video.planes import pixels_at
from lastrep.video.resizing import PictureMaker

SIZE = (320, 180)
UPRIGHT = Orientation()


def smooth_picture(seed: int = 4) -> Image:
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(30, 225, (6, 9, 3)).astype(np.float32)
    return cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


def stored(
    kind: str = "yuv420p", colour_range: int = 0, orientation: Orientation = UPRIGHT
) -> StoredFrame:
    full = colour_range == int(ColorRange.JPEG)
    frame = VideoFrame.from_ndarray(smooth_picture(), "rgb24").reformat(
        format=kind, dst_color_range=ColorRange.JPEG if full else None
    )
    frame.color_range = colour_range
    return StoredFrame(0.0, frame, PictureMaker(SIZE), orientation)


@pytest.mark.parametrize("kind", ["yuv420p", "yuv422p", "yuv444p", "gbrp", "gray"])
@pytest.mark.parametrize("colour_range", [int(ColorRange.UNSPECIFIED), int(ColorRange.JPEG)])
def test_single_pixels_have_the_colours_of_the_picture(kind: str, colour_range: int) -> None:
    frame = stored(kind, colour_range)
    y, x = np.mgrid[3:177:7, 2:318:9]
    there = pixels_at(frame.image_rgb, y, x).astype(int)
    assert np.abs(pixels_at(frame.picture, y, x) - there).max() <= 3


def test_the_standard_of_high_definition_is_told_from_the_older_one() -> None:
    frame = VideoFrame.from_ndarray(smooth_picture(), "rgb24").reformat(format="yuv420p")
    y, x = np.mgrid[3:177:7, 2:318:9]
    seen = []
    for standard in (Colorspace.ITU601, Colorspace.ITU709):
        frame.colorspace = int(standard)
        one = StoredFrame(0.0, frame, PictureMaker(SIZE), Orientation())
        there = pixels_at(one.image_rgb, y, x).astype(int)
        seen.append(pixels_at(one.picture, y, x).astype(int))
        assert np.abs(seen[-1] - there).max() <= 3
    assert np.abs(seen[0] - seen[1]).max() > 5


@pytest.mark.parametrize("border", [cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT])
@pytest.mark.parametrize("kind", ["yuv420p", "yuv422p", "yuv444p", "gbrp", "gray"])
@pytest.mark.parametrize(
    "square",
    [Square(160, 90, 120, 0.0), Square(150, 95, 140, 0.7), Square(20, 90, 200, -1.2)],
    ids=["upright", "turned", "half outside"],
)
def test_a_square_cut_out_of_planes_is_that_of_the_picture(
    square: Square, kind: str, border: int
) -> None:
    frame = stored(kind)
    cutter = SquareCutter(128, border)
    expected = cutter(frame.image_rgb, square).astype(int)
    off = np.abs(cutter(frame.picture, square) - expected)
    assert off.mean() < 1.0
    # Colours of 2 x 2 pixels are one in the picture, and run into each other in the square.
    assert np.percentile(off, 99) <= 8


def test_planes_are_turned_upright() -> None:
    quarter = Orientation(transposed=True, flip_x=True)
    frame = stored(orientation=quarter)
    assert frame.picture.shape == frame.image_rgb.shape[:2] == (320, 180)
    y, x = np.mgrid[3:317:7, 2:178:9]
    off = pixels_at(frame.picture, y, x) - pixels_at(frame.image_rgb, y, x).astype(int)
    assert np.abs(off).max() <= 12
    assert np.abs(off).mean() < 1.5
