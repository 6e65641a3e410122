"""What tells of all clips of a batch: its tables and its page, made from the clips' own results.

They can be made anew at any time, since the output folder keeps which clips it was made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lastrep.batch.clips import Clip
from lastrep.batch.index import write_index
from lastrep.batch.layout import CLIPS_FILE
from lastrep.batch.records import ClipOutcome, read_record
from lastrep.batch.tables import rows_of, write_tables
from lastrep.errors import BatchError
from lastrep.files import readable
from lastrep.output.writers import write_text


class _KeptClip(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    path: str
    source: str
    name: str
    athlete: str | None = None
    load_kg: float | None = None
    error: str | None = None


class _ClipsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int = 1
    missing: int = 0
    clips: tuple[_KeptClip, ...]


def write_clips_file(
    out: Path, clips: Sequence[Clip], outcomes: Sequence[ClipOutcome], *, missing: int
) -> None:
    """Keep which clips the overview tells of; raises OutputError."""
    kept = _ClipsFile(
        missing=missing,
        clips=tuple(
            _KeptClip(
                path=readable(clip.path),
                source=readable(clip.source),
                name=clip.name,
                athlete=clip.athlete,
                load_kg=clip.load_kg,
                error=None if outcome.error is None else readable(outcome.error),
            )
            for clip, outcome in zip(clips, outcomes, strict=True)
        ),
    )
    write_text(out / CLIPS_FILE, kept.model_dump_json(indent=1, exclude_none=True) + "\n")


def write_overview(
    out: Path, clips: Sequence[Clip], outcomes: Sequence[ClipOutcome], *, missing: int
) -> tuple[str, ...]:
    """Write the tables and the page, and return their names; raises OutputError."""
    rows = chain.from_iterable(map(rows_of, clips, outcomes))
    tables = write_tables(out, list(rows))
    page = write_index(out, clips, outcomes, missing=missing)
    return (page, *tables)


def overview_again(out: Path, into: Path, changed: dict[str, ClipOutcome]) -> tuple[str, ...]:
    """Write a batch's tables and page anew from its clips' results.

    Parameters
    ----------
    out
        The output folder of the batch.
    into
        Where to write them.
    changed
        Outcomes that are about to take the place of those in the folder, by the name of the clip.

    Returns
    -------
    Names of the files.

    Raises
    ------
    BatchError
        If the folder does not say which clips it is of.
    OutputError
        If they cannot be written.
    """
    path = out / CLIPS_FILE
    try:
        kept = _ClipsFile.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BatchError(f"{path}: cannot be read; start the batch again") from error
    clips, outcomes = [], []
    for one in kept.clips:
        record = read_record(out / one.name)
        failed = one.error or f"{one.source}: its result is not readable; run the batch again"
        outcome = ClipOutcome(record, failed if record is None else None)
        clips.append(
            Clip(
                Path(one.path),
                one.name,
                athlete=one.athlete,
                load_kg=one.load_kg,
                origin=Path(one.source),
            )
        )
        outcomes.append(changed.get(one.name, outcome))
    return write_overview(into, clips, outcomes, missing=kept.missing)
