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
) -> None:
    """List the exercises lastrep knows, or explain one."""
    from lastrep.exercises import catalogue, find
    from lastrep.exercises.standards import reasons
    from lastrep.exercises.standards import standards as shipped_standards
    from lastrep.output.terminal import explain, explain_standards

    if standards:
        if name is not None:
            raise typer.BadParameter("--standards are those of every exercise: leave out the name")
        with printing():
            stdout.print(explain_standards(shipped_standards(), reasons()))
        return
    if name is None:
        table = Table(border_style="dim", header_style="dim", box=SIMPLE_HEAD)
        for column in ("name", "exercise", "also called"):
            table.add_column(column)
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
