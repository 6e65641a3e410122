"""The page of measures names every one that an exercise file may name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest

from lastrep.exercises.definition import END_MEASURES, PrimaryAngle
from lastrep.exercises.faults import REP_METRICS
from lastrep.motion import signals
from lastrep.motion.posture import CHANNELS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "measures.md"


def named_under(heading: str) -> set[str]:
    """Names in the first column of the table below a heading."""
    text = PAGE.read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {heading}.*?$(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    first_cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize(
    ("heading", "measures"),
    [
        ("Channels", CHANNELS),
        ("Metrics of the whole rep", REP_METRICS),
        ("Signals", signals.names()),
        ("End measures", END_MEASURES),
    ],
)
def test_every_measure_is_explained_and_no_other(heading: str, measures: Iterable[str]) -> None:
    assert named_under(heading) == set(measures)


def test_the_units_of_channels_are_the_true_ones() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, channel in CHANNELS.items():
        unit = {"deg": "°", "%": "%"}[channel.unit]
        assert f"| `{name}` | {unit} | {channel.meaning} |" in text, name


def test_the_joints_of_the_shown_angle_are_named() -> None:
    joints = get_args(PrimaryAngle.model_fields["joint"].annotation)
    (section,) = re.findall(r"^## The angle.*", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.M)
    assert joints
    assert all(f"`{joint}`" in section for joint in joints)
