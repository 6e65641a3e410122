"""What is kept of a graded clip: small, typed, and enough to know whether it must be done again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lastrep.analysis.checksums import content_sha256 as file_sha256
from lastrep.analysis.options import AnalyzeOptions
from lastrep.batch.grading import Grade, grade
from lastrep.batch.layout import RECORD_FILE
from lastrep.errors import LastrepError
from lastrep.exercises import catalogue
from lastrep.sets.corrections import Correction
from lastrep.sets.results import Analysis, EndReason, RepStatus, SetReport, Severity


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class GradedSet(_Record):
    """One set in a few figures; `None` means "not measured" or "does not apply"."""

    number: int
    exercise: str
    title: str
    exercise_source: str
    view: str
    attempts: int
    completed_reps: int
    good_reps: int
    statuses: tuple[RepStatus, ...]
    end_reason: EndReason
    end_rep: int | None
    explanation: str
    first_fault: str | None
    first_fault_rep: int | None
    best_velocity_m_s: float | None
    last_velocity_m_s: float | None
    velocity_loss_pct: float | None
    grade: Grade | None
    grade_reason: str
    corrected_by: str | None = None

    @classmethod
    def of(cls, number: int, report: SetReport) -> GradedSet:
        """Sum up a set."""
        definition = catalogue().get(report.exercise)
        verdict = grade(report, definition)
        faults = [(fault, rep.number) for rep in report.reps for fault in rep.faults]
        # A minor fault costs no rep: it is told only where nothing worse was seen.
        faults.sort(key=lambda found: found[0].severity is Severity.MINOR)
        first_fault, first_fault_rep = (faults[0][0].id, faults[0][1]) if faults else (None, None)
        speeds = [
            rep.bar.mean_velocity_m_s
            for rep in report.reps
            if rep.bar.mean_velocity_m_s is not None
        ]
        return cls(
            number=number,
            exercise=report.exercise,
            title="Unknown exercise" if definition is None else definition.title,
            exercise_source=report.exercise_source,
            view=report.view,
            attempts=report.attempts,
            completed_reps=report.completed_reps,
            good_reps=report.good_reps,
            statuses=tuple(rep.status for rep in report.reps),
            end_reason=report.end.reason,
            end_rep=report.end.rep,
            explanation=report.end.explanation,
            first_fault=first_fault,
            first_fault_rep=first_fault_rep,
            best_velocity_m_s=max(speeds, default=None),
            last_velocity_m_s=speeds[-1] if speeds else None,
            velocity_loss_pct=report.velocity_loss_pct,
            grade=verdict.grade,
            grade_reason=verdict.reason,
            corrected_by=report.corrected_by or None,
        )


class ClipRecord(_Record):
    """A graded clip: what made the result, the files it consists of, and its sets.

    A result stands for a clip as long as the clip's content, the version of lastrep, every option
    and the corrections are the same and all of its files are there, whole.
    """

    version: str
    content_sha256: str
    options: AnalyzeOptions
    formats: tuple[str, ...]
    files: tuple[str, ...]
    checksums: dict[str, str] = {}
    corrections_sha256: str = ""
    duration_s: float
    warnings: tuple[str, ...]
    sets: tuple[GradedSet, ...]

    @classmethod
    def of(
        cls,
        analysis: Analysis,
        *,
        content_sha256: str,
        options: AnalyzeOptions,
        formats: tuple[str, ...],
        files: tuple[str, ...],
        checksums: dict[str, str],
        corrections: Sequence[Correction] = (),
    ) -> ClipRecord:
        """Sum up an analysis.

        Parameters
        ----------
        files, checksums
            The files of the result, and the checksum of each, those in folders too.
        corrections
            What it was judged with.
        """
        return cls(
            version=analysis.provenance.version,
            content_sha256=content_sha256,
            options=options,
            formats=formats,
            files=files,
            checksums=checksums,
            corrections_sha256=corrections_sha256(corrections),
            duration_s=analysis.source.duration_s,
            warnings=analysis.warnings,
            sets=tuple(GradedSet.of(n, s) for n, s in enumerate(analysis.sets, start=1)),
        )


@dataclass(frozen=True, slots=True)
class ClipOutcome:
    """What became of one clip.

    Parameters
    ----------
    record
        The result; None if the clip failed.
    error
        One line that says why it failed; None if it did not.
    reused
        Whether the result was there before.
    wall_s
        How long it took.
    """

    record: ClipRecord | None
    error: str | None = None
    reused: bool = False
    wall_s: float = 0.0


def read_record(folder: Path) -> ClipRecord | None:
    """Return the record in a result folder, None if there is none of this version's kind."""
    try:
        return ClipRecord.model_validate_json((folder / RECORD_FILE).read_bytes())
    except (OSError, ValidationError, TypeError, LastrepError):
        return None


def load_record(folder: Path) -> ClipRecord | None:
    """Return the record in a result folder, None unless each file it names is there, and whole."""
    record = read_record(folder)
    if record is None or not record.checksums:
        return None
    return record if checksums_of(folder, record.checksums) == record.checksums else None


def checksums_of(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the checksums of files in a folder; those that cannot be read are left out."""
    found = {}
    for name in names:
        with suppress(OSError):
            found[name] = file_sha256(folder / name)
    return found


def corrections_sha256(corrections: Sequence[Correction]) -> str:
    """Return a checksum of what a coach said, empty if nothing holds."""
    holding = [one.model_dump_json() for one in corrections if one.holds]
    return hashlib.sha256("\n".join(holding).encode()).hexdigest() if holding else ""
