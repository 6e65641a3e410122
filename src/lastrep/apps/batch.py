"""`lastrep batch`: grade many clips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lastrep.apps import options as words
from lastrep.apps.training import history_writer, settings

if TYPE_CHECKING:
    from lastrep.batch.clips import Clip
    from lastrep.batch.running import Pool
    from lastrep.training.history_writer import HistoryWriter

#: Exit status after Ctrl-C, as shells have it.
EXIT_INTERRUPTED = 130


def batch(  # noqa: PLR0913 - an option of the command each
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
    exercise: words.Exercise = "auto",
    own: words.ExercisesFolder = None,
    target: words.Target = None,
    strictness: words.Strictness = "standard",
    athlete: words.Athlete = None,
    keep: Annotated[
        bool,
        typer.Option("--keep/--no-keep", help="Whether sets are added to the history at all."),
    ] = True,
    slowmo: words.Slowmo = 1.0,
    model: words.Model = "full",
    plate_m: words.PlateM = None,
    velocity_cap: words.VelocityCap = None,
    backend: words.Backend = None,
    formats: words.Formats = None,
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
    from lastrep.analysis.options import AnalyzeOptions
    from lastrep.apps.batch_history import KEPT_FORMAT, BatchHistory
    from lastrep.apps.batch_terminal import Terminal
    from lastrep.batch.clips import find_clips, read_manifest
    from lastrep.batch.session import Batch, grade_batch
    from lastrep.errors import LastrepError

    if not paths and manifest is None:
        raise typer.BadParameter("name at least one folder or video (or --manifest FILE)")
    if workers is not None and scheduler is not None:
        raise typer.BadParameter("--workers and --scheduler exclude each other")
    wanted = words.chosen_formats(formats)
    try:
        described = None if manifest is None else read_manifest(manifest)
        options = AnalyzeOptions(
            exercise=exercise,
            criteria=words.chosen_criteria(target, strictness, None, velocity_cap=velocity_cap),
            model=model,
            slowmo=slowmo,
            bar=words.chosen_bar(plate_m),
            backend=words.chosen_backend(backend),
        )
        clips = find_clips(paths or [], described, out)
        options = replace(options, model=_model(model, clips))
        writers = _writers(clips, athlete, target) if keep else {}
        pool = _pool(len(clips), workers, scheduler)
    except LastrepError as error:
        raise typer.BadParameter(str(error)) from error
    terminal = Terminal(clips)
    if described is not None and described.unused_columns:
        terminal.note(f"{manifest}: columns not used: {', '.join(described.unused_columns)}")
    if writers and KEPT_FORMAT not in wanted:
        wanted = (*wanted, KEPT_FORMAT)
    task = Batch(clips, out, options, wanted, resume, stall_s)
    history = BatchHistory(terminal, writers)
    try:
        with terminal:
            graded = grade_batch(task, pool, history)
    except KeyboardInterrupt:
        terminal.note("stopped; the same command goes on where it was")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except LastrepError as error:
        terminal.note(str(error))
        raise typer.Exit(1) from None
    terminal.sum_up(graded, out)
    if writers:
        terminal.note(f"{history.kept} sets are in the history")
    failed = history.failed or any(outcome.error for outcome in graded.outcomes)
    raise typer.Exit(1 if failed else 0)


def _writers(
    clips: tuple[Clip, ...], athlete: str | None, target: int | None
) -> dict[Path, HistoryWriter]:
    """Return who adds the sets of which clip; those of a clip without an athlete are not added."""
    writers, user = {}, settings()
    for clip in clips:
        writer = history_writer(
            clip.athlete or athlete,
            clip.prescription,
            clip.load_kg,
            clip.rpe,
            user,
            target=clip.target_reps or target,
        )
        if writer is not None:
            writers[clip.source] = replace(writer, performed_at=clip.performed_at)
    return writers


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
