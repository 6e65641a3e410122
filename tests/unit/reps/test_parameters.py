"""The parameters of the rep search and of bar speed: all listed, explained, used, passed down."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lastrep.reps
import lastrep.velocity
from evaluation.sensitivity import moved, swept, tilted
from lastrep.analysis.options import AnalyzeOptions
from lastrep.exercises import find
from lastrep.reps.parameters import RepSearchOptions
from lastrep.reps.segmentation import segment
from lastrep.sets.options import AlgorithmOptions, parameters, with_parameter
from lifters import Clip, landmark_recording
from lifters.sets import lifting_set

FOLDERS = [Path(str(package.__file__)).parent for package in (lastrep.reps, lastrep.velocity)]
SOURCES = [path.read_text() for folder in FOLDERS for path in folder.glob("*.py")]


def option_fields() -> list[tuple[str, str]]:
    """Name of each field of an options class, and the line above it."""
    found = []
    for folder in FOLDERS:
        source = (folder / "parameters.py").read_text()
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef):
                found += [
                    (part.target.id, lines[part.lineno - 2].strip())
                    for part in node.body
                    if isinstance(part, ast.AnnAssign)
                    and isinstance(part.target, ast.Name)
                    and not re.search(r": \w+(Options|Standards) =", lines[part.lineno - 1])
                ]
    return found


def test_every_parameter_is_explained() -> None:
    assert len(option_fields()) > 90
    assert [name for name, above in option_fields() if not above.startswith("#:")] == []


def test_every_parameter_is_used() -> None:
    read = set(re.findall(r"\.([a-z_]+)\b", "\n".join(SOURCES)))
    assert [name for name, _ in option_fields() if name not in read] == []


def test_few_numbers_are_left_in_the_code() -> None:
    constants = re.findall(r"^[A-Z_]+(?:, [A-Z_]+)* = [-(0-9]", "\n".join(SOURCES), re.MULTILINE)
    assert len(constants) < 12


def test_all_stages_are_listed_and_changed_by_name() -> None:
    listed = parameters(AlgorithmOptions())
    assert {name.split(".")[0] for name in listed} == {
        "bar", "reps", "velocity", "measure", "form", "live", "setup", "standards",
    }  # fmt: skip
    for name, value in listed.items():
        assert with_parameter(AlgorithmOptions(), name, value) == AlgorithmOptions()
    other = with_parameter(AlgorithmOptions(), "velocity.standards.full_size_plate_m", 0.4)
    assert other.velocity.standards.full_size_plate_m == 0.4
    assert AnalyzeOptions(algorithm=other).algorithm.reps == RepSearchOptions()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("candidates.hystereses", (99.0,)),
        ("candidates.min_duration_ratio", 1.1),
        ("sets.min_samples", 10_000),
    ],
)
def test_a_parameter_reaches_the_rep_search(name: str, value: object) -> None:
    poses = landmark_recording(Clip("t", "back_squat", lifting_set(3, seed=1))).poses
    options = with_parameter(RepSearchOptions(), name, value)
    assert len(segment(poses, find("back_squat")).reps) == 3
    assert len(segment(poses, find("back_squat"), options).reps) < 3


def test_a_long_pause_is_a_parameter() -> None:
    reps = lifting_set(4, seed=1)
    reps = (*reps[:2], replace(reps[2], hold_s=10.0), reps[3])
    poses = landmark_recording(Clip("t", "back_squat", reps)).poses
    patient = with_parameter(RepSearchOptions(), "sets.pause_s", 30.0)
    assert len(segment(poses, find("back_squat")).sets) == 2
    assert len(segment(poses, find("back_squat"), patient).sets) == 1


def test_a_sweep_moves_what_decides() -> None:
    assert moved(10.0, 1.2) == 12.0
    assert moved(0.9, 1.2) == pytest.approx(0.95)
    assert (moved(2, 1.2), moved(2, 0.8)) == (3, 1)
    assert moved(True, 1.2) is None
    assert moved((0.4, 0.6), 0.5) == (0.2, 0.3)
    assert np.divide.reduce(tilted((0.5, 0.5), 2.0)) == pytest.approx(4.0)
    names = {name for name, _, _ in swept("reps")}
    assert "reps.sets.pause_s" in names
    assert "reps.scoring.half_points" not in names
    assert all(value != new for _, value, new in swept("velocity"))
