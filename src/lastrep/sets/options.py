"""Everything a set is measured and judged by besides its criteria, as one argument.

A sensitivity sweep changes one number and runs again:

>>> from lastrep.bar.options import with_parameter
>>> with_parameter(JudgingOptions(), "measure.angle_cutoff_hz", 8.0).measure.angle_cutoff_hz
8.0
>>> with_parameter(JudgingOptions(), "standards.rep.partial_below_pct", 90.0).standards.rep.stuck_s
0.9
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lastrep.exercises.standards import Standards, standards
from lastrep.sets.camera_setup import CameraSetupOptions
from lastrep.sets.form.options import FormReadingOptions
from lastrep.sets.live.options import LiveSetOptions
from lastrep.sets.measures.options import MeasureOptions


@dataclass(frozen=True, slots=True)
class JudgingOptions:
    """The standards of the sport, and every parameter of measuring and judging, by stage.

    Parameters
    ----------
    standards
        The standards of the sport.
    measure
        How reps are measured.
    form
        When a form reading is good enough to be judged.
    live
        How a running set is followed.
    setup
        How the camera's place is checked.

    Raises
    ------
    ExerciseError
        If the shipped standards are wanted and their file is damaged.
    """

    standards: Standards = field(default_factory=standards)
    measure: MeasureOptions = field(default_factory=MeasureOptions)
    form: FormReadingOptions = field(default_factory=FormReadingOptions)
    live: LiveSetOptions = field(default_factory=LiveSetOptions)
    setup: CameraSetupOptions = field(default_factory=CameraSetupOptions)
