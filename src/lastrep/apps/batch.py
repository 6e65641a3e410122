"""`lastrep batch`: grade many clips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lastrep.apps.formats import FORMATS_HELP, chosen_formats

if TYPE_CHECKING:
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
            help="CSV with columns clip, exercise, athlete, target, load_kg, height_m.",
        ),
    ] = None,
    exercise: Annotated[
        str, typer.Option("-e", "--exercise", help="Exercise where the manifest says none.")
    ] = "auto",
    target: Annotated[
        int | None, typer.Option("--target", min=1, help="Prescribed number of reps.")
    ] = None,
    strictness: Annotated[
        str, typer.Option("--strictness", help="strict, standard or lenient.")
    ] = "standard",
    slowmo: Annotated[
        float, typer.Option("--slowmo", min=0.01, help="The videos play K times too slowly.")
    ] = 1.0,
    model: Annotated[
        str, typer.Option("--model", help="Pose model: lite, full or heavy.")
    ] = "full",
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
    from lastrep.apps.batch_terminal import Terminal
    from lastrep.batch.clips import find_clips, read_manifest
    from lastrep.batch.session import Batch, grade_batch
    from lastrep.errors import LastrepError
    from lastrep.sets.options import SetOptions, Strictness

    if not paths and manifest is None:
        raise typer.BadParameter("name at least one folder or video (or --manifest FILE)")
    if workers is not None and scheduler is not None:
        raise typer.BadParameter("--workers and --scheduler exclude each other")
    if strictness not in tuple(Strictness):
        raise typer.BadParameter(f"--strictness {strictness}: choose strict, standard or lenient")
    wanted = chosen_formats(formats)
    try:
        described = None if manifest is None else read_manifest(manifest)
        options = AnalyzeOptions(
            exercise=exercise,
            judging=SetOptions(target_reps=target, strictness=Strictness(strictness)),
            model=model,
            slowmo=slowmo,
        )
        clips = find_clips(paths or [], described, out)
        options = replace(options, model=_model(model, clips))
        pool = _pool(len(clips), workers, scheduler)
    except LastrepError as error:
        raise typer.BadParameter(str(error)) from error
    terminal = Terminal(clips)
    if described is not None and described.unused_columns:
        terminal.note(f"{manifest}: columns not used: {', '.join(described.unused_columns)}")
    task = Batch(clips, out, options, wanted, resume, stall_s)
    try:
        with terminal:
            graded = grade_batch(task, pool, terminal)
    except KeyboardInterrupt:
        terminal.note("stopped; the same command goes on where it was")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except LastrepError as error:
        terminal.note(str(error))
        raise typer.Exit(1) from None
    terminal.sum_up(graded, out)
    raise typer.Exit(1 if any(outcome.error for outcome in graded.outcomes) else 0)


def _model(name: str, clips: tuple[Clip, ...]) -> str:
    """Return the model's name, or its path from the root: all processes shall find the same."""
    from lastrep.batch.clips import POSES_SUFFIX
    from lastrep.pose.models import MODEL_NAMES, find_model

    if all(clip.path.suffix.lower() == POSES_SUFFIX for clip in clips):
        return name
    found = find_model(name)  # missing, it is no failure of the clips
    return name if name in MODEL_NAMES else str(found.absolute())


def _pool(clips: int, workers: int | None, scheduler: str | None) -> Pool:
    from lastrep.batch.workers import WorkerPool, usable_cores

    if scheduler is not None:
        from lastrep.batch.cluster import ClusterPool

        return ClusterPool(scheduler)
    return WorkerPool(min(workers or usable_cores(), max(clips, 1)))
