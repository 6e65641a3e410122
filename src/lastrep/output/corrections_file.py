"""A coach's corrections beside a clip's results: only `lastrep review` adds to them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from lastrep.analysis.landmarks import clip_checksum
from lastrep.errors import LastrepError, ResultError
from lastrep.output.writers import write_text
from lastrep.sets.corrections import Correction

CORRECTIONS_FILE = "corrections.json"
DOCUMENT_FILE = "analysis.json"
#: Version of the file's layout; a reader refuses versions it does not know.
FORMAT = 1


class _CorrectionsFile(BaseModel):
    """Corrections by the checksum of the clip that they are about; "" where it is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    clips: dict[str, tuple[Correction, ...]] = {}


def read_corrections(folder: Path, clip_sha256: str | None) -> tuple[Correction, ...]:
    """Return the corrections that a folder keeps of a clip, those that were undone too.

    Raises
    ------
    ResultError
        If there is such a file and it cannot be read: nobody's word is passed over in silence.
    """
    return _read(folder).clips.get(clip_sha256 or "", ())


def corrections_text(folder: Path, clip_sha256: str | None, said: Sequence[Correction]) -> str:
    """Return the corrections file of a folder with all that is said of one clip."""
    kept = _read(folder)
    clips = dict(kept.clips) | {clip_sha256 or "": tuple(said)}
    new = kept.model_copy(update={"clips": clips})
    return new.model_dump_json(indent=2, exclude_none=True) + "\n"


def _read(folder: Path) -> _CorrectionsFile:
    path = folder / CORRECTIONS_FILE
    try:
        file = _CorrectionsFile.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return _adopted(folder)
    except OSError as error:
        raise ResultError(f"{path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise ResultError(
            f"{path}: not readable ({where}: {first['msg']}); mend it, or move it away to go on "
            "without its corrections"
        ) from error
    if file.format != FORMAT:
        raise ResultError(f"{path}: layout {file.format} is not known; use a newer lastrep")
    return file


def _adopted(folder: Path) -> _CorrectionsFile:
    """Return what a coach said by an older version, which kept it in the document alone.

    It is written to a file of its own at once: the document may be replaced next.
    """
    document = folder / DOCUMENT_FILE
    try:
        old = json.loads(document.read_bytes())
        words = [(o, report) for report in old["sets"] for o in report.get("overrides", ())]
        source = old["source"]
        clip = source.get("sha256") or _clip_of(Path(source["path"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _CorrectionsFile()
    try:
        said = tuple(_of_override(override, report) for override, report in words)
    except (ValueError, KeyError, TypeError) as error:
        raise ResultError(
            f"{document}: a correction of an older version in it is not readable; mend its "
            "'overrides', or move the file away to go on without them"
        ) from error
    file = _CorrectionsFile(clips={clip: said} if said else {})
    if said:
        text = file.model_dump_json(indent=2, exclude_none=True) + "\n"
        write_text(folder / CORRECTIONS_FILE, text)
    return file


def _of_override(override: Mapping[str, object], report: Mapping[str, Any]) -> Correction:
    """Return an older version's override of a set as a correction."""
    moments = {rep["number"]: rep["turn_s"] for rep in report["reps"]}
    rep = override.get("rep")
    kind = "mark" if override.get("mark") else "wrong_fault"
    if override.get("limit"):
        kind = "limit"
    middle_s = (report["start_s"] + report["end_s"]) / 2
    said = {name: override.get(name) for name in ("rep", "mark", "fault", "limit", "value")}
    who = {"by": override["by"], "why": override["why"]}
    at_s = moments.get(rep, middle_s)
    return Correction.model_validate({**said, **who, "kind": kind, "at_s": at_s})


def _clip_of(path: Path) -> str:
    """Return the checksum that tells a clip, empty if it is not there any more."""
    poses = path.suffix.lower() == ".npz"
    try:
        return clip_checksum(None if poses else path, path if poses else None)
    except LastrepError:
        return ""
