"""The tables of a batch: one row a set, as CSV and, where pyarrow is installed, as Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from lastrep.batch.clips import Clip
from lastrep.batch.grading import Grade
from lastrep.batch.layout import CSV_FILE, PARQUET_FILE
from lastrep.batch.records import ClipOutcome, GradedSet
from lastrep.files import readable, replacing
from lastrep.output.writers import write_text
from lastrep.sets.results import EndReason

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped]


class Status(StrEnum):
    """What became of a clip."""

    GRADED = "graded"
    NO_SET = "no_set"
    FAILED = "failed"


class GradeRow(BaseModel):
    """A row of `grades.csv`; the fields are its columns. What was not measured stays empty.

    A clip without a set, or one that failed, has one row too. Nothing in a row depends on when or
    where it was graded: the same clips give the same table.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clip: str
    athlete: str | None = None
    status: Status
    set: int | None = None
    exercise: str | None = None
    view: str | None = None
    load_kg: float | None = None
    attempts: int | None = None
    reps: int | None = None
    good_reps: int | None = None
    end_reason: EndReason | None = None
    end_rep: int | None = None
    first_fault: str | None = None
    first_fault_rep: int | None = None
    best_velocity_m_s: float | None = None
    last_velocity_m_s: float | None = None
    velocity_loss_pct: float | None = None
    form_grade: Grade | None = None
    grade_reason: str | None = None
    corrected_by: str | None = None
    warnings: str = ""
    error: str | None = None
    folder: str | None = None


def clip_status(outcome: ClipOutcome) -> Status:
    """Return what became of a clip."""
    if outcome.record is None:
        return Status.FAILED
    return Status.GRADED if outcome.record.sets else Status.NO_SET


def rows_of(clip: Clip, outcome: ClipOutcome) -> list[GradeRow]:
    """Return the rows of a clip, at least one."""
    record = outcome.record
    base = GradeRow(
        clip=readable(clip.path),
        athlete=clip.athlete,
        load_kg=clip.load_kg,
        status=clip_status(outcome),
        error=None if outcome.error is None else readable(outcome.error),
    )
    if record is None:
        return [base]
    base = base.model_copy(update={"folder": clip.name, "warnings": "; ".join(record.warnings)})
    return [_filled(base, one) for one in record.sets] or [base]


def write_tables(folder: Path, rows: Sequence[GradeRow]) -> tuple[str, ...]:
    """Write the tables and return their names; raises OutputError if one cannot be written."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(GradeRow.model_fields)
    lines.writerows(row.model_dump(mode="json").values() for row in rows)
    write_text(folder / CSV_FILE, text.getvalue())
    try:
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ImportError:
        return (CSV_FILE,)
    with replacing(folder / PARQUET_FILE) as temporary:
        pyarrow.parquet.write_table(_arrow(rows), temporary)
    return CSV_FILE, PARQUET_FILE


def _filled(row: GradeRow, one: GradedSet) -> GradeRow:
    return row.model_copy(
        update={
            "set": one.number,
            "exercise": one.exercise,
            "view": one.view,
            "attempts": one.attempts,
            "reps": one.completed_reps,
            "good_reps": one.good_reps,
            "end_reason": one.end_reason,
            "end_rep": one.end_rep,
            "first_fault": one.first_fault,
            "first_fault_rep": one.first_fault_rep,
            "best_velocity_m_s": one.best_velocity_m_s,
            "last_velocity_m_s": one.last_velocity_m_s,
            "velocity_loss_pct": one.velocity_loss_pct,
            "form_grade": one.grade,
            "grade_reason": one.grade_reason,
            "corrected_by": one.corrected_by,
        }
    )


def _arrow(rows: Sequence[GradeRow]) -> pyarrow.Table:
    import pyarrow

    kinds = {int: pyarrow.int64(), float: pyarrow.float64()}
    schema = pyarrow.schema(
        (name, next((kind for of, kind in kinds.items() if of in _types(name)), pyarrow.string()))
        for name in GradeRow.model_fields
    )
    return pyarrow.Table.from_pylist([row.model_dump(mode="json") for row in rows], schema)


def _types(column: str) -> tuple[object, ...]:
    annotation = GradeRow.model_fields[column].annotation
    return getattr(annotation, "__args__", (annotation,))
