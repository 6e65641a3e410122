"""Pictures as videos store them: brightness, and two planes of colour with fewer pixels.

Red, green and blue of all pixels are twice as many numbers, and few of them are ever looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from lastrep.video.orientation import Image

Indices = NDArray[np.intp]

#: Side of the patches of one colour that are shown to FFmpeg, pixels, and how many to each side.
PATCH_PX, PATCHES = 8, 12


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """A picture of one or three planes.

    Parameters
    ----------
    planes
        Each of shape = (h, w), upright; the first is as large as the picture.
    to_rgb
        shape = (3, planes + 1): what makes red, green and blue of the planes' values and 1.
    black
        The planes' values for black.
    """

    planes: tuple[Image, ...]
    to_rgb: NDArray[np.float32]
    black: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Height and width, as of an array."""
        return self.planes[0].shape

    def at(self, y: Indices, x: Indices) -> Image:
        """Return the colours of some pixels, shape = (..., 3); y and x of shapes that match."""
        values = [
            plane[y // down, x // across]
            for plane, (across, down) in zip(self.planes, self.steps, strict=True)
        ]
        rgb = np.stack(values, axis=-1) @ self.to_rgb[:, :-1].T + self.to_rgb[:, -1]
        return np.asarray(np.clip(np.rint(rgb), 0, 255), np.uint8)

    @property
    def steps(self) -> tuple[tuple[int, int], ...]:
        """How many pixels share one of each plane's, across and down."""
        height, width = self.shape
        return tuple(
            (round(width / plane.shape[1]), round(height / plane.shape[0])) for plane in self.planes
        )


#: A picture in red, green and blue, or as it is stored.
Picture = Image | Planes


def pixels_at(picture: Picture, y: Indices, x: Indices) -> Image:
    """Return the colours of some pixels, shape = (..., 3); y and x of shapes that match."""
    return picture.at(y, x) if isinstance(picture, Planes) else picture[y, x]


@cache
def matrix_to_rgb(format_name: str, colorspace: int, color_range: int) -> NDArray[np.float32]:
    """Return `Planes.to_rgb` for frames of a format, as FFmpeg converts them.

    There are many standards, and rules for what a file leaves open. So FFmpeg is shown patches of
    known values, and what it makes of them is fitted.
    """
    frame = VideoFrame(PATCH_PX * PATCHES, PATCH_PX * PATCHES, format_name)
    frame.colorspace, frame.color_range = colorspace, color_range
    views = planes(frame)
    random = np.random.default_rng(0)
    # Values whose red, green and blue are inside of 0 to 255.
    lows, highs = (64, *[110] * (len(views) - 1)), (180, *[146] * (len(views) - 1))
    values = random.integers(lows, highs, (PATCHES, PATCHES, len(views)))
    for k, view in enumerate(views):
        rows, columns = np.arange(view.shape[0]), np.arange(view.shape[1])
        view[:] = values[
            np.ix_(rows * PATCHES // view.shape[0], columns * PATCHES // view.shape[1])
        ][..., k]
    rgb = VideoReformatter().reformat(frame, format="rgb24").to_ndarray()
    middles = rgb[PATCH_PX // 2 :: PATCH_PX, PATCH_PX // 2 :: PATCH_PX].reshape(-1, 3)
    terms = np.column_stack([values.reshape(-1, len(views)), np.ones(PATCHES**2)])
    fit, *_ = np.linalg.lstsq(terms, middles.astype(np.float64), rcond=None)
    return fit.T.astype(np.float32)


def has_plain_planes(frame: VideoFrame) -> bool:
    """Whether each component of the pixels has a plane of bytes."""
    components = frame.format.components
    return (
        len(components) == len(frame.planes)
        and all(component.bits == 8 for component in components)
        and not frame.format.has_palette
        and all(plane.line_size > 0 for plane in frame.planes)
    )


def planes(frame: VideoFrame) -> list[Image]:
    """Return views of a frame's planes of bytes, each of shape = (height, width)."""
    return [
        np.asarray(memoryview(plane)).view(np.uint8).reshape(plane.height, -1)[:, : plane.width]
        for plane in frame.planes
    ]
