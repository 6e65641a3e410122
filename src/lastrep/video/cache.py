"""Frames that were decoded once and may be asked for again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from lastrep.video.frames import Frame

#: Memory that the frames may take, bytes: 40 s at 30 frames/s of images of 480 x 270.
MAX_CACHE_BYTES = 256 * 2**20


class FrameCache:
    """The last frames of a video at a reduced size, in bounded memory.

    They need not be decoded again to be seen once more (see `VideoFile.frames`).

    Parameters
    ----------
    max_bytes
        Memory that the frames may take; the oldest make place for the newest.

    Attributes
    ----------
    size
        Width and height, pixels, of the upright frames to come; None to keep none. May be changed
        from another thread; frames of another size are let go.
    evicted
        Whether frames were let go to make place for others.
    """

    def __init__(self, *, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self.size: tuple[int, int] | None = None
        self.evicted = False
        self._max_bytes = max_bytes
        self._cached_size: tuple[int, int] | None = None
        self._frames: deque[Frame] = deque()

    def add(self, frame: Frame) -> None:
        """Keep a frame; times must increase, or else all earlier frames are let go."""
        size = self.size
        if size is None:
            return
        if size != self._cached_size:
            self._cached_size = size
            self._frames.clear()
        if self._frames and self._frames[-1].t_s >= frame.t_s:
            self._frames.clear()
        small = frame.resized(size, lasting=True)
        self._frames.append(small)
        if len(self._frames) * small.size_bytes > self._max_bytes:
            self._frames.popleft()
            self.evicted = True

    def first_s(self, size: tuple[int, int]) -> float | None:
        """Return the time of the oldest frame, seconds; None if there is none of this size."""
        return self._frames[0].t_s if self._frames and self._cached_size == size else None

    def drain(self) -> Iterator[Frame]:
        """Yield the frames in order of time, and let go of them."""
        while self._frames:
            yield self._frames.popleft()
