"""The `lastrep` command: what its commands are. Each is loaded when it is called, and only then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import lastrep
from lastrep.apps.saying import forgiving_streams, printing


@dataclass(frozen=True, slots=True)
class _Command:
    """Where a command is, and what it does in one line.

    Parameters
    ----------
    place
        Module and name of its function, or of the typer app of its own commands.
    help
        The first line of its docstring, known before it is loaded.
    """

    place: str
    help: str


COMMANDS: Mapping[str, _Command] = MappingProxyType(
    {
        "analyze": _Command(
            "lastrep.apps.analyze:analyze",
            "Analyse recorded sets: reps, range of motion, bar speed, and where the set ended.",
        ),
        "live": _Command(
            "lastrep.apps.live:live",
            "Coach sets in front of a camera: set-up check, set, rest, next set.",
        ),
        "batch": _Command(
            "lastrep.apps.batch:batch",
            "Grade many clips: a table, a page to browse, and a folder of results each.",
        ),
        "review": _Command(
            "lastrep.apps.review:review",
            "Put a result right: mark reps, take faults off, mend the count, or change a limit.",
        ),
        "history": _Command("lastrep.apps.history:app", "Every set that was kept."),
        "plan": _Command(
            "lastrep.apps.plan:app", "Training plans: exercises with sets, reps and loads."
        ),
        "profile": _Command(
            "lastrep.apps.profile:profile",
            "Draw the load-velocity profile of an exercise, and estimate the one-repetition "
            "maximum.",
        ),
        "exercises": _Command(
            "lastrep.apps.exercises:exercises", "List the exercises lastrep knows, or explain one."
        ),
        "doctor": _Command(
            "lastrep.apps.doctor:doctor",
            "Say what lastrep runs on: versions, pose models and what runs them.",
        ),
    }
)


class _LazyGroup(TyperGroup):
    """Loads a command when somebody calls it: `lastrep --help` need not wait for any."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return loaded(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.help) for name, one in COMMANDS.items()])


def loaded(name: str) -> TyperCommand | TyperGroup:
    """Return a command of `COMMANDS`, ready to be called."""
    module, _, there = COMMANDS[name].place.partition(":")
    found = getattr(import_module(module), there)
    if isinstance(found, typer.Typer):
        group = typer.main.get_group(found)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    alone.command(name)(found)
    command = typer.main.get_command(alone)
    assert isinstance(command, TyperCommand)
    return command


app = typer.Typer(
    name="lastrep",
    cls=_LazyGroup,
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


@app.callback(invoke_without_command=False)
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it."),
    ] = False,
) -> None:
    pass
