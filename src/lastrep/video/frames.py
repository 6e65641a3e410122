"""Frames of a video: as pictures, or as stored until a picture is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lastrep.video.orientation import Image, Orientation
from lastrep.video.resizing import PictureMaker, Stored, planes


class StoredFrame:
    """One frame as it is stored, in half the memory of its picture; in grey it costs nothing.

    Parameters
    ----------
    t_s
        As in `Frame`.
    stored
        Its pixels: brightness first.
    maker
        Makes the picture.
    orientation
        How it is turned upright.
    """

    __slots__ = ("_maker", "_orientation", "_stored", "t_s")

    def __init__(
        self, t_s: float, stored: Stored, maker: PictureMaker, orientation: Orientation
    ) -> None:
        self.t_s = t_s
        self._stored, self._maker, self._orientation = stored, maker, orientation

    @property
    def image_rgb(self) -> Image:
        """As in `Frame`; made anew each time."""
        return self._orientation.upright(self._maker.picture(self._stored))

    @property
    def grey(self) -> Image:
        """The brightness as it is stored, shape = (height, width)."""
        return self._orientation.turned(planes(self._stored)[0])

    @property
    def size_bytes(self) -> int:
        """Memory that it takes."""
        return stored_bytes(self._stored)

    def pictured(self) -> Frame:
        """Return the frame with its picture."""
        return Frame(self.t_s, self.image_rgb, self)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a video or camera.

    Parameters
    ----------
    t_s
        Seconds since the first frame, by the source's own clock.
    image_rgb
        shape = (height, width, 3): uint8, contiguous, upright, not mirrored.
    stored
        The same frame as a video stores it; None of one that comes from a camera.
    """

    t_s: float
    image_rgb: Image
    stored: StoredFrame | None = None

    @property
    def grey(self) -> Image:
        """The picture in grey, shape = (height, width): as it is stored, or else made anew."""
        if self.stored is not None:
            return self.stored.grey
        return np.asarray(cv2.cvtColor(self.image_rgb, cv2.COLOR_RGB2GRAY), np.uint8)

    @property
    def size_bytes(self) -> int:
        """Memory that it takes."""
        return self.image_rgb.nbytes


AnyFrame = Frame | StoredFrame


def stored_bytes(frame: Stored) -> int:
    """Return the memory that a frame's pixels take."""
    return sum(plane.nbytes for plane in planes(frame))
