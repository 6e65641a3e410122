"""`lastrep batch`: grade many clips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lastrep.apps.backend import BackendOption, chosen_backend
from lastrep.apps.bar import PlateM, VelocityCap, bar_options
from lastrep.apps.formats import FORMATS_HELP, chosen_formats
from lastrep.apps.own_exercises import ExercisesFolder
from lastrep.apps.training import judging, keeper_of, settings

if TYPE_CHECKING:
    from lastrep.apps.training import Keeper
    from lastrep.batch.clips import Clip
    from lastrep.batch.running import Pool

#: Exit status after Ctrl-C, as shells have it.
EXIT_INTERRUPTED = 130


def batch(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...",
            help="Folders, videos, recorded landmarks (.npz), patterns, or lists (.txt).",
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results.")] = Path(
        "graded"
    ),
    manifest: Annotated[
        Path | None,
        typer.Option(
            "--manifest",
            help="CSV with a column clip, and any of exercise, athlete, target, prescription, "
            "load_kg, height_m, rpe, performed_at.",
        ),
    ] = None,
    exercise: Annotated[
        str, typer.Option("-e", "--exercise", help="Exercise where the manifest says none.")
    ] = "auto",
    own: ExercisesFolder = None,
    target: Annotated[
        int | None, typer.Option("--target", min=1, help="Prescribed number of reps.")
    ] = None,
    strictness: Annotated[
        str, typer.Option("--strictness", help="strict, standard or lenient.")
    ] = "standard",
    athlete: Annotated[
        str | None,
        typer.Option("--athlete", help="Add the sets to the history of NAME (or the manifest's)."),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option("--keep/--no-keep", help="Whether sets are added to the history at all."),
    ] = True,
    slowmo: Annotated[
        float, typer.Option("--slowmo", min=0.01, help="The videos play K times too slowly.")
    ] = 1.0,
    model: Annotated[
        str, typer.Option("--model", help="Pose model: lite, full or heavy.")
    ] = "full",
    plate_m: PlateM = None,
    velocity_cap: VelocityCap = None,
    backend: BackendOption = None,
    formats: Annotated[str | None, typer.Option("--format", help=FORMATS_HELP)] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, help="Processes (default: one a processor core)."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", help="Run on the dask cluster with this address."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume/--no-resume", help="Keep results that are still right.")
    ] = True,
    stall_s: Annotated[
        float,
        typer.Option("--stall-s", min=1, help="A clip without progress for so long hangs."),
    ] = 600.0,
) -> None:
    """Grade many clips: a table, a page to browse, and a folder of results each.

    Start the same command again after any interruption: it goes on where it was.
    """
    from lastrep.apps.analysis import AnalyzeOptions
    from lastrep.apps.batch_history import KEPT_FORMAT, Keeping
    from lastrep.apps.batch_terminal import Terminal
    from lastrep.batch.clips import find_clips, read_manifest
    from lastrep.batch.session import Batch, grade_batch
    from lastrep.errors import LastrepError

    if not paths and manifest is None:
        raise typer.BadParameter("name at least one folder or video (or --manifest FILE)")
    if workers is not None and scheduler is not None:
        raise typer.BadParameter("--workers and --scheduler exclude each other")
    wanted = chosen_formats(formats)
    try:
        described = None if manifest is None else read_manifest(manifest)
        options = AnalyzeOptions(
            exercise=exercise,
            judging=judging(target, strictness, None, amrap=False, velocity_cap=velocity_cap),
            model=model,
            slowmo=slowmo,
            bar=bar_options(plate_m),
            backend=chosen_backend(backend),
        )
        clips = find_clips(paths or [], described, out)
        options = replace(options, model=_model(model, clips))
        keepers = _keepers(clips, athlete) if keep else {}
        pool = _pool(len(clips), workers, scheduler)
    except LastrepError as error:
        raise typer.BadParameter(str(error)) from error
    terminal = Terminal(clips)
    if described is not None and described.unused_columns:
        terminal.note(f"{manifest}: columns not used: {', '.join(described.unused_columns)}")
    if keepers and KEPT_FORMAT not in wanted:
        wanted = (*wanted, KEPT_FORMAT)
    task = Batch(clips, out, options, wanted, resume, stall_s)
    keeping = Keeping(terminal, keepers)
    try:
        with terminal:
            graded = grade_batch(task, pool, keeping)
    except KeyboardInterrupt:
        terminal.note("stopped; the same command goes on where it was")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except LastrepError as error:
        terminal.note(str(error))
        raise typer.Exit(1) from None
    terminal.sum_up(graded, out)
    if keepers:
        terminal.note(f"{keeping.kept} sets are in the history")
    failed = keeping.failed or any(outcome.error for outcome in graded.outcomes)
    raise typer.Exit(1 if failed else 0)


def _keepers(clips: tuple[Clip, ...], athlete: str | None) -> dict[Path, Keeper]:
    """Return who keeps the sets of which clip; a clip without an athlete is not kept."""
    keepers, user = {}, settings()
    for clip in clips:
        keeper = keeper_of(clip.athlete or athlete, clip.prescription, clip.load_kg, clip.rpe, user)
        if keeper is not None:
            keepers[clip.source] = replace(keeper, performed_at=clip.performed_at)
    return keepers


def _model(name: str, clips: tuple[Clip, ...]) -> str:
    """Return the model's name, or its path from the root: all processes shall find the same."""
    from lastrep.batch.clips import POSES_SUFFIX
    from lastrep.pose.models import MODEL_NAMES, find_model

    if all(clip.path.suffix.lower() == POSES_SUFFIX for clip in clips):
        return name
    found = find_model(name)  # missing, it is no failure of the clips
    return name if name in MODEL_NAMES else str(found.absolute())


def _pool(clips: int, workers: int | None, scheduler: str | None) -> Pool:
    from lastrep.batch.workers import WorkerPool
    from lastrep.machine import usable_cores

    if scheduler is not None:
        from lastrep.batch.cluster import ClusterPool

        return ClusterPool(scheduler)
    return WorkerPool(min(workers or usable_cores(), max(clips, 1)))
