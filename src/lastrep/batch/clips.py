"""Which clips a batch grades: folders, patterns, lists and a manifest that says more of each."""

from __future__ import annotations

import csv
import glob
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lastrep.batch.layout import CSV_FILE, INDEX_FILE, PARQUET_FILE, RECORD_FILE
from lastrep.errors import BatchError, ExerciseError, PlanError
from lastrep.exercises import find
from lastrep.files import readable
from lastrep.training.prescription import Prescription, parse_prescription
from lastrep.velocity.scale import HEIGHT_M

#: What is taken from a folder; a file that is named itself may be called anything.
VIDEO_SUFFIXES = frozenset(
    {
        ".mp4",
        ".m4v",
        ".mov",
        ".3gp",
        ".3g2",
        ".mkv",
        ".webm",
        ".avi",
        ".wmv",
        ".asf",
        ".flv",
        ".ogv",
    }
    | {".ogv", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".gif"}
)
#: Recorded landmarks (`lastrep analyze --save-poses`).
POSES_SUFFIX = ".npz"
#: A text file that names one clip a line.
LIST_SUFFIX = ".txt"

#: An annotated video of lastrep's own is known by what stands beside it.
_OWN_VIDEO, _BESIDE_OWN = "annotated.mp4", {"analysis.json", RECORD_FILE}

#: Names of result folders are cut to this length: what file systems allow, less what is added.
MAX_NAME_BYTES = 180


_TABLES = (CSV_FILE, PARQUET_FILE, INDEX_FILE)


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip to grade, with what is known of it beforehand.

    Parameters
    ----------
    path
        The video or recorded landmarks, as the user named it.
    name
        Name of its result folder; unlike that of any other clip of the batch.
    athlete
        Who trains, as the manifest says.
    exercise, target_reps, prescription, load_kg, height_m, rpe
        What the manifest says in place of the batch's own options; None where it says nothing.
    performed_at
        When it was recorded, with time zone, as the manifest says.
    origin
        The path from the root; None: `path` is from the present folder.
    """

    path: Path
    name: str
    athlete: str | None = None
    exercise: str | None = None
    target_reps: int | None = None
    prescription: Prescription | None = None
    load_kg: float | None = None
    height_m: float | None = None
    rpe: float | None = None
    performed_at: datetime | None = None
    origin: Path | None = None

    @property
    def source(self) -> Path:
        """The path from the root, the same for every process and host."""
        return _absolute(self.path) if self.origin is None else self.origin


class ManifestRow(BaseModel):
    """What a manifest may say of a clip; every column but `clip` may be missing or empty."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    clip: str = Field(min_length=1)
    exercise: str | None = None
    athlete: str | None = None
    target: int | None = Field(default=None, ge=1)
    prescription: str | None = None
    load_kg: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    height_m: float | None = Field(default=None, ge=HEIGHT_M[0], le=HEIGHT_M[1])
    rpe: float | None = Field(default=None, ge=1, le=10, multiple_of=0.5)
    performed_at: datetime | None = None

    @property
    def prescribed(self) -> Prescription | None:
        """What was to be done."""
        return None if self.prescription is None else parse_prescription(self.prescription)

    @field_validator("performed_at")
    @classmethod
    def _with_zone(cls, time: datetime | None) -> datetime | None:
        return time if time is None or time.tzinfo else time.astimezone()

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if self.prescription is not None:
            try:
                parse_prescription(self.prescription)
            except PlanError as error:
                raise ValueError(str(error)) from error
            if self.target is not None:
                raise ValueError("a prescription takes the place of a target; give one of them")
        return self

    @field_validator("exercise")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None and name != "auto":
            try:
                find(name)
            except ExerciseError as error:
                raise ValueError(str(error)) from error
        return name


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that has been read.

    Parameters
    ----------
    rows
        Its rows by the clip's path from the root.
    unused_columns
        Columns that mean nothing to lastrep.
    """

    rows: dict[Path, ManifestRow]
    unused_columns: tuple[str, ...]


def read_manifest(path: Path) -> Manifest:
    """Read a CSV file with a header; clips are named relative to the folder it stands in.

    Raises
    ------
    BatchError
        If it cannot be read, or a line makes no sense; the message names file, line and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file, skipinitialspace=True)
            columns = tuple(name for name in lines.fieldnames or () if name)
            if "clip" not in columns:
                known = ", ".join(ManifestRow.model_fields)
                raise BatchError(f"{path}: has no column clip; its columns may be {known}")
            rows = {
                _absolute(path.parent / row.clip): row
                for row in (_row(path, lines.line_num, fields) for fields in lines)
            }
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "not a CSV file in UTF-8"
        raise BatchError(f"{path}: cannot be read ({reason}); check the manifest") from error
    return Manifest(rows, tuple(c for c in columns if c not in ManifestRow.model_fields))


def find_clips(words: Sequence[str], manifest: Manifest | None, out: Path) -> tuple[Clip, ...]:
    """Return the clips of a batch, each once, in the order of their paths.

    Parameters
    ----------
    words
        Folders (searched with all they hold), files, patterns and lists of files.
    manifest
        Says more of the clips; those that only it names are graded too.
    out
        The folder of the results, where no clip is looked for.

    Raises
    ------
    BatchError
        If a list cannot be read, or a pattern or folder holds no clip.
    """
    found: dict[Path, _Found] = {}
    for word in words:
        for one in _named_by(word, _absolute(out)):
            found.setdefault(_absolute(one.path), one)
    rows = manifest.rows if manifest else {}
    for source, row in rows.items():
        found.setdefault(source, _Found(source, Path(row.clip)))
    ordered = [found[source] for source in sorted(found)]
    return tuple(
        _described(Clip(one.path, name), rows.get(_absolute(one.path)))
        for one, name in zip(ordered, _folder_names(ordered), strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A clip and its path below the folder that was searched."""

    path: Path
    below: Path


def _described(clip: Clip, row: ManifestRow | None) -> Clip:
    if row is None:
        return clip
    return replace(
        clip,
        athlete=row.athlete,
        exercise=row.exercise,
        target_reps=row.target,
        prescription=row.prescribed,
        load_kg=row.load_kg,
        height_m=row.height_m,
        rpe=row.rpe,
        performed_at=row.performed_at,
    )


def _named_by(word: str, out: Path) -> Iterator[_Found]:
    path = Path(word)
    if path.is_dir():
        clips = [_Found(p, p.relative_to(path)) for p in _inside(path, out)]
        if not clips:
            raise BatchError(f"{word}: holds no video; name another folder, or the files")
        yield from clips
    elif path.suffix.lower() == LIST_SUFFIX:
        yield from (_Found(p, Path(p.name)) for p in _listed(path))
    elif not path.exists() and glob.has_magic(word):
        matches = sorted(glob.glob(word, recursive=True))  # noqa: PTH207 - patterns from the root
        clips = [_Found(p, Path(p.name)) for p in map(Path, matches) if p.is_file()]
        if not clips:
            raise BatchError(f"{word}: matches no file; check the pattern")
        yield from clips
    else:
        # A file that is missing is one failed clip of many, not the end of the batch.
        yield _Found(path, Path(path.name))


def _inside(folder: Path, out: Path) -> Iterator[Path]:
    """Yield the clips below a folder, without hidden files and lastrep's own results."""
    for root, folders, names in os.walk(folder):
        here = Path(root)
        folders[:] = sorted(
            f for f in folders if not f.startswith(".") and _absolute(here / f) != out
        )
        for name in sorted(names):
            suffix = Path(name).suffix.lower()
            if name.startswith(".") or not (suffix in VIDEO_SUFFIXES or suffix == POSES_SUFFIX):
                continue
            if name == _OWN_VIDEO and not _BESIDE_OWN.isdisjoint(names):
                continue
            yield here / name


def _listed(path: Path) -> list[Path]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text in UTF-8"
        raise BatchError(f"{path}: cannot be read ({reason}); name one clip a line") from error
    return [path.parent / line.strip() for line in lines if line.strip()]


def _row(path: Path, line: int, fields: dict[str, str]) -> ManifestRow:
    filled = {name: text for name, text in fields.items() if name and text and text.strip()}
    try:
        return ManifestRow.model_validate(filled)
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise BatchError(f"{path}, line {line}: {column}: {reason}") from error


def _folder_names(clips: Sequence[_Found]) -> list[str]:
    """Name the result folders: as short as tells the clips apart, the same on every run.

    A name depends on others only where two clips would share it. Upper and lower case count as
    one, as some file systems have it.
    """
    ways: tuple[Callable[[_Found], str], ...] = (
        lambda one: _flat(one.below.with_suffix("")),
        lambda one: _flat(one.below),
        lambda one: _flat(Path(one.path.parent.name) / one.below),
        lambda one: f"{_flat(one.below)}-{_digest(_absolute(one.path))}",
    )
    names: dict[_Found, str] = {}
    for way in ways:
        left = [one for one in clips if one not in names]
        wanted = {one: way(one) for one in left}
        count = Counter(name.casefold() for name in wanted.values())
        taken = {name.casefold() for name in (*names.values(), *_TABLES)}
        names |= {
            one: name
            for one, name in wanted.items()
            if count[name.casefold()] == 1 and name.casefold() not in taken
        }
    return [names[one] for one in clips]


def _flat(path: Path) -> str:
    """Join the parts of a path to one name that is not hidden and not too long."""
    parts = (part for part in path.parts if part not in (os.sep, os.pardir))
    name = readable("__".join(parts)).lstrip(".") or "clip"
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    return f"{name.encode()[:MAX_NAME_BYTES].decode(errors='ignore')}-{_digest(path)}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _absolute(path: Path) -> Path:
    """Return the path from the root, without looking at the disk: links stay as they are."""
    return Path(os.path.normpath(path.absolute()))
