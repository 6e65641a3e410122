"""Analyse one recorded set: the file driver around the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from lastrep.bar.camera_path import CameraWatch
from lastrep.bar.scale import Calibration
from lastrep.bar.work_size import work_short_side_px
from lastrep.errors import PoseFileError, VideoError
from lastrep.exercises import ExerciseDefinition, find
from lastrep.exercises.library import own_digest
from lastrep.pose import PoseSequence
from lastrep.pose.backends import DEFAULT_BACKEND
from lastrep.sets.bar_options import BarOptions, may_have_plates
from lastrep.sets.options import Past, SetOptions, Strictness
from lastrep.video.cache import FrameCache

if TYPE_CHECKING:
    from lastrep.output.writers import AnalyzedRecording
    from lastrep.sets.results import Analysis

Progress = Callable[[float], None]

#: Name that asks lastrep to find out what is done.
AUTO = "auto"
#: Share of the work that the pose model takes; the rest is following the bar.
POSE_SHARE = 0.85


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
    bar
        How bar speed is measured.
    backend
        What runs the pose model: "litert" or "mediapipe".
    own_exercises
        Checksum of the user's own exercise files, empty without any.

    Raises
    ------
    ExerciseError
        If there is no such exercise; the message suggests the nearest.
    """

    exercise: str = AUTO
    judging: SetOptions = field(default_factory=SetOptions)
    model: str = "full"
    slowmo: float = 1.0
    bar: BarOptions = field(default_factory=BarOptions)
    backend: str = DEFAULT_BACKEND
    own_exercises: str = field(default_factory=own_digest)

    def __post_init__(self) -> None:
        _ = self.definition

    @property
    def definition(self) -> ExerciseDefinition | None:
        """The exercise, None for "auto"."""
        return None if self.exercise == AUTO else find(self.exercise)

    def looks_for_plates(self, exercise: ExerciseDefinition | None) -> bool:
        """Whether a plate may be seen where this is lifted; None if it is not known."""
        asked = self.bar.bar_px is not None or self.bar.calibration.plate_m is not None
        recognised = self.exercise == AUTO
        return asked or exercise is None or may_have_plates(exercise, recognised=recognised)


def analyze(
    path: str | Path,
    *,
    exercise: str = AUTO,
    target: int | None = None,
    strictness: str = "standard",
    model: str = "full",
    slowmo: float = 1.0,
    plate_m: float | None = None,
    height_m: float | None = None,
    backend: str = DEFAULT_BACKEND,
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
    plate_m
        Diameter of the plates, metres; None for full-size ones, if they look it.
    height_m
        Height of the lifter, metres: gives metres where no plate does.
    backend
        What runs the pose model: "litert" or "mediapipe".

    Raises
    ------
    LastrepError
        If the file cannot be analysed; the message names it and the fix.
    ValueError
        If a size is not possible.
    """
    options = AnalyzeOptions(
        exercise=exercise,
        judging=SetOptions(target_reps=target, strictness=Strictness(strictness)),
        model=model,
        slowmo=slowmo,
        bar=BarOptions(Calibration(plate_m=plate_m, height_m=height_m)),
        backend=backend,
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
    from lastrep.pose.estimate_video import CacheRequest, estimate_video
    from lastrep.pose.pose_file import load_poses, save_poses

    # What the landmarks are for is loaded while they are looked for.
    Thread(target=_load_the_rest, daemon=True).start()
    camera = recent = None
    if poses_path is not None:
        poses, warnings = load_poses(poses_path), list[str]()
    elif video is not None:
        watch = CameraWatch()
        if options.looks_for_plates(options.definition):
            recent = FrameCache()
        recorded = estimate_video(
            video,
            model=options.model,
            backend=options.backend,
            slowmo=options.slowmo,
            cache_request=None if recent is None else CacheRequest(recent, work_short_side_px),
            on_frame=watch,
            progress=lambda share: progress(POSE_SHARE * share),
        )
        poses, warnings, camera = recorded.poses, list(recorded.warnings), watch.path
    else:
        raise ValueError("give a video, recorded poses, or both")
    name = video or poses_path
    _check_found(poses, name)
    if save_poses_path is not None:
        save_poses(save_poses_path, poses)

    from lastrep.apps.conclusions import result_of
    from lastrep.sets.analyzer import SetAnalyzer

    engine = SetAnalyzer.of(poses, options.definition, options.judging, past=past)
    return result_of(
        engine.finish(),
        poses,
        options,
        name=name,
        video=video,
        camera=camera,
        recent=recent,
        warnings=warnings,
        progress=lambda share: progress(POSE_SHARE + (1 - POSE_SHARE) * share),
    )


def _load_the_rest() -> None:
    import lastrep.apps.conclusions
    import lastrep.sets.analyzer  # noqa: F401


def _check_found(poses: PoseSequence, name: Path | None) -> None:
    if not poses.found.any():
        error = VideoError if len(poses) else PoseFileError
        raise error(
            f"{name}: no person found in any of {len(poses)} frames; "
            "film the whole body, in light, and nothing else large in front"
        )
