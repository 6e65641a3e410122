"""From the sets of a recording to the document: the bar's speed, and what is unsure.

It is only needed once the landmarks are there, and loaded while they are looked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import lastrep
from lastrep.bar.camera_path import CameraPath
from lastrep.bar.recording import Stretch, track_file, track_landmarks, watch_camera
from lastrep.bar.track import BarTrack
from lastrep.files import readable
from lastrep.output.bar_path import BarPath
from lastrep.output.overlay import SetTrack
from lastrep.output.writers import AnalyzedRecording
from lastrep.pose import PoseSequence
from lastrep.sets.analyzed import AnalyzedSet
from lastrep.sets.bar_speed import with_bar
from lastrep.sets.form import UNSEEN
from lastrep.sets.results import Analysis, Provenance, Source
from lastrep.sets.setup_check import Check, check_setup
from lastrep.video.cache import FrameCache
from lastrep.video.reading import VideoFile

if TYPE_CHECKING:
    from lastrep.apps.analysis import AnalyzeOptions, Progress

#: Fewer frames with a pose than this share are worth a warning.
FEW_POSES = 0.8
#: Slower sources blur fast reps (`domain.md` 2.6).
SLOW_FPS = 20.0
#: The bar is followed from so long before a set until so long after it, seconds.
AROUND_SET_S = 1.5
#: Share of the work that watching the camera is, where only the landmarks were known.
WATCH_SHARE = 0.5
#: A recognised exercise below this confidence is shown with its runner-up.
FIRM = 0.75
#: What of the camera's set-up is said after the fact; the rest is said in other words.
SET_UP = frozenset({Check.BODY, Check.FEET, Check.SIZE, Check.LEVEL})
#: Counts below this confidence are said to be unsure.
UNSURE = 0.3


def result_of(
    sets: tuple[AnalyzedSet, ...],
    poses: PoseSequence,
    options: AnalyzeOptions,
    *,
    name: Path | None,
    video: Path | None,
    camera: CameraPath | None = None,
    recent: FrameCache | None = None,
    warnings: Sequence[str] = (),
    progress: Progress = lambda share: None,
) -> AnalyzedRecording:
    """Return what was found in a recording as the document and all that the writers need.

    The bar is looked for in the video; without one a body part stands in for it. What is known of
    the video already is not read again: where the camera was, and pictures that are still there.
    """
    sets, tracks, notes = _with_bar(sets, poses, video, camera, recent, options, progress)
    progress(1.0)
    analysis = Analysis(
        source=_source(poses, name),
        provenance=_provenance(poses, options),
        warnings=(*warnings, *_warnings(poses, sets), *notes),
        sets=tuple(one.report for one in sets),
    )
    drawn = tuple(_track(one, bar) for one, bar in zip(sets, tracks, strict=True))
    return AnalyzedRecording(analysis, poses, drawn, video, options.slowmo)


def _with_bar(
    sets: tuple[AnalyzedSet, ...],
    poses: PoseSequence,
    video: Path | None,
    camera: CameraPath | None,
    recent: FrameCache | None,
    options: AnalyzeOptions,
    progress: Progress,
) -> tuple[tuple[AnalyzedSet, ...], tuple[BarTrack, ...], list[str]]:
    """Add bar speeds: of the bar where there is a video to see it in, else of its stand-in."""
    if not sets:
        return (), (), []
    bar = options.bar
    if video is None:
        tracks = tuple(track_landmarks(poses, one.bar_proxy) for one in sets)
    else:
        if bar.bar_px is not None or bar.calibration.known_distance is not None:
            with VideoFile(video) as file:
                bar = bar.scaled(poses.width_px / file.info.source_width_px)
        stretches = [_stretch(one, options) for one in sets]
        begun = 0.0
        if camera is None:
            begun = WATCH_SHARE
            recent = FrameCache() if any(part.find_plate for part in stretches) else None
            camera = watch_camera(
                video,
                poses,
                slowmo=options.slowmo,
                keep=recent,
                progress=lambda share: progress(WATCH_SHARE * share),
            )
        tracks = track_file(
            video,
            poses,
            stretches,
            camera,
            bar_px=bar.bar_px,
            slowmo=options.slowmo,
            recent=recent,
            progress=lambda share: progress(begun + (1 - begun) * share),
        )
    measured = [
        with_bar(one, track, bar, options.judging) for one, track in zip(sets, tracks, strict=True)
    ]
    notes = [
        f"set {number}: {note}" if len(sets) > 1 else note
        for number, (_, warnings) in enumerate(measured, start=1)
        for note in warnings
    ]
    return tuple(one for one, _ in measured), tracks, notes


def _stretch(one: AnalyzedSet, options: AnalyzeOptions) -> Stretch:
    return Stretch(
        one.report.start_s - AROUND_SET_S,
        one.report.end_s + AROUND_SET_S,
        one.bar_proxy,
        find_plate=options.looks_for_plates(one.exercise),
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
            "plate_m": options.bar.calibration.plate_m,
            "height_m": options.bar.calibration.height_m,
            "velocity_cap_pct": options.judging.velocity_cap_pct,
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
        during = poses.between(one.report.start_s, one.report.end_s)
        warnings += [
            f"{of_set}camera: {finding.text}"
            for finding in check_setup(during, one.exercise)
            if finding.check in SET_UP and not finding.ok
        ]
        unseen = [s.title for s in one.report.standards if (s.reason or "").startswith(UNSEEN)]
        if unseen:
            warnings.append(
                f"{of_set}not judged from this {one.report.view} view: {', '.join(unseen)}"
            )
        if one.exercise is not None and one.report.view not in one.exercise.views.required:
            views = " or ".join(one.exercise.views.required)
            warnings.append(f"{of_set}{one.exercise.title} is best seen from: {views}")
    return warnings


def _track(one: AnalyzedSet, bar: BarTrack) -> SetTrack:
    title = "Unknown exercise" if one.exercise is None else one.exercise.title
    return SetTrack(one.report, one.t_s, one.fraction, title, BarPath.of(bar, one.report))
