"""A video file played as if it were a camera: in real time, whether anybody keeps up or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lastrep.video.live_source import Clock, LiveSource, clock
from lastrep.video.reading import Frame, VideoFile


class PlayedFile(LiveSource):
    """A file as a camera. Each frame is there at its own time, and gone when the next one is.

    Parameters
    ----------
    path
        The video.
    speed
        How many times faster than real time; times of frames stay the file's own.
    now
        The clock.

    Raises
    ------
    VideoError
        If the file cannot be read.
    """

    def __init__(self, path: Path, *, speed: float = 1.0, now: Clock = clock) -> None:
        super().__init__(str(path))
        self._video = VideoFile(path)
        self._speed = speed
        self._now = now

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was wrong with the file; complete at its end."""
        return self._video.warnings

    def _frames(self) -> Iterator[Frame]:
        with self._video as video:
            yield from video.frames()

    def _capture(self) -> None:
        began_s = self._now()
        for frame in self._frames():
            due_s = began_s + frame.t_s / self._speed
            if self._stop.wait(max(due_s - self._now(), 0.0)):
                return
            # A decoder that is late delays the frame, as a slow camera would.
            self._offer(frame, max(due_s, self._now()))
        # The last frame stays for as long as the others did.
        self._stop.wait(0.05)
