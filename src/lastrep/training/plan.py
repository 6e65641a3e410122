"""A training plan: exercises with their prescriptions, as a TOML file.

::

    name = "Push day"
    goal = "hypertrophy"            # strength, hypertrophy, endurance; may be left out

    [[exercise]]
    exercise = "bench press"
    sets = "2x8-12@80kg + 1xAMRAP@80kg strict"
    strictness = "standard"         # for sets that do not say it themselves, as are
    velocity_cap_pct = 30           # these two
    rest_s = 150
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lastrep.errors import ExerciseError, PlanError
from lastrep.exercises.library import Catalogue, catalogue, find
from lastrep.files import replacing
from lastrep.sets.criteria import Strictness
from lastrep.training.prescription import (
    Prescription,
    SetMode,
    SetPrescription,
    parse_prescription,
)
from lastrep.training.rest import Goal


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One exercise of a plan.

    Parameters
    ----------
    exercise
        Its name in the catalogue.
    prescription
        Its sets.
    """

    exercise: str
    prescription: Prescription


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """A session: exercises in order.

    Parameters
    ----------
    name
        For people.
    items
        At least one.
    goal
        None to go by the reps of each prescription.
    """

    name: str
    items: tuple[PlanItem, ...]
    goal: Goal | None = None


_Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _ItemFile(_File):
    exercise: _Line
    sets: _Line
    strictness: Annotated[Strictness, Field(strict=False)] | None = None
    velocity_cap_pct: int | None = None
    rest_s: int | None = None


class _PlanFile(_File):
    name: _Line = "Training"
    goal: Annotated[Goal, Field(strict=False)] | None = None
    exercise: list[_ItemFile] = Field(min_length=1)


def load_plan(path: Path, exercises: Catalogue | None = None) -> TrainingPlan:
    """Read and validate a plan file.

    Parameters
    ----------
    path
        TOML file.
    exercises
        What the plan may name; the shipped catalogue by default.

    Raises
    ------
    PlanError
        Naming the file and the key.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"{path}: not valid TOML ({error})") from error
    try:
        file = _PlanFile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise PlanError(f"{path}: key '{_key(first['loc'])}': {first['msg']}") from error
    known = catalogue() if exercises is None else exercises
    items = []
    for number, item in enumerate(file.exercise, start=1):
        try:
            name = find(item.exercise, known).name
        except ExerciseError as error:
            raise PlanError(f"{path}: key 'exercise.{number}.exercise': {error}") from error
        try:
            items.append(PlanItem(name, _with_defaults(parse_prescription(item.sets), item)))
        except PlanError as error:
            raise PlanError(f"{path}: key 'exercise.{number}.sets': {error}") from error
        except ValueError as error:
            raise PlanError(f"{path}: key 'exercise.{number}': {error}") from error
    return TrainingPlan(file.name, tuple(items), file.goal)


def save_plan(plan: TrainingPlan, path: Path) -> None:
    """Write a plan file that `load_plan` reads back as the same plan.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with replacing(path) as temporary:
        temporary.write_text(to_toml(plan), encoding="utf-8")


def to_toml(plan: TrainingPlan) -> str:
    """Return a plan as the text of its file."""
    lines = [f"name = {_quoted(plan.name)}"]
    if plan.goal is not None:
        lines.append(f"goal = {_quoted(plan.goal.value)}")
    for item in plan.items:
        lines += [
            "",
            "[[exercise]]",
            f"exercise = {_quoted(item.exercise)}",
            f"sets = {_quoted(str(item.prescription))}",
        ]
    return "\n".join(lines) + "\n"


def cautions(plan: TrainingPlan, exercises: Catalogue | None = None) -> tuple[str, ...]:
    """Say where a plan goes to failure more often, or less safely, than is sensible.

    See `docs/science.md` 6.4.
    """
    known = catalogue() if exercises is None else exercises
    said = []
    for item in plan.items:
        definition, sets = known[item.exercise], item.prescription.sets
        to_failure = [s.mode is not SetMode.TARGET for s in sets]
        if any(to_failure[:-1]):
            said.append(
                f"{definition.title}: {sum(to_failure)} of {len(sets)} sets go to failure; "
                "the last one is usually enough."
            )
        under_a_bar = (
            definition.training.implement == "barbell" and definition.family in _BAR_OVER_THE_BODY
        )
        if any(to_failure) and under_a_bar:
            said.append(
                f"{definition.title}: to failure under a bar only with safeties or a spotter."
            )
    return tuple(said)


#: Families in which a failed rep leaves the load on the lifter.
_BAR_OVER_THE_BODY = frozenset({"squat", "horizontal_press"})


def _with_defaults(prescription: Prescription, item: _ItemFile) -> Prescription:
    def completed(one: SetPrescription) -> SetPrescription:
        return replace(
            one,
            strictness=one.strictness or item.strictness,
            velocity_cap_pct=(
                item.velocity_cap_pct if one.velocity_cap_pct is None else one.velocity_cap_pct
            ),
            rest_s=item.rest_s if one.rest_s is None else one.rest_s,
        )

    return Prescription(tuple(completed(one) for one in prescription.sets))


def _key(location: tuple[str | int, ...]) -> str:
    """Name a key as people count: the first exercise is number 1."""
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in location)


def _quoted(text: str) -> str:
    """Write a TOML string; JSON escapes the same characters once control characters are out."""
    return json.dumps(text, ensure_ascii=False)
