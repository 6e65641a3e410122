"""How a recording is analysed, as typed options; and the same as the document keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from lastrep.exercises import ExerciseDefinition
from lastrep.exercises.library import AUTO, own_digest, resolved
from lastrep.pose.backends import DEFAULT_BACKEND
from lastrep.sets.criteria import SetCriteria, Strictness
from lastrep.sets.options import AlgorithmOptions
from lastrep.velocity.interval import WindowRule
from lastrep.velocity.options import BarOptions, may_have_plates
from lastrep.velocity.scale import Calibration, KnownDistance

#: A value of an option as a document has it.
OptionValue = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class AnalyzeOptions:
    """How a recording is analysed.

    Parameters
    ----------
    exercise
        Name or alias of an exercise, or "auto".
    criteria
        What its sets are judged by.
    model
        Pose model: "lite", "full" or "heavy".
    slowmo
        How many times too slowly the recording plays.
    bar
        How bar speed is measured.
    backend
        What runs the pose model: "litert" or "mediapipe".
    own_exercises
        Checksum of the user's own exercise files, empty without any.
    algorithm
        Standards and parameters; other values than the shipped ones are for sweeps,
        and no record keeps them.

    Raises
    ------
    ExerciseError
        If there is no such exercise; the message suggests the nearest.
    """

    exercise: str = AUTO
    criteria: SetCriteria = field(default_factory=SetCriteria)
    model: str = "full"
    slowmo: float = 1.0
    bar: BarOptions = field(default_factory=BarOptions)
    backend: str = DEFAULT_BACKEND
    own_exercises: str = field(default_factory=own_digest)
    algorithm: Annotated[AlgorithmOptions, Field(exclude=True)] = field(
        default_factory=AlgorithmOptions
    )

    def __post_init__(self) -> None:
        _ = self.definition

    @property
    def definition(self) -> ExerciseDefinition | None:
        """The exercise, None for "auto"."""
        return resolved(self.exercise)

    def looks_for_plates(self, exercise: ExerciseDefinition | None) -> bool:
        """Whether a plate may be seen where this is lifted; None if it is not known."""
        asked = self.bar.bar_px is not None or self.bar.calibration.plate_m is not None
        recognised = self.exercise == AUTO
        return asked or exercise is None or may_have_plates(exercise, recognised=recognised)

    def document(self) -> dict[str, OptionValue]:
        """Return every option that can change a number, as the document keeps it."""
        calibration, at = self.bar.calibration, self.bar.bar_px
        known = calibration.known_distance
        return {
            "exercise": self.exercise,
            "target": self.criteria.target_reps,
            "strictness": self.criteria.strictness.value,
            "velocity_cap_pct": self.criteria.velocity_cap_pct,
            "model": self.model,
            "backend": self.backend,
            "slowmo": self.slowmo,
            "plate_m": calibration.plate_m,
            "height_m": calibration.height_m,
            "bar": None if at is None else f"{at[0]:g},{at[1]:g}",
            "distance": None
            if known is None
            else ",".join(f"{x:g}" for x in (*known.first_px, *known.second_px, known.metres)),
            "speed_from_m_s": self.bar.window.threshold_m_s,
            "own_exercises": self.own_exercises,
        }


def bar_options(
    *,
    plate_m: float | None = None,
    height_m: float | None = None,
    bar_px: tuple[float, float] | None = None,
    distance: tuple[float, float, float, float, float] | None = None,
    speed_from_m_s: float | None = None,
) -> BarOptions:
    """Return how bar speed is measured.

    Parameters
    ----------
    plate_m, height_m
        Diameter of the plates, height of the lifter, metres.
    bar_px
        x, y of the plate in the first frame, pixels, where it is not found by itself.
    distance
        x1, y1, x2, y2 of two points in the plane of the bar, pixels, and the metres between them.
    speed_from_m_s
        Average a lift while it is faster than this.

    Raises
    ------
    ValueError
        If a size is not possible.
    """
    known = None
    if distance is not None:
        x1, y1, x2, y2, metres = distance
        known = KnownDistance((x1, y1), (x2, y2), metres)
    return BarOptions(
        Calibration(plate_m=plate_m, height_m=height_m, known_distance=known),
        bar_px,
        WindowRule(speed_from_m_s),
    )


def options_of(document: Mapping[str, OptionValue]) -> AnalyzeOptions:
    """Return the options that a document says it was made with; what it leaves open is usual.

    Raises
    ------
    ExerciseError
        If its exercise is not known here.
    ValueError
        If a value makes no sense.
    """

    def number(name: str) -> float | None:
        value = document.get(name)
        return None if value is None else float(value)

    def numbers(name: str) -> list[float] | None:
        value = document.get(name)
        return None if value is None else [float(part) for part in str(value).split(",")]

    at, between = numbers("bar"), numbers("distance")
    target = number("target")
    return AnalyzeOptions(
        exercise=str(document.get("exercise") or AUTO),
        criteria=SetCriteria(
            target_reps=None if target is None else int(target),
            strictness=Strictness(str(document.get("strictness") or Strictness.STANDARD.value)),
            velocity_cap_pct=number("velocity_cap_pct"),
        ),
        model=str(document.get("model") or "full"),
        slowmo=number("slowmo") or 1.0,
        bar=bar_options(
            plate_m=number("plate_m"),
            height_m=number("height_m"),
            bar_px=None if at is None else (at[0], at[1]),
            distance=None if between is None else (*between[:4], between[4]),  # type: ignore[arg-type]
            speed_from_m_s=number("speed_from_m_s"),
        ),
        backend=str(document.get("backend") or DEFAULT_BACKEND),
    )
