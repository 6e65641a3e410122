"""Analyse one recorded set: the file driver around the engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import lastrep
from lastrep.errors import PoseFileError, VideoError
from lastrep.exercises import ExerciseDefinition, find
from lastrep.files import readable
from lastrep.output.overlay import SetTrack
from lastrep.output.writers import AnalyzedRecording
from lastrep.pose import PoseSequence
from lastrep.sets.analyzer import AnalyzedSet, SetAnalyzer
from lastrep.sets.options import Past, SetOptions, Strictness
from lastrep.sets.results import Analysis, Provenance, Source

Progress = Callable[[float], None]

#: Name that asks lastrep to find out what is done.
AUTO = "auto"
#: Fewer frames with a pose than this share are worth a warning.
FEW_POSES = 0.8
#: Slower sources blur fast reps (`domain.md` 2.6).
SLOW_FPS = 20.0
#: A recognised exercise below this confidence is shown with its runner-up.
FIRM = 0.75
#: Counts below this confidence are said to be unsure.
UNSURE = 0.3


@dataclass(frozen=True, slots=True)
class AnalyzeOptions:
    """How a recording is analysed.

    Parameters
    ----------
    exercise
        Name or alias of an exercise, or "auto".
    judging
        Target and strictness.
    model
        Pose model: "lite", "full" or "heavy".
    slowmo
        How many times too slowly the recording plays.

    Raises
    ------
    ExerciseError
        If there is no such exercise; the message suggests the nearest.
    """

    exercise: str = AUTO
    judging: SetOptions = field(default_factory=SetOptions)
    model: str = "full"
    slowmo: float = 1.0

    def __post_init__(self) -> None:
        _ = self.definition

    @property
    def definition(self) -> ExerciseDefinition | None:
        """The exercise, None for "auto"."""
        return None if self.exercise == AUTO else find(self.exercise)


def analyze(
    path: str | Path,
    *,
    exercise: str = AUTO,
    target: int | None = None,
    strictness: str = "standard",
    model: str = "full",
    slowmo: float = 1.0,
) -> Analysis:
    """Analyse a video file.

    Parameters
    ----------
    path
        The video.
    exercise
        What is done ("back_squat"), or "auto".
    target
        Prescribed number of reps, None for as many as possible.
    strictness
        "strict", "standard" or "lenient".
    model
        Pose model: "lite", "full" or "heavy".
    slowmo
        How many times too slowly the recording plays.

    Raises
    ------
    LastrepError
        If the file cannot be analysed; the message names it and the fix.
    """
    options = AnalyzeOptions(
        exercise=exercise,
        judging=SetOptions(target_reps=target, strictness=Strictness(strictness)),
        model=model,
        slowmo=slowmo,
    )
    return analyze_recording(Path(path), options).analysis


def analyze_recording(
    video: Path | None,
    options: AnalyzeOptions,
    *,
    poses_path: Path | None = None,
    save_poses_path: Path | None = None,
    past: Past | None = None,
    progress: Progress = lambda share: None,
) -> AnalyzedRecording:
    """Analyse a video, or landmarks recorded from one.

    Parameters
    ----------
    video
        The video; may be None if `poses_path` is given.
    poses_path
        Landmarks to use in place of the pose model.
    save_poses_path
        Where to record the landmarks.
    past
        The lifter's own history; None without.
    progress
        Called with the share that is done.

    Raises
    ------
    LastrepError
        If an input cannot be analysed, or the landmarks cannot be saved.
    """
    from lastrep.pose.recorded import load_poses, save_poses
    from lastrep.pose.recording import estimate_file

    if poses_path is not None:
        poses, warnings = load_poses(poses_path), list[str]()
    elif video is not None:
        recorded = estimate_file(
            video, model=options.model, slowmo=options.slowmo, progress=progress
        )
        poses, warnings = recorded.poses, list(recorded.warnings)
    else:
        raise ValueError("give a video, recorded poses, or both")
    name = video or poses_path
    _check_found(poses, name)
    if save_poses_path is not None:
        save_poses(save_poses_path, poses)
    progress(1.0)

    engine = SetAnalyzer(
        options.definition,
        options.judging,
        width_px=poses.width_px,
        height_px=poses.height_px,
        past=past,
    )
    for pose in poses:
        engine.update(pose)
    return result_of(engine.finish(), poses, options, name=name, video=video, warnings=warnings)


def result_of(
    sets: tuple[AnalyzedSet, ...],
    poses: PoseSequence,
    options: AnalyzeOptions,
    *,
    name: Path | None,
    video: Path | None,
    warnings: Sequence[str] = (),
) -> AnalyzedRecording:
    """Return what was found in a recording as the document and all that the writers need."""
    analysis = Analysis(
        source=_source(poses, name),
        provenance=_provenance(poses, options),
        warnings=(*warnings, *_warnings(poses, sets)),
        sets=tuple(one.report for one in sets),
    )
    return AnalyzedRecording(
        analysis, poses, tuple(_track(one) for one in sets), video, options.slowmo
    )


def _check_found(poses: PoseSequence, name: Path | None) -> None:
    if not poses.found.any():
        error = VideoError if len(poses) else PoseFileError
        raise error(
            f"{name}: no person found in any of {len(poses)} frames; "
            "film the whole body, in light, and nothing else large in front"
        )


def _source(poses: PoseSequence, name: Path | None) -> Source:
    frame_s = poses.frame_s if math.isfinite(poses.frame_s) else 0.0
    return Source(
        path=readable(str(name)),
        duration_s=poses.duration_s + frame_s,
        fps=1.0 / frame_s if frame_s else 0.0,
        width=poses.width_px,
        height=poses.height_px,
        frames=len(poses),
        frames_with_pose=int(poses.found.sum()),
    )


def _provenance(poses: PoseSequence, options: AnalyzeOptions) -> Provenance:
    return Provenance(
        version=lastrep.__version__,
        model=poses.model,
        options={
            "exercise": options.exercise,
            "target": options.judging.target_reps,
            "strictness": options.judging.strictness.value,
            "slowmo": options.slowmo,
        },
    )


def _warnings(poses: PoseSequence, sets: tuple[AnalyzedSet, ...]) -> list[str]:
    found = float(poses.found.mean())
    warnings = []
    if found < FEW_POSES:
        warnings.append(f"the lifter was found in only {found:.0%} of the frames")
    if poses.frame_s > 1.0 / SLOW_FPS:
        warnings.append(f"only {1 / poses.frame_s:.0f} frames a second: fast reps may be missed")
    for number, one in enumerate(sets, start=1):
        of_set = f"set {number}: " if len(sets) > 1 else ""
        guess = one.recognition
        if guess is not None and (one.exercise is None or guess.confidence < FIRM):
            warnings.append(
                f"{of_set}the exercise is not sure: {guess.name} ({guess.confidence:.0%}) "
                f"or {guess.runner_up}; name it with -e"
            )
        if one.report.count_confidence < UNSURE:
            warnings.append(f"{of_set}the count is unsure ({one.report.count_confidence:.0%})")
        if one.exercise is not None and one.report.view not in one.exercise.views.required:
            views = " or ".join(one.exercise.views.required)
            warnings.append(
                f"{of_set}{one.exercise.title} is best seen from: {views}; this {one.report.view} "
                "view shows reps, not form"
            )
    return warnings


def _track(one: AnalyzedSet) -> SetTrack:
    title = "Unknown exercise" if one.exercise is None else one.exercise.title
    return SetTrack(one.report, one.t_s, one.fraction, title)
