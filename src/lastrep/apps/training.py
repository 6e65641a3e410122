"""What the commands share about training: where things are kept, and keeping a set."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lastrep.errors import LastrepError

if TYPE_CHECKING:  # they take long to import, which `lastrep --help` should not
    from lastrep.sets.criteria import PastBaseline, SetOptions
    from lastrep.sets.results import SetReport
    from lastrep.training.history import Recording
    from lastrep.training.prescription import Prescription
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


def judging(
    target: int | None,
    strictness: str,
    prescribed: Prescription | None,
    *,
    amrap: bool,
    velocity_cap: float | None = None,
) -> SetOptions:
    """Return how a set is judged, by the words of a command.

    Raises
    ------
    BadParameter
        If they contradict each other or make no sense.
    """
    from lastrep.sets.criteria import SetOptions, Strictness

    if target is not None and amrap:
        raise typer.BadParameter("--target and --amrap exclude each other")
    if prescribed is not None and (target is not None or amrap):
        raise typer.BadParameter("--prescription takes the place of --target and --amrap")
    if strictness not in tuple(Strictness):
        raise typer.BadParameter(f"--strictness {strictness}: choose strict, standard or lenient")
    try:
        options = SetOptions(target, Strictness(strictness), velocity_cap_pct=velocity_cap)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return options if prescribed is None else prescribed.sets[0].options(options)


def keeper_of(
    athlete: str | None,
    prescribed: Prescription | None,
    load_kg: float | None,
    rpe: float | None,
    user: Settings,
    *,
    keep: bool = True,
) -> Keeper | None:
    """Return who keeps the sets: of the athlete named here or in the settings, None for nobody.

    Raises
    ------
    PlanError
        If a number makes no sense.
    """
    declared = declared_sets(prescribed, load_kg, rpe)
    name = athlete or (user.athlete if keep else None)
    return Keeper(name, declared, user) if name and name.strip() else None


def declared_sets(
    prescription: Prescription | None, load_kg: float | None, rpe: float | None
) -> tuple[Declared, ...]:
    """Return what the lifter says of each set of a recording, at least of one.

    Raises
    ------
    PlanError
        If a number makes no sense; the message says which would.
    """
    from lastrep.errors import PlanError
    from lastrep.training.loads import Load
    from lastrep.training.record import Declared

    try:
        load = None if load_kg is None else Load(load_kg)
        if prescription is None:
            return (Declared(load=load, rpe=rpe),)
        return tuple(
            Declared(load=load or one.load, prescription=one, rpe=rpe) for one in prescription.sets
        )
    except ValueError as error:
        raise PlanError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Keeper:
    """Adds the sets of a clip to an athlete's history.

    Parameters
    ----------
    athlete
        Whose.
    declared
        What the lifter says of the sets, in order; the last holds for all that follow.
    user
        The settings.
    performed_at
        When the clip was recorded, with time zone; None: as the clip says, or its file.
    """

    athlete: str
    declared: tuple[Declared, ...]
    user: Settings
    performed_at: datetime | None = None

    def past(self, clip: Path, exercise: str, view: str) -> Mapping[str, PastBaseline]:
        """Return what the athlete's good reps were before this clip, by fault id.

        Nothing where the history cannot be read: `keep` will say so, after the analysis is saved.
        """
        from lastrep.errors import HistoryError
        from lastrep.training.history import History
        from lastrep.training.past import earlier_sets, past_baselines

        if not history_path().exists():
            return {}
        load = self.declared[0].load
        try:
            with History(history_path()) as history:
                return past_baselines(
                    earlier_sets(
                        history,
                        athlete=self.athlete,
                        exercise=exercise,
                        view=view,
                        before=self.performed_at or recorded_at(clip),
                        load_kg=load.kg if load else None,
                    )
                )
        except HistoryError:
            return {}

    def keep(
        self, clip: Path, sets: Sequence[SetReport], *, sha256: str | None = None
    ) -> tuple[SetReview, ...]:
        """Add the sets whose exercise is known, and say what each of them means.

        Parameters
        ----------
        sha256
            Checksum of the clip, where it is known already.

        Raises
        ------
        HistoryError
            If they cannot be added; none of them is then.
        """
        from lastrep.exercises import catalogue
        from lastrep.training.history import Recording, content_hash, source_of

        when = self.performed_at or recorded_at(clip)
        source = content_hash(clip) if sha256 is None else source_of(sha256)
        recording = Recording(self.athlete, source, clip.name, when)
        last = len(self.declared) - 1
        known = [
            (report, self.declared[min(i, last)])
            for i, report in enumerate(sets)
            if report.exercise in catalogue()
        ]
        return keep_sets(recording, known, self.user)


def recorded_at(clip: Path) -> datetime:
    """Return when a clip was recorded: what the video says, else the date of its file.

    Raises
    ------
    HistoryError
        If it cannot be read.
    """
    from lastrep.errors import HistoryError, VideoError
    from lastrep.video.container import creation_time, open_video

    try:
        with open_video(clip) as (container, _):
            said = creation_time(container)
    except VideoError:  # recorded landmarks
        said = None
    try:
        return said or datetime.fromtimestamp(clip.stat().st_mtime, UTC)
    except OSError as error:
        raise HistoryError(f"{clip}: cannot be read ({error.strerror}); check the file") from error


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
