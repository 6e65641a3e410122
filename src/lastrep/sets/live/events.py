"""What a running set tells, as it happens: the events of `LiveSet.update`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum

from pydantic import BaseModel

from lastrep.reps.phases import Phase
from lastrep.sets.results import Rep, SetEnd, SetReport, Severity

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class SetEvent:
    """One thing that happened.

    Parameters
    ----------
    t_s
        When, by the source's clock; a little before it could be known.
    """

    t_s: float

    @property
    def name(self) -> str:
        """Name of the event in JSON lines: `rep_counted`."""
        kind = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in kind).lstrip("_")

    def document(self) -> dict[str, Json]:
        """Return the event as it is written: one JSON object."""
        return {"event": self.name} | {
            field.name: _plain(getattr(self, field.name)) for field in fields(self)
        }


@dataclass(frozen=True, slots=True)
class SetArmed(SetEvent):
    """The lifter stands (or lies) still in the start position."""


@dataclass(frozen=True, slots=True)
class SetStarted(SetEvent):
    """The first rep began the set."""


@dataclass(frozen=True, slots=True)
class PhaseChanged(SetEvent):
    """The load turned round."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class RepCounted(SetEvent):
    """A rep came back to where it began. Provisional: the judgement follows in a moment."""

    count: int


@dataclass(frozen=True, slots=True)
class CountCorrected(SetEvent):
    """The offline pass over the set so far found another number of reps."""

    count: int


@dataclass(frozen=True, slots=True)
class RepJudged(SetEvent):
    """A rep with its range of motion, tempo, speed and faults."""

    rep: Rep
    good_reps: int


@dataclass(frozen=True, slots=True)
class CueDue(SetEvent):
    """What to call out to the lifter now."""

    rep: int
    fault: str
    text: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class LastRepAhead(SetEvent):
    """One rep is left to the target."""

    count: int


@dataclass(frozen=True, slots=True)
class SetOver(SetEvent):
    """No further rep will be credited: failure, target or velocity cap."""

    end: SetEnd


@dataclass(frozen=True, slots=True)
class SetClosed(SetEvent):
    """The lifter has stopped; the whole set was judged with the offline pass.

    Parameters
    ----------
    report
        None if it was no set after all.
    """

    report: SetReport | None


@dataclass(frozen=True, slots=True)
class LifterLost(SetEvent):
    """The lifter is not seen; nothing is counted meanwhile."""


@dataclass(frozen=True, slots=True)
class LifterBack(SetEvent):
    """The lifter is seen again."""


def _plain(value: object) -> Json:
    if isinstance(value, BaseModel):
        plain: Json = value.model_dump(mode="json")
        return plain
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float):
        return round(value, 3)
    assert value is None or isinstance(value, (bool, int, str))
    return value
