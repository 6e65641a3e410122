"""What the page about exercise files says is so, and it leaves nothing out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from checks import some
from lastrep.exercises import catalogue, find
from lastrep.exercises.definition import (
    ExerciseDefinition,
    Muscle,
    PrimaryAngle,
    Rhythm,
    Training,
    Views,
    load_definition,
)
from lastrep.exercises.faults import (
    SELECTORS,
    FaultKind,
    FaultRule,
    Limits,
    Sample,
    View,
    ViewLimits,
)
from lastrep.motion.measures import names

PAGE = (Path(__file__).parents[3] / "docs" / "exercise-files.md").read_text(encoding="utf-8")

#: Headings under which the keys of each table of the file are described.
SECTIONS: dict[str, type[BaseModel]] = {
    "The top of the file": ExerciseDefinition,
    "`[training]`": Training,
    "`[angle]`": PrimaryAngle,
    "`[views]`": Views,
    "`[rhythm]`": Rhythm,
    "`[[faults]]`": FaultRule,
    "Limits": Limits,
    "`[faults.by_view.VIEW]`": ViewLimits,
}

FIELDS = [
    pytest.param(section, name, field, id=f"{model.__name__}.{name}")
    for section, model in SECTIONS.items()
    for name, field in model.model_fields.items()
]


def section(heading: str) -> str:
    """Text from a heading to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", PAGE, re.M | re.S)
    assert found is not None, heading
    return found[1]


def table(text: str) -> dict[str, list[str]]:
    """Rows of the tables in a text, by each word in backquotes of their first column."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return {word: row for row in rows for word in re.findall(r"`([^`]+)`", row[0])}


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """Folder with the page's example, as a reader would save it."""
    found = re.search(r"<!-- example: (\S+) -->\n```toml\n(.*?)```", PAGE, re.S)
    assert found is not None
    (tmp_path / found[1]).write_text(found[2])
    return tmp_path / found[1]


def test_the_example_is_an_exercise_that_can_be_found(example: Path) -> None:
    exercise = load_definition(example)
    assert exercise.name == example.stem
    assert exercise.name not in catalogue()
    assert find("Barbell upright row", catalogue(example.parent)) == exercise
    faults = {rule.id: rule for rule in exercise.faults}
    assert faults["UR1"].seen_from("oblique").change == Limits(minor=6, major=10)
    assert faults["G3"].change == Limits(minor=45, major=60)
    assert faults["G3"].metric == "eccentric_time"  # inherited


def test_the_example_shows_every_table(example: Path) -> None:
    text = example.read_text()
    for heading in SECTIONS.keys() - {"The top of the file", "Limits"}:
        assert heading.strip("`").replace("VIEW", "oblique") in text


@pytest.mark.parametrize(("heading", "name", "field"), FIELDS)
def test_every_key_is_described_with_its_default(heading: str, name: str, field: FieldInfo) -> None:
    row = table(section(heading))[name]
    meaning, default = row[-2].strip(), row[-1].strip()
    assert len(meaning) > 10
    assert (default == "required") == field.is_required()
    if isinstance(field.default, str | float):  # a bool is a number, too
        value = field.default if isinstance(field.default, str) else json.dumps(field.default)
        assert default == f"`{value}`"


def test_no_key_is_described_that_does_not_exist() -> None:
    for heading, model in SECTIONS.items():
        described = {key for key, row in table(section(heading)).items() if len(row) == 3}
        if model is FaultRule:
            described -= set(SELECTORS)
        assert described <= model.model_fields.keys(), heading


def test_every_moment_has_its_row() -> None:
    described = table(section("When a measure is read")).keys()
    assert described == set(some(get_args(Sample)))


@pytest.mark.parametrize(
    ("heading", "name", "words"),
    [
        ("`[training]`", "muscles", get_args(Muscle)),
        ("`[[faults]]`", "kind", get_args(FaultKind)),
        ("`[[faults]]`", "views", get_args(View)),
        ("`[angle]`", "joint", tuple(names("angle"))),
        ("The top of the file", "sides", ("both", "each", "lead")),
        ("The top of the file", "support", ("feet", "hands", "hips", "none")),
        ("The top of the file", "bar_proxy", ("shoulder", "wrist", "hip", "ankle")),
    ],
)
def test_every_choice_is_named(heading: str, name: str, words: tuple[str, ...]) -> None:
    meaning = table(section(heading))[name][-2]
    for word in some(words):
        assert f"`{word}`" in meaning
