"""The sets of a batch go into the history as their clips are done, written by one process alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from lastrep.batch.records import ClipOutcome
from lastrep.errors import HistoryError, LastrepError
from lastrep.sets.results import Analysis

if TYPE_CHECKING:
    from lastrep.apps.batch_terminal import Terminal
    from lastrep.batch.jobs import Job
    from lastrep.training.history_writer import HistoryWriter

#: The result file that the history is filled from.
KEPT_FORMAT = "json"
_FILE = "analysis.json"


class BatchHistory:
    """Watches a batch: tells the terminal, and adds the sets of each clip to its athlete's history.

    A clip that was done before is added again, which replaces its rows: a batch that was killed
    between grading and adding loses nothing.

    Parameters
    ----------
    terminal
        Is told of everything.
    writers
        Who writes the sets of a clip, by its path from the root; others are not kept.
    """

    def __init__(self, terminal: Terminal, writers: Mapping[Path, HistoryWriter]) -> None:
        self._terminal = terminal
        self._writers = writers
        #: Sets that were added, and whether one could not be.
        self.kept = 0
        self.failed = False

    def begun(self, job: Job) -> None:
        """Take note that a job was handed out."""
        self._terminal.begun(job)

    def ended(self, job: Job, outcome: ClipOutcome) -> None:
        """Take note of a job's outcome, and keep its sets."""
        self._terminal.ended(job, outcome)
        writer = self._writers.get(job.source)
        if writer is None or outcome.record is None:
            return
        try:
            analysis = _analysis(job.folder / _FILE)
            digest = analysis.source.sha256 or outcome.record.content_sha256
            self.kept += len(writer.keep(job.source, analysis.sets, sha256=digest))
        except LastrepError as error:
            self.failed = True
            self._terminal.note(str(error))

    def tick(self) -> None:
        """Called a few times a second."""
        self._terminal.tick()


def _analysis(path: Path) -> Analysis:
    try:
        return Analysis.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise HistoryError(
            f"{path}: cannot be read, so its sets are not in the history; start the batch again"
        ) from error
