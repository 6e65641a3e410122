"""Run the jobs of a batch on whatever executes them; lose none to a process that dies."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import Protocol

from lastrep.batch.attempts import MAX_ATTEMPTS
from lastrep.batch.cluster import CLUSTER_GONE
from lastrep.batch.jobs import Job, given_up, grade_clip
from lastrep.batch.records import ClipOutcome
from lastrep.errors import BatchError

#: How often progress is looked at.
TICK_S = 0.5

Task = Callable[[Job], ClipOutcome]


class Pool(Protocol):
    """Where jobs run: processes of this machine, or a cluster.

    Attributes
    ----------
    losses
        What a job's future raises when the process that ran it is gone.
    """

    losses: tuple[type[Exception], ...]

    def slots(self) -> int:
        """Return how many jobs run at a time, now."""
        ...

    def submit(self, task: Task, job: Job) -> Future[ClipOutcome]:
        """Begin a job; called only while fewer than `slots` are running."""
        ...

    def close(self) -> None:
        """Stop, dropping jobs that still run."""
        ...


class Watcher(Protocol):
    """Is told how the batch goes."""

    def begun(self, job: Job) -> None:
        """Take note that a job was handed out."""
        ...

    def ended(self, job: Job, outcome: ClipOutcome) -> None:
        """Take note of a job's outcome."""
        ...

    def tick(self) -> None:
        """Called a few times a second."""
        ...


def run_jobs(
    jobs: Sequence[Job], pool: Pool, watcher: Watcher, task: Task = grade_clip
) -> Iterator[tuple[int, ClipOutcome]]:
    """Run jobs and yield each one's place and outcome as it ends.

    Only as many jobs are handed out as can run, so a process that dies takes no other job along.
    A job whose process died is tried again, up to `MAX_ATTEMPTS` times.

    Raises
    ------
    BatchError
        If jobs can no longer be run at all.
    """
    waiting, lost = deque(range(len(jobs))), Counter[int]()
    running: dict[Future[ClipOutcome], int] = {}
    while waiting or running:
        while waiting and len(running) < pool.slots():
            index = waiting.popleft()
            running[pool.submit(task, jobs[index])] = index
            watcher.begun(jobs[index])
        if not running:  # a cluster that has no workers yet
            time.sleep(TICK_S)
        done, _ = wait(running, timeout=TICK_S, return_when=FIRST_COMPLETED)
        for future in done:
            index = running.pop(future)
            try:
                outcome = future.result()
            except CancelledError as error:
                raise BatchError(CLUSTER_GONE) from error
            except pool.losses:
                lost[index] += 1
                if lost[index] < MAX_ATTEMPTS and not jobs[index].attempts.used_up():
                    waiting.appendleft(index)
                    continue
                outcome = given_up(jobs[index])
            except Exception as error:  # a worker that lacks something: the clip's, not the batch's
                reason = f"internal error: {type(error).__name__}: {error}"
                outcome = ClipOutcome(None, f"{jobs[index].source}: {reason}")
            watcher.ended(jobs[index], outcome)
            yield index, outcome
        watcher.tick()
