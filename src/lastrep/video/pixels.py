"""Decoded pixels: their planes in memory, and RGB images and smaller copies made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from mmap import mmap
from threading import Lock

import numpy as np
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from lastrep.video.orientation import Image
from lastrep.video.resizing import resized

#: Copied pixels lie in blocks of memory of their own, which go back to the system with the last of
#: them. On the heap, between images that come and go, the places of frames that were let go fill
#: up with less: it grew by 0.7 GB in five minutes of video.
BLOCK_BYTES = 8 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class PlanarImage:
    """Pixels in memory of ours, to be kept for long.

    Parameters
    ----------
    pixel_format
        How they are stored, as libav calls it ("yuv420p").
    planes
        Each of shape = (height, width): uint8, brightness first.
    colorspace, color_range
        As libav counts them.
    """

    pixel_format: str
    planes: tuple[Image, ...]
    colorspace: int
    color_range: int


#: Pixels of a frame: libav's own, or copied.
Pixels = VideoFrame | PlanarImage


class PixelConverter:
    """Turns decoded pixels into images of one size; threads may share it.

    Parameters
    ----------
    size
        Width and height of the results, pixels, as stored (not yet upright).
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self._to_planes, self._to_rgb = VideoReformatter(), VideoReformatter()
        # Used by two threads at once, FFmpeg's scaler waits for ever.
        self._lock = Lock()
        self._free = np.empty(0, np.uint8)

    def rgb(self, pixels: Pixels) -> Image:
        """Return the RGB image of a frame, shape = (height, width, 3)."""
        decoded = _as_video_frame(pixels)
        # Half of the numbers are resized, and far fewer turned into colours.
        decoded = self.resized(decoded) or decoded
        with self._lock:
            # One thread: it is quick, and the other cores look for landmarks.
            image = self._to_rgb.reformat(decoded, format="rgb24", threads=1)
        # A copy, as places of libav's memory are hardly ever used again once they are let go (the C
        # library looks for larger ones, to align them): 0.3 GB in twenty seconds of video.
        return resized(np.array(image.to_ndarray(), np.uint8), self.size)

    def resized(self, pixels: Pixels) -> VideoFrame | None:
        """Return the pixels at this size; themselves, if they have it.

        None where that needs an RGB image first: of pixels stored as red, green and blue side by
        side.
        """
        planar = self._planar(_as_video_frame(pixels))
        if planar is None or (planar.width, planar.height) == self.size:
            return planar
        small = VideoFrame(*self.size, planar.format.name)
        small.colorspace, small.color_range = planar.colorspace, planar.color_range
        for source, target in zip(planes(planar), planes(small), strict=True):
            resized(source, target.shape[::-1], out=target)
        return small

    def copied(self, pixels: Pixels) -> PlanarImage | None:
        """Return a copy of the pixels at this size, to be kept for long; None as in `resized`.

        What is such a copy already is returned itself.
        """
        if isinstance(pixels, PlanarImage) and pixel_size(pixels) == self.size:
            return pixels
        planar = self._planar(_as_video_frame(pixels))
        if planar is None:
            return None
        pixel_format = planar.format.name
        sizes = [(c.width, c.height) for c in VideoFormat(pixel_format, *self.size).components]
        memory = self._memory(sum(width * height for width, height in sizes))
        copies = []
        for source, (width, height) in zip(planes(planar), sizes, strict=True):
            target, memory = memory[: width * height], memory[width * height :]
            copies.append(target.reshape(height, width))
            resized(source, (width, height), out=copies[-1])
        return PlanarImage(pixel_format, tuple(copies), planar.colorspace, planar.color_range)

    def _memory(self, size_bytes: int) -> Image:
        """Return some memory of the block at hand, else of a new one."""
        with self._lock:
            if len(self._free) < size_bytes:
                self._free = np.frombuffer(mmap(-1, max(BLOCK_BYTES, size_bytes)), np.uint8)
            memory, self._free = self._free[:size_bytes], self._free[size_bytes:]
            return memory

    def _planar(self, frame: VideoFrame) -> VideoFrame | None:
        """Return a frame with a plane for brightness and two for colour; None if it has none."""
        if _has_byte_planes(frame):
            return frame
        if frame.format.is_rgb or len(frame.format.components) < 3:
            return None
        with self._lock:
            return self._to_planes.reformat(frame, format="yuv420p")


class ConverterPool:
    """The converters of one video file, by size: each keeps FFmpeg's scalers set up."""

    def __init__(self) -> None:
        self._by_size: dict[tuple[int, int], PixelConverter] = {}

    def of(self, size: tuple[int, int]) -> PixelConverter:
        """Return the converter to a stored size (width, height), pixels."""
        found = self._by_size.get(size)
        return found or self._by_size.setdefault(size, PixelConverter(size))


def pixel_size(pixels: Pixels) -> tuple[int, int]:
    """Return width and height as stored (not yet upright)."""
    if isinstance(pixels, VideoFrame):
        return pixels.width, pixels.height
    height, width = pixels.planes[0].shape
    return width, height


def pixel_bytes(pixels: Pixels) -> int:
    """Return the memory that pixels take."""
    return sum(plane.nbytes for plane in planes(pixels))


def planes(pixels: Pixels) -> Sequence[Image]:
    """Return views of the planes of bytes, each of shape = (height, width)."""
    if isinstance(pixels, PlanarImage):
        return pixels.planes
    return [
        np.asarray(memoryview(plane)).view(np.uint8).reshape(plane.height, -1)[:, : plane.width]
        for plane in pixels.planes
    ]


def _as_video_frame(pixels: Pixels) -> VideoFrame:
    """Return pixels as libav knows them: of `PlanarImage` a copy."""
    if isinstance(pixels, VideoFrame):
        return pixels
    copy = VideoFrame(*pixel_size(pixels), pixels.pixel_format)
    copy.colorspace, copy.color_range = pixels.colorspace, pixels.color_range
    for source, target in zip(pixels.planes, planes(copy), strict=True):
        target[:] = source
    return copy


def _has_byte_planes(frame: VideoFrame) -> bool:
    """Whether each component of the pixels has a plane of bytes."""
    components = frame.format.components
    return (
        len(components) == len(frame.planes)
        and all(component.bits == 8 for component in components)
        and not frame.format.has_palette
        and all(plane.line_size > 0 for plane in frame.planes)
    )
