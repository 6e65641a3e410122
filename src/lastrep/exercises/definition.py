"""What an exercise is, as data: one TOML file each, validated on load."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from lastrep.errors import ExerciseError
from lastrep.exercises.faults import FaultRule, View, inherited
from lastrep.motion import measures

RepEnd = Literal["con_end", "ecc_end"]
Degrees = Annotated[float, Field(ge=0, le=180)]
Muscle = Literal[
    "quadriceps", "hamstrings", "glutes", "calves", "chest", "back", "shoulders", "biceps",
    "triceps", "abdominals",
]  # fmt: skip


def _flat(limits: object) -> object:
    """Return a table with what dots in its keys made a table of (`knee.mean = ...`) undone."""
    if not isinstance(limits, dict):
        return limits
    flat: dict[str, object] = {}
    for name, value in limits.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{suffix}": inner for suffix, inner in value.items()}
        else:
            flat[name] = value
    return flat


#: Names of measures, by what they are used for.
SignalName = Annotated[str, AfterValidator(lambda name: measures.named(name, "rhythm").name)]
EndName = Annotated[str, AfterValidator(lambda name: measures.named(name, "ends").name)]
AngleName = Annotated[str, AfterValidator(lambda name: measures.named(name, "angle").name)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PrimaryAngle(_Data):
    """The angle that measures the exercise, and what it typically reads at both ends of a rep.

    `con_end` is the end of the lifting phase (lockout, squeeze), `ecc_end` the stretched or
    lowest end; whichever is larger depends on the exercise.
    """

    joint: AngleName
    con_end_deg: Degrees
    ecc_end_deg: Degrees

    @model_validator(mode="after")
    def _apart(self) -> PrimaryAngle:
        if abs(self.con_end_deg - self.ecc_end_deg) < 10:
            raise ValueError("con_end_deg and ecc_end_deg must lie at least 10 degrees apart")
        return self

    @property
    def signal(self) -> str:
        """The rhythm signal of this angle: of a joint, the mean of both sides."""
        return f"{self.joint}.mean" if measures.MEASURES[self.joint].sided else self.joint


class Views(_Data):
    """Camera views: those that reps can be scored from, and those that show further faults."""

    required: tuple[View, ...] = Field(min_length=1)
    useful: tuple[View, ...] = ()


class Rhythm(_Data):
    """Measures that carry the rhythm of the exercise, by what they do while the load is lifted.

    `either` holds those whose direction depends on the camera (left or right, near or far).
    """

    rise: tuple[SignalName, ...] = ()
    fall: tuple[SignalName, ...] = ()
    either: tuple[SignalName, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Rhythm:
        every = (*self.rise, *self.fall, *self.either)
        if not every:
            raise ValueError("at least one signal is needed")
        for name in (*self.rise, *self.fall):
            if measures.MEASURES[name].sign != 1:
                raise ValueError(
                    f"the direction of '{name}' depends on the camera: list it under 'either'"
                )
        if len(set(every)) != len(every):
            raise ValueError("a signal is listed twice")
        return self

    @property
    def polarity(self) -> dict[str, int]:
        """+1: rises in the concentric, -1: falls, 0: depends on the camera."""
        return (
            dict.fromkeys(self.rise, 1)
            | dict.fromkeys(self.fall, -1)
            | dict.fromkeys(self.either, 0)
        )


class Training(_Data):
    """What planning the training needs to know: rest, load steps and recovery depend on it.

    Parameters
    ----------
    muscles
        The groups that do the work; only these are counted when looking at recovery.
    joints
        Whether one joint moves or several (`multi` needs the longer rest).
    region
        Lower-body lifts take the larger load steps.
    implement
        What the load is made of, which sets the steps it can be changed in. The load of a
        `bodyweight` exercise is what is added to the body.
    """

    muscles: tuple[Muscle, ...] = ()
    joints: Literal["single", "multi"] = "multi"
    region: Literal["upper", "lower", "trunk"] = "upper"
    implement: Literal["barbell", "dumbbell", "machine", "bodyweight"] = "barbell"


class ExerciseDefinition(_Data):
    """One exercise.

    Parameters
    ----------
    name
        Unique, snake_case.
    title
        As people write it.
    aliases
        Other names that find it.
    family
        Exercises that share a movement ("squat"); recognition may only be sure of the family.
    summary
        One line: what is measured.
    full_rep
        One line: what counts as a full rep.
    start
        The end at which a rep starts: `con_end` = lowering first (squat), `ecc_end` = lifting
        first (deadlift).
    sides
        `both` limbs move together, or `each` may move by itself (alternating curls), or one leg
        stands in front and takes the `lead` (lunges).
    support
        What stays in place in the room: `feet` (standing), `hands` (hanging, or propped up on
        them), `hips` (lying, sitting), or `none` of these.
    bar_proxy
        The body part that moves like the load.
    bar_proxy_travel
        How far it travels when the load travels 1 m.
    placement
        One line: where to put the camera.
    minimum_velocity_m_s
        Mean concentric velocity of the last possible rep, where published.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
    title: str
    aliases: tuple[str, ...] = ()
    family: str
    summary: str
    full_rep: str
    start: RepEnd
    sides: Literal["both", "each", "lead"] = "both"
    support: Literal["feet", "hands", "hips", "none"] = "feet"
    bar_proxy: Literal["shoulder", "wrist", "hip", "ankle"]
    bar_proxy_travel: float = Field(default=1.0, gt=0)
    placement: str
    minimum_velocity_m_s: float | None = Field(default=None, gt=0)
    training: Training = Training()
    angle: PrimaryAngle
    views: Views
    rhythm: Rhythm
    posture: Annotated[dict[SignalName, tuple[float, float]], BeforeValidator(_flat)] = Field(
        default_factory=dict,
        description="limits that these measures keep during a rep; elsewhere nothing is counted",
    )
    faults: tuple[FaultRule, ...] = ()
    ends: dict[EndName, tuple[float, float]] = Field(
        default_factory=dict,
        description="posture at (con_end, ecc_end) for recognition; what is free is left out",
    )

    @field_validator("aliases")
    @classmethod
    def _normal_aliases(cls, aliases: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(normal_name(alias) for alias in aliases)

    @field_validator("posture")
    @classmethod
    def _ordered_limits(
        cls, posture: dict[str, tuple[float, float]]
    ) -> dict[str, tuple[float, float]]:
        for name, (low, high) in posture.items():
            if low >= high:
                raise ValueError(f"'{name}': the lower limit must be the smaller one")
        return posture


def normal_name(name: str) -> str:
    """Return a name as files spell it: lower case, words joined by underscores."""
    return "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())


def load_definition(path: Path) -> ExerciseDefinition:
    """Read and validate one exercise file.

    Raises
    ------
    ExerciseError
        Naming the file and the key, if the file cannot be read or does not fit.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ExerciseError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExerciseError(f"{path}: not valid TOML ({error})") from error
    try:
        data["faults"] = inherited(
            str(data.get("name")), str(data.get("family")), data.get("faults", [])
        )
        return ExerciseDefinition.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(_key(data, first["loc"])) or "file"
        what = first["msg"].removeprefix("Value error, ")
        raise ExerciseError(f"{path}: key '{key}': {what}") from error


def _key(data: dict[str, Any], path: tuple[int | str, ...]) -> list[str]:
    """Return the path of a key, with faults named by their id instead of their number."""
    parts = [str(part) for part in path if part != "[key]"]  # pydantic's word for the key itself
    match path:
        case ("faults", int(number), *_):
            fault = data["faults"][number]
            parts[1] = str(fault.get("id", number)) if isinstance(fault, dict) else parts[1]
    return parts
