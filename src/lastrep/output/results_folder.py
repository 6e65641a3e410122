"""The folder of one clip's results: whose it is, and how its files take their places.

All files of a clip tell of one result: whoever writes one writes all that are there. What lastrep
wrote stands in a list beside them; other files are left alone, and so are the corrections.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lastrep.analysis.again import with_corrections
from lastrep.analysis.checksums import content_sha256
from lastrep.analysis.recording import AnalyzedRecording
from lastrep.errors import HistoryError, OutputError, ResultError
from lastrep.files import Staged, commit, settle
from lastrep.locking import claimed
from lastrep.output.corrections_file import (
    CORRECTIONS_FILE,
    DOCUMENT_FILE,
    corrections_text,
    read_corrections,
)
from lastrep.output.evidence import PICTURES
from lastrep.output.writers import WRITERS, Progress, write_files, write_text
from lastrep.sets.results import Analysis
from lastrep.training.history_writer import refresh_history

#: Whose results a folder holds, and which files in it are lastrep's own.
MANIFEST_FILE = ".lastrep.json"
#: Formats that are pictures.
DRAWN = frozenset({"video", "evidence", "velocity"})
#: Of a change: the history follows.
_HISTORY = "history"
#: A folder that somebody else writes to is waited for so long, seconds.
_WAIT_S = 60.0


class Manifest(BaseModel):
    """What a folder of results is.

    Parameters
    ----------
    clip
        Checksum of the clip; None if it is not known.
    video
        Where the clip's video lay, from the root; None without one.
    files
        Checksum of each file that lastrep wrote, by its name.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int = 1
    clip: str | None = None
    video: str | None = None
    files: dict[str, str] = {}


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


def read_manifest(folder: Path) -> Manifest | None:
    """Return whose results a folder holds; None if it holds none that lastrep knows.

    Results of versions that wrote no such list are known by their document.
    """
    try:
        return Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValidationError):
        pass
    try:
        source = load_document(folder / DOCUMENT_FILE).source
    except ResultError:
        return None
    names = [w.filename for w in WRITERS.values() if (folder / w.filename).is_file()]
    pictures = (folder / WRITERS["evidence"].filename).glob(PICTURES)
    names += [str(path.relative_to(folder)) for path in pictures]
    return Manifest(clip=source.sha256, files=dict.fromkeys(names, ""))


def free_folder(wanted: Path, clip_sha256: str) -> Path:
    """Return the folder for a clip's results: where they are already, or one that is free.

    Two clips of one name never mix: the second gets a number behind it. A change that was cut
    short there is completed.
    """
    number, free = 1, None
    while True:
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        if not folder.exists():
            return free or folder
        settle_results(folder)
        manifest = read_manifest(folder)
        if manifest is not None and manifest.clip in (None, clip_sha256):
            return folder
        taken = manifest is not None or any(
            (folder / writer.filename).exists() for writer in WRITERS.values()
        )
        if read_corrections(folder, clip_sha256):
            return folder
        if not taken and free is None:
            free = folder
        number += 1


def kept_formats(folder: Path) -> tuple[str, ...]:
    """Return the formats that a folder is kept in.

    A set without a fault has no stills, and one without speeds no chart: where anything is drawn,
    these belong to it.
    """
    manifest = read_manifest(folder)
    own = set() if manifest is None else {Path(name).parts[0] for name in manifest.files}
    there = {
        name
        for name, writer in WRITERS.items()
        if writer.filename in own and (folder / writer.filename).exists()
    }
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

    The caller has claimed `folder`: what a run that was killed left there is cleared away.

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
            for left in folder.glob(".lastrep-new-*"):
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
    of them tell the same. What a coach said meanwhile is heeded, and what the recording was judged
    with is kept beside it.

    Raises
    ------
    OutputError
        If they cannot be written; then the folder is as it was.
    """
    with claimed(folder, wait_s=_WAIT_S):
        settle_results(folder)
        recording = as_said_by_now(recording, folder)
        wanted = [name for name in WRITERS if name in {*formats, *kept_formats(folder)}]
        recording = with_its_video(recording, folder)
        with staging(folder) as stage:
            written = write_files(recording, wanted, stage, progress_of)
            stage_corrections(recording, folder, stage)
            put_in_place(stage, folder, recording)
    return written


def as_said_by_now(recording: AnalyzedRecording, folder: Path) -> AnalyzedRecording:
    """Return a recording judged with what its folder's corrections say at this moment.

    What it was judged with besides stays.
    """
    said = read_corrections(folder, recording.analysis.source.sha256)
    known = {one.key for one in said}
    said = (*said, *(one for one in recording.corrections if one.key not in known))
    if said == recording.corrections:
        return recording
    return with_corrections(recording, said, refuse=False)


def with_its_video(recording: AnalyzedRecording, folder: Path) -> AnalyzedRecording:
    """Return a recording with the video that the folder's pictures are drawn on.

    Raises
    ------
    OutputError
        If there is an annotated video, and the clip is not where it was any more.
    """
    if recording.video is not None or "video" not in kept_formats(folder):
        return recording
    manifest = read_manifest(folder)
    video = None if manifest is None or manifest.video is None else Path(manifest.video)
    clip = recording.analysis.source.sha256
    with suppress(OSError):
        if video is not None and content_sha256(video) == clip:
            return replace(recording, video=video)
    name = WRITERS["video"].filename
    raise OutputError(
        f"{folder}: {name} cannot be made anew, as the clip is not at {video or 'its place'} any "
        f"more; put it back, or move {name} away"
    )


def stage_corrections(recording: AnalyzedRecording, folder: Path, stage: Path) -> None:
    """Keep what a recording was judged with beside it, if anything was said."""
    clip = recording.analysis.source.sha256
    if recording.corrections:
        text = corrections_text(folder, clip, recording.corrections)
        write_text(stage / CORRECTIONS_FILE, text)


def put_in_place(
    stage: Path,
    folder: Path,
    recording: AnalyzedRecording,
    *,
    elsewhere: Mapping[str, Path] | None = None,
    history: bool = False,
) -> str | None:
    """Let staged files take the place of all that lastrep wrote there before.

    Parameters
    ----------
    stage
        From `staging`.
    recording
        What they tell of.
    elsewhere
        Files of the stage that belong elsewhere, by name.
    history
        Whether the clip's sets in the history, if it has them, follow.

    Returns
    -------
    Why the history could not follow, if it could not.

    Raises
    ------
    OutputError
        If that cannot be done.
    """
    before = read_manifest(folder) or Manifest()
    new = set(files_below(stage)) - set(elsewhere or {})
    kept = {CORRECTIONS_FILE}
    stale = tuple(name for name in before.files if name not in new | kept)
    video = recording.video.absolute() if recording.video is not None else before.video
    manifest = Manifest(
        clip=recording.analysis.source.sha256,
        video=None if video is None else str(video),
        files={name: content_sha256(stage / name) for name in sorted(new - kept)},
    )
    write_text(stage / MANIFEST_FILE, manifest.model_dump_json(indent=1) + "\n")
    commit(Staged(stage, folder, elsewhere or {}, stale, _HISTORY if history else ""))
    return settle_results(folder)


def settle_results(folder: Path) -> str | None:
    """Complete a change of a clip's results that a killed process left undone, if there is one.

    Returns
    -------
    Why the history could not follow, if it could not: the next call tries again.

    Raises
    ------
    OutputError
        If a file cannot be moved to its place; the next call tries again.
    """
    problem: str | None = None

    def follow() -> bool:
        nonlocal problem
        try:
            analysis = load_document(folder / DOCUMENT_FILE)
            refresh_history(analysis.source, analysis.sets)
        except ResultError:
            return True  # a document that is gone tells the history nothing
        except HistoryError as error:
            problem = str(error)
            return False
        return True

    settle(folder, {_HISTORY: follow})
    return problem
