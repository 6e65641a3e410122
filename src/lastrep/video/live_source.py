"""What live frames come from: only the newest frame is kept, so nothing ever lags behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from lastrep.video.frames import Frame

#: The clock that live frames are stamped by: it never jumps.
Clock = Callable[[], float]
clock: Clock = time.monotonic


@dataclass(frozen=True, slots=True, eq=False)
class Captured:
    """A frame and when it was taken.

    Parameters
    ----------
    frame
        The frame with its time since the source began.
    captured_s
        By `clock`: what the delay until it is displayed is measured from.
    dropped
        Frames that were never looked at since the one before.
    begins
        Whether another recording has begun since the one before.
    """

    frame: Frame
    captured_s: float
    dropped: int
    begins: bool = False


class LiveSource:
    """A thread that captures into a slot for one frame; the base of camera and played file.

    Subclasses implement `_capture`, which calls `_offer` for each frame, returns at the end of the
    stream, and looks at `_stop` in between.

    Parameters
    ----------
    name
        What messages call it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        #: Set once the stream is over for good.
        self.ended = False
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._newest: Captured | None = None
        self._problem: str | None = None
        self._error: Exception | None = None
        self._dropped = 0
        self._thread = threading.Thread(target=self._run, name=f"capture {name}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop capturing; waits for a driver that hangs no longer than a second."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    @property
    def problem(self) -> str | None:
        """What is wrong just now and what to do, None while all is well."""
        return self._problem

    def read(self, timeout_s: float) -> Captured | None:
        """Return the newest frame not yet read, waiting for it; None if none comes in time.

        Raises
        ------
        Exception
            What stopped the capture for good.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._newest is not None or self.ended or self._error is not None,
                timeout_s,
            )
            newest, self._newest = self._newest, None
            if newest is not None:
                self._dropped = 0
                return newest
            if self._error is not None:
                raise self._error
            return None

    def _offer(self, frame: Frame, captured_s: float, *, begins: bool = False) -> None:
        """Put a frame into the slot in place of an unread one."""
        with self._changed:
            if self._newest is not None:
                self._dropped += 1
                begins |= self._newest.begins
            self._newest = Captured(frame, captured_s, self._dropped, begins)
            self._problem = None
            self._changed.notify_all()

    def _capture(self) -> None:
        raise NotImplementedError

    def _run(self) -> None:
        try:
            self._capture()
        except Exception as error:  # handed to whoever reads
            self._error = error
        finally:
            with self._changed:
                self.ended = True
                self._changed.notify_all()
