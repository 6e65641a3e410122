"""Form verdicts against labelled recordings of real people, with shipped limits and no training.

Clips with a verdict for the whole (good or bad) are analysed as the product does. A clip counts as
called bad if a rep has a major fault or a standing fault was noted. Frames with labels have no
reps; there the shipped limits are applied to the change from the median of the frames that are
labelled correct, which is what a baseline would be.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises import find
from lastrep.motion.measures import MEASURES
from lastrep.motion.planes import PlanarLandmarks, facing
from lastrep.pose import Landmark, PoseSequence
from lastrep.sets.ending import majors
from lastrep.sets.offline import judge_landmarks
from lastrep.sets.results import SetReport

Array = NDArray[np.float64]

#: OpenPose's 18 joints as landmarks (neck left out).
_OPENPOSE = {
    0: 0, 2: 12, 3: 14, 4: 16, 5: 11, 6: 13, 7: 15, 8: 24, 9: 26, 10: 28, 11: 23, 12: 25, 13: 27,
    14: 5, 15: 2, 16: 8, 17: 7,
}  # fmt: skip
_TRAINER = {
    "bicep": ("biceps_curl", "side"),
    "frontraise": ("front_raise", "side"),
    "shoulderpress": ("overhead_press", "side"),
    "shouldershrug": ("shrug", "front"),
}
#: Frame sets: exercise, measure, rules whose change limits are applied, labels other than correct.
_FRAMES = {
    "plank_hip": ("push_up", "sag", ("PU1", "PU2")),
    "bicep_lean_back": ("biceps_curl", "trunk_lean", ("BC1",)),
}
#: Pictures of the frame sets are taken as this wide for their height; the source does not say.
FRAME_ASPECT = 16 / 9


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled clip."""

    corpus: str
    name: str
    exercise: str
    bad: bool
    group: str
    poses: PoseSequence


@dataclass(frozen=True, slots=True)
class Called:
    """What the product said of a clip; `judged` is whether it could tell at all."""

    clip: str
    corpus: str
    exercise: str
    group: str
    bad: bool
    called_bad: bool
    minor: bool
    judged: bool
    view: str
    faults: tuple[str, ...]


def evaluate(folder: Path) -> list[Called]:
    """Judge every clip of the corpora of labelled form in a folder."""
    return [_called(clip) for clip in labelled(folder)]


def labelled(folder: Path) -> Iterator[Labelled]:
    """Yield every clip of the corpora of labelled form in or below a folder."""
    for name, read in (("pushfit_pushup_form", _pushfit), ("pose_trainer", _trainer)):
        for path in sorted(folder.rglob(name)):
            yield from read(path)


def _called(clip: Labelled) -> Called:
    sets = judge_landmarks(clip.poses, find(clip.exercise))
    reports = [one.report for one in sets]
    faults = tuple(sorted({i for r in reports for rep in r.reps for i in majors(rep)}))
    standing = tuple(sorted({s.id for r in reports for s in r.standards if s.standing}))
    minor = any(f for r in reports for rep in r.reps for f in rep.faults)
    return Called(
        clip=clip.name,
        corpus=clip.corpus,
        exercise=clip.exercise,
        group=clip.group,
        bad=clip.bad,
        called_bad=bool(faults or standing),
        minor=minor or bool(faults or standing),
        judged=any(_judged(r) for r in reports),
        view="/".join(sorted({r.view for r in reports})) or "-",
        faults=(*faults, *(f"{i} (standing)" for i in standing)),
    )


def _judged(report: SetReport) -> bool:
    return any(m.state != "unknown" for rep in report.reps for m in rep.measured)


def _pushfit(folder: Path) -> Iterator[Labelled]:
    for row in _rows(folder / "labels.csv"):
        data = np.load(folder / "clips" / f"{row['clip']}.npz")["mediapipe"].astype(np.float32)
        width, height = int(float(row["width"]) or 1280), int(float(row["height"]) or 720)
        fps = float(row["fps"]) or 30.0
        image = data[..., :3] * np.array([width, height, width], np.float32)
        image[~np.isfinite(image).all(axis=(1, 2))] = np.nan
        image[(image == 0).all(axis=(1, 2))] = np.nan
        poses = PoseSequence(
            np.arange(len(data)) / fps, image, np.full_like(image, np.nan),
            data[..., 3].copy(), width, height, "mediapipe",
        )  # fmt: skip
        yield Labelled(
            folder.name, row["clip"], "push_up", row["label"] == "incorrect", row["scene"], poses
        )


def _trainer(folder: Path) -> Iterator[Labelled]:
    for row in _rows(folder / "labels.csv"):
        joints = np.load(folder / "clips" / f"{row['clip']}.npz")["pose"]
        exercise, view = _TRAINER[row["exercise"]]
        yield Labelled(
            folder.name, row["clip"], exercise, row["label"] == "bad", row["clip"],
            _from_openpose(joints, view),
        )  # fmt: skip


def _from_openpose(joints: NDArray[np.float32], view: str) -> PoseSequence:
    """Landmarks of 18 joints; hands and feet at wrist and ankle, depth by the known view."""
    n = len(joints)
    image = np.full((n, 33, 3), np.nan, np.float32)
    visibility = np.zeros((n, 33), np.float32)
    for source, target in _OPENPOSE.items():
        seen = joints[:, source, 2] > 0
        image[seen, target, :2] = joints[seen, source, :2]
        visibility[:, target] = joints[:, source, 2]
    _bridge(image)
    for target, source in (
        *((i, 15 + i % 2) for i in (18, 20, 22)), *((i, 15) for i in (17, 19, 21)),
        *((i, 16) for i in (18, 20, 22)), (29, 27), (31, 27), (30, 28), (32, 28),
    ):  # fmt: skip
        image[:, target], visibility[:, target] = image[:, source], visibility[:, source]
    height = float(np.nanmax(image[..., 1]) - np.nanmin(image[..., 1]))
    left = list(range(11, 33, 2))
    right = [i + 1 for i in left]
    nearer = 1.0 if visibility[:, left].mean() >= visibility[:, right].mean() else -1.0
    depth = 0.13 * height if view == "side" else 0.0
    image[..., 2] = 0.0
    image[:, left, 2] = -nearer * depth
    image[:, right, 2] = nearer * depth
    width_px, height_px = (int(np.nanmax(image[..., k])) + 50 for k in (0, 1))
    return PoseSequence(
        np.arange(n) / 30.0, image, np.full_like(image, np.nan),
        np.where(visibility > 0.1, np.maximum(visibility, 0.9), visibility).astype(np.float32),
        width_px, height_px, "openpose",
    )  # fmt: skip


def _bridge(image: NDArray[np.float32]) -> None:
    """Fill joints that are not seen in some frames by straight lines; the other side if never."""
    frames = np.arange(len(image))
    for landmark in range(33):
        seen = np.isfinite(image[:, landmark, 0])
        if not seen.any():
            continue
        for k in (0, 1):
            image[:, landmark, k] = np.interp(frames, frames[seen], image[seen, landmark, k])
    for landmark in range(11, 33):
        twin = landmark + 1 if landmark % 2 else landmark - 1
        if np.isnan(image[:, landmark, 0]).all():
            image[:, landmark] = image[:, twin]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def frame_tables(folder: Path) -> list[str]:
    """Apply change limits to labelled frames, one line a set and label."""
    lines = []
    for name, (exercise, metric, ids) in _FRAMES.items():
        labels, points = _frames(folder / "exercise_correction_frames" / f"{name}.csv.gz")
        figure = PlanarLandmarks.of(points, facing(points))
        measure = MEASURES[metric]
        x = np.mean([measure.of(figure, side) for side in ("left", "right")], axis=0)
        usual = float(np.nanmedian(x[labels == "C"]))
        rules = [r for r in find(exercise).faults if r.id in ids and r.change is not None]
        flagged = np.zeros(len(x), bool)
        for rule in rules:
            change = usual - x if rule.bad == "low" else x - usual
            if metric == "trunk_lean":  # leaning either way
                change = np.abs(x - usual)
            assert rule.change is not None
            flagged |= change >= (rule.change.major or np.inf)
        for label, count in sorted(Counter(labels.tolist()).items()):
            of = labels == label
            lines.append(
                f"  {name} label {label}: {count} frames, {metric} {np.nanmedian(x[of]):.0f}, "
                f"change major in {flagged[of].mean():.0%}"
            )
    lines.append("  lunge_knee_over_toe: knees past the toes are no fault here, not judged")
    return lines


def _frames(path: Path) -> tuple[NDArray[np.str_], Array]:
    with gzip.open(path, "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    points = np.full((len(rows), 33, 2), np.nan)
    for landmark in Landmark:
        key = landmark.name.lower()
        if f"{key}_x" in rows[0]:
            points[:, landmark, 0] = [FRAME_ASPECT * float(r[f"{key}_x"]) for r in rows]
            points[:, landmark, 1] = [float(r[f"{key}_y"]) for r in rows]
    return np.array([r["label"] for r in rows]), points


def report(results: list[Called]) -> str:
    """Return the tables as text: by corpus and exercise, then by scene, then the misses."""
    lines = [
        f"{'':40}{'clips':>6}{'judged':>8}{'bad found':>11}{'good kept':>11}{'accuracy':>10}"
        f"{'with minor':>12}"
    ]
    groups = sorted({(r.corpus, r.exercise) for r in results})
    for corpus, exercise in groups:
        some = [r for r in results if (r.corpus, r.exercise) == (corpus, exercise)]
        lines.append(_line(f"{corpus} {exercise}", some))
        judged = [r for r in some if r.judged]
        if len(judged) < len(some):
            lines.append(_line("  of them judged", judged))
        scenes = {r.group: r for r in some}
        if len(scenes) < len(some):
            lines.append(_line("  first clip of each scene", list(scenes.values())))
        missed = Counter(r.view for r in some if r.bad and not r.called_bad)
        false = Counter(f for r in some if not r.bad and r.called_bad for f in r.faults)
        lines.append(f"    missed, by view: {dict(missed)}; good called bad for: {dict(false)}")
    return "\n".join(lines)


def _line(name: str, some: list[Called]) -> str:
    bad, good = [r for r in some if r.bad], [r for r in some if not r.bad]
    found = sum(r.called_bad for r in bad)
    kept = sum(not r.called_bad for r in good)
    minor = sum(r.minor == r.bad for r in some)
    return (
        f"{name:40}{len(some):>6}{sum(r.judged for r in some):>8}{found:>6}/{len(bad):<4}"
        f"{kept:>6}/{len(good):<4}{(found + kept) / max(len(some), 1):>9.1%}"
        f"{minor / max(len(some), 1):>11.1%}"
    )
