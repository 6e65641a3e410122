"""What the commands share about training: the settings, and whose history sets are added to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from lastrep.apps.saying import note
from lastrep.errors import LastrepError

if TYPE_CHECKING:  # they take long to import, which `lastrep --help` should not
    from lastrep.training.history_writer import HistoryWriter
    from lastrep.training.prescription import Prescription
    from lastrep.training.settings import Settings


def settings() -> Settings:
    """Return the user's settings; raises SettingsError."""
    from lastrep.training.settings import load_settings, settings_path

    return load_settings(settings_path())


def history_writer(
    athlete: str | None,
    prescribed: Prescription | None,
    load_kg: float | None,
    rpe: float | None,
    user: Settings,
    *,
    target: int | None = None,
    keep: bool = True,
) -> HistoryWriter | None:
    """Return who adds the sets: to the athlete named here or in the settings, None for nobody.

    Raises
    ------
    PlanError
        If a number makes no sense.
    """
    from lastrep.training.history_writer import HistoryWriter, declared_sets

    declared = declared_sets(prescribed, load_kg, rpe, target)
    name = athlete or (user.athlete if keep else None)
    return HistoryWriter(name, declared, user) if name and name.strip() else None


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn an error that the user can mend into one line and exit status 1."""
    try:
        yield
    except LastrepError as error:
        note(str(error))
        raise typer.Exit(1) from None
