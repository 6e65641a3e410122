"""`lastrep plan`: write and look at training plans."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from lastrep.apps import options as words
from lastrep.apps.live import (
    CameraOption,
    HeadlessOption,
    LiveOptions,
    MuteOption,
    OutOption,
    RecordOption,
    RestOption,
    SourceOption,
    planned_sets,
    run_live,
)
from lastrep.apps.training import one_line_errors

app = typer.Typer(
    name="plan",
    help="Training plans: exercises with sets, reps and loads.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

#: What `plan new` writes when no exercise is named.
_EXAMPLE = ("back_squat=3x5@100kg", "bench_press=2x8-12@60kg + 1xAMRAP@60kg", "biceps_curl=3x12")

_stdout = Console(highlight=False)


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="TOML file to write.", show_default=False)],
    exercises: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="EXERCISE=SETS...",
            help="As in squat=3x5@100kg or 'curl=2x12 + 1xAMRAP strict' (default: an example).",
            show_default=False,
        ),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What it is called.")] = "Training",
    goal: Annotated[
        str | None, typer.Option("--goal", help="strength, hypertrophy or endurance.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a plan file, to be edited by hand."""
    from lastrep.errors import PlanError
    from lastrep.exercises import find
    from lastrep.training.plan import PlanItem, TrainingPlan, load_plan, save_plan
    from lastrep.training.prescription import parse_prescription
    from lastrep.training.rest import Goal

    if goal is not None and goal not in tuple(Goal):
        raise typer.BadParameter(f"--goal {goal}: choose strength, hypertrophy or endurance")
    with one_line_errors():
        if file.exists() and not force:
            raise PlanError(f"{file}: exists already; choose another name, or --force")
        items = []
        for item in exercises or _EXAMPLE:
            exercise, equals, sets = item.partition("=")
            if not equals:
                raise PlanError(f"'{item}' lacks its sets: write {item}=3x10")
            items.append(PlanItem(find(exercise).name, parse_prescription(sets)))
        plan = TrainingPlan(name, tuple(items), Goal(goal) if goal else None)
        save_plan(plan, file)
        load_plan(file)  # a name that cannot be read back is an error now, not in the gym
    show(file)


@app.command()
def run(  # noqa: PLR0913 - an option of the command each
    file: Annotated[Path, typer.Argument(help="TOML file.", show_default=False)],
    camera: CameraOption = 0,
    source: SourceOption = None,
    rest_s: RestOption = None,
    mute: MuteOption = False,
    headless: HeadlessOption = False,
    model: words.Model = "full",
    record: RecordOption = False,
    athlete: words.Athlete = None,
    height_m: words.HeightM = None,
    out: OutOption = None,
) -> None:
    """Train by a plan in front of a camera: the same as `lastrep live --plan FILE`."""
    from lastrep.training.plan import load_plan

    with one_line_errors():
        plan = load_plan(file)
        options = LiveOptions(
            camera,
            source or (),
            rest_s,
            mute,
            headless,
            model,
            record,
            athlete=athlete,
            height_m=height_m,
            out=out,
        )
        run_live(options, planned_sets(plan), plan.goal)


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="TOML file.", show_default=False)],
) -> None:
    """Check a plan file and show its sets, rests and cautions."""
    from lastrep.exercises import find
    from lastrep.training.plan import cautions, load_plan
    from lastrep.training.rest import usual_rest

    with one_line_errors():
        plan = load_plan(file)
    title = plan.name if plan.goal is None else f"{plan.name} ({plan.goal})"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, header_style="dim")
    for column in ("exercise", "set", "prescribed", "judged", "rest after"):
        table.add_column(column)
    for item in plan.items:
        definition = find(item.exercise)
        for number, one in enumerate(item.prescription.sets, start=1):
            rest = usual_rest(definition.training, one, plan.goal)
            table.add_row(
                definition.title if number == 1 else "",
                str(number),
                str(one).partition(" ")[0].removeprefix("1x"),
                one.criteria().strictness.value
                + (f", VL{one.velocity_cap_pct}" if one.velocity_cap_pct else ""),
                f"{rest.seconds} s",
            )
    _stdout.print(table)
    for caution in cautions(plan):
        sys.stderr.write(f"note: {caution}\n")
