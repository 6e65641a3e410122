"""The folder of one clip's results: whose it is, what a coach said of it, and its files made anew.

All files of a clip tell of one result: whoever writes one writes all that are there. Files that
lastrep did not write are left alone, and so are the corrections, whatever else happens.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from lastrep.analysis.checksums import content_sha256
from lastrep.analysis.landmarks import Landmarks, clip_checksum
from lastrep.analysis.movement_file import load_movements
from lastrep.analysis.options import options_of
from lastrep.analysis.pipeline import analyze_landmarks
from lastrep.analysis.recording import AnalyzedRecording
from lastrep.errors import ExerciseError, LastrepError, OutputError, ResultError
from lastrep.exercises.library import resolved
from lastrep.files import Staged, commit, settle
from lastrep.output.evidence import PICTURES
from lastrep.output.writers import WRITERS, Progress, write_files, write_text
from lastrep.pose import PoseSequence
from lastrep.pose.pose_file import load_pose_file
from lastrep.sets.corrections import BEFORE_MEASURING, Correction, rep_at
from lastrep.sets.criteria import PastBaseline
from lastrep.sets.offline import Search, judge_again
from lastrep.sets.results import Analysis, SetReport
from lastrep.training.history_writer import refresh_history

#: A coach's corrections; nothing but `lastrep review` writes it.
CORRECTIONS_FILE = "corrections.json"
DOCUMENT_FILE = "analysis.json"
#: Of a change: the history follows.
_HISTORY = "history"
#: Formats that need nothing but the document.
UNDRAWN = frozenset({"json", "csv"})
#: Formats that are pictures.
DRAWN = frozenset({"video", "evidence", "velocity"})


class _CorrectionsFile(BaseModel):
    """Corrections by the checksum of the clip that they are about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    clips: dict[str, tuple[Correction, ...]] = {}


def read_corrections(folder: Path, clip_sha256: str | None) -> tuple[Correction, ...]:
    """Return the corrections that a folder keeps of a clip, those that were undone too.

    Raises
    ------
    ResultError
        If there is such a file and it cannot be read: nobody's word is passed over in silence.
    """
    clips = _read(folder).clips
    return clips.get(clip_sha256 or "", ()) or clips.get("", ())


def _read(folder: Path) -> _CorrectionsFile:
    path = folder / CORRECTIONS_FILE
    try:
        return _CorrectionsFile.model_validate_json(path.read_bytes())
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


def _adopted(folder: Path) -> _CorrectionsFile:
    """Return what a coach said by an older version, which kept it in the document alone.

    It is written to a file of its own at once: the document may be replaced next.
    """
    document = folder / DOCUMENT_FILE
    try:
        old = json.loads(document.read_bytes())
        said = [
            _of_override(override, report)
            for report in old["sets"]
            for override in report.get("overrides", ())
        ]
        clip = old["source"].get("sha256") or _clip_of(Path(old["source"]["path"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _CorrectionsFile()
    file = _CorrectionsFile(clips={clip: tuple(said)} if said else {})
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
    return Correction.model_validate(
        {
            **said,
            "kind": kind,
            "at_s": moments.get(rep, middle_s),
            "by": override["by"],
            "why": override["why"],
        }
    )


def _clip_of(path: Path) -> str:
    """Return the checksum that tells a clip, empty if it is not there any more."""
    poses = path.suffix.lower() == ".npz"
    try:
        return clip_checksum(None if poses else path, path if poses else None)
    except LastrepError:
        return ""


def corrections_text(folder: Path, clip_sha256: str | None, said: Sequence[Correction]) -> str:
    """Return the corrections file of a folder with all that is said of one clip."""
    kept = _read(folder)
    clips = dict(kept.clips) | {clip_sha256 or "": tuple(said)}
    new = kept.model_copy(update={"clips": clips})
    return new.model_dump_json(indent=2, exclude_none=True) + "\n"


def load_document(path: Path) -> Analysis:
    """Read a result document.

    Raises
    ------
    ResultError
        If it cannot be read or is none.
    """
    try:
        return Analysis.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ResultError(f"{path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise ResultError(
            f"{path}: not a result document of `lastrep analyze` ({where}: {first['msg']})"
        ) from error


def owner(folder: Path) -> str | None:
    """Return the checksum of the clip whose results a folder holds.

    None if it holds none, or those of a version that did not say.
    """
    try:
        return load_document(folder / DOCUMENT_FILE).source.sha256
    except ResultError:
        return None


def free_folder(wanted: Path, clip_sha256: str) -> Path:
    """Return the folder for a clip's results: the wanted one unless it holds another clip's.

    Then a number is put behind its name, so that two clips of one name never mix.
    """
    number, folder = 1, wanted
    while (folder / DOCUMENT_FILE).exists() and owner(folder) not in (None, clip_sha256):
        number += 1
        folder = wanted.with_name(f"{wanted.name}-{number}")
    return folder


def own_files(folder: Path) -> tuple[str, ...]:
    """Return the names of the files in a folder that lastrep's writers made."""
    names = [w.filename for w in WRITERS.values() if (folder / w.filename).is_file()]
    pictures = (folder / WRITERS["evidence"].filename).glob(PICTURES)
    return (*names, *sorted(str(path.relative_to(folder)) for path in pictures))


def kept_formats(folder: Path) -> tuple[str, ...]:
    """Return the formats that a folder is kept in.

    A set without a fault has no stills, and one without speeds no chart: where anything is drawn,
    these belong to it.
    """
    there = {name for name, writer in WRITERS.items() if (folder / writer.filename).exists()}
    if there & DRAWN:
        there |= {"evidence", "velocity"}
    return tuple(name for name in WRITERS if name in there)


def files_below(folder: Path) -> tuple[str, ...]:
    """Return the names of all files in a folder, those in its folders too."""
    return tuple(
        sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    )


@contextmanager
def staging(folder: Path, within: Path | None = None) -> Iterator[Path]:
    """Give a folder to write a clip's files in before they take their places in `folder`.

    Parameters
    ----------
    within
        Where to make it; None: beside the results.

    Raises
    ------
    OutputError
        If it cannot be made.
    """
    try:
        if within is None:
            folder.mkdir(parents=True, exist_ok=True)
            for left in folder.glob(".lastrep-new-*"):  # of a run that was killed
                shutil.rmtree(left, ignore_errors=True)
        stage = Path(tempfile.mkdtemp(dir=within or folder, prefix=".lastrep-new-"))
        stage.chmod(0o755)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written ({error.strerror}); choose another --out"
        ) from error
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def write_results(
    recording: AnalyzedRecording,
    formats: Iterable[str],
    folder: Path,
    progress_of: Callable[[str], Progress],
) -> tuple[str, ...]:
    """Write a clip's files into its folder, and return their names.

    Files of other formats that an earlier analysis left there are made anew as well, so that all
    of them tell the same.

    Raises
    ------
    OutputError
        If they cannot be written; then the folder is as it was.
    """
    settle_results(folder)
    wanted = [name for name in WRITERS if name in {*formats, *kept_formats(folder)}]
    with staging(folder) as stage:
        written = write_files(recording, wanted, stage, progress_of)
        put_in_place(stage, folder)
    return written


def put_in_place(
    stage: Path,
    folder: Path,
    *,
    elsewhere: Mapping[str, Path] | None = None,
    history: bool = False,
) -> None:
    """Let staged files take the place of all that an earlier analysis wrote.

    Parameters
    ----------
    stage
        From `staging`.
    elsewhere
        Files of the stage that belong elsewhere, by name.
    history
        Whether the clip's sets in the history, if it has them, follow.

    Raises
    ------
    OutputError
        If that cannot be done.
    """
    new = set(files_below(stage))
    stale = tuple(name for name in own_files(folder) if name not in new)
    commit(Staged(stage, folder, elsewhere or {}, stale, _HISTORY if history else ""))
    settle_results(folder)


def settle_results(folder: Path) -> None:
    """Complete a change of a clip's results that a killed process left undone, if there is one.

    Raises
    ------
    LastrepError
        If that cannot be done; the next call tries again.
    """

    def follow() -> None:
        analysis = load_document(folder / DOCUMENT_FILE)
        refresh_history(analysis.source, analysis.sets)

    settle(folder, {_HISTORY: follow})


@dataclass(frozen=True, slots=True)
class Kept:
    """A clip's result as it was kept.

    Parameters
    ----------
    document
        The file of the document.
    analysis
        What it says.
    corrections
        A coach's word on the clip so far.
    """

    document: Path
    analysis: Analysis
    corrections: tuple[Correction, ...]

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.document.parent

    @classmethod
    def load(cls, path: Path) -> Kept:
        """Read a result: its folder, or its document.

        Raises
        ------
        ResultError
            If there is none.
        """
        document = path / DOCUMENT_FILE if path.is_dir() else path
        settle_results(document.parent)
        analysis = load_document(document)
        said = read_corrections(document.parent, analysis.source.sha256)
        if not said:
            said = tuple(one for report in analysis.sets for one in report.corrections)
        return cls(document, analysis, said)

    def rep(self, set_number: int, rep: int) -> tuple[SetReport, float]:
        """Return a set, and the moment that stands for one of its reps.

        Raises
        ------
        ResultError
            If there is no such set or rep.
        """
        report = self.set(set_number)
        found = next((one for one in report.reps if one.number == rep), None)
        if found is None:
            raise ResultError(
                f"{self.document}: rep {rep}: the set has reps 1 to {len(report.reps)}"
            )
        return report, found.turn_s

    def set(self, set_number: int) -> SetReport:
        """Return a set; raises ResultError if there is none of this number."""
        if not 1 <= set_number <= len(self.analysis.sets):
            raise ResultError(
                f"{self.document}: has {len(self.analysis.sets)} sets, not {set_number}"
            )
        return self.analysis.sets[set_number - 1]

    def judged_with(self, corrections: Sequence[Correction]) -> AnalyzedRecording:
        """Return the result as these corrections, in the place of the earlier ones, make it.

        Raises
        ------
        ResultError
            If one of them makes no sense here, or the folder lacks what it takes.
        """
        before = {one for one in self.corrections if one.holds and one.kind in BEFORE_MEASURING}
        now = {one for one in corrections if one.holds and one.kind in BEFORE_MEASURING}
        try:
            if before == now and all(one.measurements for one in self.analysis.sets):
                return self._rejudged(corrections)
            return self._measured_again(corrections)
        except (ValueError, ExerciseError) as error:
            raise ResultError(f"{self.document}: {error}") from error

    def _rejudged(self, corrections: Sequence[Correction]) -> AnalyzedRecording:
        """Judge what was measured once more."""
        again = []
        for index, report in enumerate(self.analysis.sets):
            its = [one for one in corrections if self._set_at(one.at_s) == index]
            _check_fits(report, [one for one in its if one not in self.corrections])
            again.append(judge_again(report, its))
        analysis = self.analysis.model_copy(update={"sets": tuple(again)})
        poses, movements = (self.folder / WRITERS[kind].filename for kind in ("poses", "movement"))
        if poses.exists() and movements.exists():
            return AnalyzedRecording(
                analysis,
                load_pose_file(poses).poses,
                load_movements(movements),
                self._video(),
                self._slowmo,
            )
        drawn = set(kept_formats(self.folder)) - UNDRAWN
        if drawn:
            name = WRITERS[min(drawn)].filename
            raise ValueError(
                f"{name} beside it cannot be made anew without {poses.name} and {movements.name}; "
                "analyse the clip again into this folder"
            )
        nobody = PoseSequence.of([], width_px=1, height_px=1)
        return AnalyzedRecording(analysis, nobody, (), None, self._slowmo)

    def _set_at(self, at_s: float) -> int:
        """Return the index of the set that a moment belongs to."""
        starts = [one.start_s for one in self.analysis.sets]
        return max(sum(start <= at_s for start in starts) - 1, 0)

    def _measured_again(self, corrections: Sequence[Correction]) -> AnalyzedRecording:
        """Cut into reps, measure and judge anew, from the landmarks that were kept."""
        options = options_of(self.analysis.provenance.options)
        file = load_pose_file(self._needed("poses"))
        movement_path = self.folder / WRITERS["movement"].filename
        tracks = [m.bar for m in load_movements(movement_path)] if movement_path.exists() else []

        def past(exercise: str, view: str) -> Mapping[str, PastBaseline]:
            alike = [
                one.criteria.history
                for one in self.analysis.sets
                if (one.exercise, one.view) == (exercise, view)
            ]
            return alike[0] if alike else {}

        source = self.analysis.source
        read = Landmarks(
            file.poses, source.sha256, self.analysis.provenance.model_sha256, source.history
        )
        again = analyze_landmarks(
            read,
            options,
            resolved(options.exercise),
            name=Path(self.analysis.source.path),
            video=self._video(),
            past=past,
            search=Search(corrections=tuple(corrections)),
            tracks=tracks,
        )
        new = [one for one in corrections if one not in self.corrections]
        for warning in again.analysis.warnings:
            if any(one.holds and one.says in warning for one in new):
                raise ValueError(warning)
        return again

    @property
    def _slowmo(self) -> float:
        return float(self.analysis.provenance.options.get("slowmo") or 1.0)

    def _video(self) -> Path | None:
        """Return the clip itself, if it is still where it was and what it was."""
        path = Path(self.analysis.source.path)
        if path.suffix == ".npz" or not path.is_file():
            return None
        try:
            same = content_sha256(path) == self.analysis.source.sha256
        except OSError:
            return None
        return path if same else None

    def _needed(self, kind: str) -> Path:
        path = self.folder / WRITERS[kind].filename
        if not path.exists():
            raise ValueError(
                f"there is no {path.name} beside it to measure from; analyse the clip again into "
                "this folder, with all formats"
            )
        return path


def _check_fits(report: SetReport, corrections: Sequence[Correction]) -> None:
    """Refuse new corrections that are about nothing in the set; raises ValueError."""
    by_time = [(rep.start_s, rep.end_s) for rep in report.reps]
    for one in corrections:
        if one.kind != "wrong_fault" or not one.holds:
            continue
        index = rep_at(one.at_s, by_time)
        has = [] if index is None else [fault.id for fault in report.reps[index].faults]
        if one.fault not in has:
            which = "the rep" if one.rep is None else f"rep {one.rep}"
            raise ValueError(
                f"{which} has no fault {one.fault}, but: {', '.join(has) or 'none at all'}"
            )
