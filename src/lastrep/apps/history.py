"""`lastrep history`: look at, export, draw and delete the sets that were kept."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from lastrep.apps.training import one_line_errors, settings
from lastrep.environment import HISTORY_VARIABLE

if TYPE_CHECKING:
    from lastrep.training.history import History, Query
    from lastrep.training.record import SetRecord

app = typer.Typer(
    name="history", help="Every set that was kept.", no_args_is_help=True, rich_markup_mode=None
)

_stdout = Console(highlight=False)

_Athlete = Annotated[str | None, typer.Option("--athlete", help="Only this athlete.")]
_Exercise = Annotated[str | None, typer.Option("-e", "--exercise", help="Only this exercise.")]
_Since = Annotated[datetime | None, typer.Option("--since", help="From this day on.")]
_Until = Annotated[datetime | None, typer.Option("--until", help="Before this day.")]
_File = Annotated[
    Path | None,
    typer.Option("--history", envvar=HISTORY_VARIABLE, help="The history file."),
]


@app.command("list")
def list_sets(
    athlete: _Athlete = None,
    exercise: _Exercise = None,
    since: _Since = None,
    until: _Until = None,
    latest: Annotated[
        int, typer.Option("-n", "--latest", min=1, help="Only so many, the latest.")
    ] = 40,
    file: _File = None,
) -> None:
    """List sets, the latest last."""
    with one_line_errors(), open_history(file) as history:
        records = history.sets(_query(athlete, exercise, since, until, latest))
    table = Table(box=SIMPLE_HEAD, header_style="dim")
    for column in ("set", "when", "athlete", "exercise", "load", "good", "of", "ended by"):
        table.add_column(column, justify="right" if column in ("set", "good", "of") else "left")
    for record in records:
        load, prescription = record.declared.load, record.declared.prescription
        ended = record.end_reason.value.replace("_", " ")
        table.add_row(
            str(record.set_id),
            f"{record.performed_at:%Y-%m-%d %H:%M}",
            record.athlete,
            record.exercise,
            str(load) if load else "",
            str(record.good_reps),
            str(prescription).removeprefix("1x") if prescription else str(record.attempts),
            f"{ended} at rep {record.end_rep}" if record.end_rep else ended,
        )
    _stdout.print(table)


@app.command()
def show(
    set_id: Annotated[int, typer.Argument(metavar="SET", help="Its number.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    file: _File = None,
) -> None:
    """Show one set: its reps, what its load was worth, and what to change next."""
    from lastrep.exercises import find
    from lastrep.output.exports import to_json
    from lastrep.output.terminal import rep_table
    from lastrep.training.history import Query
    from lastrep.training.review import review_set

    with one_line_errors(), open_history(file) as history:
        record, report = history.get(set_id), history.report(set_id)
        if as_json:
            sys.stdout.write(to_json([(record, report)]))
            return
        definition = find(record.exercise)
        earlier = history.sets(Query(athlete=record.athlete, until=record.performed_at))
        review = review_set(record, earlier, definition, settings().equipment)
    load = f", {record.declared.load}" if record.declared.load else ""
    _stdout.print(
        f"[bold]{definition.title}{load}[/]  set {set_id} of {record.athlete}, "
        f"{record.performed_at:%Y-%m-%d %H:%M}"
    )
    _stdout.print(rep_table(report))
    for line in (report.end.explanation, *review.lines()):
        _stdout.print(line, markup=False)


@app.command()
def export(
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="File to write, .csv or .json (default: print CSV)."),
    ] = None,
    athlete: _Athlete = None,
    exercise: _Exercise = None,
    since: _Since = None,
    until: _Until = None,
    file: _File = None,
) -> None:
    """Export sets: a CSV row each, or JSON with the reps."""
    from lastrep.output.exports import to_csv, to_json
    from lastrep.output.writers import write_text

    if out is not None and out.suffix not in (".csv", ".json"):
        raise typer.BadParameter(f"--out {out}: the name must end in .csv or .json")
    with one_line_errors(), open_history(file) as history:
        records = history.sets(_query(athlete, exercise, since, until))
        if out is not None and out.suffix == ".json":
            text = to_json((r, history.report(r.set_id)) for r in records if r.set_id is not None)
        else:
            text = to_csv(records)
        if out is None:
            sys.stdout.write(text)
        else:
            write_text(out, text)


@app.command()
def delete(
    set_ids: Annotated[
        list[int] | None, typer.Argument(metavar="SET...", show_default=False)
    ] = None,
    athlete: Annotated[
        str | None, typer.Option("--athlete", help="Everything of this athlete.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    file: _File = None,
) -> None:
    """Delete sets, or everything of one athlete. This cannot be undone."""
    if bool(set_ids) == (athlete is not None):
        raise typer.BadParameter("name sets, or --athlete NAME for everything of one athlete")
    with one_line_errors(), open_history(file) as history:
        numbers = ", ".join(str(set_id) for set_id in set_ids or [])
        what = f"everything of {athlete}" if athlete is not None else f"set {numbers}"
        if not yes:
            typer.confirm(f"Delete {what}?", abort=True, err=True)
        if athlete is not None:
            deleted = history.delete_athlete(athlete)
        else:
            deleted = history.delete(set_ids or [])
    sys.stderr.write(f"{deleted} {'set' if deleted == 1 else 'sets'} deleted\n")


@app.command()
def plot(
    out: Annotated[Path, typer.Option("-o", "--out", help="HTML file to write.")] = Path(
        "progress.html"
    ),
    athlete: _Athlete = None,
    exercise: _Exercise = None,
    since: _Since = None,
    until: _Until = None,
    file: _File = None,
) -> None:
    """Draw an athlete's progress, by exercise, as a page for the browser."""
    from lastrep.exercises import catalogue
    from lastrep.output.progress import progress_page
    from lastrep.output.writers import write_text

    with one_line_errors(), open_history(file) as history:
        name, records = sets_of_one(history, athlete, exercise, since, until)
        write_text(out, progress_page(name, records, catalogue()))
    _stdout.print(f"written to {out}", style="dim")


@app.command()
def guidance(athlete: _Athlete = None, file: _File = None) -> None:
    """Say how often sets went to failure, and whether rest or a lighter week is due."""
    from lastrep.exercises import catalogue
    from lastrep.training.review import review_weeks

    with one_line_errors(), open_history(file) as history:
        _, records = sets_of_one(history, athlete)
    outlook = review_weeks(records, catalogue())
    table = Table(box=SIMPLE_HEAD, header_style="dim")
    for column in ("week of", "muscles", "sets", "to failure", "share", ""):
        table.add_column(column)
    latest = max((s.monday for s in outlook.shares), default=None)
    for share in (s for s in outlook.shares if s.monday == latest):
        table.add_row(
            f"{share.monday}",
            share.muscle,
            str(share.working_sets),
            str(share.technical + share.absolute),
            f"{share.share:.0%}" if share.light else "",
            share.light.value if share.light else "too few sets to tell",
        )
    _stdout.print(table)
    for on, text in outlook.said():
        _stdout.print(f"{on}  {text}", markup=False)


@app.command()
def restore(file: _File = None) -> None:
    """Put the last good copy in the place of a damaged history."""
    from lastrep.training.database import restore_backup
    from lastrep.training.history_writer import history_path

    with one_line_errors():
        path = file or history_path()
        aside = restore_backup(path)
    sys.stderr.write(f"{path} is the copy now; what was there is {aside}\n")


def open_history(file: Path | None) -> History:
    """Open a history that exists: looking at one must not make one."""
    from lastrep.errors import HistoryError
    from lastrep.training.history import History
    from lastrep.training.history_writer import history_path

    path = file or history_path()
    if not path.exists():
        raise HistoryError(f"{path}: no history yet; 'lastrep analyze --athlete NAME' begins one")
    return History(path)


def _query(
    athlete: str | None,
    exercise: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    latest: int | None = None,
) -> Query:
    from lastrep.exercises import find
    from lastrep.training.history import Query

    return Query(
        athlete=athlete,
        exercise=None if exercise is None else find(exercise).name,
        since=None if since is None else since.astimezone(),
        until=None if until is None else until.astimezone(),
        latest=latest,
    )


def sets_of_one(
    history: History,
    athlete: str | None,
    exercise: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[str, tuple[SetRecord, ...]]:
    """Return one athlete's sets: the one named, set as default, or the only one there is."""
    from lastrep.errors import HistoryError

    there = history.athletes()
    name = athlete or settings().athlete or (there[0] if len(there) == 1 else None)
    if name is None:
        raise HistoryError(f"whose sets? name one with --athlete: {', '.join(there)}")
    records = history.sets(_query(name, exercise, since, until))
    if not records:
        raise HistoryError(f"no such sets of {name}; athletes with sets: {', '.join(there)}")
    return name, records
