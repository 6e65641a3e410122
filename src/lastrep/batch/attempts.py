"""Attempts at a clip: a clip that hangs or crashes its process is tried once more, then given up.

The process that works on a clip may vanish at any time, so what is known of an attempt stands in
small files that outlive it. They also tell the batch how far each clip is. This works the same
for processes on this machine and on others that share its disk.
"""

from __future__ import annotations

import faulthandler
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: A clip is tried this often.
MAX_ATTEMPTS = 2
#: Shortest time between two reports of progress.
REPORT_EVERY_S = 0.5

#: Called with the share (0..1) that is done.
Progress = Callable[[float], None]

_BEGUN = "attempt begun\n"
_HUNG = "Timeout ("
_CRASHED = re.compile(r"^Fatal Python error: (.+)$", re.MULTILINE)


class Attempts:
    """The attempts at one clip.

    Parameters
    ----------
    journal
        A file of this clip and this run of the batch; its folder must exist.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._shared = journal.with_suffix(".progress")

    @contextmanager
    def one(self, stall_s: float) -> Iterator[Progress]:
        """Watch over one attempt, which reports its progress to what is given.

        The process ends if there was no progress for `stall_s` seconds, even where native code
        does not return.
        """
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.write(_BEGUN)
            journal.flush()
            faulthandler.enable(journal)

            def feed() -> None:
                faulthandler.dump_traceback_later(stall_s, exit=True, file=journal)

            feed()
            try:
                yield _Reporter(self._shared, feed)
            finally:
                faulthandler.cancel_dump_traceback_later()
                faulthandler.disable()
        self._shared.unlink(missing_ok=True)
        self._journal.unlink(missing_ok=True)

    def used_up(self) -> bool:
        """Return whether the clip was tried often enough without coming to an outcome."""
        return self._made() >= MAX_ATTEMPTS

    def how_they_ended(self) -> str:
        """Say why there is no outcome."""
        text = self._read()
        last = text.rpartition(_BEGUN)[2]
        crash = _CRASHED.search(last)
        if _HUNG in last:
            what = "made no progress for so long that it was stopped"
        elif crash is not None:
            what = f"crashed ({crash[1].strip()})"
        else:
            what = "ended without a word: killed, or out of memory"
        return f"the process that worked on it {what}; tried {MAX_ATTEMPTS} times"

    def share(self) -> float:
        """Return the share (0..1) that is done."""
        try:
            return float(self._shared.read_text("ascii"))
        except (OSError, ValueError):  # not begun, or just being written
            return 0.0

    def _made(self) -> int:
        return self._read().count(_BEGUN)

    def _read(self) -> str:
        try:
            return self._journal.read_text("utf-8", errors="replace")
        except FileNotFoundError:
            return ""


class _Reporter:
    """Passes progress on, now and then, and keeps the watchdog quiet."""

    def __init__(self, path: Path, feed: Callable[[], None]) -> None:
        self._path, self._feed = path, feed
        self._last_s = time.monotonic()

    def __call__(self, share: float) -> None:
        now_s = time.monotonic()
        if now_s - self._last_s < REPORT_EVERY_S:
            return
        self._last_s = now_s
        self._feed()
        self._path.write_text(f"{share:.3f}", "ascii")
