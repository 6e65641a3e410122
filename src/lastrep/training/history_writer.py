"""Adding sets to the history: whose they are, and what the lifter says of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lastrep.environment import HISTORY_VARIABLE
from lastrep.errors import HistoryError, PlanError, VideoError
from lastrep.exercises import catalogue, find
from lastrep.sets.corrections import Correction
from lastrep.sets.criteria import PastBaseline
from lastrep.sets.results import SetReport, Source
from lastrep.training.history import History, Query, Recording, content_hash, source_of
from lastrep.training.loads import Load
from lastrep.training.past import earlier_sets, past_baselines
from lastrep.training.prescription import Prescription, SetMode, SetPrescription
from lastrep.training.record import Declared
from lastrep.training.rest import Goal
from lastrep.training.review import SetReview, review_set
from lastrep.training.settings import Settings, settings_folder
from lastrep.video.container import creation_time, open_video


def history_path() -> Path:
    """Return where the history is, whether there is one or not."""
    return Path(os.environ.get(HISTORY_VARIABLE) or settings_folder() / "history.sqlite3")


def declared_sets(
    prescription: Prescription | None,
    load_kg: float | None,
    rpe: float | None,
    target: int | None = None,
) -> tuple[Declared, ...]:
    """Return what the lifter says of each set of a recording, at least of one.

    Parameters
    ----------
    target
        The number of reps that was intended, where there is no prescription.

    Raises
    ------
    PlanError
        If a number makes no sense; the message says which would.
    """
    try:
        load = None if load_kg is None else Load(load_kg)
        if prescription is None:
            aim = None if target is None else SetPrescription(SetMode.TARGET, target, target)
            return (Declared(load=load, prescription=aim, rpe=rpe),)
        return tuple(
            Declared(load=load or one.load, prescription=one, rpe=rpe) for one in prescription.sets
        )
    except ValueError as error:
        raise PlanError(str(error)) from error


@dataclass(frozen=True, slots=True)
class HistoryWriter:
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

    def corrections(self, clip_sha256: str) -> tuple[Correction, ...]:
        """Return what a coach said of a clip, as the athlete's history has it.

        Nothing where the history cannot be read: `keep` will say so.
        """
        if not history_path().exists():
            return ()
        try:
            with History(history_path()) as history:
                reports = history.reports(source_of(clip_sha256), self.athlete)
        except HistoryError:
            return ()
        return tuple(one for report in reports for one in report.corrections)

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


def live_set_name(session: str, number: int) -> str:
    """Return what a set of a live session is called, so that the history finds it again."""
    return f"{session}#{number}"


def refresh_history(clip: Source, sets: Sequence[SetReport]) -> int:
    """Let a clip's sets take the place of what the history says of it, whoever lifted.

    Returns
    -------
    How many of the clip's recordings the history has; none of them is added here.

    Raises
    ------
    HistoryError
        If the history cannot be written.
    """
    if not history_path().exists():
        return 0
    known = [(report, Declared()) for report in sets if report.exercise in catalogue()]
    with History(history_path()) as history:
        if clip.history is not None:
            session, _, number = clip.history.rpartition("#")
            return history.revise(session, int(number), known[0][0]) if known else 0
        recordings = () if clip.sha256 is None else history.recordings(source_of(clip.sha256))
        for recording in recordings:
            history.add(recording, known)
    return len(recordings)
