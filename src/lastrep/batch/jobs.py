"""The one job function: grade one clip. The same on every executor."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import lastrep
from lastrep.analysis.checksums import content_sha256
from lastrep.analysis.landmarks import clip_checksum
from lastrep.analysis.options import AnalyzeOptions
from lastrep.analysis.pipeline import analyze_recording
from lastrep.batch.attempts import Attempts, Progress
from lastrep.batch.clips import POSES_SUFFIX
from lastrep.batch.layout import RECORD_FILE
from lastrep.batch.records import (
    ClipOutcome,
    ClipRecord,
    checksums_of,
    corrections_sha256,
    load_record,
    read_record,
)
from lastrep.environment import EXERCISES_VARIABLE
from lastrep.errors import BatchError, LastrepError, OutputError, PoseFileError, VideoError
from lastrep.exercises.library import own_digest
from lastrep.locking import claimed
from lastrep.output.corrections_file import CORRECTIONS_FILE, read_corrections
from lastrep.output.results_folder import (
    MANIFEST_FILE,
    as_said_by_now,
    files_below,
    kept_formats,
    put_in_place,
    settle_results,
    stage_corrections,
    staging,
    with_its_video,
)
from lastrep.output.writers import WRITERS, write_files, write_text
from lastrep.sets.corrections import Correction

#: Share of the work that is the analysis; the rest is writing, most of it the annotated video.
ANALYSIS_SHARE = 0.75

#: A folder that somebody else writes to is waited for so long, seconds.
WAIT_S = 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """All that a process needs to grade a clip. Paths are from the root.

    Parameters
    ----------
    source
        The video or recorded landmarks.
    folder
        Where its result goes.
    work
        A folder on the same disk for what is not finished; its name tells runs apart.
    options, formats
        How to analyse, and which files to write.
    version
        The lastrep that asks; the worker's must be the same.
    resume
        Whether a result that is there already will do.
    stall_s
        A clip that makes no progress for this long hangs.
    """

    source: Path
    folder: Path
    work: Path
    options: AnalyzeOptions
    formats: tuple[str, ...]
    version: str
    resume: bool
    stall_s: float

    @property
    def attempts(self) -> Attempts:
        """The attempts at this clip in this run."""
        return Attempts(self.work / f"{self.folder.name}.log")


def given_up(job: Job) -> ClipOutcome:
    """Return the outcome of a clip whose attempts all ended with their process."""
    return ClipOutcome(None, f"{job.source}: {job.attempts.how_they_ended()}")


def attempted(job: Job, work: Callable[[Progress], ClipOutcome]) -> ClipOutcome:
    """Do a job's work under watch, unless it was tried often enough already.

    A cluster starts a job anew by itself when its worker died, so the job must know when to stop.
    """
    if job.attempts.used_up():
        return given_up(job)
    with job.attempts.one(job.stall_s) as progress:
        return work(progress)


def grade_clip(job: Job) -> ClipOutcome:
    """Grade a clip; its result folder appears whole or not at all.

    Whatever is wrong with the clip is part of the outcome. Only what ends the process itself
    (see `Attempts`) leaves no outcome.
    """
    return attempted(job, lambda progress: _outcome(job, progress))


def _outcome(job: Job, progress: Progress) -> ClipOutcome:
    start_s = time.perf_counter()
    try:
        record, reused = _grade(job, progress)
        return ClipOutcome(record, reused=reused, wall_s=time.perf_counter() - start_s)
    except LastrepError as error:
        reason = str(error)
    except Exception as error:  # a defect of ours: one failed clip, and the others go on
        reason = f"{job.source}: internal error: {type(error).__name__}: {error}"
        _log.debug("%s", reason, exc_info=True)
    return ClipOutcome(None, reason, wall_s=time.perf_counter() - start_s)


def _grade(job: Job, progress: Progress) -> tuple[ClipRecord, bool]:
    if job.version != lastrep.__version__:
        raise BatchError(
            f"this worker runs lastrep {lastrep.__version__}, the batch {job.version}; "
            "install the same version everywhere"
        )
    if job.options.own_exercises != own_digest():
        raise BatchError(
            f"this worker has other exercise files of its own; set {EXERCISES_VARIABLE} to the "
            "same folder everywhere"
        )
    digest = _sha256(job.source, progress)
    if job.folder.exists():
        settle_results(job.folder)
    try:
        clip = _clip_of(job, digest)
    except (VideoError, PoseFileError):
        _remove_results(job.folder)
        raise
    said = read_corrections(job.folder, clip)
    known = load_record(job.folder)
    if (
        job.resume
        and known is not None
        and (known.version, known.content_sha256) == (job.version, digest)
        and (known.options, known.formats) == (job.options, job.formats)
        and known.corrections_sha256 == corrections_sha256(said)
    ):
        return known, True
    _check_ours(job.folder)
    try:
        return _graded_anew(job, digest, said, progress), False
    except (VideoError, PoseFileError):
        # A result of what the file held before is no result of this clip.
        _remove_results(job.folder)
        raise


def _clip_of(job: Job, digest: str) -> str:
    """Return the checksum that tells the clip: of the video, also where only its landmarks are."""
    if job.source.suffix.lower() != POSES_SUFFIX:
        return digest
    return clip_checksum(None, job.source)


def _graded_anew(
    job: Job, digest: str, said: Sequence[Correction], progress: Progress
) -> ClipRecord:
    is_poses = job.source.suffix.lower() == POSES_SUFFIX
    recording = analyze_recording(
        None if is_poses else job.source,
        job.options,
        poses_path=job.source if is_poses else None,
        corrections=said,
        clip_sha256=None if is_poses else digest,
        progress=lambda share: progress(ANALYSIS_SHARE * share),
    )
    with claimed(job.folder, wait_s=WAIT_S):
        recording = with_its_video(as_said_by_now(recording, job.folder), job.folder)
        formats = tuple(dict.fromkeys((*job.formats, *kept_formats(job.folder))))
        with staging(job.folder, job.work) as stage:
            files = write_files(
                recording,
                formats,
                stage,
                lambda name: lambda share: progress(ANALYSIS_SHARE + (1 - ANALYSIS_SHARE) * share),
            )
            record = ClipRecord.of(
                recording.analysis,
                content_sha256=digest,
                options=job.options,
                formats=job.formats,
                files=files,
                checksums=checksums_of(stage, files_below(stage)),
                corrections=recording.corrections,
            )
            write_text(stage / RECORD_FILE, record.model_dump_json(indent=2) + "\n")
            stage_corrections(recording, job.folder, stage)
            put_in_place(stage, job.folder, recording)
    return record


def _remove_results(folder: Path) -> None:
    """Remove the files of a result, and the folder if nothing else is in it."""
    record = read_record(folder)
    if record is None:
        return
    with suppress(OSError):
        for name in (*record.checksums, *record.files, RECORD_FILE):
            if (folder / name).is_file():
                (folder / name).unlink()
        with suppress(OSError):
            (folder / WRITERS["evidence"].filename).rmdir()
        if {path.name for path in folder.iterdir()} == {MANIFEST_FILE}:
            (folder / MANIFEST_FILE).unlink()
            folder.rmdir()


def _check_ours(folder: Path) -> None:
    """Refuse to write into a folder that no batch wrote, but for a coach's corrections."""
    try:
        names = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be read ({error.strerror}); choose another --out"
        ) from error
    if names - {CORRECTIONS_FILE} and not names & {RECORD_FILE, MANIFEST_FILE}:
        raise OutputError(f"{folder}: holds files of something else; choose another --out")


def _sha256(path: Path, progress: Progress) -> str:
    """Return the checksum of a file's content."""
    if not path.exists():
        raise VideoError(f"{path}: no such file; check the name")
    if not path.is_file():  # reading a pipe would wait for ever
        raise VideoError(f"{path}: not an ordinary file; name a video")
    try:
        progress(0.0)
        return content_sha256(path)
    except OSError as error:
        raise VideoError(f"{path}: cannot be read ({error.strerror}); check the file") from error
