"""A finished analysis judged again with other corrections, from what was kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lastrep.analysis.landmarks import Landmarks
from lastrep.analysis.options import options_of
from lastrep.analysis.pipeline import analyze_landmarks
from lastrep.analysis.recording import AnalyzedRecording
from lastrep.exercises.library import catalogue, resolved
from lastrep.sets.corrections import BEFORE_MEASURING, Correction, rep_at
from lastrep.sets.criteria import PastBaseline
from lastrep.sets.offline import Refusal, Search, judge_again, limits_that_fail
from lastrep.sets.results import SetReport


def with_corrections(
    recording: AnalyzedRecording, corrections: Sequence[Correction], *, refuse: bool = True
) -> AnalyzedRecording:
    """Return an analysis as these corrections, in the place of the earlier ones, make it.

    Corrections of the verdict are judged from the kept measurements; those of the cut into reps
    are measured again from the kept landmarks and bar.

    Parameters
    ----------
    refuse
        Whether a correction that does not fit is an error; otherwise it is told in a warning.

    Raises
    ------
    ValueError
        If a correction that is new here makes no sense for it, or what it takes was not kept.
    ExerciseError
        If the exercise is not known here.
    """

    def cuts(said: Sequence[Correction]) -> set[Correction]:
        return {one for one in said if one.holds and one.kind in BEFORE_MEASURING}

    new = [one for one in corrections if one.holds and one not in recording.corrections]
    if refuse:
        _check_words(recording, new)
    measured = all(report.measurements for report in recording.analysis.sets)
    if measured and cuts(corrections) == cuts(recording.corrections):
        again = _judged(recording, corrections)
    else:
        again = _measured(recording, corrections)
    for refusal in again.refused:
        if refuse and refusal.correction in new:
            raise ValueError(refusal.reason)
    return again


def _judged(recording: AnalyzedRecording, corrections: Sequence[Correction]) -> AnalyzedRecording:
    """Judge what was measured once more."""
    reports, refused = [], []
    starts = [report.start_s for report in recording.analysis.sets]
    for index, report in enumerate(recording.analysis.sets):
        its = [
            one
            for one in corrections
            if max(sum(start <= one.at_s for start in starts) - 1, 0) == index
        ]
        refused += _unfit(report, its)
        reports.append(judge_again(report, its))
    # Refusals of the cut stay as they were: nothing was cut again.
    refused += [
        one
        for one in recording.refused
        if one.correction in corrections and one.correction.kind in BEFORE_MEASURING
    ]
    before = {one.text for one in recording.refused}
    warnings = [text for text in recording.analysis.warnings if text not in before]
    analysis = recording.analysis.model_copy(
        update={
            "sets": tuple(reports),
            "warnings": (*warnings, *(one.text for one in refused)),
        }
    )
    return replace(
        recording, analysis=analysis, corrections=tuple(corrections), refused=tuple(refused)
    )


def _unfit(report: SetReport, corrections: Sequence[Correction]) -> list[Refusal]:
    """Return the corrections of a set that are about nothing in it."""
    measured = report.measurements
    reps = () if measured is None else measured.reps
    times = [(rep.body.span.start_s, rep.body.span.end_s) for rep in reps]
    unplaced = [
        Refusal(one, f"there is no rep at {one.at_s:.1f} s")
        for one in corrections
        if one.holds and one.kind in ("mark", "wrong_fault") and rep_at(one.at_s, times) is None
    ]
    exercise = catalogue().get(report.exercise)
    return [*unplaced, *limits_that_fail(exercise, report.view, report.criteria, corrections)]


def _measured(recording: AnalyzedRecording, corrections: Sequence[Correction]) -> AnalyzedRecording:
    """Cut into reps, measure and judge anew, by the criteria of before."""
    analysis = recording.analysis
    if not len(recording.poses):
        raise ValueError(
            "there is no poses.npz of this clip beside it to measure from; analyse the clip again "
            "into this folder, with all formats"
        )
    options = options_of(analysis.provenance.options)
    kept = [report.criteria for report in analysis.sets]
    if kept:
        options = replace(options, criteria=replace(kept[0], history={}, aftermath=None))

    def past(exercise: str, view: str) -> Mapping[str, PastBaseline]:
        alike = [
            report.criteria.history
            for report in analysis.sets
            if (report.exercise, report.view) == (exercise, view)
        ]
        return alike[0] if alike else {}

    source = analysis.source
    read = Landmarks(
        recording.poses,
        source.sha256,
        analysis.provenance.model_sha256,
        source.history,
        source.video_width,
        source.warnings,
    )
    stopped = any(one.aftermath is not None and one.aftermath.stopped for one in kept)
    again = analyze_landmarks(
        read,
        options,
        resolved(options.exercise),
        name=Path(source.path),
        video=recording.video,
        past=past,
        search=Search(stopped=stopped, corrections=tuple(corrections)),
        tracks=[moved.bar for moved in recording.movements],
    )
    return again


def _check_words(recording: AnalyzedRecording, new: Sequence[Correction]) -> None:
    """Refuse new corrections that name faults which are not there; raises ValueError."""
    for one in new:
        if one.kind not in ("mark", "wrong_fault") or one.fault is None:
            continue
        for report in recording.analysis.sets:
            if not report.start_s <= one.at_s <= report.end_s:
                continue
            rep = rep_at(one.at_s, [(r.start_s, r.end_s) for r in report.reps])
            if rep is None:
                continue
            which = "the rep" if one.rep is None else f"rep {one.rep}"
            has = [fault.id for fault in report.reps[rep].faults]
            known = [standard.id for standard in report.standards]
            if one.kind == "wrong_fault" and one.fault not in has:
                there = ", ".join(has) or "none at all"
                raise ValueError(f"{which} has no fault {one.fault}, but: {there}")
            if one.kind == "mark" and one.fault not in known:
                raise ValueError(f"no fault '{one.fault}' here, known are: {', '.join(known)}")
