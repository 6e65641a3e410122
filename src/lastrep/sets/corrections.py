"""A coach's word on a set: what it may say, and what it changes when the set is judged.

Corrections of how a rep counts, of a fault or of a limit act on what was measured (`judge`).
Corrections of what a rep is (a missed one, two in one, one in two, another exercise) act before
anything is measured, on the cut into reps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.faults import FaultRule, Limits, ViewLimits

Mark = Literal["good", "bad", "partial", "failed", "not_a_rep"]
Kind = Literal["mark", "wrong_fault", "limit", "missed_rep", "split", "merge", "exercise"]
#: Kinds that change the cut into reps, or what is measured in them.
BEFORE_MEASURING: frozenset[Kind] = frozenset({"missed_rep", "split", "merge", "exercise"})
#: What each kind must say besides its moment.
_SAYS: Mapping[Kind, frozenset[str]] = {
    "mark": frozenset({"mark"}),
    "wrong_fault": frozenset({"fault"}),
    "limit": frozenset({"fault", "limit", "value"}),
    "missed_rep": frozenset(),
    "split": frozenset(),
    "merge": frozenset(),
    "exercise": frozenset({"exercise"}),
}
#: The fault that a coach's "bad" stands for where none is named.
COACH = "COACH"


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Correction(BaseModel):
    """One thing that a coach puts right.

    It holds for the rep (or the set) at its moment, so that it finds its rep again however the
    clip is analysed; `rep` is the number that the rep had when the correction was made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Kind
    at_s: float = Field(
        ge=0, allow_inf_nan=False, description="a moment inside the rep, or the set"
    )
    rep: int | None = Field(default=None, ge=1, description="number of the rep at that time")
    mark: Mark | None = None
    fault: str | None = Field(default=None, description="id of the fault that is meant")
    limit: str | None = Field(default=None, pattern=r"^(absolute|change)\.(minor|major|critical)$")
    value: float | None = None
    exercise: str | None = None
    by: str = Field(min_length=1)
    why: str = ""
    made_at: datetime = Field(default_factory=_now)
    undone_by: str | None = Field(default=None, description="who took it back; null: it holds")
    undone_at: datetime | None = None

    @model_validator(mode="after")
    def _whole(self) -> Correction:
        given = {
            name
            for name in ("mark", "fault", "limit", "value", "exercise")
            if getattr(self, name) is not None
        }
        may = _SAYS[self.kind] | ({"fault"} if self.mark == "bad" else set())
        if not _SAYS[self.kind] <= given or not given <= may:
            wanted = ", ".join(sorted(_SAYS[self.kind])) or "nothing more"
            raise ValueError(f"a correction of kind '{self.kind}' says {wanted}")
        return self

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from others, whether it was taken back or not."""
        return (
            self.kind, self.at_s, self.mark, self.fault, self.limit, self.value, self.exercise,
            self.by, self.why, self.made_at,
        )  # fmt: skip

    @property
    def holds(self) -> bool:
        """Whether nobody took it back."""
        return self.undone_by is None

    @property
    def says(self) -> str:
        """What it says, in words."""
        rep = "the rep" if self.rep is None else f"rep {self.rep}"
        words: dict[Kind, str] = {
            "mark": f"{rep} is {self._marked}",
            "wrong_fault": f"{rep} does not have {self.fault}",
            "limit": f"{self.fault} is judged by {self.limit} = {self.value:g}"
            if self.value is not None
            else "",
            "missed_rep": f"a rep was missed at {self.at_s:.1f} s",
            "split": f"{rep} is two reps",
            "merge": f"{rep} and the next one are one rep",
            "exercise": f"the exercise is {(self.exercise or '').replace('_', ' ')}",
        }
        return words[self.kind]

    @property
    def _marked(self) -> str:
        if self.mark == "not_a_rep":
            return "no rep"
        return f"bad ({self.fault})" if self.fault else str(self.mark)

    @property
    def attribution(self) -> str:
        """Who says so and why, as it follows what is said."""
        return f"by {self.by}: {self.why}" if self.why else f"by {self.by}"


@dataclass(frozen=True, slots=True)
class RepCorrections:
    """The corrections of one set that act on what was measured, by the index of their rep."""

    marks: Mapping[int, Correction] = field(default_factory=dict)
    wrong_faults: Mapping[int, tuple[Correction, ...]] = field(default_factory=dict)
    limits: tuple[Correction, ...] = ()


def placed(
    corrections: Sequence[Correction], reps_s: Sequence[tuple[float, float]]
) -> RepCorrections:
    """Return which rep each correction is about.

    Parameters
    ----------
    corrections
        Of the set; those that were taken back, or fit no rep, are passed over.
    reps_s
        From, to of each rep.
    """
    marks: dict[int, Correction] = {}
    wrong: dict[int, tuple[Correction, ...]] = {}
    limits = []
    for one in corrections:
        if not one.holds:
            continue
        index = rep_at(one.at_s, reps_s)
        if one.kind == "limit":
            limits.append(one)
        elif index is not None and one.kind == "mark":
            marks[index] = one  # the last word holds
            if one.mark == "good":
                wrong.pop(index, None)
        elif index is not None and one.kind == "wrong_fault":
            wrong[index] = (*wrong.get(index, ()), one)
    return RepCorrections(marks, wrong, tuple(limits))


def rep_at(at_s: float, reps_s: Sequence[tuple[float, float]]) -> int | None:
    """Return the index of the rep that holds a moment; None if none does."""
    return next((i for i, (start, end) in enumerate(reps_s) if start <= at_s <= end), None)


def edited_limits(
    exercise: ExerciseDefinition,
    view: str,
    own: Mapping[str, ViewLimits],
    edits: Sequence[Correction],
) -> Mapping[str, ViewLimits]:
    """Return the lifter's own limits with a coach's edits on top.

    Raises
    ------
    ValueError
        If the exercise has no such fault, or its limits would not grow with severity.
    """
    known = {rule.id: rule.seen_from(view) for rule in exercise.faults}  # type: ignore[arg-type]
    limits = dict(own)
    for edit in edits:
        fault, path = edit.fault or "", edit.limit or ""
        if fault not in known:
            raise ValueError(f"no fault '{fault}' here, known are: {', '.join(known)}")
        reference, severity = path.split(".")
        mine = limits.get(fault, ViewLimits())
        now: Limits = getattr(known[fault].edited(mine), reference) or Limits()
        new = now.model_copy(update={severity: edit.value})
        limits[fault] = mine.model_copy(update={reference: new})
        # Validate the whole rule again: the limits of one severity bound the next.
        try:
            FaultRule.model_validate(known[fault].edited(limits[fault]).model_dump())
        except ValidationError as error:
            what = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ValueError(f"{fault}: {what}") from error
    return limits
