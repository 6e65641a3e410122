"""Make pictures of a video's frames, smaller on the way if need be, at little cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from mmap import mmap
from threading import Lock

import cv2
import numpy as np
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from lastrep.video.orientation import Image

#: Kept frames lie in blocks of memory of their own, which go back to the system with the last of
#: them. On the heap, between pictures that come and go, the places of frames that were let go fill
#: up with less: it grew by 0.7 GB in five minutes of video.
BLOCK_BYTES = 8 * 2**20


def halved(image: Image, out: Image | None = None) -> Image:
    """Return the picture, or a plane of one, at half its size: each pixel the mean of four.

    Parameters
    ----------
    out
        Where to put it, if it is of that size.
    """
    small = cv2.resize(image, None, out, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def resized(
    image: Image, size: tuple[int, int], *, by_area: bool = False, out: Image | None = None
) -> Image:
    """Return the picture, or a plane of one, at another size (width, height).

    It is halved while it is at least twice as large, and interpolated the rest of the way: a third
    of the time that FFmpeg's scaler or OpenCV's mean over areas takes, which are sharper than what
    looks at most pictures needs.

    Parameters
    ----------
    by_area
        Whether the rest of the way goes by means over areas: no texture changes as it moves.
    out
        Where to put it.
    """
    while image.shape[1] >= 2 * size[0] and image.shape[0] >= 2 * size[1]:
        image = halved(image, out)
    if image.shape[1::-1] != size:
        way = cv2.INTER_AREA if by_area else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(image, size, out, interpolation=way), np.uint8)
    if out is not None and image is not out:
        out[:] = image
        return out
    return image


@dataclass(frozen=True, slots=True, eq=False)
class KeptFrame:
    """A frame that is kept for long.

    Parameters
    ----------
    kind
        How its pixels are stored, as libav calls it.
    planes
        Each of shape = (height, width): brightness first.
    colorspace, color_range
        As libav counts them.
    """

    kind: str
    planes: tuple[Image, ...]
    colorspace: int
    color_range: int


Stored = VideoFrame | KeptFrame


class PictureMaker:
    """Turns decoded frames into pictures of one size; threads may share it.

    Parameters
    ----------
    size
        Width and height.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self._to_planes, self._to_colours = VideoReformatter(), VideoReformatter()
        # Used by two threads at once, FFmpeg's scaler waits for ever.
        self._lock = Lock()
        self._free = np.empty(0, np.uint8)

    def picture(self, frame: Stored) -> Image:
        """Return the picture of a frame."""
        decoded = _decoded(frame)
        # Half of the numbers are resized, and far fewer turned into colours.
        decoded = self.resized(decoded) or decoded
        with self._lock:
            # One thread: it is quick, and the other cores look for landmarks.
            picture = self._to_colours.reformat(decoded, format="rgb24", threads=1)
        # A copy, as places of libav's memory are hardly ever used again once they are let go (the C
        # library looks for larger ones, to align them): 0.3 GB in twenty seconds of video.
        return resized(np.array(picture.to_ndarray(), np.uint8), self.size)

    def resized(self, frame: Stored) -> VideoFrame | None:
        """Return a frame at this size; itself, if it has it.

        None where that is not to be had without making a picture of it first: of frames that are
        stored as red, green and blue, side by side.
        """
        planar = self.planar(_decoded(frame))
        if planar is None or (planar.width, planar.height) == self.size:
            return planar
        small = VideoFrame(*self.size, planar.format.name)
        small.colorspace, small.color_range = planar.colorspace, planar.color_range
        for source, target in zip(planes(planar), planes(small), strict=True):
            resized(source, target.shape[::-1], out=target)
        return small

    def kept(self, frame: Stored) -> KeptFrame | None:
        """Return a frame at this size, to be kept for long; itself, if it is; None as above."""
        if isinstance(frame, KeptFrame):
            return frame
        planar = self.planar(frame)
        if planar is None:
            return None
        kind = planar.format.name
        sizes = [(c.width, c.height) for c in VideoFormat(kind, *self.size).components]
        memory = self._memory(sum(width * height for width, height in sizes))
        copies = []
        for source, (width, height) in zip(planes(planar), sizes, strict=True):
            pixels, memory = memory[: width * height], memory[width * height :]
            copies.append(pixels.reshape(height, width))
            resized(source, (width, height), out=copies[-1])
        return KeptFrame(kind, tuple(copies), planar.colorspace, planar.color_range)

    def _memory(self, size_bytes: int) -> Image:
        """Return some memory of the block at hand, else of a new one."""
        with self._lock:
            if len(self._free) < size_bytes:
                self._free = np.frombuffer(mmap(-1, max(BLOCK_BYTES, size_bytes)), np.uint8)
            memory, self._free = self._free[:size_bytes], self._free[size_bytes:]
            return memory

    def planar(self, frame: VideoFrame) -> VideoFrame | None:
        """Return a frame with a plane for brightness and two for colour; None if it has none."""
        if _has_plain_planes(frame):
            return frame
        if frame.format.is_rgb or len(frame.format.components) < 3:
            return None
        with self._lock:
            return self._to_planes.reformat(frame, format="yuv420p")


def _decoded(frame: Stored) -> VideoFrame:
    """Return a frame as libav knows it: of one that is kept a copy."""
    if isinstance(frame, VideoFrame):
        return frame
    height, width = frame.planes[0].shape
    copy = VideoFrame(width, height, frame.kind)
    copy.colorspace, copy.color_range = frame.colorspace, frame.color_range
    for source, target in zip(frame.planes, planes(copy), strict=True):
        target[:] = source
    return copy


def _has_plain_planes(frame: VideoFrame) -> bool:
    """Whether each component of the pixels has a plane of bytes."""
    components = frame.format.components
    return (
        len(components) == len(frame.planes)
        and all(component.bits == 8 for component in components)
        and not frame.format.has_palette
        and all(plane.line_size > 0 for plane in frame.planes)
    )


def planes(frame: Stored) -> Sequence[Image]:
    """Return views of a frame's planes of bytes, each of shape = (height, width)."""
    if isinstance(frame, KeptFrame):
        return frame.planes
    return [
        np.asarray(memoryview(plane)).view(np.uint8).reshape(plane.height, -1)[:, : plane.width]
        for plane in frame.planes
    ]
