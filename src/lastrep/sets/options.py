"""Every parameter of the algorithms and the standards of the sport, by stage, as one argument.

A sensitivity sweep lists them, changes one and runs again:

>>> parameters(AlgorithmOptions())["reps.sets.pause_s"]
10.0
>>> changed = with_parameter(AlgorithmOptions(), "measure.angle_cutoff_hz", 8.0)
>>> changed.measure.angle_cutoff_hz
8.0
>>> with_parameter(changed, "standards.rep.stuck_s", 1.5).standards.rep.stuck_s
1.5
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar

from lastrep.bar.options import BarTrackingOptions
from lastrep.exercises.standards import Standards, standards
from lastrep.reps.parameters import RepSearchOptions
from lastrep.sets.camera_setup import CameraSetupOptions
from lastrep.sets.form.options import FormReadingOptions
from lastrep.sets.live.options import LiveSetOptions
from lastrep.sets.measures.options import MeasureOptions
from lastrep.velocity.parameters import VelocityOptions


@dataclass(frozen=True, slots=True)
class AlgorithmOptions:
    """The standards of the sport, and every parameter of the algorithms, by stage.

    Parameters
    ----------
    bar
        Tracking of the bar in the video.
    reps
        The rep search.
    velocity
        Bar speed and what it says of fatigue.
    measure
        How reps are measured.
    form
        When a form reading is good enough to be judged.
    live
        How a running set is followed.
    setup
        How the camera's place is checked.
    standards
        The standards of the sport.

    Raises
    ------
    ExerciseError
        If the shipped standards are wanted and their file is damaged.
    """

    bar: BarTrackingOptions = field(default_factory=BarTrackingOptions)
    reps: RepSearchOptions = field(default_factory=RepSearchOptions)
    velocity: VelocityOptions = field(default_factory=VelocityOptions)
    measure: MeasureOptions = field(default_factory=MeasureOptions)
    form: FormReadingOptions = field(default_factory=FormReadingOptions)
    live: LiveSetOptions = field(default_factory=LiveSetOptions)
    setup: CameraSetupOptions = field(default_factory=CameraSetupOptions)
    standards: Standards = field(default_factory=standards)


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
