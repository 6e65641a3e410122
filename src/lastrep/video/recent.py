"""Frames that were decoded once and may be asked for again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from lastrep.video.frames import stored_bytes
from lastrep.video.resizing import KeptFrame, PictureMaker, Stored

#: Memory that the frames may take: 40 s at 30 a second of a picture of 480 x 270.
MAX_BYTES = 256 * 2**20


class RecentPictures:
    """The last frames of a video, made small, in bounded memory.

    They need not be decoded again to be seen once more (see `VideoFile.stored_frames`).

    Parameters
    ----------
    max_bytes
        Memory that they may take; the oldest make place for the newest.

    Attributes
    ----------
    size
        Stored width and height of the frames to come; None to keep none. May be changed from
        another thread; frames of another size are let go.
    dropped
        Whether frames were let go to make place for others.
    """

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        self.size: tuple[int, int] | None = None
        self.dropped = False
        self._max_bytes = max_bytes
        self._maker = PictureMaker((0, 0))
        self._frames: deque[tuple[float, KeptFrame]] = deque()

    def add(self, t_s: float, frame: Stored) -> None:
        """Keep a frame; the times must increase, or all begin again."""
        if self.size is None:
            return
        if self.size != self._maker.size:
            self._maker = PictureMaker(self.size)
            self._frames.clear()
        if self._frames and self._frames[-1][0] >= t_s:
            self._frames.clear()
        small = self._maker.kept(frame)
        if small is None:
            return
        self._frames.append((t_s, small))
        if len(self._frames) * stored_bytes(small) > self._max_bytes:
            self._frames.popleft()
            self.dropped = True

    def first_s(self, size: tuple[int, int]) -> float | None:
        """Return the time of the oldest frame, None if there is none of this size."""
        return self._frames[0][0] if self._frames and self._maker.size == size else None

    def taken(self) -> Iterator[tuple[float, KeptFrame]]:
        """Yield the frames with their times, and let go of them."""
        while self._frames:
            yield self._frames.popleft()
