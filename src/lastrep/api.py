"""Everything the command can do with a recording, as Python functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from lastrep.analysis.landmarks import clip_checksum, ignore_progress
from lastrep.analysis.options import AnalyzeOptions, bar_options
from lastrep.analysis.pipeline import analyze_recording
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.library import AUTO
from lastrep.output.corrections_file import read_corrections
from lastrep.output.results_folder import free_folder, write_results
from lastrep.pose.backends import DEFAULT_BACKEND
from lastrep.sets.corrections import Correction
from lastrep.sets.criteria import SetCriteria, Strictness
from lastrep.sets.results import Analysis
from lastrep.training.history_writer import HistoryWriter, declared_sets
from lastrep.training.prescription import parse_prescription
from lastrep.training.settings import load_settings, settings_path


def analyze(  # noqa: PLR0913 - an option of the command each
    path: str | Path | None = None,
    *,
    exercise: str | ExerciseDefinition = AUTO,
    target: int | None = None,
    strictness: str = "standard",
    velocity_cap_pct: float | None = None,
    prescription: str | None = None,
    load_kg: float | None = None,
    rpe: float | None = None,
    athlete: str | None = None,
    slowmo: float = 1.0,
    model: str = "full",
    backend: str = DEFAULT_BACKEND,
    poses: str | Path | None = None,
    save_poses: str | Path | None = None,
    plate_m: float | None = None,
    height_m: float | None = None,
    bar_px: tuple[float, float] | None = None,
    distance: tuple[float, float, float, float, float] | None = None,
    speed_from_m_s: float | None = None,
    corrections: Sequence[Correction] = (),
    out: str | Path | None = None,
    formats: Sequence[str] = (),
    progress: Callable[[float], None] = ignore_progress,
) -> Analysis:
    """Analyse a recorded clip.

    Parameters
    ----------
    path
        The video; may be None if `poses` is given.
    exercise
        What is done: a name ("back_squat"), a definition of the catalogue, or "auto".
    target
        Prescribed number of reps, None for as many as possible.
    strictness
        "strict", "standard" or "lenient".
    velocity_cap_pct
        End the set at this velocity loss.
    prescription
        What was to be done, as in "3x8-12@60kg", in the place of `target`.
    load_kg, rpe
        What the lifter says of the set: it goes into the history.
    athlete
        Add the sets to this lifter's history, and judge them beside what is in it.
    slowmo
        How many times too slowly the recording plays.
    model, backend
        Pose model ("lite", "full", "heavy"), and what runs it ("litert", "mediapipe").
    poses, save_poses
        Landmarks to use in place of the pose model; where to record them.
    plate_m, height_m, bar_px, distance, speed_from_m_s
        How bar speed is measured: see `lastrep.analysis.options.bar_options`.
    corrections
        A coach's word on the clip, besides what its folder in `out` keeps.
    out
        Folder of the clip's result files; None writes none. If it holds another clip's results, a
        number is put behind its name.
    formats
        Which files to write ("json", "csv", "video", "evidence", "velocity", "poses",
        "movement"); none named: all.
    progress
        Called with the share (0..1) that is done.

    Returns
    -------
    The document, as typed objects.

    Raises
    ------
    LastrepError
        If an input cannot be analysed or a file not be written; the message names it and the fix.
    ValueError
        If an option makes no sense.
    """
    from lastrep.output.writers import WRITERS

    video = None if path is None else Path(path)
    landmarks = None if poses is None else Path(poses)
    prescribed = None if prescription is None else parse_prescription(prescription)
    if prescribed is not None and target is not None:
        raise ValueError("prescription takes the place of target: give one of them")
    unknown = set(formats) - WRITERS.keys()
    if unknown:
        raise ValueError(f"unknown formats {sorted(unknown)}, known are: {', '.join(WRITERS)}")
    criteria = SetCriteria(
        target_reps=target, strictness=Strictness(strictness), velocity_cap_pct=velocity_cap_pct
    )
    if prescribed is not None:
        criteria = prescribed.sets[0].criteria(criteria)
    options = AnalyzeOptions(
        exercise=exercise if isinstance(exercise, str) else exercise.name,
        criteria=criteria,
        model=model,
        slowmo=slowmo,
        bar=bar_options(
            plate_m=plate_m,
            height_m=height_m,
            bar_px=bar_px,
            distance=distance,
            speed_from_m_s=speed_from_m_s,
        ),
        backend=backend,
    )
    writer = None
    if athlete is not None:
        declared = declared_sets(prescribed, load_kg, rpe, target)
        writer = HistoryWriter(athlete, declared, load_settings(settings_path()))
    if video is None and landmarks is None:
        raise ValueError("give a video, recorded poses, or both")
    sha256 = clip_checksum(video, landmarks)
    folder = None if out is None else free_folder(Path(out), sha256)
    said = () if folder is None else read_corrections(folder, sha256)
    if not said and writer is not None:
        said = writer.corrections(sha256)
    name = video or landmarks
    assert name is not None
    recording = analyze_recording(
        video,
        options,
        poses_path=landmarks,
        save_poses_path=None if save_poses is None else Path(save_poses),
        past=None if writer is None else partial(writer.past, name),
        corrections=(*said, *corrections),
        clip_sha256=None if video is None else sha256,
        progress=progress,
    )
    if folder is not None:
        write_results(recording, formats or tuple(WRITERS), folder, lambda _name: ignore_progress)
    if writer is not None:
        writer.keep(name, recording.analysis.sets, sha256=sha256)
    return recording.analysis


def review(
    path: str | Path,
    corrections: Sequence[Correction],
    *,
    out: str | Path | None = None,
    video: str | Path | None = None,
) -> Analysis:
    """Judge a kept result with further corrections; they stay with it, and its files follow.

    Parameters
    ----------
    path
        The folder of a clip's results, or the document in it.
    corrections
        What a coach says, besides what was said before.
    out
        Write the document here, and change nothing.
    video
        Where the clip is now, if it is not where it was.

    Raises
    ------
    LastrepError
        If the result cannot be read or written, or a correction makes no sense for it.
    """
    from lastrep.batch.correcting import correct

    done = correct(
        Path(path),
        lambda kept: (*kept.corrections, *corrections),
        out=None if out is None else Path(out),
        video=None if video is None else Path(video),
    )
    return done.analysis
