"""One clip with a truth file: what lastrep says of it, and which rep is which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.corpora import poses_file
from evaluation.truth import TrueClip, TrueRep, read_truth
from lastrep.analysis.options import AnalyzeOptions
from lastrep.analysis.pipeline import analyze_recording
from lastrep.exercises import find
from lastrep.motion.view import CameraView, camera_view
from lastrep.pose import PoseSequence
from lastrep.pose.backends import DEFAULT_BACKEND
from lastrep.pose.pose_file import load_poses
from lastrep.sets.offline import judge_landmarks
from lastrep.sets.results import Rep, SetReport
from lastrep.velocity.options import BarOptions
from lastrep.velocity.parameters import DEFAULT_VELOCITY
from lastrep.velocity.scale import Calibration

Pairs = tuple[tuple[TrueRep, Rep], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One clip: its truth, what lastrep said, and which rep is which.

    Parameters
    ----------
    reports, pairs
        As users get them who say what is done, and the size of plates that are not full-size.
    by_height, pairs_by_height
        The same from landmarks and the lifter's height alone; empty without a video.
    """

    truth: TrueClip
    reports: tuple[SetReport, ...]
    pairs: Pairs
    poses: PoseSequence
    by_height: tuple[SetReport, ...] = ()
    pairs_by_height: Pairs = ()

    @property
    def view(self) -> CameraView | None:
        """From where lastrep takes the camera to look; None if nobody is seen."""
        reps = self.truth.reps
        return camera_view(self.poses, reps[0].start_s, reps[-1].end_s)

    @property
    def found(self) -> int:
        """Attempts found."""
        return sum(report.attempts for report in self.reports)


def compare_landmarks(truth: TrueClip, poses: PoseSequence) -> Compared:
    """Analyse landmarks with their exercise given, as `lastrep analyze -e` does."""
    sets = judge_landmarks(poses, find(truth.exercise))
    reports = tuple(one.report for one in sets)
    return Compared(truth, reports, _paired(truth, reports), poses)


def compare_video(truth: TrueClip, video: Path, backend: str = DEFAULT_BACKEND) -> Compared:
    """Analyse a video as `lastrep analyze -e` does; the landmarks are kept between runs."""
    landmarks = poses_file(video, backend)
    poses = load_poses(landmarks)
    plate_m = truth.plate_diameter_m
    full_size = plate_m in (0.0, DEFAULT_VELOCITY.standards.full_size_plate_m)
    by_plate = Calibration(plate_m=None if full_size else plate_m)
    reports, by_height = (
        analyze_recording(
            path, AnalyzeOptions(truth.exercise, bar=BarOptions(size)), poses_path=landmarks
        ).analysis.sets
        for path, size in ((video, by_plate), (None, Calibration(height_m=truth.stature_m)))
    )
    return Compared(
        truth, reports, _paired(truth, reports), poses, by_height, _paired(truth, by_height)
    )


def read_clips(folder: Path, backend: str = DEFAULT_BACKEND) -> Iterable[Compared]:
    """Analyse every video of a folder that has a truth file beside it."""
    for path in sorted(folder.glob("[!.]*.json")):
        video = path.with_suffix(".mp4")
        if video.is_file():
            yield compare_video(read_truth(path), video, backend)


def _paired(truth: TrueClip, reports: Sequence[SetReport]) -> Pairs:
    """Pair each true rep with the found rep that turns within it, each used once."""
    left = [rep for report in reports for rep in report.reps]
    pairs = []
    for rep in truth.reps:
        inside = [f for f in left if rep.start_s <= f.turn_s <= rep.end_s]
        if inside:
            middle = (rep.turn_s + rep.turn_end_s) / 2
            best = min(inside, key=lambda f: abs(f.turn_s - middle))
            left.remove(best)
            pairs.append((rep, best))
    return tuple(pairs)
