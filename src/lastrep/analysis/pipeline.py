"""One recorded clip from beginning to end: poses, sets, bar, verdict, document.

Read `analyze_recording` from top to bottom: each step is a call into the floor below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lastrep.analysis.document import provenance_of, source_of
from lastrep.analysis.landmarks import (
    Landmarks,
    Progress,
    after_landmarks,
    check_found,
    ignore_progress,
    named,
    read_landmarks,
    save_landmarks,
)
from lastrep.analysis.options import AnalyzeOptions
from lastrep.analysis.recording import AnalyzedRecording, SetMovement
from lastrep.analysis.warnings import warnings_of
from lastrep.bar.recording import Stretch, estimate_camera_path, track_file, track_landmarks
from lastrep.bar.track import BarTrack
from lastrep.exercises import ExerciseDefinition
from lastrep.exercises.library import AUTO, resolved
from lastrep.pose import PoseSequence
from lastrep.sets.corrections import Correction
from lastrep.sets.criteria import Past, PastBaseline, SetCriteria
from lastrep.sets.offline import FoundSet, Search, find_sets, judge_found
from lastrep.sets.results import Analysis
from lastrep.velocity.options import BarOptions
from lastrep.video.cache import FrameCache
from lastrep.video.reading import VideoFile

#: Share of the rest that watching the camera is, where only the landmarks were known.
WATCH_SHARE = 0.5
#: The bar is followed from so long before a set until so long after it, seconds.
AROUND_SET_S = 1.5
#: What landmarks without a file are called.
_POSES = Path("poses")


def analyze_recording(
    video: Path | None,
    options: AnalyzeOptions,
    *,
    poses_path: Path | None = None,
    save_poses_path: Path | None = None,
    past: Past | None = None,
    corrections: Sequence[Correction] = (),
    clip_sha256: str | None = None,
    progress: Progress = ignore_progress,
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
    corrections
        A coach's word on this clip.
    clip_sha256
        Checksum of the video's content, where it is known already.
    progress
        Called with the share that is done.

    Raises
    ------
    LastrepError
        If an input cannot be analysed, or the landmarks cannot be saved.
    ValueError
        If neither video nor landmarks are given.
    """
    read = read_landmarks(
        video, options, poses_path=poses_path, clip_sha256=clip_sha256, progress=progress
    )
    if save_poses_path is not None:
        save_landmarks(save_poses_path, read)
    return analyze_landmarks(
        read,
        options,
        options.definition,
        name=named(video, poses_path),
        video=video,
        past=past,
        search=Search(corrections=tuple(corrections)),
        progress=after_landmarks(progress),
    )


def analyze_landmarks(  # noqa: PLR0913 - what each of its steps needs
    read: Landmarks,
    options: AnalyzeOptions,
    exercise: ExerciseDefinition | None,
    *,
    name: Path,
    video: Path | None,
    past: Past | None = None,
    search: Search = Search(),  # noqa: B008 - frozen
    tracks: Sequence[BarTrack] = (),
    progress: Progress = ignore_progress,
) -> AnalyzedRecording:
    """Find, measure and judge the sets in landmarks, and put the document together.

    Parameters
    ----------
    exercise
        What is done; None if it is to be found out.
    name
        What the recording is called in the document.
    video
        Where to see the bar; None: a body part stands in for it.
    search
        How the sets are looked for, with a coach's corrections.
    tracks
        The bar where it was followed before, of this recording.
    """
    poses = read.poses
    found = find_sets(poses, exercise, search, options.algorithm)
    read = replace(read, video_width=_width_of(video, options.bar) or read.video_width)
    bar = options.bar
    if read.video_width is not None:
        bar = bar.scaled(poses.width_px / read.video_width)
    followed = _follow_bar(found.sets, read, video, replace(options, bar=bar), tracks, progress)
    judged = tuple(
        judge_found(
            one, poses, track, options.criteria, past=past, bar=bar, options=options.algorithm
        )
        for one, track in zip(found.sets, followed, strict=True)
    )
    progress(1.0)
    refused = (*found.refused, *(one for judgement in judged for one in judgement.refused))
    analysis = Analysis(
        source=source_of(read, name),
        provenance=provenance_of(poses, options, exercise, model_sha256=read.model_sha256),
        warnings=(*read.warnings, *warnings_of(poses, judged, refused)),
        sets=tuple(one.report for one in judged),
    )
    movements = tuple(
        SetMovement(one.t_s, one.fraction, track)
        for one, track in zip(judged, followed, strict=True)
    )
    return AnalyzedRecording(
        analysis, poses, movements, video, options.slowmo, search.corrections, refused
    )


def analyze_poses(
    poses: PoseSequence,
    exercise: ExerciseDefinition | str | None = AUTO,
    criteria: SetCriteria = SetCriteria(),  # noqa: B008 - frozen
    *,
    bar: BarOptions = BarOptions(),  # noqa: B008 - frozen
    past: Past | Mapping[str, PastBaseline] | None = None,
    corrections: Sequence[Correction] = (),
) -> Analysis:
    """Analyse recorded landmarks; a body part stands in for the bar.

    Parameters
    ----------
    poses
        The whole recording, as `lastrep.load_poses` reads it.
    exercise
        What is done: its name or definition, or "auto".
    criteria
        What its sets are judged by.
    bar
        How speed is measured.
    past
        The lifter's earlier good reps, by fault id, or a function that gives them for an exercise
        and a view.
    corrections
        A coach's word on the recording.

    Raises
    ------
    ExerciseError
        If there is no such exercise.
    PoseFileError
        If nobody is seen in any frame.
    """
    check_found(poses, _POSES)
    options = AnalyzeOptions(criteria=criteria, bar=bar, model=poses.model or "full")
    recording = analyze_landmarks(
        Landmarks(poses),
        options,
        resolved(exercise),
        name=_POSES,
        video=None,
        past=past if past is None or callable(past) else (lambda _exercise, _view: past),
        search=Search(corrections=tuple(corrections)),
    )
    return recording.analysis


def _width_of(video: Path | None, bar: BarOptions) -> int | None:
    """Return the video's own width where places in it were given in its pixels."""
    if video is None or (bar.bar_px is None and bar.calibration.known_distance is None):
        return None
    with VideoFile(video) as file:
        return file.info.source_width_px


def _follow_bar(
    sets: Sequence[FoundSet],
    read: Landmarks,
    video: Path | None,
    options: AnalyzeOptions,
    tracks: Sequence[BarTrack],
    progress: Progress,
) -> tuple[BarTrack, ...]:
    """Return the bar over each set: as followed before, as the video shows it, or its stand-in."""
    if not sets:
        return ()
    before = [_covering(one, tracks) for one in sets]
    if video is None or None not in before:
        return tuple(
            track or _without_video(one, read, options, tracks)
            for one, track in zip(sets, before, strict=True)
        )
    stretches = [_stretch(one, options) for one in sets]
    camera, recent, begun = read.camera, read.recent, 0.0
    if camera is None:
        begun = WATCH_SHARE
        recent = FrameCache() if any(part.find_plate for part in stretches) else None
        camera = estimate_camera_path(
            video,
            read.poses,
            slowmo=options.slowmo,
            keep=recent,
            progress=lambda share: progress(WATCH_SHARE * share),
        )
    return track_file(
        video,
        read.poses,
        stretches,
        camera,
        slowmo=options.slowmo,
        recent=recent,
        options=options.algorithm.bar,
        progress=lambda share: progress(begun + (1 - begun) * share),
    )


def _without_video(
    one: FoundSet, read: Landmarks, options: AnalyzeOptions, tracks: Sequence[BarTrack]
) -> BarTrack:
    """Return the stand-in of the bar; raises ValueError where the bar itself was followed before.

    Its speeds would silently be those of the body.
    """
    plates = options.looks_for_plates(one.span.exercise)
    if plates and any(track.bar is not None for track in tracks):
        raise ValueError(
            "the bar was not followed there, and the video is not where it was: put it back, or "
            "analyse the clip again"
        )
    return track_landmarks(read.poses, one.bar_proxy)


def _covering(one: FoundSet, tracks: Sequence[BarTrack]) -> BarTrack | None:
    """Return the track that holds a set, of the body part that its exercise names."""
    for track in tracks:
        covers = track.t_s[0] <= one.span.start_s and one.span.end_s <= track.t_s[-1]
        if covers and one.bar_proxy in (None, track.bar_proxy):
            return track
    return None


def _stretch(one: FoundSet, options: AnalyzeOptions) -> Stretch:
    return Stretch(
        one.span.start_s - AROUND_SET_S,
        one.span.end_s + AROUND_SET_S,
        one.bar_proxy,
        find_plate=options.looks_for_plates(one.span.exercise),
        bar_px=options.bar.bar_px,
    )
