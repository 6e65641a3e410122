"""`lastrep review`: a coach puts a result right; it is judged again and its files follow."""

from __future__ import annotations

import getpass
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lastrep.apps.saying import note, printing, stdout
from lastrep.apps.training import one_line_errors
from lastrep.files import readable

if TYPE_CHECKING:
    from lastrep.output.kept_result import Kept
    from lastrep.sets.corrections import Correction

_MARKS = ("good", "bad", "partial", "failed", "not-a-rep")
_LIMIT = re.compile(
    r"(?P<fault>\w+)(?:\.(?P<limit>(?:absolute|change)\.(?:minor|major|critical)))?"
    r"=(?P<value>[-+]?\d+(?:\.\d+)?)"
)


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of one call."""

    set_number: int
    by: str
    why: str
    marks: tuple[tuple[int, str], ...] = ()
    wrong: tuple[tuple[int, str], ...] = ()
    missed_s: tuple[float, ...] = ()
    split: tuple[int, ...] = ()
    merge: tuple[int, ...] = ()
    limits: tuple[str, ...] = ()
    exercise: str | None = None
    undo: bool = False

    @property
    def something(self) -> bool:
        return bool(
            self.marks or self.wrong or self.missed_s or self.split or self.merge
            or self.limits or self.exercise or self.undo
        )  # fmt: skip


def review(  # noqa: PLR0913 - an option of the command each
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULT...",
            help="The folder of a clip's results, or the analysis.json in it.",
            show_default=False,
        ),
    ],
    rep: Annotated[
        list[int] | None, typer.Option("--rep", min=1, help="Number of a rep; may be repeated.")
    ] = None,
    mark: Annotated[
        list[str] | None,
        typer.Option(
            "--mark", help="That rep is: good, bad, bad:FAULT, partial, failed or not-a-rep."
        ),
    ] = None,
    wrong: Annotated[
        list[str] | None,
        typer.Option("--wrong", help="Id of a fault that that rep does not have."),
    ] = None,
    missed: Annotated[
        list[float] | None,
        typer.Option("--missed-rep", min=0, metavar="AT_S", help="A rep was missed here, seconds."),
    ] = None,
    split: Annotated[
        list[int] | None, typer.Option("--split", min=1, metavar="N", help="Rep N is two reps.")
    ] = None,
    merge: Annotated[
        list[int] | None,
        typer.Option("--merge", min=1, metavar="N", help="Reps N and N+1 are one."),
    ] = None,
    exercise: Annotated[
        str | None, typer.Option("-e", "--exercise", help="What was really done.")
    ] = None,
    limits: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            help="The lifter's own limit, as BC1=15 (major change from the first reps) or "
            "BC1.absolute.major=22; all reps are judged again. May be repeated.",
        ),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the latest correction back.")] = False,
    show: Annotated[bool, typer.Option("--list", help="List the corrections.")] = False,
    by: Annotated[
        str | None, typer.Option("--by", help="Who says so (default: your user name).")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="Why.")] = "",
    set_number: Annotated[int, typer.Option("--set", min=1, help="Which set of the clip.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Write the document here, and change nothing."),
    ] = None,
    video: Annotated[
        Path | None, typer.Option("--video", help="Where the clip is now, if it was moved.")
    ] = None,
) -> None:
    """Put a result right: mark reps, take faults off, mend the count, or change a limit.

    Corrections stay beside the results: later analyses of the clip heed them too.
    """
    reps = rep or []
    if mark and wrong:
        raise typer.BadParameter("--mark and --wrong: one kind in a call")
    if len(reps) != len(mark or wrong or []):
        raise typer.BadParameter("each --rep goes with one --mark or --wrong, in the same order")
    for word in mark or []:
        if word.partition(":")[0] not in _MARKS or (":" in word and not word.startswith("bad:")):
            raise typer.BadParameter(f"--mark {word}: choose from {', '.join(_MARKS)}, bad:FAULT")
    said = _Said(
        set_number,
        readable((by or _user()).strip() or "somebody"),
        readable(why),
        tuple(zip(reps, mark or [], strict=False)),
        tuple(zip(reps, wrong or [], strict=False)),
        tuple(missed or []),
        tuple(split or []),
        tuple(merge or []),
        tuple(limits or []),
        exercise,
        undo,
    )
    if not (said.something or show):
        raise typer.BadParameter(
            "nothing to change: give --rep with --mark or --wrong, --missed-rep, --split, --merge, "
            "--exercise, --limit, --undo or --list"
        )
    if said.something and len(paths) > 1:
        raise typer.BadParameter("corrections go to one result at a time")
    with one_line_errors():
        if said.something:
            _correct(paths[0], said, out, video)
        if show:
            for path in paths:
                _list(path)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name
        return "somebody"


def _correct(path: Path, said: _Said, out: Path | None, video: Path | None) -> None:
    from pydantic import ValidationError

    from lastrep.batch.correcting import correct
    from lastrep.errors import ResultError
    from lastrep.output.kept_result import Kept

    before = Kept.load(path).analysis

    def corrections(kept: Kept) -> Sequence[Correction]:
        try:
            return _corrections(kept, said)
        except ValidationError as error:
            what = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ResultError(f"{kept.document}: {what}") from error
        except ValueError as error:
            raise ResultError(f"{kept.document}: {error}") from error

    done = correct(path, corrections, out=out, video=video)
    with printing():
        for number, report in enumerate(done.analysis.sets, start=1):
            if number - 1 < len(before.sets) and before.sets[number - 1] == report:
                continue
            of_set = f"Set {number}: " if len(done.analysis.sets) > 1 else ""
            stdout.print(
                f"{of_set}{report.good_reps} good of {report.attempts} reps. "
                f"{report.end.explanation}",
                markup=False,
                soft_wrap=True,
            )
        for warning in done.analysis.warnings:
            if "could not be heeded" in warning:
                stdout.print(f"note: {warning}", markup=False, soft_wrap=True)
        stdout.print(
            f"made anew: {', '.join(done.written)}", style="dim", markup=False, soft_wrap=True
        )
    if done.problem is not None:
        note(f"the correction is kept, but the history does not follow yet: {done.problem}")
        raise typer.Exit(1)


def _corrections(kept: Kept, said: _Said) -> tuple[Correction, ...]:
    """Return all corrections of a clip, these words among them; raises ValueError."""
    from lastrep.batch.correcting import undone
    from lastrep.exercises import find
    from lastrep.sets.corrections import Correction

    every = list(undone(kept.corrections, said.by)) if said.undo else list(kept.corrections)
    who = {"by": said.by, "why": said.why}

    def about(rep: int, **what: object) -> Correction:
        _, at_s = kept.rep(said.set_number, rep)
        return Correction.model_validate({"at_s": at_s, "rep": rep, **what, **who})

    def of_set(**what: object) -> Correction:
        report = kept.set(said.set_number)
        at_s = (report.start_s + report.end_s) / 2
        return Correction.model_validate({"at_s": at_s, **what, **who})

    for rep, word in said.marks:
        mark, _, fault = word.partition(":")
        every.append(about(rep, kind="mark", mark=mark.replace("-", "_"), fault=fault or None))
    every += [about(rep, kind="wrong_fault", fault=fault) for rep, fault in said.wrong]
    every += [about(rep, kind="split") for rep in said.split]
    every += [about(rep, kind="merge") for rep in said.merge]
    every += [
        Correction.model_validate({"kind": "missed_rep", "at_s": at_s, **who})
        for at_s in said.missed_s
    ]
    for text in said.limits:
        parts = _LIMIT.fullmatch(text)
        if parts is None:
            raise ValueError(f"--limit {text}: write it as BC1=15 or BC1.absolute.major=22")
        every.append(
            of_set(
                kind="limit",
                fault=parts["fault"],
                limit=parts["limit"] or "change.major",
                value=float(parts["value"]),
            )
        )
    if said.exercise is not None:
        every.append(of_set(kind="exercise", exercise=find(said.exercise).name))
    return tuple(every)


def _list(path: Path) -> None:
    from lastrep.errors import ResultError
    from lastrep.output.corrections_file import DOCUMENT_FILE
    from lastrep.output.kept_result import Kept

    found = [path]
    if path.is_dir() and not (path / DOCUMENT_FILE).exists():
        found = sorted(document.parent for document in path.glob(f"*/{DOCUMENT_FILE}"))
        if not found:
            raise ResultError(f"{path}: holds no result; name the folder of a clip's results")
    with printing():
        for one in found:
            kept = Kept.load(one)
            stdout.print(f"{one}: {_number(len(kept.corrections))}", markup=False)
            for number, said in enumerate(kept.corrections, start=1):
                state = "" if said.holds else f" (taken back by {said.undone_by})"
                stdout.print(
                    f"  {number}. {said.made_at:%Y-%m-%d}  {said.says}, {said.attribution}{state}",
                    markup=False,
                    soft_wrap=True,
                )


def _number(count: int) -> str:
    return "no corrections" if not count else f"{count} correction{'s' * (count > 1)}"
