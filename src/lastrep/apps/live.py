"""`lastrep live`: coach the sets of a plan in front of a camera."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lastrep.apps import options as words
from lastrep.apps.saying import note
from lastrep.apps.training import history_writer, one_line_errors, settings
from lastrep.errors import ExerciseError, PlanError

if TYPE_CHECKING:
    from lastrep.apps.live_sets import SetFiles
    from lastrep.exercises import ExerciseDefinition
    from lastrep.live.screen import PlannedSet
    from lastrep.sets.criteria import SetCriteria
    from lastrep.training.plan import TrainingPlan
    from lastrep.training.rest import Goal

#: Name that asks lastrep to find out what is done.
AUTO = "auto"

CameraOption = Annotated[int, typer.Option("--camera", min=0, help="Number of the camera.")]
SourceOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--source", help="Play this video as if it were the camera; several, one after another."
    ),
]
RestOption = Annotated[
    float | None, typer.Option("--rest-s", min=0, help="Rest so long, whatever is advised.")
]
MuteOption = Annotated[bool, typer.Option("--mute", help="Begin without sound.")]
HeadlessOption = Annotated[
    bool, typer.Option("--headless", help="No window: print events as JSON lines.")
]
RecordOption = Annotated[
    bool, typer.Option("--record", help="Record video and landmarks of each set.")
]
MirrorOption = Annotated[
    bool | None,
    typer.Option("--mirror/--no-mirror", help="Show as a mirror does (default: a camera only)."),
]
OutOption = Annotated[
    Path | None,
    typer.Option("-o", "--out", help="Folder for result files (default: lastrep-out/live-...)."),
]


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How a live session runs; the command's options.

    Parameters
    ----------
    camera, source
        Number of the camera, or videos that are played in its place.
    rest_s
        None for the advised rest.
    """

    camera: int = 0
    source: Sequence[Path] = ()
    rest_s: float | None = None
    mute: bool = False
    headless: bool = False
    model: str = "full"
    record: bool = False
    mirror: bool | None = None
    athlete: str | None = None
    load_kg: float | None = None
    height_m: float | None = None
    out: Path | None = None
    formats: str | None = None


def live(  # noqa: PLR0913 - an option of the command each
    exercise: words.Exercise = AUTO,
    own: words.ExercisesFolder = None,
    plan: Annotated[
        str | None,
        typer.Option(
            "--plan",
            help="Sets of the exercise, as in 3x10 or '3x8-12@60kg', or a plan "
            "file (see `lastrep plan new`).",
        ),
    ] = None,
    target: Annotated[
        int | None, typer.Option("--target", min=1, help="Number of reps of each set.")
    ] = None,
    strictness: words.Strictness = "standard",
    camera: CameraOption = 0,
    source: SourceOption = None,
    rest_s: RestOption = None,
    mute: MuteOption = False,
    headless: HeadlessOption = False,
    model: words.Model = "full",
    record: RecordOption = False,
    mirror: MirrorOption = None,
    athlete: words.Athlete = None,
    load_kg: words.LoadKg = None,
    height_m: words.HeightM = None,
    velocity_cap: words.VelocityCap = None,
    out: OutOption = None,
    formats: words.Formats = None,
) -> None:
    """Coach sets in front of a camera: set-up check, set, rest, next set.

    Keys: space starts and stops, n next set, u undo a rep, m mute, q quit.
    """  # fmt: skip
    from lastrep.exercises import find

    options = LiveOptions(
        camera, source or (), rest_s, mute, headless, model, record, mirror, athlete, load_kg,
        height_m, out, formats,
    )  # fmt: skip
    with one_line_errors():
        if plan is not None and target is not None:
            raise typer.BadParameter("--plan takes the place of --target")
        criteria = words.chosen_criteria(target, strictness, None, velocity_cap=velocity_cap)
        try:
            definition = None if exercise == AUTO else find(exercise)
            whole = None if plan is None else _plan(plan, definition)
        except (ExerciseError, PlanError) as error:
            raise typer.BadParameter(str(error)) from error
        if whole is None:
            run_live(options, endless_sets(definition, criteria))
        else:
            run_live(options, planned_sets(whole, criteria), whole.goal)


def _plan(text: str, exercise: ExerciseDefinition | None) -> TrainingPlan:
    """Return the plan of a file, or of a prescription for the named exercise."""
    from lastrep.training.plan import PlanItem, TrainingPlan, load_plan
    from lastrep.training.prescription import parse_prescription

    if text.endswith(".toml") or Path(text).is_file():
        if exercise is not None:
            raise PlanError("-e and a plan file exclude each other: the file names the exercises")
        return load_plan(Path(text))
    if exercise is None:
        raise PlanError(f"--plan {text} needs the exercise: add -e NAME")
    return TrainingPlan("Training", (PlanItem(exercise.name, parse_prescription(text)),))


def endless_sets(
    exercise: ExerciseDefinition | None, criteria: SetCriteria
) -> Iterator[PlannedSet]:
    """Return one set after the other, all the same: a session without a plan."""
    from lastrep.live.screen import PlannedSet

    return (PlannedSet(exercise, criteria, number=n) for n in itertools.count(1))


def planned_sets(plan: TrainingPlan, otherwise: SetCriteria | None = None) -> Iterator[PlannedSet]:
    """Return the sets of a plan in order, judged by `otherwise` where the plan says nothing."""
    from lastrep.exercises import find
    from lastrep.live.screen import PlannedSet

    for item in plan.items:
        sets = item.prescription.sets
        for number, one in enumerate(sets, start=1):
            yield PlannedSet(find(item.exercise), one.criteria(otherwise), one, number, len(sets))


def run_live(options: LiveOptions, sets: Iterator[PlannedSet], goal: Goal | None = None) -> None:
    """Run a session to its end.

    Parameters
    ----------
    sets
        What is to be done, in order; may be endless.
    goal
        Of the plan.

    Raises
    ------
    LastrepError
        If it cannot begin: no camera, no screen, a file that cannot be read.
    """
    from lastrep.apps.live_sets import SessionContext, SetFiles
    from lastrep.live.judging import judging_process
    from lastrep.live.loop import Loop
    from lastrep.live.outlets import JsonLines, Outlet, SoundOutlet, WindowOutlet, open_window
    from lastrep.live.recorder import Recorder
    from lastrep.live.session import Session
    from lastrep.output.sound import Sound
    from lastrep.pose.backends import make_subject_tracker
    from lastrep.training.history_writer import declared_sets
    from lastrep.video.camera import Camera
    from lastrep.video.playback import PlayedFile

    began = datetime.now(UTC)
    bar = words.chosen_bar(height_m=options.height_m)
    folder = options.out or Path("lastrep-out") / began.astimezone().strftime("live-%Y%m%d-%H%M%S")
    wanted = words.chosen_formats(options.formats)
    user = settings()
    writer = history_writer(options.athlete, None, options.load_kg, None, user)
    if writer is not None:
        writer = replace(writer, performed_at=began)
    past = None if writer is None else partial(writer.past, folder)
    with ExitStack() as stack:
        source = PlayedFile(*options.source) if options.source else Camera(options.camera)
        executor = stack.enter_context(judging_process())
        lifter = stack.enter_context(make_subject_tracker(options.model))
        recorder = Recorder(folder) if options.record else None
        kept = SetFiles(
            folder,
            lifter.name,
            user,
            SessionContext(
                declared_sets(None, options.load_kg, None)[0],
                goal=goal,
                rests_seen=len(options.source) <= 1,
            ),
            writer=writer,
            past=past,
            recorder=recorder,
            bar=bar,
        )
        sound = Sound(muted=options.mute)
        stack.callback(sound.close)
        outlets: list[Outlet] = [SoundOutlet(sound)]
        if options.headless:
            outlets.append(JsonLines(sys.stdout))
        else:
            mirror = not options.source if options.mirror is None else options.mirror
            outlets.append(WindowOutlet(stack.enter_context(open_window()), mirror=mirror))
        for warning in sound.warnings:
            note(warning)

        def begin(size_px: tuple[int, int]) -> Session:
            return Session(
                sets, size_px, executor, on_set_done=kept, past=past, rest_s=options.rest_s, bar=bar
            )

        stack.enter_context(source)
        loop = Loop(source, lifter, begin, outlets, frame_hook=recorder or (lambda c, s: None))
        loop.run()
    _finish(kept, folder, wanted)


def _finish(kept: SetFiles, folder: Path, formats: tuple[str, ...]) -> None:
    """Write what waited for the end, and say where everything is."""
    folders = kept.finish(formats, lambda name: lambda share: None)
    for problem in kept.problems:
        note(problem)
    if folders:
        note(f"{len(folders)} sets written to {folder}/")
