"""The result files that a user can choose."""

from __future__ import annotations

import typer

#: Keys of `lastrep.output.writers.WRITERS`, which takes long to import.
FORMATS = ("json", "csv", "video", "evidence", "velocity")

FORMATS_HELP = f"Files to write: {','.join(FORMATS)} (default: all)."


def chosen_formats(names: str | None) -> tuple[str, ...]:
    """Return the formats named in a comma-separated list, all of them for None."""
    if names is None:
        return FORMATS
    chosen = tuple(name.strip() for name in names.split(",") if name.strip())
    for name in chosen:
        if name not in FORMATS:
            raise typer.BadParameter(f"--format {name}: choose from {', '.join(FORMATS)}")
    return chosen
