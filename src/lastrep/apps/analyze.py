"""`lastrep analyze`: recorded sets, one after another."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from lastrep.apps import options as words
from lastrep.apps.saying import note, printing, stderr, stdout, write_out
from lastrep.apps.training import history_writer, settings
from lastrep.environment import DEBUG_VARIABLE
from lastrep.errors import LastrepError, OutputError

if TYPE_CHECKING:
    from lastrep.analysis.options import AnalyzeOptions
    from lastrep.analysis.recording import AnalyzedRecording
    from lastrep.training.history_writer import HistoryWriter
    from lastrep.training.review import SetReview

EXIT_OK, EXIT_FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class _Job:
    """One input of an `analyze` call: a video, recorded landmarks, or both."""

    video: Path | None
    poses: Path | None

    @property
    def name(self) -> Path:
        named = self.video or self.poses
        assert named is not None
        return named


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is wanted of each input."""

    options: AnalyzeOptions
    formats: tuple[str, ...]
    save_poses: Path | None
    writer: HistoryWriter | None


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of an input; `folder` is where its files are."""

    recording: AnalyzedRecording
    folder: Path
    written: tuple[str, ...]
    reviews: tuple[SetReview, ...] | None
    problem: str | None = None


def analyze(  # noqa: PLR0913 - an option of the command each
    videos: Annotated[
        list[Path] | None, typer.Argument(metavar="VIDEO...", show_default=False)
    ] = None,
    exercise: words.Exercise = "auto",
    own: words.ExercisesFolder = None,
    target: words.Target = None,
    amrap: Annotated[
        bool, typer.Option("--amrap", help="As many reps as possible: no target.")
    ] = False,
    strictness: words.Strictness = "standard",
    prescription: Annotated[
        str | None,
        typer.Option("--prescription", help="What was to be done, as in 3x8-12@60kg or 10RM."),
    ] = None,
    load_kg: words.LoadKg = None,
    rpe: Annotated[
        float | None, typer.Option("--rpe", help="Perceived exertion, 1 to 10 (10: no rep left).")
    ] = None,
    athlete: words.Athlete = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep/--no-keep", help="Whether an athlete named in the settings has them added."
        ),
    ] = True,
    slowmo: words.Slowmo = 1.0,
    model: words.Model = "full",
    backend: words.Backend = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Folder for result files (default: lastrep-out)."),
    ] = None,
    formats: words.Formats = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
    poses: Annotated[
        Path | None, typer.Option("--poses", help="Use recorded landmarks, not the pose model.")
    ] = None,
    save_poses: Annotated[
        Path | None, typer.Option("--save-poses", help="Record the landmarks in this .npz file.")
    ] = None,
    plate_m: words.PlateM = None,
    height_m: words.HeightM = None,
    bar: words.BarAt = None,
    distance: words.Distance = None,
    velocity_cap: words.VelocityCap = None,
    speed_from: words.SpeedFrom = None,
) -> None:
    """Analyse recorded sets: reps, range of motion, bar speed, and where the set ended."""
    # What comes after the landmarks is loaded while they are looked for.
    Thread(target=_load_the_rest, daemon=True).start()
    from lastrep.analysis.options import AnalyzeOptions
    from lastrep.training.prescription import parse_prescription

    jobs = _jobs(videos or [], poses)
    if save_poses is not None and len(jobs) > 1:
        raise typer.BadParameter("--save-poses takes one video at a time")
    try:
        prescribed = None if prescription is None else parse_prescription(prescription)
        options = AnalyzeOptions(
            exercise=exercise,
            criteria=words.chosen_criteria(
                target, strictness, prescribed, amrap=amrap, velocity_cap=velocity_cap
            ),
            model=model,
            slowmo=slowmo,
            bar=words.chosen_bar(plate_m, height_m, bar, distance, speed_from),
            backend=words.chosen_backend(backend),
        )
        writer = history_writer(
            athlete, prescribed, load_kg, rpe, settings(), target=target, keep=keep
        )
    except LastrepError as error:
        raise typer.BadParameter(str(error)) from error
    writes = not as_json or out is not None or formats is not None
    wanted = _Wanted(options, words.chosen_formats(formats) if writes else (), save_poses, writer)

    done: list[_Done] = []
    failed = 0
    for job, folder in zip(jobs, _folders(jobs, out or Path("lastrep-out")), strict=True):
        with _one_line_errors(job.name) as outcome, _progress() as progress:
            done.append(_analyze(job, folder, wanted, progress))
            if not as_json:
                _tell(done[-1], writer)
            elif done[-1].reviews is not None:
                _advise(writer, done[-1].reviews, beside=True)
            if done[-1].problem is not None:
                outcome.failed = True
                note(done[-1].problem)
        failed += outcome.failed
    if as_json and (done or len(jobs) > 1):
        _print_documents([one.recording for one in done], as_list=len(jobs) > 1)
    raise typer.Exit(EXIT_FAILED if failed else EXIT_OK)


def _load_the_rest() -> None:
    import lastrep.analysis.pipeline
    import lastrep.output.results_folder  # noqa: F401


def _analyze(job: _Job, folder: Path, wanted: _Wanted, progress: _Steps) -> _Done:
    """Analyse one input and save everything; printing comes after."""
    from lastrep.analysis.landmarks import (
        after_landmarks,
        clip_checksum,
        read_landmarks,
        save_landmarks,
    )

    sha256 = clip_checksum(job.video, job.poses)
    if wanted.formats:
        _make_folder(folder)
    step = progress.task(job.name.name, "pose")
    read = read_landmarks(
        job.video,
        wanted.options,
        poses_path=job.poses,
        clip_sha256=sha256 if job.video is not None else None,
        progress=step,
    )
    if wanted.save_poses is not None:
        save_landmarks(wanted.save_poses, read)

    from lastrep.analysis.pipeline import analyze_landmarks
    from lastrep.output.corrections_file import read_corrections
    from lastrep.output.results_folder import free_folder, write_results
    from lastrep.sets.offline import Search

    folder = free_folder(folder, sha256)
    said = read_corrections(folder, sha256)
    if not said and wanted.writer is not None:
        said = wanted.writer.corrections(sha256)
    recording = analyze_landmarks(
        read,
        wanted.options,
        wanted.options.definition,
        name=job.name,
        video=job.video,
        past=None if wanted.writer is None else partial(wanted.writer.past, job.name),
        search=Search(corrections=said),
        progress=after_landmarks(step),
    )
    written: tuple[str, ...] = ()
    if wanted.formats:
        written = write_results(
            recording, wanted.formats, folder, partial(progress.task, folder.name)
        )
    if wanted.writer is None:
        return _Done(recording, folder, written, None)
    try:
        reviews = wanted.writer.keep(job.name, recording.analysis.sets, sha256=sha256)
    except LastrepError as error:  # the result is saved, and shown all the same
        return _Done(recording, folder, written, None, str(error))
    return _Done(recording, folder, written, reviews)


def _jobs(videos: list[Path], poses: Path | None) -> list[_Job]:
    if poses is None:
        if not videos:
            raise typer.BadParameter("name at least one video (or --poses FILE)")
        return [_Job(video, None) for video in videos]
    if len(videos) > 1:
        raise typer.BadParameter("--poses takes at most one video")
    return [_Job(videos[0] if videos else None, poses)]


def _folders(jobs: list[_Job], out: Path) -> list[Path]:
    """One folder an input, named after it; clips of one name get numbers, see `free_folder`."""
    return [out / (job.name.stem or "video") for job in jobs]


def _make_folder(folder: Path) -> None:
    """Fail before the long work, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be made ({error.strerror}); choose another --out"
        ) from error
    if not os.access(folder, os.W_OK):
        raise OutputError(f"{folder}: cannot be written; choose another --out")


def _tell(done: _Done, writer: HistoryWriter | None) -> None:
    """Print what was found, once everything is saved."""
    from lastrep.exercises import catalogue
    from lastrep.output.terminal import render

    titles = {definition.name: definition.title for definition in catalogue().values()}
    with printing():
        stdout.print(render(done.recording.analysis, titles))
        if done.written:
            files = ", ".join(done.written)
            stdout.print(f"written to {done.folder}/: {files}", style="dim", markup=False)
    if done.reviews is not None:
        _advise(writer, done.reviews, beside=False)


def _advise(writer: HistoryWriter | None, reviews: Sequence[SetReview], *, beside: bool) -> None:
    """Say what the sets that were kept mean; beside a JSON document on standard error."""
    console = stderr if beside else stdout
    with printing():
        for number, one in enumerate(reviews, start=1):
            of_set = f"Set {number}: " if len(reviews) > 1 else ""
            console.print(of_set + "\n".join(one.lines()), markup=False)
        sets = "1 set" if len(reviews) == 1 else f"{len(reviews)} sets"
        if not reviews:
            sets = "no set of a known exercise"
        athlete = "" if writer is None else writer.athlete
        console.print(f"{sets} added to the history of {athlete}", style="dim", markup=False)


def _print_documents(recordings: Sequence[AnalyzedRecording], *, as_list: bool) -> None:
    from lastrep.output.writers import to_json

    documents = ",\n".join(to_json(recording.analysis) for recording in recordings)
    write_out(f"[{documents}]\n" if as_list else f"{documents}\n")


@dataclass(slots=True)
class _Outcome:
    failed: bool = False


@contextmanager
def _one_line_errors(name: Path) -> Iterator[_Outcome]:
    """Turn whatever goes wrong with one input into one line, so that the others are still done."""
    outcome = _Outcome()
    try:
        yield outcome
    except LastrepError as error:
        outcome.failed = True
        note(str(error))
    except Exception as error:  # a defect of ours: still one line, and the other files go on
        outcome.failed = True
        note(f"{name}: internal error: {type(error).__name__}: {error}")
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exc()


class _Steps:
    """Progress bars on standard error, one a step."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars

    def task(self, name: str, step: str) -> _Step:
        return _Step(self._bars, f"{name}: {step}")


class _Step:
    def __init__(self, bars: Progress, description: str) -> None:
        self._bars, self._id = bars, bars.add_task(description, total=1.0)

    def __call__(self, share: float) -> None:
        self._bars.update(self._id, completed=share)


@contextmanager
def _progress() -> Iterator[_Steps]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bars:
        yield _Steps(bars)
