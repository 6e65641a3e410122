"""Every algorithm parameter, by stage: what a sensitivity sweep lists and changes.

>>> parameters(DEFAULT_ALGORITHM)["bar.camera.long_side_px"]
400
>>> changed = with_parameter(DEFAULT_ALGORITHM, "reps.sets.pause_s", 12.0)
>>> changed.reps.sets.pause_s
12.0
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar

from lastrep.bar.options import BarTrackingOptions
from lastrep.reps.parameters import RepSearchOptions
from lastrep.velocity.parameters import VelocityOptions


@dataclass(frozen=True, slots=True)
class AlgorithmOptions:
    """Every parameter of the algorithms, by stage.

    Parameters
    ----------
    bar
        Tracking of the bar in the video.
    reps
        The rep search.
    velocity
        Bar speed and what it says of fatigue.
    """

    bar: BarTrackingOptions = field(default_factory=BarTrackingOptions)
    reps: RepSearchOptions = field(default_factory=RepSearchOptions)
    velocity: VelocityOptions = field(default_factory=VelocityOptions)


DEFAULT_ALGORITHM = AlgorithmOptions()

OptionsT = TypeVar("OptionsT")


def parameters(options: Any, prefix: str = "") -> dict[str, Any]:
    """Return the values of an options dataclass by dotted name, those of nested ones too."""
    values: dict[str, Any] = {}
    for part in fields(options):
        value, name = getattr(options, part.name), prefix + part.name
        values |= parameters(value, name + ".") if is_dataclass(value) else {name: value}
    return values


def with_parameter(options: OptionsT, name: str, value: object) -> OptionsT:
    """Return the same options with another value of one parameter.

    Parameters
    ----------
    options
        An options dataclass.
    name
        Dotted name of the parameter, as `parameters` gives it.
    value
        Its new value.

    Raises
    ------
    AttributeError
        If there is no such parameter.
    """
    first, _, rest = name.partition(".")
    old = getattr(options, first)
    new = with_parameter(old, rest, value) if rest else value
    changed: OptionsT = replace(options, **{first: new})  # type: ignore[type-var]
    return changed
