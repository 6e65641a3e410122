"""Pictures that tell how they were turned, for tests of reading and writing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from lastrep.video.orientation import Image

#: The corner that tells how a picture was turned, and the rest.
RED, GREY = (220, 30, 30), (110, 110, 110)

MakeVideo = Callable[..., Path]


def marked_picture(width_px: int = 96, height_px: int = 64) -> Image:
    """Grey, with the upper left quarter red."""
    picture = np.full((height_px, width_px, 3), GREY, np.uint8)
    picture[: height_px // 2, : width_px // 2] = RED
    return picture


def ramp(width_px: int, height_px: int) -> Image:
    """An image that gets brighter evenly from left to right."""
    row = np.linspace(0, 250, width_px)
    return np.repeat(np.tile(row, (height_px, 1))[..., None], 3, axis=2).astype(np.uint8)


def red_corner(picture: Image) -> str:
    """Name the corner whose middle is red: "top left", ..."""
    height, width = picture.shape[:2]
    corners = {
        f"{y_name} {x_name}": picture[int(height * y), int(width * x)].astype(int)
        for y_name, y in (("top", 0.25), ("bottom", 0.75))
        for x_name, x in (("left", 0.25), ("right", 0.75))
    }
    red = [name for name, pixel in corners.items() if pixel[0] - pixel[2] > 100]
    assert len(red) == 1, corners
    return red[0]
