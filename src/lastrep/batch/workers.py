"""Worker processes of this machine, one for each job that runs at a time.

Nothing heavy is imported here: a new worker runs `_start_worker` before anything else, and number
libraries read their settings when they are first imported.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from lastrep.environment import THREADS_VARIABLE
from lastrep.machine import usable_cores

if TYPE_CHECKING:
    from lastrep.batch.jobs import Job
    from lastrep.batch.records import ClipOutcome
    from lastrep.batch.running import Task

#: A worker is replaced after so many clips: each pose landmarker leaves some 3 MB behind.
CLIPS_PER_WORKER = 50

#: Libraries shall start no threads of their own: the pose model is given the worker's share of the
#: cores, and it is nearly all of the work.
THREAD_CAPS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}


class WorkerPool:
    """Spawned processes: forked ones would break the pose model.

    They share the cores: two clips at a time on one thread each take as long as one by one on two.
    Each is an executor of its own, so that one that dies is known to have died of its own job.

    Parameters
    ----------
    count
        How many.
    clips_per_worker
        After so many clips a worker is replaced.
    """

    losses: tuple[type[Exception], ...] = (BrokenExecutor,)

    def __init__(self, count: int, *, clips_per_worker: int = CLIPS_PER_WORKER) -> None:
        threads = max(1, usable_cores() // count)
        self._workers = [_Worker(clips_per_worker, threads) for _ in range(count)]

    def slots(self) -> int:
        """Return the number of workers."""
        return len(self._workers)

    def submit(self, task: Task, job: Job) -> Future[ClipOutcome]:
        """Give a job to an idle worker; there must be one."""
        idle = next(worker for worker in self._workers if worker.idle)
        return idle.submit(task, job)

    def close(self) -> None:
        """End all workers at once, whatever they do."""
        for worker in self._workers:
            worker.end()


class _Worker:
    """One process, started when there is work and replaced when it died or is worn out."""

    def __init__(self, lifetime_clips: int, threads: int) -> None:
        self._lifetime_clips = lifetime_clips
        self._threads = threads
        self._executor: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None
        self._future: Future[ClipOutcome] | None = None
        self._clips = 0

    @property
    def idle(self) -> bool:
        return self._future is None or self._future.done()

    def submit(self, task: Task, job: Job) -> Future[ClipOutcome]:
        if self._clips >= self._lifetime_clips or self._died():
            self.end()
        if self._executor is None:
            self._executor = self._new_executor()
        with _interrupts_held():
            self._future = self._executor.submit(task, job)
        self._clips += 1
        return self._future

    def end(self) -> None:
        if self._lifeline is not None:
            self._lifeline.close()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor, self._lifeline, self._future, self._clips = None, None, None, 0

    def _died(self) -> bool:
        return self._future is not None and isinstance(self._future.exception(), BrokenExecutor)

    def _new_executor(self) -> ProcessPoolExecutor:
        context = get_context("spawn")
        held_by_worker, self._lifeline = context.Pipe(duplex=False)
        return ProcessPoolExecutor(
            1,
            mp_context=context,
            initializer=_start_worker,
            initargs=(held_by_worker, self._threads),
        )


def _start_worker(lifeline: Connection, threads: int) -> None:
    os.environ.update(THREAD_CAPS)
    os.environ.setdefault(THREADS_VARIABLE, str(threads))
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    """End this process when the other end of the lifeline closes: at `end`, or at a kill -9."""
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let new processes inherit a blocked Ctrl-C: it is for this process to stop them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
