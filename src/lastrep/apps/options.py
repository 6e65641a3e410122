"""Every option that more than one command has, declared once, and what its words mean."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lastrep.environment import EXERCISES_VARIABLE

if TYPE_CHECKING:  # they take long to import, which `lastrep --help` should not
    from lastrep.sets.criteria import SetCriteria
    from lastrep.training.prescription import Prescription
    from lastrep.velocity.options import BarOptions

#: Keys of `lastrep.output.writers.WRITERS`, which takes long to import.
FORMATS = ("json", "csv", "video", "evidence", "velocity", "poses", "movement")


def _use_exercises(folder: Path | None) -> Path | None:
    """Let this process, and those it starts, know the folder's exercises."""
    from lastrep.errors import ExerciseError
    from lastrep.exercises import catalogue

    if folder is not None:
        try:
            catalogue(folder)
        except ExerciseError as error:
            raise typer.BadParameter(str(error)) from error
        os.environ[EXERCISES_VARIABLE] = str(folder.absolute())
    return folder


Exercise = Annotated[
    str, typer.Option("-e", "--exercise", help="Exercise name (see `lastrep exercises`), or auto.")
]
ExercisesFolder = Annotated[
    Path | None,
    typer.Option(
        "--exercises",
        metavar="DIR",
        envvar=EXERCISES_VARIABLE,
        callback=_use_exercises,
        is_eager=True,
        help="Folder of your own exercise files, which add to or replace the shipped ones.",
    ),
]
Target = Annotated[int | None, typer.Option("--target", min=1, help="Prescribed number of reps.")]
Strictness = Annotated[str, typer.Option("--strictness", help="strict, standard or lenient.")]
VelocityCap = Annotated[
    float | None,
    typer.Option("--velocity-cap", metavar="PCT", help="End the set at this velocity loss."),
]
LoadKg = Annotated[
    float | None, typer.Option("--load-kg", help="On the bar, in a hand, or on the belt.")
]
Athlete = Annotated[
    str | None, typer.Option("--athlete", help="Add the sets to the history of NAME, and advise.")
]
Slowmo = Annotated[
    float, typer.Option("--slowmo", min=0.01, help="The video plays K times too slowly.")
]
Model = Annotated[str, typer.Option("--model", help="Pose model: lite, full or heavy.")]
Backend = Annotated[
    str | None,
    typer.Option("--backend", help="What runs the model: litert (default) or mediapipe."),
]
Formats = Annotated[
    str | None,
    typer.Option("--format", help=f"Files to write: {','.join(FORMATS)} (default: all)."),
]
PlateM = Annotated[
    float | None,
    typer.Option("--plate-m", help="Diameter of the plates, metres (full-size: 0.45)."),
]
HeightM = Annotated[
    float | None, typer.Option("--height-m", help="Height of the lifter, metres: for m/s.")
]
BarAt = Annotated[
    str | None,
    typer.Option(
        "--bar", metavar="X,Y", help="The plate's middle in the first frame, pixels, if not found."
    ),
]
Distance = Annotated[
    str | None,
    typer.Option(
        "--distance",
        metavar="X1,Y1,X2,Y2,M",
        help="Two points of the picture in the plane of the bar, pixels, and metres between them.",
    ),
]
SpeedFrom = Annotated[
    float | None,
    typer.Option(
        "--speed-from",
        min=0,
        metavar="M_S",
        help="Average a lift while it is faster than this (default: from start to highest point).",
    ),
]


def chosen_formats(names: str | None) -> tuple[str, ...]:
    """Return the formats named in a comma-separated list, all of them for None."""
    if names is None:
        return FORMATS
    chosen = tuple(name.strip() for name in names.split(",") if name.strip())
    for name in chosen:
        if name not in FORMATS:
            raise typer.BadParameter(f"--format {name}: choose from {', '.join(FORMATS)}")
    return chosen


def chosen_backend(name: str | None) -> str:
    """Return the backend of this name, the default for None; a usage error if it cannot be used."""
    from lastrep.errors import ModelError
    from lastrep.pose.backends import DEFAULT_BACKEND, check_backend

    chosen = DEFAULT_BACKEND if name is None else name
    try:
        check_backend(chosen)
    except ModelError as error:
        raise typer.BadParameter(f"--backend {error}") from error
    return chosen


def chosen_criteria(
    target: int | None,
    strictness: str,
    prescribed: Prescription | None,
    *,
    amrap: bool = False,
    velocity_cap: float | None = None,
) -> SetCriteria:
    """Return how a set is judged, by the words of a command.

    Raises
    ------
    BadParameter
        If they contradict each other or make no sense.
    """
    from lastrep.sets.criteria import SetCriteria
    from lastrep.sets.criteria import Strictness as HowStrict

    if target is not None and amrap:
        raise typer.BadParameter("--target and --amrap exclude each other")
    if prescribed is not None and (target is not None or amrap):
        raise typer.BadParameter("--prescription takes the place of --target and --amrap")
    if strictness not in tuple(HowStrict):
        raise typer.BadParameter(f"--strictness {strictness}: choose strict, standard or lenient")
    try:
        criteria = SetCriteria(target, HowStrict(strictness), velocity_cap_pct=velocity_cap)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return criteria if prescribed is None else prescribed.sets[0].criteria(criteria)


def chosen_bar(
    plate_m: float | None = None,
    height_m: float | None = None,
    bar: str | None = None,
    distance: str | None = None,
    speed_from: float | None = None,
) -> BarOptions:
    """Return the options of bar speed; raises typer.BadParameter where they make no sense."""
    from lastrep.analysis.options import bar_options

    try:
        known = at = None
        if distance is not None:
            x1, y1, x2, y2, metres = _numbers("--distance", distance, "X1,Y1,X2,Y2,M")
            known = (x1, y1, x2, y2, metres)
        if bar is not None:
            x, y = _numbers("--bar", bar, "X,Y")
            at = (x, y)
        return bar_options(
            plate_m=plate_m,
            height_m=height_m,
            bar_px=at,
            distance=known,
            speed_from_m_s=speed_from,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _numbers(option: str, text: str, form: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != form.count(",") + 1:
        raise ValueError(f"{option} {text}: write it as {form}")
    return numbers
