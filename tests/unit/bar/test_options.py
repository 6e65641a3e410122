"""The parameters of bar tracking: all listed, all explained, all used, all passed down."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import lastrep.bar
from lastrep.bar.options import DEFAULT_OPTIONS
from lastrep.sets.options import parameters, with_parameter
from unit.bar.scenes import Scene, lifts, tracked

SOURCES = [path.read_text() for path in Path(lastrep.bar.__file__).parent.rglob("*.py")]
LIFT = Scene(lifts((0.5,), 0.55, 0.8), duration_s=2.0)


def option_fields() -> list[tuple[str, str]]:
    """Name of each field with a value of its own, and the line above it."""
    found = []
    for source in SOURCES:
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef) and node.name.endswith("Options"):
                found += [
                    (part.target.id, lines[part.lineno - 2].strip())
                    for part in node.body
                    if isinstance(part, ast.AnnAssign)
                    and isinstance(part.target, ast.Name)
                    and "Options = field(default_factory=" not in lines[part.lineno - 1]
                ]
    return found


def test_every_parameter_is_explained() -> None:
    assert len(option_fields()) > 200
    assert [name for name, above in option_fields() if not above.startswith("#:")] == []


def test_every_parameter_is_used() -> None:
    read = set(re.findall(r"\.([a-z_]+)\b", "\n".join(SOURCES)))
    assert [name for name, _ in option_fields() if name not in read] == []


def test_parameters_are_listed_and_changed_by_name() -> None:
    listed = parameters(DEFAULT_OPTIONS)
    assert listed["plate.tracking.corners.max_corners"] == 70
    assert listed["camera.corners.max_corners"] == 60
    for name, value in listed.items():
        assert with_parameter(DEFAULT_OPTIONS, name, value) == DEFAULT_OPTIONS
    other = with_parameter(DEFAULT_OPTIONS, "plate.tracking.corners.max_corners", 50)
    assert other.plate.tracking.corners.max_corners == 50
    assert other.camera == DEFAULT_OPTIONS.camera
    with pytest.raises(AttributeError, match="speed"):
        with_parameter(DEFAULT_OPTIONS, "plate.speed", 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window.min_travel", 9.0),
        ("window.min_frames", 999),
        ("plate.candidates.min_support", 1.1),
        ("plate.rim_fit.min_edge_unknown", 255.0),
        ("plate.detection.min_chain", 99),
        ("plate.refinement.min_seed_support", 1.1),
    ],
)
def test_a_parameter_reaches_its_stage(name: str, value: float) -> None:
    assert tracked(LIFT).bar is not None
    assert tracked(LIFT, options=with_parameter(DEFAULT_OPTIONS, name, value)).bar is None
