"""A process of its own for the judgement of the running set, so that the picture never waits."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context


@contextmanager
def judging_process() -> Iterator[Executor]:
    """Give an executor of one process, warmed up in the background.

    MediaPipe does not survive a fork, so the process is spawned.
    """
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_start)
    try:
        pool.submit(_warm_up)
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _start() -> None:
    # Ctrl-C is for the session, which ends this process when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _warm_up() -> None:
    """Do what takes long the first time: imports, and reading the exercise files."""
    from lastrep.exercises import catalogue
    from lastrep.sets import offline  # noqa: F401

    catalogue()
