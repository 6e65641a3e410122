"""Video files played as if they were a camera: in real time, whether anybody keeps up or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lastrep.video.frames import Frame
from lastrep.video.live_source import Clock, LiveSource, clock
from lastrep.video.reading import VideoFile


class PlayedFile(LiveSource):
    """Files as a camera, one after another on one clock.

    Each frame is there at its own time, and gone when the next one is.

    Parameters
    ----------
    paths
        The videos.
    speed
        How many times faster than real time; times of frames stay the files' own.
    now
        The clock.
    between_files_s
        Time between the last frame of a file and the first of the next.

    Raises
    ------
    VideoError
        If a file cannot be read.
    """

    def __init__(
        self,
        *paths: Path,
        speed: float = 1.0,
        now: Clock = clock,
        between_files_s: float = 0.1,
    ) -> None:
        super().__init__(str(paths[0]))
        self._videos = [VideoFile(path) for path in paths]
        self._speed = speed
        self._now = now
        self._between_files_s = between_files_s

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was wrong with the files; complete at their end."""
        return tuple(warning for video in self._videos for warning in video.warnings)

    def _frames(self) -> Iterator[tuple[Frame, bool]]:
        """Yield frames, and whether another file begins with them."""
        begin_s = end_s = 0.0
        for video in self._videos:
            with video:
                for index, frame in enumerate(video.frames()):
                    end_s = begin_s + frame.t_s
                    yield frame.with_time(end_s), index == 0 and begin_s > 0
            begin_s = end_s + self._between_files_s

    def _capture(self) -> None:
        began_s = self._now()
        for frame, begins in self._frames():
            due_s = began_s + frame.t_s / self._speed
            if self._stop.wait(max(due_s - self._now(), 0.0)):
                return
            # A decoder that is late delays the frame, as a slow camera would.
            self._offer(frame, max(due_s, self._now()), begins=begins)
        # The last frame stays for as long as the others did.
        self._stop.wait(0.05)
