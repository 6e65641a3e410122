"""What the commands share about training: where things are kept, and keeping a set."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lastrep.errors import LastrepError

if TYPE_CHECKING:  # they take long to import, which `lastrep --help` should not
    from lastrep.sets.results import SetReport
    from lastrep.training.history import Recording
    from lastrep.training.record import Declared
    from lastrep.training.rest import Goal
    from lastrep.training.review import SetReview
    from lastrep.training.settings import Settings

#: Environment variables that say where the files are.
SETTINGS_VARIABLE, HISTORY_VARIABLE = "LASTREP_SETTINGS", "LASTREP_HISTORY"


def settings_path() -> Path:
    """Return where the settings are, whether there are any or not."""
    return Path(os.environ.get(SETTINGS_VARIABLE) or _folder() / "settings.toml")


def history_path() -> Path:
    """Return where the history is, whether there is one or not."""
    return Path(os.environ.get(HISTORY_VARIABLE) or _folder() / "history.sqlite3")


def settings() -> Settings:
    """Return the user's settings; raises SettingsError."""
    from lastrep.training.settings import load_settings

    return load_settings(settings_path())


def clip_recording(clip: Path, athlete: str) -> Recording:
    """Return what a clip is to the history: its content, and the date of its file.

    Raises
    ------
    HistoryError
        If it cannot be read.
    """
    from lastrep.training.history import Recording, content_hash

    source = content_hash(clip)
    recorded_at = datetime.fromtimestamp(clip.stat().st_mtime, UTC)
    return Recording(athlete, source, clip.name, recorded_at)


def keep_sets(
    recording: Recording,
    sets: Sequence[tuple[SetReport, Declared]],
    user: Settings,
    goal: Goal | None = None,
) -> tuple[SetReview, ...]:
    """Add the sets of a recording to the history, and say what each of them means.

    Raises
    ------
    HistoryError
        If they cannot be added; none of them is then.
    """
    from lastrep.exercises import find
    from lastrep.training.history import History, Query
    from lastrep.training.review import review_set

    with History(history_path()) as history:
        records = [history.get(set_id) for set_id in history.add(recording, sets)]
        return tuple(
            review_set(
                record,
                history.sets(Query(athlete=recording.athlete, until=record.performed_at)),
                find(record.exercise),
                user.equipment,
                goal,
            )
            for record in records
        )


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn an error that the user can mend into one line and exit status 1."""
    try:
        yield
    except LastrepError as error:
        sys.stderr.write(f"lastrep: {error}\n")
        raise typer.Exit(1) from None


def _folder() -> Path:
    return Path(typer.get_app_dir("lastrep"))
