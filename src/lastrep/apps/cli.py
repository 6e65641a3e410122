"""The `lastrep` command: thin, it parses words and prints results."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

import lastrep
from lastrep.apps.backend import BackendOption, chosen_backend
from lastrep.apps.bar import (
    BarAt,
    Distance,
    HeightM,
    PlateM,
    SpeedFrom,
    VelocityCap,
    bar_options,
)
from lastrep.apps.batch import batch
from lastrep.apps.doctor import doctor
from lastrep.apps.formats import FORMATS_HELP, chosen_formats
from lastrep.apps.history import app as history
from lastrep.apps.live import live
from lastrep.apps.own_exercises import ExercisesFolder
from lastrep.apps.plan import app as plan
from lastrep.apps.profile import profile
from lastrep.apps.review import review
from lastrep.apps.training import judging, keeper_of, settings
from lastrep.errors import ExerciseError, LastrepError, OutputError

if TYPE_CHECKING:
    from lastrep.apps.training import Keeper
    from lastrep.output.writers import AnalyzedRecording
    from lastrep.training.review import SetReview

app = typer.Typer(
    name="lastrep",
    help="Counts the reps of a strength set, judges them, and says which was the last good one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2

_stdout = Console(highlight=False)
_stderr = Console(stderr=True, highlight=False)


def main() -> None:
    """Entry point of the console script."""
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        _stdout.print(f"lastrep {lastrep.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it."),
    ] = False,
) -> None:
    pass


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


@app.command()
def analyze(
    videos: Annotated[
        list[Path] | None, typer.Argument(metavar="VIDEO...", show_default=False)
    ] = None,
    exercise: Annotated[
        str,
        typer.Option("-e", "--exercise", help="Exercise name (see `lastrep exercises`), or auto."),
    ] = "auto",
    own: ExercisesFolder = None,
    target: Annotated[
        int | None, typer.Option("--target", min=1, help="Prescribed number of reps.")
    ] = None,
    amrap: Annotated[
        bool, typer.Option("--amrap", help="As many reps as possible: no target.")
    ] = False,
    strictness: Annotated[
        str, typer.Option("--strictness", help="strict, standard or lenient.")
    ] = "standard",
    prescription: Annotated[
        str | None,
        typer.Option("--prescription", help="What was to be done, as in 3x8-12@60kg or 10RM."),
    ] = None,
    load_kg: Annotated[
        float | None, typer.Option("--load-kg", help="On the bar, in a hand, or on the belt.")
    ] = None,
    rpe: Annotated[
        float | None, typer.Option("--rpe", help="Perceived exertion, 1 to 10 (10: no rep left).")
    ] = None,
    athlete: Annotated[
        str | None,
        typer.Option("--athlete", help="Add the sets to the history of NAME, and advise."),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep/--no-keep", help="Whether an athlete named in the settings has them added."
        ),
    ] = True,
    slowmo: Annotated[
        float, typer.Option("--slowmo", min=0.01, help="The video plays K times too slowly.")
    ] = 1.0,
    model: Annotated[
        str, typer.Option("--model", help="Pose model: lite, full or heavy.")
    ] = "full",
    backend: BackendOption = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Folder for result files (default: lastrep-out)."),
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option("--format", help=FORMATS_HELP),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
    poses: Annotated[
        Path | None, typer.Option("--poses", help="Use recorded landmarks, not the pose model.")
    ] = None,
    save_poses: Annotated[
        Path | None, typer.Option("--save-poses", help="Record the landmarks in this .npz file.")
    ] = None,
    plate_m: PlateM = None,
    height_m: HeightM = None,
    bar: BarAt = None,
    distance: Distance = None,
    velocity_cap: VelocityCap = None,
    speed_from: SpeedFrom = None,
) -> None:
    """Analyse recorded sets: reps, range of motion, bar speed, and where the set ended."""
    from lastrep.apps.analysis import AnalyzeOptions, analyze_recording
    from lastrep.training.prescription import parse_prescription

    jobs = _jobs(videos or [], poses)
    if save_poses is not None and len(jobs) > 1:
        raise typer.BadParameter("--save-poses takes one video at a time")
    try:
        prescribed = None if prescription is None else parse_prescription(prescription)
        options = AnalyzeOptions(
            exercise=exercise,
            judging=judging(target, strictness, prescribed, amrap=amrap, velocity_cap=velocity_cap),
            model=model,
            slowmo=slowmo,
            bar=bar_options(plate_m, height_m, bar, distance, speed_from),
            backend=chosen_backend(backend),
        )
        keeper = keeper_of(athlete, prescribed, load_kg, rpe, settings(), keep=keep)
    except LastrepError as error:
        raise typer.BadParameter(str(error)) from error
    writes = not as_json or out is not None or formats is not None
    wanted = chosen_formats(formats) if writes else ()

    done: list[AnalyzedRecording] = []
    failed = 0
    for job, folder in zip(jobs, _folders(jobs, out or Path("lastrep-out")), strict=True):
        with _one_line_errors(job.name) as outcome, _progress() as progress:
            if wanted:
                _make_folder(folder)
            step = progress.task(job.name.name, "pose")
            recording = analyze_recording(
                job.video,
                options,
                poses_path=job.poses,
                save_poses_path=save_poses,
                past=None if keeper is None else partial(keeper.past, job.name),
                progress=step,
            )
            done.append(recording)
            # What writes is loaded while the landmarks are looked for.
            from lastrep.output.writers import write_files

            if not as_json:
                _print_recording(recording)
            written = write_files(recording, wanted, folder, partial(progress.task, folder.name))
            if written and not as_json:
                _stdout.print(f"written to {folder}/: {', '.join(written)}", style="dim")
            if keeper is not None:
                _advise(keeper, keeper.keep(job.name, recording.analysis.sets), as_json)
        failed += outcome.failed
    if as_json and (done or len(jobs) > 1):
        _print_documents(done, as_list=len(jobs) > 1)
    raise typer.Exit(EXIT_FAILED if failed else EXIT_OK)


app.command()(doctor)
app.command()(live)
app.command()(batch)
app.command()(review)
app.command()(profile)
app.add_typer(history)
app.add_typer(plan)


@app.command()
def exercises(
    name: Annotated[str | None, typer.Argument(help="Explain this one.")] = None,
    own: ExercisesFolder = None,
) -> None:
    """List the exercises lastrep knows, or explain one."""
    from lastrep.exercises import catalogue, find
    from lastrep.output.terminal import explain

    if name is None:
        table = Table(border_style="dim", header_style="dim", box=SIMPLE_HEAD)
        for column in ("name", "exercise", "also called"):
            table.add_column(column)
        for definition in catalogue().values():
            table.add_row(definition.name, definition.title, ", ".join(definition.aliases))
        _stdout.print(table)
        return
    try:
        definition = find(name)
    except ExerciseError as error:
        raise typer.BadParameter(str(error)) from error
    _stdout.print(explain(definition))


def _jobs(videos: list[Path], poses: Path | None) -> list[_Job]:
    if poses is None:
        if not videos:
            raise typer.BadParameter("name at least one video (or --poses FILE)")
        return [_Job(video, None) for video in videos]
    if len(videos) > 1:
        raise typer.BadParameter("--poses takes at most one video")
    return [_Job(videos[0] if videos else None, poses)]


def _folders(jobs: list[_Job], out: Path) -> list[Path]:
    """One folder an input, named after it; a second input of the same name gets a number."""
    used: dict[str, int] = {}
    folders = []
    for job in jobs:
        stem = job.name.stem or "video"
        used[stem] = used.get(stem, 0) + 1
        folders.append(out / (stem if used[stem] == 1 else f"{stem}-{used[stem]}"))
    return folders


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


def _advise(keeper: Keeper, reviews: Sequence[SetReview], as_json: bool) -> None:
    """Say what the sets that were kept mean; beside a JSON document on standard error."""
    console = _stderr if as_json else _stdout
    for number, one in enumerate(reviews, start=1):
        of_set = f"Set {number}: " if len(reviews) > 1 else ""
        console.print(of_set + "\n".join(one.lines()), markup=False)
    sets = "1 set" if len(reviews) == 1 else f"{len(reviews)} sets"
    if not reviews:
        sets = "no set of a known exercise"
    console.print(f"{sets} added to the history of {keeper.athlete}", style="dim", markup=False)


def _print_documents(recordings: Sequence[AnalyzedRecording], *, as_list: bool) -> None:
    from lastrep.output.writers import to_json

    documents = ",\n".join(to_json(recording.analysis) for recording in recordings)
    sys.stdout.write(f"[{documents}]\n" if as_list else f"{documents}\n")


def _print_recording(recording: AnalyzedRecording) -> None:
    from lastrep.exercises import catalogue
    from lastrep.output.terminal import render

    titles = {definition.name: definition.title for definition in catalogue().values()}
    _stdout.print(render(recording.analysis, titles))


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
        sys.stderr.write(f"lastrep: {error}\n")
    except Exception as error:  # a defect of ours: still one line, and the other files go on
        outcome.failed = True
        sys.stderr.write(f"lastrep: {name}: internal error: {type(error).__name__}: {error}\n")
        if os.environ.get("LASTREP_DEBUG"):
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
    with Progress(
        *columns, console=_stderr, transient=True, disable=not sys.stderr.isatty()
    ) as bars:
        yield _Steps(bars)
