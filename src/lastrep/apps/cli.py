"""The `lastrep` command: what its commands are; each is loaded when it is called."""

from __future__ import annotations

from typing import Annotated

import typer

import lastrep
from lastrep.apps.analyze import analyze
from lastrep.apps.batch import batch
from lastrep.apps.doctor import doctor
from lastrep.apps.exercises import exercises
from lastrep.apps.history import app as history
from lastrep.apps.live import live
from lastrep.apps.plan import app as plan
from lastrep.apps.profile import profile
from lastrep.apps.review import review
from lastrep.apps.saying import forgiving_streams, printing

app = typer.Typer(
    name="lastrep",
    help="Counts the reps of a strength set, judges them, and says which was the last good one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Entry point of the console script."""
    forgiving_streams()
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        with printing():
            typer.echo(f"lastrep {lastrep.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it."),
    ] = False,
) -> None:
    pass


app.command()(analyze)
app.command()(live)
app.command()(batch)
app.command()(review)
app.command()(exercises)
app.command()(profile)
app.command()(doctor)
app.add_typer(history)
app.add_typer(plan)
