"""Printing that never costs a result: standard output may be closed, full, or know only ASCII."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

#: What people read, and what goes beside a document on standard output.
stdout = Console(highlight=False)
stderr = Console(stderr=True, highlight=False)


def forgiving_streams() -> None:
    """Let characters that a stream does not know be replaced, rather than end the command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@contextmanager
def printing() -> Iterator[None]:
    """Print in the block; whatever becomes of standard output, the command goes on.

    A reader that has gone is no failure; any other is told once on standard error.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EINVAL):
            note(f"standard output cannot be written ({error.strerror}); the results are saved")
        # What is still in the buffer must not come up again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_out(text: str) -> None:
    """Write a document to standard output as UTF-8, whatever the terminal speaks."""
    with printing():
        sys.stdout.flush()
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:
            sys.stdout.write(text)
        else:
            buffer.write(text.encode("utf-8"))
            buffer.flush()


def note(text: str) -> None:
    """Say one line on standard error."""
    try:
        sys.stderr.write(f"lastrep: {text}\n")
    except OSError:
        return
