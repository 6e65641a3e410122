"""A clip's result with a coach's corrections: judged again, and every file of it made anew.

The result may stand alone or in the folder of a batch, whose tables and page then follow; so does
the history, where the clip's sets are in it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lastrep.analysis.recording import AnalyzedRecording
from lastrep.batch.layout import CLIPS_FILE, RECORD_FILE
from lastrep.batch.overview import overview_again
from lastrep.batch.records import ClipOutcome, ClipRecord, checksums_of, load_record
from lastrep.errors import ResultError
from lastrep.locking import claimed
from lastrep.output.corrections_file import CORRECTIONS_FILE, corrections_text
from lastrep.output.kept_result import Kept
from lastrep.output.results_folder import (
    MANIFEST_FILE,
    files_below,
    kept_formats,
    put_in_place,
    settle_results,
    staging,
)
from lastrep.output.writers import WRITERS, Progress, to_json, write_files, write_text
from lastrep.sets.corrections import Correction
from lastrep.sets.results import Analysis


@dataclass(frozen=True, slots=True)
class Corrected:
    """What became of a result.

    Parameters
    ----------
    analysis
        As it is now.
    written
        Names of the files that were made anew, in the clip's folder and the batch's.
    problem
        Why the history could not follow; None if it did.
    """

    analysis: Analysis
    written: tuple[str, ...]
    problem: str | None = None


#: Files that a result is measured from.
_MEASURED_FROM = ("poses", "movement")
#: A folder that somebody else writes to is waited for so long, seconds.
WAIT_S = 60.0


def correct(
    path: Path,
    said: Callable[[Kept], Sequence[Correction]],
    *,
    out: Path | None = None,
    video: Path | None = None,
    progress_of: Callable[[str], Progress] = lambda name: lambda share: None,
) -> Corrected:
    """Judge a result with other corrections, and let all of its files follow.

    Parameters
    ----------
    path
        The folder of a clip's results, or the document in it.
    said
        Gives all corrections of the clip, from the result as it is.
    out
        Write the document here instead, and nothing else.
    video
        Where the clip is now, if it is not where it was.
    progress_of
        Called with each file's name; returns what to tell of its progress.

    Raises
    ------
    LastrepError
        If the result cannot be read or written, or a correction makes no sense for it.
    """
    path = path.absolute()
    folder = path if path.is_dir() else path.parent
    if out is not None and out.absolute().parent == folder and _is_ours(out.absolute()):
        raise ResultError(f"{out}: is a file of this result; write the document somewhere else")
    batch = folder.parent if (folder.parent / CLIPS_FILE).exists() else None
    with ExitStack() as stack:
        if not folder.is_dir():
            raise ResultError(f"{path}: no such file or folder; check the name")
        if batch is not None:
            stack.enter_context(claimed(batch))
        stack.enter_context(claimed(folder, wait_s=WAIT_S))
        kept = Kept.load(path)
        corrections = tuple(said(kept))
        recording = kept.judged_with(corrections, video)
        if out is not None:
            write_text(out, to_json(recording.analysis) + "\n")
            return Corrected(recording.analysis, (str(out),))
        if not kept.is_whole:
            return _correct_document(kept, recording, corrections)
        stage = stack.enter_context(staging(folder))
        written = _staged(kept, recording, corrections, stage, progress_of)
        elsewhere: dict[str, Path] = {}
        if batch is not None and (stage / RECORD_FILE).exists():
            for sibling in batch.glob("*/.lastrep-commit"):
                settle_results(sibling.parent)  # what it still holds would come too late
            record = ClipRecord.model_validate_json((stage / RECORD_FILE).read_bytes())
            below = stage / "overview"
            below.mkdir()
            names = overview_again(batch, below, {folder.name: ClipOutcome(record)})
            elsewhere = {f"overview/{name}": batch / name for name in names}
        problem = put_in_place(stage, folder, recording, elsewhere=elsewhere, history=True)
    return Corrected(
        recording.analysis,
        (*written, *(place.name for place in elsewhere.values())),
        problem,
    )


def _is_ours(path: Path) -> bool:
    names = {writer.filename for writer in WRITERS.values()}
    return path.name in names | {CORRECTIONS_FILE, MANIFEST_FILE, RECORD_FILE}


def _correct_document(
    kept: Kept, recording: AnalyzedRecording, corrections: Sequence[Correction]
) -> Corrected:
    """Write a document that lies somewhere by itself, and the corrections beside it."""
    text = corrections_text(kept.folder, recording.analysis.source.sha256, corrections)
    write_text(kept.folder / CORRECTIONS_FILE, text)
    write_text(kept.document, to_json(recording.analysis) + "\n")
    return Corrected(recording.analysis, (kept.document.name, CORRECTIONS_FILE))


def _staged(
    kept: Kept,
    recording: AnalyzedRecording,
    corrections: Sequence[Correction],
    stage: Path,
    progress_of: Callable[[str], Progress],
) -> tuple[str, ...]:
    """Write the files of a clip's result to where they wait; return their names."""
    folder, analysis = kept.folder, recording.analysis
    formats = [name for name in kept_formats(folder) if name not in _MEASURED_FROM]
    written = write_files(recording, formats, stage, progress_of)
    for name in _MEASURED_FROM:
        # The same landmarks as before; a correction of the cut may have followed the bar anew.
        if name in kept_formats(folder):
            if (name == "movement" and not recording.movements) or name == "poses":
                shutil.copy2(folder / WRITERS[name].filename, stage)
            else:
                written = (*written, *write_files(recording, [name], stage, progress_of))
    record = load_record(folder)
    if record is not None:
        new = ClipRecord.of(
            analysis,
            content_sha256=record.content_sha256,
            options=record.options,
            formats=record.formats,
            files=record.files,
            checksums=checksums_of(stage, files_below(stage)),
            corrections=corrections,
        )
        new = new.model_copy(update={"version": record.version, "files": _files(record, stage)})
        write_text(stage / RECORD_FILE, new.model_dump_json(indent=2) + "\n")
        written = (*written, RECORD_FILE)
    text = corrections_text(folder, analysis.source.sha256, corrections)
    write_text(stage / CORRECTIONS_FILE, text)
    return (*written, CORRECTIONS_FILE)


def _files(record: ClipRecord, stage: Path) -> tuple[str, ...]:
    """Return the files that a record names, as they are now: stills come and go."""
    every = [writer.filename for writer in WRITERS.values()]
    return tuple(name for name in every if (stage / name).exists())


def undone(corrections: Sequence[Correction], by: str, count: int = 1) -> tuple[Correction, ...]:
    """Return corrections with the latest of those that hold taken back; they stay on record.

    Raises
    ------
    ValueError
        If fewer hold.
    """
    out = list(corrections)
    holding = [i for i, one in enumerate(out) if one.holds]
    if len(holding) < count:
        raise ValueError("there is no correction to undo")
    now = datetime.now(UTC).replace(microsecond=0)
    for index in holding[-count:]:
        out[index] = out[index].model_copy(update={"undone_by": by, "undone_at": now})
    return tuple(out)
