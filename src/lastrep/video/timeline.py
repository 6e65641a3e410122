"""From the time stamps that files carry to times that strictly increase from zero."""

from __future__ import annotations


class Timeline:
    """Gives each frame its time: seconds since the first displayed frame, strictly increasing.

    A player's clock shows the same times for files whose video starts with the file.

    Parameters
    ----------
    frame_s
        Usual time between frames, seconds, for frames that carry no time stamp.
    restart_s
        A time stamp this far behind the last one is not a stray frame: the file's clock was
        restarted (recordings joined together), and time goes on from there.

    Attributes
    ----------
    restarts, dropped
        How often the clock was restarted, and how many frames were left out.
    """

    def __init__(self, frame_s: float, *, restart_s: float = 1.0) -> None:
        self._frame_s = frame_s
        self._restart_s = restart_s
        self._zero_s: float | None = None
        self._last_s = 0.0
        self.restarts = 0
        self.dropped = 0

    def place(self, stamp_s: float | None) -> float | None:
        """Return the time of the next frame, or None if the frame must be left out.

        Parameters
        ----------
        stamp_s
            The frame's own time stamp by the file's clock, None if it has none.
        """
        if self._zero_s is None:
            self._zero_s = stamp_s if stamp_s is not None else 0.0
            return 0.0
        if stamp_s is None:
            time_s = self._last_s + self._frame_s
        else:
            time_s = stamp_s - self._zero_s
            if time_s < self._last_s - self._restart_s:
                self.restarts += 1
                time_s = self._last_s + self._frame_s
                self._zero_s = stamp_s - time_s
        if time_s <= self._last_s:
            self.dropped += 1
            return None
        self._last_s = time_s
        return time_s
