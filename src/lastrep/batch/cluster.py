"""Jobs on a running dask.distributed cluster; its workers must see the same files."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from lastrep.errors import BatchError

if TYPE_CHECKING:
    from lastrep.batch.jobs import Job
    from lastrep.batch.records import ClipOutcome
    from lastrep.batch.running import Task

#: What to say when the scheduler is lost.
CLUSTER_GONE = "the cluster is gone; the same command goes on once there is one again"

#: How long to wait for the scheduler to answer.
CONNECT_S = 10.0


class ClusterPool:
    """The workers that a scheduler knows, as many as there are at any time.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://host:8786``.

    Raises
    ------
    BatchError
        If there is no such scheduler, or `distributed` is not installed.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client, KilledWorker
        except ImportError as error:
            raise BatchError(
                'a cluster needs dask.distributed: pip install "lastrep[cluster]"'
            ) from error
        connect: Any = Client  # has no types
        try:
            self._client = connect(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise BatchError(
                f"{address}: no scheduler answers there; start one with `dask scheduler`"
            ) from error
        # What goes wrong is told in one line; its own log would add pages.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self._executor = self._client.get_executor(pure=False)
        self.losses: tuple[type[Exception], ...] = (KilledWorker,)

    def slots(self) -> int:
        """Return the number of worker processes there are now; one job runs in each.

        Raises
        ------
        BatchError
            If the scheduler is gone.
        """
        try:
            return len(self._client.nthreads())
        except OSError as error:
            raise BatchError(CLUSTER_GONE) from error

    def submit(self, task: Task, job: Job) -> Future[ClipOutcome]:
        """Hand a job to the scheduler."""
        future: Future[ClipOutcome] = self._executor.submit(task, job)
        return future

    def close(self) -> None:
        """Drop what was handed out, and the connection; the cluster goes on."""
        self._executor.shutdown(wait=False)
        self._client.close()
