"""The page of measures has a row for each, and for no other, with its unit and meaning."""

from __future__ import annotations

import re
from pathlib import Path

from lastrep.motion.measures import MEASURES, Measure

PAGE = Path(__file__).resolve().parents[3] / "docs" / "measures.md"
UNITS = {"deg": "°", "%": "%", "limb": "limbs", "s": "s", "cm": "cm"}


def row(measure: Measure) -> str:
    """Return a measure as the page shows it."""
    used = ", ".join(sorted(measure.uses)) or "read along with others"
    return f"| `{measure.name}` | {UNITS[measure.unit]} | {measure.meaning} | {used} |"


def test_every_measure_is_explained_and_no_other() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| `", line)]
    assert len(MEASURES) > 50
    assert sorted(rows) == sorted(row(measure) for measure in MEASURES.values())
