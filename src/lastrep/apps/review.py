"""`lastrep review`: a coach overrules verdicts in a result document; the set is judged again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lastrep.apps.training import one_line_errors

_MARKS = ("good", "bad", "partial")


def review(
    document: Annotated[Path, typer.Argument(metavar="SET.json", show_default=False)],
    by: Annotated[str, typer.Option("--by", help="Who says so.")],
    why: Annotated[str, typer.Option("--why", help="Why.")],
    rep: Annotated[int | None, typer.Option("--rep", min=1, help="Number of the rep.")] = None,
    mark: Annotated[
        str | None, typer.Option("--mark", help="The rep is: good, bad or partial.")
    ] = None,
    wrong: Annotated[
        str | None, typer.Option("--wrong", help="Id of a fault that the rep does not have.")
    ] = None,
    limits: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            help="The lifter's own limit, as BC1=15 (major change from the first reps) or "
            "BC1.absolute.major=22; all reps are judged again. May be repeated.",
        ),
    ] = None,
    set_number: Annotated[int, typer.Option("--set", min=1, help="Which set of the file.")] = 1,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write here instead of SET.json.")
    ] = None,
) -> None:
    """Overrule a verdict: mark a rep, call a fault wrong, or change a limit."""
    from lastrep.apps.reviewing import load, overrides_of, reviewed
    from lastrep.output.writers import to_json, write_text

    if mark is not None and mark not in _MARKS:
        raise typer.BadParameter(f"--mark {mark}: choose from {', '.join(_MARKS)}")
    if (mark is not None or wrong is not None) == (rep is None):
        raise typer.BadParameter("--rep goes with --mark or --wrong")
    overrides = overrides_of(by, why, rep, mark, wrong, limits or [])
    if not overrides:
        raise typer.BadParameter("nothing to change: give --rep and --mark or --wrong, or --limit")
    with one_line_errors():
        analysis = reviewed(load(document), overrides, set_number=set_number, name=document)
        write_text(out or document, to_json(analysis) + "\n")
    report = analysis.sets[set_number - 1]
    typer.echo(f"{report.good_reps} good of {report.attempts} reps. {report.end.explanation}")
