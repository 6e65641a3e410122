"""The page to browse a batch with: every set, worst first; one file that needs no network."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import jinja2

import lastrep
from lastrep.batch.clips import Clip
from lastrep.batch.grading import RULE, Grade
from lastrep.batch.layout import INDEX_FILE
from lastrep.batch.records import ClipOutcome, ClipRecord, GradedSet
from lastrep.batch.tables import Status, clip_status
from lastrep.exercises import catalogue
from lastrep.files import readable
from lastrep.output.writers import write_text

_TEMPLATE = "index.html.jinja"

#: What opens when a clip's name is clicked: the first of these kinds that was written.
_BEST_TO_OPEN = (".html", ".mp4", ".svg", "", ".csv", ".json")
#: Names for people of result files, by kind.
_KINDS = {
    ".html": "report", ".mp4": "video", ".svg": "chart", "": "stills", ".csv": "reps",
    ".json": "data",
}  # fmt: skip
#: Files that people do not open: lastrep measures and draws from them.
_NOT_SHOWN = frozenset({".npz"})


@dataclass(frozen=True, slots=True)
class Link:
    """A result file of a clip."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: a set, a clip without one, or a clip that failed."""

    clip: Clip
    title: str
    status: Status
    record: ClipRecord | None
    graded: GradedSet | None
    error: str | None
    links: tuple[Link, ...]

    @property
    def shown_grade(self) -> str:
        """The grade, or what stands in its place."""
        if self.graded is not None and self.graded.grade is not None:
            return self.graded.grade.value
        return {Status.FAILED: "failed", Status.NO_SET: "no set"}.get(self.status, "none")

    @property
    def first_fault(self) -> str:
        """The first fault in words; empty without one."""
        one = self.graded
        if one is None or one.first_fault is None:
            return ""
        definition = catalogue().get(one.exercise)
        rules = definition.faults if definition is not None else ()
        titles = {rule.id: rule.title for rule in rules}
        return titles.get(one.first_fault, one.first_fault.replace("_", " "))

    @property
    def badness(self) -> tuple[int, float]:
        """Sorts worst first; what has no grade comes last."""
        order = [*reversed([g.value for g in Grade]), "none", "no set", "failed"]
        one = self.graded
        share = one.good_reps / one.attempts if one is not None and one.attempts else 0.0
        return order.index(self.shown_grade), share


def write_index(
    folder: Path, clips: Sequence[Clip], outcomes: Sequence[ClipOutcome], *, missing: int = 0
) -> str:
    """Write the page and return its name.

    Parameters
    ----------
    folder
        Where to; the result folders stand there too.
    clips, outcomes
        The clips that are done, and what became of each.
    missing
        Number of clips that were not reached.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    root = _common_folder(clips)
    lines = sorted(
        (line for c, o in zip(clips, outcomes, strict=True) for line in _lines(c, o, root)),
        key=lambda line: (line.badness, line.title),
    )
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(
        files("lastrep.batch").joinpath(_TEMPLATE).read_text("utf-8")
    )
    counts = Counter(line.shown_grade for line in lines)
    text = template.render(
        lines=lines,
        clips=len(clips),
        missing=missing,
        sets=sum(line.graded is not None for line in lines),
        failed=sum(line.status is Status.FAILED for line in lines),
        grades=[(name, counts[name]) for name in _grade_names() if counts[name]],
        rule=RULE,
        version=lastrep.__version__,
        has_athletes=any(clip.athlete for clip in clips),
        has_speed=any(line.graded and line.graded.best_velocity_m_s for line in lines),
    )
    write_text(folder / INDEX_FILE, text)
    return INDEX_FILE


def _grade_names() -> list[str]:
    return [*(grade.value for grade in Grade), "none", "no set", "failed"]


def _common_folder(clips: Sequence[Clip]) -> Path:
    folders = [clip.source.parent for clip in clips]
    return Path(os.path.commonpath(folders)) if folders else Path()


def _lines(clip: Clip, outcome: ClipOutcome, root: Path) -> list[Line]:
    record = outcome.record
    links = () if record is None else _links(clip, record)
    title = readable(clip.source.relative_to(root))
    error = None if outcome.error is None else readable(outcome.error)
    return [
        Line(clip, title, clip_status(outcome), record, one, error, links)
        for one in (record.sets if record is not None and record.sets else (None,))
    ]


def _links(clip: Clip, record: ClipRecord) -> tuple[Link, ...]:
    def rank(name: str) -> int:
        kind = Path(name).suffix
        return _BEST_TO_OPEN.index(kind) if kind in _BEST_TO_OPEN else len(_BEST_TO_OPEN)

    return tuple(
        Link(_KINDS.get(Path(name).suffix, name), f"{quote(clip.name)}/{quote(name)}")
        for name in sorted(record.files, key=rank)
        if Path(name).suffix not in _NOT_SHOWN
    )
