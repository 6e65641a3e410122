"""A whole batch: prepare the output folder, run the jobs, write the tables and the page."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import lastrep
from lastrep.analysis.options import AnalyzeOptions
from lastrep.batch.clips import Clip
from lastrep.batch.jobs import Job, grade_clip
from lastrep.batch.layout import WORK_FOLDER
from lastrep.batch.overview import write_clips_file, write_overview
from lastrep.batch.records import ClipOutcome
from lastrep.batch.running import Pool, Task, Watcher, run_jobs
from lastrep.errors import OutputError
from lastrep.locking import claimed


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be graded, and how.

    Parameters
    ----------
    clips
        The clips.
    out
        The folder of the results.
    options
        How to analyse; a clip's own manifest values come before these.
    formats
        Which files to write for each clip.
    resume
        Whether results that are there already, of the same content, version and options, will do.
    stall_s
        A clip that makes no progress for this long hangs.
    """

    clips: tuple[Clip, ...]
    out: Path
    options: AnalyzeOptions
    formats: tuple[str, ...]
    resume: bool = True
    stall_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Graded:
    """The outcome of a batch, whole or as far as it came.

    Parameters
    ----------
    clips, outcomes
        The clips that are done, and what became of each; in the order of the batch.
    files
        Names of the tables and the page.
    """

    clips: tuple[Clip, ...]
    outcomes: tuple[ClipOutcome, ...]
    files: tuple[str, ...]


def grade_batch(batch: Batch, pool: Pool, watcher: Watcher, task: Task = grade_clip) -> Graded:
    """Grade all clips; closes the pool.

    After Ctrl-C (`KeyboardInterrupt`) the workers are stopped, and the tables tell of the clips
    that are done. The same batch again goes on from there.

    Raises
    ------
    OutputError
        If the output folder cannot be written.
    BatchError
        If another batch is writing to it, or the cluster is gone.
    """
    outcomes: dict[int, ClipOutcome] = {}
    with claimed(batch.out), _work_folder(batch.out) as work:
        jobs = [_job(clip, batch, work) for clip in batch.clips]
        # The longest first: then no worker is left with a long one at the end.
        order = sorted(range(len(jobs)), key=lambda i: (-size_bytes(jobs[i].source), i))
        try:
            for index, outcome in run_jobs([jobs[i] for i in order], pool, watcher, task):
                outcomes[order[index]] = outcome
        finally:
            pool.close()
            graded = _written(batch, outcomes)
    return graded


def size_bytes(path: Path) -> int:
    """Return the size of a file, 0 if there is none: a measure of the work it makes."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _written(batch: Batch, outcomes: dict[int, ClipOutcome]) -> Graded:
    clips = tuple(batch.clips[i] for i in sorted(outcomes))
    ordered = tuple(outcomes[i] for i in sorted(outcomes))
    missing = len(batch.clips) - len(clips)
    write_clips_file(batch.out, clips, ordered, missing=missing)
    names = write_overview(batch.out, clips, ordered, missing=missing)
    return Graded(clips, ordered, names)


def _job(clip: Clip, batch: Batch, work: Path) -> Job:
    return Job(
        source=clip.source,
        folder=batch.out.absolute() / clip.name,
        work=work,
        options=_options(clip, batch.options),
        formats=batch.formats,
        version=lastrep.__version__,
        resume=batch.resume,
        stall_s=batch.stall_s,
    )


def _options(clip: Clip, options: AnalyzeOptions) -> AnalyzeOptions:
    """Put what the manifest says of a clip in the place of the batch's own options."""
    criteria = options.criteria
    if clip.target_reps is not None:
        criteria = replace(criteria, target_reps=clip.target_reps)
    if clip.prescription is not None:
        criteria = clip.prescription.sets[0].criteria(criteria)
    bar = options.bar
    if clip.height_m is not None:
        bar = replace(bar, calibration=replace(bar.calibration, height_m=clip.height_m))
    exercise = clip.exercise or options.exercise
    return replace(options, exercise=exercise, criteria=criteria, bar=bar)


@contextmanager
def _work_folder(out: Path) -> Iterator[Path]:
    """Give a folder to work in, on the same disk as the results."""
    running = out.absolute() / WORK_FOLDER
    shutil.rmtree(running, ignore_errors=True)  # left by a batch that was killed
    work = running / uuid.uuid4().hex
    try:
        work.mkdir(parents=True)
    except OSError as error:
        raise OutputError(
            f"{out}: cannot be written ({error.strerror}); choose another --out"
        ) from error
    try:
        yield work
    finally:
        shutil.rmtree(running, ignore_errors=True)
