"""`lastrep exercises`: what lastrep knows, and what it measures in it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from lastrep.apps import options as words
from lastrep.apps.saying import printing, stdout
from lastrep.errors import ExerciseError


def exercises(
    name: Annotated[str | None, typer.Argument(help="Explain this one.")] = None,
    standards: Annotated[
        bool, typer.Option("--standards", help="Show what every exercise is judged by.")
    ] = False,
    own: words.ExercisesFolder = None,
    measures: Annotated[
        bool, typer.Option("--measures", help="List the measures that exercise files may name.")
    ] = False,
) -> None:
    """List the exercises lastrep knows, or explain one."""
    from lastrep.exercises import catalogue, find
    from lastrep.exercises.standards import reasons
    from lastrep.exercises.standards import standards as shipped_standards
    from lastrep.output.terminal import explain, explain_standards

    if measures:
        with printing():
            stdout.print(_measures())
        return
    if standards:
        if name is not None:
            raise typer.BadParameter("--standards are those of every exercise: leave out the name")
        with printing():
            stdout.print(explain_standards(shipped_standards(), reasons()))
        return
    if name is None:
        table = _table("name", "exercise", "also called")
        for definition in catalogue().values():
            table.add_row(definition.name, definition.title, ", ".join(definition.aliases))
        with printing():
            stdout.print(table)
        return
    try:
        definition = find(name)
    except ExerciseError as error:
        raise typer.BadParameter(str(error)) from error
    with printing():
        stdout.print(explain(definition, shipped_standards()))


def _measures() -> Table:
    """Return every measure: name, unit, meaning, and where an exercise file may name it."""
    from lastrep.motion.measures import MEASURES, USES

    table = _table("name", "unit", "meaning", "used for")
    table.caption = "(ends): read along with the measure of the same name"
    for measure in MEASURES.values():
        uses = [use for use in USES if use in measure.uses]
        table.add_row(measure.name, measure.unit, measure.meaning, ", ".join(uses) or "(ends)")
    return table


def _table(*columns: str) -> Table:
    table = Table(border_style="dim", header_style="dim", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, no_wrap=column == "name")
    return table
