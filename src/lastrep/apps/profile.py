"""`lastrep profile`: how speed falls with load, and the maximum that this points to."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from lastrep.apps.history import open_history, sets_of_one
from lastrep.apps.training import one_line_errors
from lastrep.environment import HISTORY_VARIABLE

if TYPE_CHECKING:
    from lastrep.exercises import ExerciseDefinition
    from lastrep.sets.results import SetReport
    from lastrep.training.profile import LoadVelocityProfile

#: Strength changes: older sets do not belong to the same profile.
RECENT_DAYS = 42

_stdout = Console(highlight=False)


def profile(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE=KG...",
            help="Results of `lastrep analyze` with their loads; without any: the history.",
            show_default=False,
        ),
    ] = None,
    exercise: Annotated[
        str | None, typer.Option("-e", "--exercise", help="Which exercise's sets.")
    ] = None,
    athlete: Annotated[str | None, typer.Option("--athlete", help="Whose history.")] = None,
    days: Annotated[
        int, typer.Option("--days", min=1, help="Only the history's last so many days.")
    ] = RECENT_DAYS,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    file: Annotated[
        Path | None, typer.Option("--history", envvar=HISTORY_VARIABLE, help="The history file.")
    ] = None,
) -> None:
    """Draw the load-velocity profile of an exercise, and estimate the one-repetition maximum."""
    from lastrep.exercises import find
    from lastrep.training.profile import load_velocity_profile

    with one_line_errors():
        if files:
            sets = [pair for text in files for pair in _read(text)]
            definition = find(exercise or _exercise_of(sets))
        elif exercise is None:
            raise typer.BadParameter("name the exercise with -e, or result files with their loads")
        else:
            definition = find(exercise)
            sets = _from_history(file, athlete, definition, days)
        sets = [(kg, report) for kg, report in sets if report.exercise == definition.name]
        made = load_velocity_profile(sets, definition)
    if as_json:
        sys.stdout.write(json.dumps(_document(definition, made), indent=2) + "\n")
    else:
        _print(definition, made)


def _read(text: str) -> list[tuple[float, SetReport]]:
    """Return the sets of a result document with the load named after it."""
    from lastrep.output.results_folder import load_document

    name, _, load_text = text.rpartition("=")
    try:
        load_kg = float(load_text)
    except ValueError:
        load_kg = 0.0
    if not name or not load_kg > 0:
        raise typer.BadParameter(f"{text}: write it as analysis.json=100, the load in kilograms")
    return [(load_kg, report) for report in load_document(Path(name)).sets]


def _exercise_of(sets: list[tuple[float, SetReport]]) -> str:
    names = sorted({report.exercise for _, report in sets})
    if len(names) != 1:
        found = ", ".join(names) or "no set"
        raise typer.BadParameter(f"the files hold {found}: name one exercise with -e")
    return names[0]


def _from_history(
    file: Path | None, athlete: str | None, exercise: ExerciseDefinition, days: int
) -> list[tuple[float, SetReport]]:
    since = datetime.now(UTC) - timedelta(days=days)
    with open_history(file) as history:
        _, records = sets_of_one(history, athlete, exercise.name, since)
        return [
            (record.load_kg, history.report(record.set_id))
            for record in records
            if record.load_kg and record.set_id is not None
        ]


def _print(exercise: ExerciseDefinition, made: LoadVelocityProfile) -> None:
    from lastrep.training.strength import OneRepMax

    table = Table(box=SIMPLE_HEAD, header_style="dim")
    for column in ("load kg", "fastest rep m/s", "ROM °"):
        table.add_column(column, justify="right")
    for point in made.points:
        rom = "" if point.rom_deg is None else f"{point.rom_deg:.0f}"
        table.add_row(f"{point.load_kg:g}", f"{point.velocity_m_s:.2f}", rom)
    _stdout.print(f"[bold]{exercise.title}[/]  load-velocity profile")
    _stdout.print(table)
    if made.line is not None:
        fit = "" if made.line.r_squared is None else f", R² {made.line.r_squared:.3f}"
        _stdout.print(
            f"speed = {made.line.at_zero_m_s:.2f} m/s {made.line.per_kg_m_s:+.4f} m/s per kg{fit}",
            markup=False,
        )
    if isinstance(made.maximum, OneRepMax):
        _stdout.print(
            f"estimated one-repetition maximum: {made.maximum.kg:.0f} kg "
            f"± {made.maximum.error_pct:.0f} % (speed of a last possible rep: "
            f"{exercise.minimum_velocity_m_s:.2f} m/s)",
            markup=False,
        )
    else:
        _stdout.print(f"no estimate: {made.maximum.reason}", markup=False)


def _document(exercise: ExerciseDefinition, made: LoadVelocityProfile) -> dict[str, object]:
    from lastrep.training.strength import OneRepMax

    line, best = made.line, made.maximum
    return {
        "exercise": exercise.name,
        "points": [
            {"load_kg": p.load_kg, "velocity_m_s": p.velocity_m_s, "rom_deg": p.rom_deg}
            for p in made.points
        ],
        "line": None
        if line is None
        else {
            "at_zero_m_s": line.at_zero_m_s,
            "per_kg_m_s": line.per_kg_m_s,
            "r_squared": line.r_squared,
        },
        "minimum_velocity_m_s": exercise.minimum_velocity_m_s,
        "e1rm_kg": best.kg if isinstance(best, OneRepMax) else None,
        "e1rm_error_pct": best.error_pct if isinstance(best, OneRepMax) else None,
        "refused": None if isinstance(best, OneRepMax) else best.reason,
    }
