"""Record each set's video, so that it can be looked at and analysed again."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from lastrep.errors import OutputError
from lastrep.live.screen import Screen, Stage
from lastrep.video.live_source import Captured
from lastrep.video.writing import VideoWriter

#: Stages that belong to a set.
_RECORDED = (Stage.SETUP, Stage.READY, Stage.SET)


class _DiscardedError(Exception):
    """No set came of it: the file shall not appear."""


@dataclass(frozen=True, slots=True)
class RecordedVideo:
    """A set's video.

    Parameters
    ----------
    path
        The file.
    start_s
        When it begins, by the session's clock.
    """

    path: Path
    start_s: float


class Recorder:
    """Writes the frames from one set-up to the end of the set into a file of its own.

    Frames that the encoder has no time for are left out; the others keep their true times.

    Parameters
    ----------
    folder
        Where the files go: one folder a set.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._stack = contextlib.ExitStack()
        self._writer: VideoWriter | None = None
        self._start_s = 0.0
        self._path = folder
        #: Why recording has stopped, if it has.
        self.problem: str | None = None

    def __call__(self, captured: Captured, screen: Screen) -> None:
        """Take a frame."""
        if captured.begins:
            self.discard()
        if screen.stage not in _RECORDED or self.problem is not None:
            return
        image, t_s = captured.frame.rgb, captured.frame.t_s
        try:
            if self._writer is None:
                self._begin(image.shape[1], image.shape[0], t_s)
            assert self._writer is not None
            if not self._writer.behind:
                self._writer.write(image, t_s - self._start_s)
        except (OutputError, ValueError) as error:
            self.problem = f"recording stopped: {error}"

    def take(self) -> RecordedVideo | None:
        """End the file and return it; None if nothing was recorded."""
        if self._writer is None:
            return None
        self._writer = None
        try:
            self._stack.close()
        except OutputError as error:
            self.problem = f"recording stopped: {error}"
            return None
        return RecordedVideo(self._path, self._start_s)

    def discard(self) -> None:
        """Drop what no set came of."""
        self._writer = None
        with contextlib.suppress(_DiscardedError), self._stack:
            raise _DiscardedError

    def _begin(self, width_px: int, height_px: int, t_s: float) -> None:
        self._number += 1
        self._path = set_folder(self._folder, self._number) / "video.mp4"
        self._stack = contextlib.ExitStack()
        self._writer = self._stack.enter_context(
            VideoWriter(self._path, width_px=width_px, height_px=height_px)
        )
        self._start_s = t_s


def set_folder(folder: Path, number: int) -> Path:
    """Make and return the folder of one set of a session.

    Raises
    ------
    OutputError
        If it cannot be made.
    """
    path = folder / f"set-{number:02d}"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be made ({error.strerror}); choose another --out"
        ) from error
    return path
