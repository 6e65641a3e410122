"""One decoded frame, whose images are made when they are asked for."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

import cv2
import numpy as np

from lastrep.video.orientation import Image, Orientation
from lastrep.video.pixels import ConverterPool, Pixels, pixel_bytes, pixel_size, planes
from lastrep.video.resizing import resized


@dataclass(frozen=True, slots=True, eq=False)
class StoredImage:
    """An image as a video file stores it: not yet upright, brightness and colours apart.

    Parameters
    ----------
    pixels
        The planes of pixels.
    orientation
        How the image is turned upright.
    converters
        Make RGB images and other sizes of it; shared by the frames of a file.
    """

    pixels: Pixels
    orientation: Orientation
    converters: ConverterPool

    @property
    def rgb(self) -> Image:
        """The upright RGB image, shape = (height, width, 3); made anew each time."""
        return self._rgb(pixel_size(self.pixels))

    @property
    def grey(self) -> Image:
        """The upright brightness as it is stored, shape = (height, width)."""
        return self.orientation.turned(planes(self.pixels)[0])

    @property
    def size_bytes(self) -> int:
        """Memory of the pixels."""
        return pixel_bytes(self.pixels)

    def resized(self, size: tuple[int, int], *, lasting: bool) -> StoredImage | Image:
        """Return the image at another size; as upright RGB where its pixels have no planes.

        Parameters
        ----------
        size
            Width and height of the upright image, pixels.
        lasting
            Whether the image will be kept for long (see `PixelConverter.copied`).
        """
        stored_size = self.orientation.size(*size)
        converter = self.converters.of(stored_size)
        scaled = converter.copied(self.pixels) if lasting else converter.resized(self.pixels)
        return self._rgb(stored_size) if scaled is None else replace(self, pixels=scaled)

    def _rgb(self, stored_size: tuple[int, int]) -> Image:
        return self.orientation.upright(self.converters.of(stored_size).rgb(self.pixels))


class Frame:
    """One frame of a video or camera: its time, and its image in several forms.

    Parameters
    ----------
    t_s
        Seconds since the first frame, by the source's own clock.
    image
        The upright RGB image, shape = (height, width, 3): uint8, contiguous, not mirrored; or the
        image as a file stores it, in half the memory.
    """

    __slots__ = ("_rgb", "_stored", "t_s")

    def __init__(self, t_s: float, image: Image | StoredImage) -> None:
        self.t_s = t_s
        self._stored = image if isinstance(image, StoredImage) else None
        self._rgb = None if isinstance(image, StoredImage) else image

    @property
    def rgb(self) -> Image:
        """The upright RGB image, shape = (height, width, 3): uint8, contiguous, not mirrored.

        Made anew each time, and not kept, unless the frame came with it (see `with_rgb`).
        """
        if self._rgb is not None:
            return self._rgb
        assert self._stored is not None
        return self._stored.rgb

    @property
    def grey(self) -> Image:
        """The upright image in grey, shape = (height, width).

        Of a video file that is the brightness as it is stored (usually 16 to 235), at no cost.
        """
        if self._stored is not None:
            return self._stored.grey
        return np.asarray(cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY), np.uint8)

    @property
    def size_bytes(self) -> int:
        """Memory that the frame takes: of its RGB image, if it holds one, or as it is stored."""
        if self._rgb is not None:
            return self._rgb.nbytes
        assert self._stored is not None
        return self._stored.size_bytes

    def resized(self, size: tuple[int, int], *, lasting: bool = False) -> Frame:
        """Return the frame at another size.

        Parameters
        ----------
        size
            Width and height of the upright image, pixels.
        lasting
            Whether the frame will be kept for long: its pixels are then copied to memory that goes
            back to the system afterwards.
        """
        if self._stored is None:
            return Frame(self.t_s, resized(self.rgb, size))
        return Frame(self.t_s, self._stored.resized(size, lasting=lasting))

    def with_rgb(self) -> Frame:
        """Return the frame holding its RGB image, for which it is asked more than once."""
        frame = copy(self)
        frame._rgb = self.rgb
        return frame

    def with_time(self, t_s: float) -> Frame:
        """Return the same images at another time, seconds."""
        frame = copy(self)
        frame.t_s = t_s
        return frame
