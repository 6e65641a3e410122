"""How bar speed is measured, and whether there may be a plate to see."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lastrep.exercises import catalogue
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.velocity.interval import STANDSTILL, WindowRule
from lastrep.velocity.scale import Calibration


@dataclass(frozen=True, slots=True)
class BarOptions:
    """How bar speed is measured.

    Parameters
    ----------
    calibration
        What the user knows of sizes.
    bar_px
        x, y of the plate or bar end in the first frame, pixels of the upright video, if shown.
    window
        Where a mean velocity starts and ends.
    """

    calibration: Calibration = field(default_factory=Calibration)
    bar_px: tuple[float, float] | None = None
    window: WindowRule = STANDSTILL

    def scaled(self, factor: float) -> BarOptions:
        """Return the same in pictures that are `factor` times as large."""
        known = self.calibration.known_distance
        calibration = self.calibration
        if known is not None:
            calibration = replace(calibration, known_distance=known.scaled(factor))
        at = self.bar_px
        shown = None if at is None else (at[0] * factor, at[1] * factor)
        return replace(self, calibration=calibration, bar_px=shown)


def may_have_plates(exercise: ExerciseDefinition, *, recognised: bool = False) -> bool:
    """Whether a plate may move in this exercise; curls are done with dumbbells and barbells.

    If it was recognised, what the lifter holds may be that of another exercise of its family.
    """
    implement = exercise.training.implement
    if recognised and implement != "bodyweight":
        family = (e for e in catalogue().values() if e.family == exercise.family)
        return any(may_have_plates(relative) for relative in family)
    return implement == "barbell" or (implement == "dumbbell" and exercise.bar_proxy == "wrist")
