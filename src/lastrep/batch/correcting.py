"""A clip's result with a coach's corrections: judged again, and every file of it made anew.

The result may stand alone or in the folder of a batch, whose tables and page then follow; so does
the history, where the clip's sets are in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lastrep.analysis.recording import AnalyzedRecording
from lastrep.batch.layout import CLIPS_FILE, RECORD_FILE
from lastrep.batch.locking import claimed
from lastrep.batch.overview import overview_again
from lastrep.batch.records import ClipOutcome, ClipRecord, checksums_of, read_record
from lastrep.output.results_folder import (
    CORRECTIONS_FILE,
    DOCUMENT_FILE,
    Kept,
    corrections_text,
    files_below,
    kept_formats,
    put_in_place,
    staging,
)
from lastrep.output.writers import Progress, to_json, write_files, write_text
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
    """

    analysis: Analysis
    written: tuple[str, ...]


def correct(
    path: Path,
    said: Callable[[Kept], Sequence[Correction]],
    *,
    out: Path | None = None,
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
    progress_of
        Called with each file's name; returns what to tell of its progress.

    Raises
    ------
    LastrepError
        If the result cannot be read or written, or a correction makes no sense for it.
    """
    kept = Kept.load(path)
    corrections = tuple(said(kept))
    recording = kept.judged_with(corrections)
    if out is not None:
        write_text(out, to_json(recording.analysis) + "\n")
        return Corrected(recording.analysis, (str(out),))
    folder = kept.folder
    batch = folder.parent if (folder.parent / CLIPS_FILE).exists() else None
    with claimed(batch or folder), staging(folder) as stage:
        written = _staged(kept, recording, corrections, stage, progress_of)
        elsewhere: dict[str, Path] = {}
        if batch is not None and (stage / RECORD_FILE).exists():
            record = ClipRecord.model_validate_json((stage / RECORD_FILE).read_bytes())
            below = stage / "overview"
            below.mkdir()
            names = overview_again(batch, below, {folder.name: ClipOutcome(record)})
            elsewhere = {f"overview/{name}": batch / name for name in names}
        # A document that was copied somewhere else is not what the history tells of.
        whole = kept.document.name == DOCUMENT_FILE
        put_in_place(stage, folder, elsewhere=elsewhere, history=whole)
    return Corrected(
        recording.analysis,
        (*written, *(place.name for place in elsewhere.values())),
    )


def _staged(
    kept: Kept,
    recording: AnalyzedRecording,
    corrections: Sequence[Correction],
    stage: Path,
    progress_of: Callable[[str], Progress],
) -> tuple[str, ...]:
    """Write the files of a clip's result to where they wait; return their names."""
    folder, analysis = kept.folder, recording.analysis
    written = write_files(recording, kept_formats(folder), stage, progress_of)
    if kept.document.name != DOCUMENT_FILE:
        write_text(stage / kept.document.name, to_json(analysis) + "\n")
        written = (*written, kept.document.name)
    record = read_record(folder)
    if record is not None:
        new = ClipRecord.of(
            analysis,
            content_sha256=record.content_sha256,
            options=record.options,
            formats=record.formats,
            files=written,
            checksums=checksums_of(stage, files_below(stage)),
            corrections=corrections,
        )
        new = new.model_copy(update={"version": record.version})
        write_text(stage / RECORD_FILE, new.model_dump_json(indent=2) + "\n")
        written = (*written, RECORD_FILE)
    text = corrections_text(folder, analysis.source.sha256, corrections)
    write_text(stage / CORRECTIONS_FILE, text)
    return (*written, CORRECTIONS_FILE)


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
