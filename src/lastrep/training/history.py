"""The training history: every analysed set of every athlete, in one SQLite file."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from lastrep.errors import HistoryError
from lastrep.sets.results import EndReason, SetReport
from lastrep.training.database import back_up, open_database, sql_errors, writing
from lastrep.training.loads import Load, LoadUnit
from lastrep.training.prescription import SetPrescription, parse_prescription
from lastrep.training.record import Declared, SetRecord, summarise


@dataclass(frozen=True, slots=True)
class Recording:
    """What sets were taken from.

    Parameters
    ----------
    athlete
        Who lifted; upper and lower case are the same.
    source
        What makes it the same recording when it comes again: `content_hash` of a clip, or an id
        that a live session draws once.
    name
        File name or the like, for people.
    recorded_at
        When it began, with time zone. Kept from the first time, since copying a file changes its
        date.
    in_one_piece
        Whether it shows the rests between its sets.
    """

    athlete: str
    source: str
    name: str
    recorded_at: datetime
    in_one_piece: bool = True

    def __post_init__(self) -> None:
        if self.recorded_at.tzinfo is None:
            raise ValueError("recorded_at needs a time zone")
        if not self.athlete.strip():
            raise ValueError("an athlete needs a name")


@dataclass(frozen=True, slots=True)
class Query:
    """Which sets; what is None does not matter.

    Parameters
    ----------
    athlete, exercise
        Of this name.
    since, until
        Performed at or after, and before; with time zone.
    latest
        Only so many, the latest.
    """

    athlete: str | None = None
    exercise: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    latest: int | None = None


def source_of(sha256: str) -> str:
    """Return the hash that tells a clip by its content, from its checksum in hexadecimal."""
    return f"sha256:{sha256}"


def content_hash(path: Path) -> str:
    """Return the hash that tells a clip by its content, wherever it lies.

    Raises
    ------
    HistoryError
        If the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return source_of(hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise HistoryError(f"{path}: cannot be read ({error.strerror})") from error


class History:
    """An open history; a context manager.

    Several processes may use one file: readers never wait, writers wait for each other. Every
    change is there whole or not at all, whatever kills the process.

    Parameters
    ----------
    path
        Made if it does not exist.

    Raises
    ------
    HistoryError
        Here and in every method, if the file cannot be used; a damaged one is never replaced.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = open_database(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def add(
        self, recording: Recording, sets: Sequence[tuple[SetReport, Declared]]
    ) -> tuple[int, ...]:
        """Add the sets of a recording, or replace them if it is analysed again.

        Parameters
        ----------
        recording
            Where they come from.
        sets
            In order of time. Of a set that is there already, what is declared as None stays as it
            was: only what the camera sees is replaced.

        Returns
        -------
        Number of each set; those of a recording that comes again stay.
        """
        with self._errors(), writing(self._connection):
            recording_id, began = self._recording(recording)
            ids = tuple(
                self._write(recording_id, number, report, _record(recording, began, sets, number))
                for number, (report, _) in enumerate(sets, start=1)
            )
            self._connection.execute(
                "DELETE FROM lifted_set WHERE recording_id = ? AND number > ?",
                (recording_id, len(sets)),
            )
        with self._errors():
            back_up(self._connection, self._path)
        return ids

    def sets(self, query: Query | None = None) -> tuple[SetRecord, ...]:
        """Return the sets that a query asks for, in order of time."""
        where, values = _where(query or Query())
        limit = -1 if query is None or query.latest is None else query.latest
        with self._errors():
            rows = self._connection.execute(
                f"{_SELECT} WHERE {where} ORDER BY performed_at DESC, s.id DESC LIMIT ?",
                (*values, limit),
            ).fetchall()
        return tuple(_read(row) for row in reversed(rows))

    def get(self, set_id: int) -> SetRecord:
        """Return one set; raises HistoryError if there is none of this number."""
        with self._errors():
            row = self._connection.execute(f"{_SELECT} WHERE s.id = ?", (set_id,)).fetchone()
        if row is None:
            raise HistoryError(f"{self._path}: holds no set {set_id}; see 'lastrep history list'")
        return _read(row)

    def report(self, set_id: int) -> SetReport:
        """Return the whole report of a set; raises HistoryError if there is none."""
        self.get(set_id)
        with self._errors():
            (blob,) = self._connection.execute(
                "SELECT report FROM lifted_set WHERE id = ?", (set_id,)
            ).fetchone()
        try:
            return SetReport.model_validate_json(zlib.decompress(blob))
        except (ValidationError, zlib.error) as error:
            raise HistoryError(
                f"{self._path}: the report of set {set_id} is not readable by this version; "
                "analyse its clip again"
            ) from error

    def athletes(self) -> tuple[str, ...]:
        """Return everyone with a recording, in alphabetical order."""
        with self._errors():
            rows = self._connection.execute(
                "SELECT DISTINCT athlete FROM recording ORDER BY athlete"
            ).fetchall()
        return tuple(row["athlete"] for row in rows)

    def revise(self, source: str, number: int, report: SetReport) -> int:
        """Let one set of a recording be as it was judged later; return how many lifters have it.

        What was declared, and when it was lifted, stays.
        """
        with self._errors(), writing(self._connection):
            rows = self._connection.execute(
                f"{_SELECT} WHERE r.source = ? AND s.number = ?", (source, number)
            ).fetchall()
            for row in rows:
                at = datetime.fromisoformat(row["performed_at"])
                record = summarise(report, row["athlete"], at, Declared())
                self._write(row["recording_id"], number, report, record)
        with self._errors():
            back_up(self._connection, self._path)
        return len(rows)

    def reports(self, source: str, athlete: str) -> tuple[SetReport, ...]:
        """Return the reports of a recording's sets that can be read, in order."""
        with self._errors():
            rows = self._connection.execute(
                "SELECT s.id FROM lifted_set s JOIN recording r ON r.id = s.recording_id "
                "WHERE r.source = ? AND r.athlete = ? ORDER BY s.number",
                (source, athlete.strip()),
            ).fetchall()
        return tuple(self.report(row["id"]) for row in rows)

    def recordings(self, source: str) -> tuple[Recording, ...]:
        """Return the recordings of one source, one for each athlete who has it."""
        with self._errors():
            rows = self._connection.execute(
                "SELECT athlete, name, recorded_at FROM recording WHERE source = ?", (source,)
            ).fetchall()
        return tuple(
            Recording(
                row["athlete"], source, row["name"], datetime.fromisoformat(row["recorded_at"])
            )
            for row in rows
        )

    def delete(self, set_ids: Iterable[int]) -> int:
        """Delete sets, also from the copy that is kept; return how many there were."""
        deleted = 0
        with self._erasing():
            for set_id in set_ids:
                cursor = self._connection.execute("DELETE FROM lifted_set WHERE id = ?", (set_id,))
                deleted += cursor.rowcount
            self._connection.execute(
                "DELETE FROM recording WHERE id NOT IN (SELECT recording_id FROM lifted_set)"
            )
        return deleted

    def delete_athlete(self, athlete: str) -> int:
        """Delete everything of an athlete, also from the copy; return how many sets there were."""
        with self._erasing():
            (sets,) = self._connection.execute(
                "SELECT count(*) FROM lifted_set s JOIN recording r ON r.id = s.recording_id "
                "WHERE r.athlete = ?",
                (athlete,),
            ).fetchone()
            self._connection.execute("DELETE FROM recording WHERE athlete = ?", (athlete,))
        return int(sets)

    def _errors(self) -> AbstractContextManager[None]:
        return sql_errors(self._path)

    @contextmanager
    def _erasing(self) -> Iterator[None]:
        """Leave nothing of what the block deletes in any file of the history."""
        with self._errors():
            with writing(self._connection):
                yield
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            back_up(self._connection, self._path, even_if_recent=True)

    def _recording(self, recording: Recording) -> tuple[int, datetime]:
        self._connection.execute(
            "INSERT INTO recording (athlete, source, name, recorded_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (athlete, source) DO UPDATE SET name = excluded.name",
            (
                recording.athlete.strip(),
                recording.source,
                recording.name,
                _utc(recording.recorded_at),
            ),
        )
        row = self._connection.execute(
            "SELECT id, recorded_at FROM recording WHERE athlete = ? AND source = ?",
            (recording.athlete.strip(), recording.source),
        ).fetchone()
        return row["id"], datetime.fromisoformat(row["recorded_at"])

    def _write(self, recording_id: int, number: int, report: SetReport, record: SetRecord) -> int:
        text = report.model_dump_json(exclude_defaults=True, exclude={"measurements"})
        document = zlib.compress(text.encode())
        values = {
            "recording_id": recording_id,
            "number": number,
            **_columns(record),
            "report": document,
        }
        updates = ", ".join(
            f"{c} = coalesce(excluded.{c}, {c})" if c in _DECLARED else f"{c} = excluded.{c}"
            for c in values
        )
        row = self._connection.execute(
            f"INSERT INTO lifted_set ({', '.join(values)}) "
            f"VALUES ({', '.join('?' * len(values))}) "
            f"ON CONFLICT (recording_id, number) DO UPDATE SET {updates} RETURNING id",
            tuple(values.values()),
        ).fetchone()
        return int(row["id"])


#: Columns of what the lifter declares, which the camera cannot see.
_DECLARED = ("load_value", "load_unit", "prescription", "rest_before_s", "rpe")
#: Columns that are facts of a record by the same name.
_SEEN = (
    "exercise",
    "view",
    "attempts",
    "completed_reps",
    "good_reps",
    "end_rep",
    "first_velocity_m_s",
    "best_velocity_m_s",
    "last_velocity_m_s",
    "scale_source",
    "velocity_loss_pct",
    "rom_deg",
    "form_score",
    "coverage",
)
_SELECT = "SELECT s.*, r.athlete FROM lifted_set s JOIN recording r ON r.id = s.recording_id"


def _record(
    recording: Recording,
    began: datetime,
    sets: Sequence[tuple[SetReport, Declared]],
    number: int,
) -> SetRecord:
    """Return the record of one set; within a recording the rest before it is known."""
    report, declared = sets[number - 1]
    if number > 1 and declared.rest_before_s is None and recording.in_one_piece:
        before, _ = sets[number - 2]
        declared = replace(declared, rest_before_s=max(report.start_s - before.end_s, 0.0))
    performed_at = began + timedelta(seconds=report.start_s)
    return summarise(report, recording.athlete, performed_at, declared)


def _columns(record: SetRecord) -> dict[str, str | int | float | None]:
    declared, rir = record.declared, record.estimated_rir
    return {
        "performed_at": _utc(record.performed_at),
        "load_value": declared.load.value if declared.load else None,
        "load_unit": declared.load.unit.value if declared.load else None,
        "prescription": str(declared.prescription) if declared.prescription else None,
        "rest_before_s": declared.rest_before_s,
        "rpe": declared.rpe,
        "end_reason": record.end_reason.value,
        "fault_ids": json.dumps(record.fault_ids),
        "rir_fewest": rir[0] if rir else None,
        "rir_most": rir[1] if rir else None,
        **{name: getattr(record, name) for name in _SEEN},
    }


def _read(row: sqlite3.Row) -> SetRecord:
    load = Load(row["load_value"], LoadUnit(row["load_unit"])) if row["load_unit"] else None
    rir = None if row["rir_fewest"] is None else (row["rir_fewest"], row["rir_most"])
    return SetRecord(
        athlete=row["athlete"],
        # Weeks and days are those of the lifter's own clock.
        performed_at=datetime.fromisoformat(row["performed_at"]).astimezone(),
        declared=Declared(load, _prescribed(row), row["rest_before_s"], row["rpe"]),
        end_reason=EndReason(row["end_reason"]),
        fault_ids=tuple(json.loads(row["fault_ids"])),
        estimated_rir=rir,
        set_id=row["id"],
        **{name: row[name] for name in _SEEN},
    )


def _prescribed(row: sqlite3.Row) -> SetPrescription | None:
    return parse_prescription(row["prescription"]).sets[0] if row["prescription"] else None


def _where(query: Query) -> tuple[str, tuple[str, ...]]:
    terms = {
        "r.athlete = ?": query.athlete.strip() if query.athlete is not None else None,
        "s.exercise = ?": query.exercise,
        "s.performed_at >= ?": _utc(query.since) if query.since else None,
        "s.performed_at < ?": _utc(query.until) if query.until else None,
    }
    used = {term: value for term, value in terms.items() if value is not None}
    return " AND ".join(used) or "1", tuple(used.values())


def _utc(time: datetime) -> str:
    """Write a time so that texts sort as times do."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds")
