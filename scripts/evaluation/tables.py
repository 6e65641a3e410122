"""Tables of figures, for the terminal and for files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class Table:
    """Rows of figures under named columns, printable and storable."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        """Add a row."""
        self.rows.append(tuple(_cell(c) for c in cells))

    def __str__(self) -> str:
        grid = [self.columns, *self.rows]
        widths = [max(len(row[i]) for row in grid) for i in range(len(self.columns))]
        lines = [
            "  ".join(
                cell.ljust(w) if i == 0 else cell.rjust(w)
                for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in grid
        ]
        return f"== {self.title}\n" + "\n".join(lines) + "\n"

    def document(self) -> dict[str, object]:
        """Return the table for a JSON file."""
        return {
            "title": self.title,
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
        }


def _cell(value: object) -> str:
    if isinstance(value, float):
        return (
            "-" if not np.isfinite(value) else f"{value:.3g}" if abs(value) < 1 else f"{value:.1f}"
        )
    return "-" if value is None else str(value)


def rms(values: Sequence[float]) -> float:
    """Root of the mean square; NaN for no values."""
    return float(np.sqrt(np.mean(np.square(values)))) if len(values) else float("nan")


def mean(values: Sequence[float]) -> float:
    """Mean; NaN for no values."""
    return float(np.mean(values)) if len(values) else float("nan")
