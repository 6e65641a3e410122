"""How a stored image is turned upright, from the file's display matrix."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from av.buffer import Buffer
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Orientation:
    """Quarter turns and mirrorings, in the order transpose, then flip.

    Parameters
    ----------
    transposed
        Rows become columns.
    flip_x, flip_y
        Left and right, top and bottom change places, after transposing.
    """

    transposed: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @classmethod
    def from_display_matrix(cls, matrix: NDArray[np.int32]) -> Orientation:
        """Read a display matrix of libavutil: 9 numbers, (x', y') = (a x + c y, b x + d y).

        Angles between quarter turns, which no phone writes, are taken to the nearest one.
        """
        a, b, _, c, d = (int(v) for v in matrix[:5])
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(False, a < 0, d < 0)
        return cls(True, c < 0, b < 0)

    @classmethod
    def of(cls, frame: VideoFrame) -> Orientation:
        """Return the orientation that a decoded frame names; upright if it names none."""
        matrix = frame.side_data.get("DISPLAYMATRIX")
        if not isinstance(matrix, Buffer):
            return cls()
        return cls.from_display_matrix(np.frombuffer(bytes(matrix), np.int32))

    def size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Return the upright (width, height) of a stored image, or the other way round."""
        return (height_px, width_px) if self.transposed else (width_px, height_px)

    def upright(self, image: Image) -> Image:
        """Return an image, in colours or grey, turned upright and contiguous in memory."""
        return np.ascontiguousarray(self.turned(image))

    def turned(self, image: Image) -> Image:
        """Return an image turned upright; the same view of memory if it is upright already."""
        if self.transposed:
            image = np.asarray(cv2.transpose(image), np.uint8)
        if self.flip_x or self.flip_y:
            # OpenCV: 1 left and right, 0 top and bottom, -1 both.
            way = -1 if self.flip_x and self.flip_y else int(self.flip_x)
            image = np.asarray(cv2.flip(image, way), np.uint8)
        return image
