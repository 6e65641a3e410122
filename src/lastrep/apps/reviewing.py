"""Judge a set of a result document again after a coach has overruled verdicts."""

from __future__ import annotations

import re
from pathlib import Path

import typer
from pydantic import ValidationError

from lastrep.errors import ExerciseError, ResultError
from lastrep.exercises import ExerciseDefinition, find
from lastrep.sets.ending import Aftermath
from lastrep.sets.criteria import SetOptions, Strictness
from lastrep.sets.results import Analysis, EndReason, Override
from lastrep.sets.review import review as judge_again

_LIMIT = re.compile(
    r"(?P<fault>\w+)(?:\.(?P<limit>(?:absolute|change)\.(?:minor|major|critical)))?"
    r"=(?P<value>[-+]?\d+(?:\.\d+)?)"
)


def reviewed(
    analysis: Analysis,
    overrides: tuple[Override, ...],
    *,
    set_number: int = 1,
    name: Path | str = "document",
) -> Analysis:
    """Return the document with one of its sets judged again.

    Raises
    ------
    ResultError
        If it has no such set, rep or fault, or a limit makes no sense.
    """
    if set_number > len(analysis.sets):
        raise ResultError(f"{name}: has {len(analysis.sets)} sets, not {set_number}")
    report = analysis.sets[set_number - 1]
    following = analysis.sets[set_number : set_number + 1]
    aftermath = Aftermath(
        until_s=following[0].start_s if following else analysis.source.duration_s,
        seen=0.0 if report.end.reason is EndReason.TRACKING_LOST else 1.0,
        next_set=bool(following),
    )
    try:
        new = judge_again(
            report, overrides, _exercise(report.exercise), _options(analysis), aftermath
        )
    except ValidationError as error:
        what = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ResultError(f"{name}: {what}") from error
    except ValueError as error:
        raise ResultError(f"{name}: {error}") from error
    sets = list(analysis.sets)
    sets[set_number - 1] = new
    return analysis.model_copy(update={"sets": tuple(sets)})


def load(path: Path) -> Analysis:
    """Read a result document.

    Raises
    ------
    ResultError
        If it cannot be read or is none.
    """
    try:
        return Analysis.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ResultError(f"{path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise ResultError(
            f"{path}: not a result document of `lastrep analyze` ({where}: {first['msg']})"
        ) from error


def _exercise(name: str) -> ExerciseDefinition | None:
    try:
        return find(name)
    except ExerciseError:
        return None


def _options(analysis: Analysis) -> SetOptions:
    """How the document's sets were judged, as far as it says."""
    said = analysis.provenance.options
    target, strictness = said.get("target"), said.get("strictness")
    return SetOptions(
        target_reps=target if isinstance(target, int) else None,
        strictness=Strictness(strictness) if isinstance(strictness, str) else Strictness.STANDARD,
    )


def overrides_of(
    by: str, why: str, rep: int | None, mark: str | None, wrong: str | None, limits: list[str]
) -> tuple[Override, ...]:
    """Return what the words of the command line overrule.

    Raises
    ------
    BadParameter
        If a limit is not one.
    """
    every = []
    if mark is not None:
        every.append(Override(rep=rep, mark=mark, by=by, why=why))
    if wrong is not None:
        every.append(Override(rep=rep, fault=wrong, by=by, why=why))
    for text in limits:
        parts = _LIMIT.fullmatch(text)
        if parts is None:
            raise typer.BadParameter(f"--limit {text}: write it as BC1=15 or BC1.absolute.major=22")
        every.append(
            Override(
                fault=parts["fault"],
                limit=parts["limit"] or "change.major",
                value=float(parts["value"]),
                by=by,
                why=why,
            )
        )
    return tuple(every)
