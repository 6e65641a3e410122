"""Form faults as data: what is measured when, from which view, against which limits.

`faults.toml` beside this module holds the shared ones. An exercise inherits those that name it,
its family, or nobody in particular; a `[[faults]]` block in its own file changes one (same id,
only the keys that differ) or adds one.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lastrep.motion.measures import MEASURES, REP_MEASURES, named

View = Literal["side", "oblique", "front", "back"]
FaultKind = Literal["safety", "compensation", "range", "symmetry", "control"]
#: When a measure is read: at both ends of the range (`_reach`: the furthest it got there), over
#: the lifting phase, over the whole rep, or how much it changed meanwhile.
Sample = Literal[
    "con_end", "ecc_end", "con_reach", "ecc_reach", "concentric", "rep", "rep_median",
    "rep_range", "rep_rise", "onset_range", "late_dip", "whole",
]  # fmt: skip

#: Keys of a shared fault that say who inherits it.
SELECTORS = ("families", "exercises")
#: The faults that exercises share.
SHARED_FAULTS = Path(__file__).with_name("faults.toml")

FaultTable = dict[str, object]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Data):
    """From where on a measure is a minor, a major and a critical fault; None = never."""

    minor: float | None = None
    major: float | None = None
    critical: float | None = None


class ViewLimits(_Data):
    """What differs in one view."""

    absolute: Limits | None = None
    change: Limits | None = None
    sd: float | None = Field(default=None, gt=0)


class FaultRule(_Data):
    """One fault.

    Parameters
    ----------
    id
        Letters of the lift and a number (`docs/science.md` 3.2).
    title
        What is wrong, as a noun phrase ("trunk swing").
    cue
        What a coach would call out.
    metric, at
        What is measured (see `motion.measures`), and when in the rep.
    bad
        In which direction it is a fault.
    kind
        Severity class: safety, compensation, range of motion, symmetry or control.
    views
        From where it can be seen.
    absolute
        Limits on the measure itself; None if only the change from the lifter's own counts.
    change
        Limits on the change from the lifter's own first reps, in the bad direction.
    sd
        Healthy rep-to-rep spread with this camera setup (`docs/science.md` 7.2).
    of_baseline
        The measure is judged in % of the lifter's own first reps.
    by_view
        What differs in a view.
    ends_set
        Whether it may end a set. If not it is reported, never worse than minor.
    proxy
        It stands in for something no landmark shows, and is never critical.
    steady
        Measure that must stay within 10 % of its baseline, or the fault is not assessed.
    plausible
        What a body can show here; beyond it tracking has failed.
    not_assessed
        Why it cannot be judged at all; such a fault is only listed.
    """

    id: str = Field(pattern=r"^[A-Z][A-Za-z]*\d+[a-z]?$")
    title: str
    cue: str
    metric: str
    at: Sample
    bad: Literal["high", "low", "either"]
    kind: FaultKind
    views: tuple[View, ...] = Field(min_length=1)
    absolute: Limits | None = None
    change: Limits | None = None
    sd: float = Field(gt=0)
    of_baseline: bool = False
    by_view: dict[View, ViewLimits] = Field(default_factory=dict)
    ends_set: bool = True
    proxy: bool = False
    steady: str | None = None
    plausible: tuple[float, float] | None = None
    not_assessed: str | None = None

    @field_validator("metric", "steady")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        return None if name is None else named(name, "faults").name

    @model_validator(mode="after")
    def _consistent(self) -> FaultRule:
        if (self.metric in REP_MEASURES) != (self.at == "whole"):
            raise ValueError('at = "whole" goes with, and only with, a measure of the whole rep')
        if self.steady in REP_MEASURES:
            raise ValueError(f"steady: '{self.steady}' is no measure of single frames")
        if self.absolute is None and self.change is None and self.not_assessed is None:
            raise ValueError("give absolute or change limits, or say why it is not assessed")
        for name, limits in self._all_limits():
            sign = -1 if name == "absolute" and self.bad == "low" else 1
            values = [limits.minor, limits.major, limits.critical]
            given = [sign * v for v in values if v is not None]
            if given != sorted(given):
                raise ValueError(f"{name}: limits must grow from minor to critical")
            if name == "change" and any(v <= 0 for v in given):
                raise ValueError("change limits are sizes, larger than 0")
        return self

    def _all_limits(self) -> list[tuple[str, Limits]]:
        sources = [self, *self.by_view.values()]
        pairs = [(n, getattr(s, n)) for s in sources for n in ("absolute", "change")]
        return [(name, limits) for name, limits in pairs if limits is not None]

    @property
    def unit(self) -> str:
        """Unit of measure and limits."""
        if self.of_baseline:
            return "%"
        return MEASURES[self.metric].unit

    def seen_from(self, view: View) -> FaultRule:
        """Return the rule with the limits that hold in a view."""
        return self.edited(self.by_view.get(view))

    def edited(self, own: ViewLimits | None) -> FaultRule:
        """Return the rule with other limits, where given."""
        if own is None:
            return self
        return self.model_copy(
            update={
                "absolute": own.absolute or self.absolute,
                "change": own.change or self.change,
                "sd": own.sd or self.sd,
            }
        )


def inherited(name: str, family: str, own: object) -> object:
    """Return the faults of an exercise as tables: the shared ones it inherits, and its own.

    Parameters
    ----------
    own
        Its `[[faults]]` blocks; what is no list of tables is returned as it is, to be refused.
    """
    if not isinstance(own, list) or not all(isinstance(block, dict) for block in own):
        return own
    faults = {
        str(fault["id"]): {k: v for k, v in fault.items() if k not in SELECTORS}
        for fault in shared_faults(SHARED_FAULTS)
        if _belongs(fault, name, family)
    }
    everybody = {str(fault["id"]): fault for fault in shared_faults(SHARED_FAULTS)}
    for block in own:
        key = str(block.get("id", ""))
        base = faults.get(key) or {
            k: v for k, v in everybody.get(key, {}).items() if k not in SELECTORS
        }
        faults[key] = base | block
    return list(faults.values())


@cache
def shared_faults(path: Path) -> tuple[FaultTable, ...]:
    """The blocks of the shared file."""
    tables: list[FaultTable] = tomllib.loads(path.read_text(encoding="utf-8"))["faults"]
    return tuple(tables)


def _belongs(fault: FaultTable, name: str, family: str) -> bool:
    families, exercises = (_names(fault.get(key)) for key in SELECTORS)
    if families is None and exercises is None:
        return True
    return family in (families or ()) or name in (exercises or ())


def _names(value: object) -> list[str] | None:
    return [str(name) for name in value] if isinstance(value, list) else None


def shown(value: float, unit: str) -> str:
    """A measure as people read it."""
    if unit == "deg":
        return f"{value:.0f}°"
    if unit == "s":
        return f"{value:.1f} s"
    return f"{value:.0f} {unit}"
