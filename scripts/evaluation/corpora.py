"""Readers of labelled corpora: folders of recorded landmarks, and folders of videos.

A landmark corpus holds `labels.csv` and `clips/*.npz`; a video corpus holds `LABELS.csv` and
videos. Every clip becomes a `PoseSequence`, the only thing the engine takes.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter

from lastrep.pose.backends import DEFAULT_BACKEND
from lastrep.pose.estimate_video import estimate_video
from lastrep.pose.pose_file import load_poses, save_poses
from lastrep.pose.sequence import PoseSequence

Array = NDArray[np.float64]

#: Where landmarks of videos are kept between runs, by content.
CACHE = Path.home() / ".cache" / "lastrep" / "poses"
#: Sets without timestamps are taken as filmed at this rate.
DEFAULT_FPS = 30.0
#: Normalised landmarks are brought to about this many pixels of body height.
BOX_HEIGHT_PX = 500.0
#: A restored aspect ratio with a worse fit than this is not trusted.
ASPECT_RESIDUAL = 1e-2
#: Bones and their standard lengths (Winter 2009, tenths of standing height); the ratios restore the
#: axes of landmarks that were normalised axis by axis.
STANDARD_BONES = (
    (11, 13, 1.86), (13, 15, 1.46), (12, 14, 1.86), (14, 16, 1.46), (23, 25, 2.45),
    (25, 27, 2.46), (24, 26, 2.45), (26, 28, 2.46), (11, 23, 2.88), (12, 24, 2.88),
    (11, 12, 2.0), (23, 24, 1.2),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One labelled recording.

    Parameters
    ----------
    count
        Labelled reps.
    count_range
        Accepted counts: a range for ambiguous clips, else (count, count).
    ambiguous
        Whether the label itself says so.
    bounds_s
        shape = (count, 2): start and end of each labelled rep; None where not labelled.
    turns_s
        Labelled turn-rounds; empty where not labelled.
    load
        Reads or estimates the landmarks.
    """

    name: str
    exercise: str
    count: int
    count_range: tuple[int, int]
    ambiguous: bool
    bounds_s: Array | None
    turns_s: tuple[float, ...]
    load: Callable[[], PoseSequence]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of labelled clips; the name is the folder's. Videos are looked at by a backend."""

    folder: Path
    backend: str = DEFAULT_BACKEND

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def is_video(self) -> bool:
        """Whether the clips are videos."""
        return (self.folder / "LABELS.csv").is_file()

    def clips(self) -> Iterator[Clip]:
        """Yield every labelled clip, in the order of the file."""
        if self.is_video:
            yield from _video_clips(self.folder, self.backend)
        else:
            yield from _landmark_clips(self.folder)


def find_corpora(folders: list[Path], backend: str = DEFAULT_BACKEND) -> list[Corpus]:
    """Return the corpora in or below the folders; `clips` of other kinds of labels are left out."""
    found = []
    for folder in folders:
        if not folder.is_dir():
            raise SystemExit(f"{folder}: no such folder")
        below = sorted({p.parent for p in folder.rglob("*.csv") if p.name.lower() == "labels.csv"})
        usable = [Corpus(path, backend) for path in below if _has_counts(path)]
        if not usable:
            raise SystemExit(f"{folder}: no labels.csv with rep counts in or below it")
        found += usable
    return found


def _has_counts(folder: Path) -> bool:
    if (folder / "LABELS.csv").is_file():
        return True
    if not (folder / "clips").is_dir():
        return False
    with (folder / "labels.csv").open(newline="") as file:
        columns = csv.DictReader(file).fieldnames or []
    return "count" in columns and "exercise" in columns


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


# --------------------------------------------------------------------------- recorded landmarks


def _landmark_clips(folder: Path) -> Iterator[Clip]:
    for row in _rows(folder / "labels.csv"):
        # In a corpus of marks, no mark at all means "not labelled" as likely as "no rep".
        if row["count"] == "" or ("marks" in row and not row["marks"]):
            continue
        count = int(float(row["count"]))
        path = folder / "clips" / f"{row['clip']}.npz"
        bounds = np.array((row.get("rep_bounds") or "").split(), np.float64).reshape(-1, 2)
        fps = float(row.get("fps") or DEFAULT_FPS)
        yield Clip(
            name=row["clip"],
            exercise=row["exercise"],
            count=count,
            count_range=(count, count),
            ambiguous=False,
            bounds_s=bounds / fps if len(bounds) else None,
            turns_s=tuple(float(m) / fps for m in (row.get("marks") or "").split()),
            load=lambda path=path: read_landmarks(path),  # type: ignore[misc]
        )


def read_landmarks(path: Path) -> PoseSequence:
    """Read one clip of any of the corpora's formats.

    * `image`: normalised to the frame, with its `size` and `fps`;
    * `pose` + `log_aspect`: normalised to the body's box, aspect ratio known;
    * `pose` of integers + `valid`: the same with the aspect unknown, restored from bone lengths;
    * `pose` of floats: pixels, with y pointing up.
    """
    with np.load(path) as file:
        data = {key: file[key] for key in file.files}
    fps, width, height = DEFAULT_FPS, 1000, 1000
    visibility = None
    if "image" in data:
        fps, (width, height) = float(data["fps"]), (int(v) for v in data["size"])
        points = data["image"][:, :, :3].astype(np.float64) * [width, height, width]
        visibility = data["image"][:, :, 3]
    elif "valid" in data:
        points = data["pose"] / 65535.0
        valid = data["valid"].copy()
        if "log_aspect" in data:
            aspect = data["log_aspect"].astype(np.float64)
            valid &= np.isfinite(aspect).all(axis=1) & (data["aspect_residual"] < ASPECT_RESIDUAL)
            points[:, :, 0] *= np.exp(aspect[:, :1])
            points[:, :, 2] *= np.exp(aspect[:, 1:])
            points[~valid] = np.nan
        else:
            points[~valid] = np.nan
            points = restore_axes(points)
        points *= BOX_HEIGHT_PX
    else:
        points = data["pose"].astype(np.float64)
        points[~np.isfinite(points).all(axis=(1, 2)) | (np.abs(points).sum(axis=(1, 2)) == 0)] = (
            np.nan
        )
        points[:, :, 1] *= -1
    found = np.isfinite(points).all(axis=2)
    if visibility is None:
        visibility = np.where(found, 1.0, np.nan)
    return PoseSequence(
        t_s=np.arange(len(points)) / fps,
        image_px=points.astype(np.float32),
        world_m=np.full(points.shape, np.nan, np.float32),
        visibility=visibility.astype(np.float32),
        width_px=width,
        height_px=height,
        model="recorded",
    )


def restore_axes(points: Array) -> Array:
    """Undo a normalisation of each axis by itself: make bone lengths proportional to standard ones.

    Per frame the squared scales of x and z relative to y solve a linear least-squares problem.
    """
    first, second, length = (np.array(v) for v in zip(*STANDARD_BONES, strict=True))
    squared = length.astype(np.float64) ** 2
    scale = np.full((len(points), 2), np.nan)
    difference = (points[:, first] - points[:, second]) ** 2
    for k in np.flatnonzero(np.isfinite(points[:, 0, 0])):
        d = difference[k]
        matrix = np.column_stack((d[:, 0], d[:, 2], -squared)) / squared[:, None]
        x, z, _ = np.linalg.lstsq(matrix, -d[:, 1] / squared, rcond=None)[0]
        if x > 0.01 and z > 0.001:
            scale[k] = 0.5 * np.log(x), 0.5 * np.log(z)
    out = points.copy()
    for column, axis in ((0, 0), (1, 2)):
        known = np.isfinite(scale[:, column])
        if known.sum() > 5:
            frames = np.arange(len(points))
            log = np.interp(frames, np.flatnonzero(known), scale[known, column])
            steady = gaussian_filter1d(median_filter(log, 9), 2)
            out[:, :, axis] *= np.exp(steady)[:, None]
    return out


# --------------------------------------------------------------------------- videos


def _video_clips(folder: Path, backend: str) -> Iterator[Clip]:
    for row in _rows(folder / "LABELS.csv"):
        count = int(row["reps"])
        ambiguous = row["ambiguous"].lower().startswith("yes")
        path = folder / row["file"]
        yield Clip(
            name=row["id"],
            exercise=row["exercise"],
            count=count,
            count_range=_count_range(count, row["ambiguous"]),
            ambiguous=ambiguous,
            bounds_s=None,
            turns_s=tuple(float(v) for v in row["rep_bottoms_s"].split(";") if v),
            load=lambda path=path: estimated(path, backend),  # type: ignore[misc]
        )


def _count_range(count: int, note: str) -> tuple[int, int]:
    """Return the range that an ambiguity note gives ("count 4-5"); without one, within one."""
    if not note.lower().startswith("yes"):
        return count, count
    given = re.search(r"\b(\d+)-(\d+)\b(?!\.)", note)
    if given and int(given[1]) <= count <= int(given[2]):
        return int(given[1]), int(given[2])
    return max(count - 1, 0), count + 1


def poses_file(video: Path, backend: str = DEFAULT_BACKEND, model: str = "full") -> Path:
    """Landmarks of a video by the product's own pose model, kept by content under the cache."""
    digest = hashlib.sha256(video.read_bytes()).hexdigest()[:24]
    cached = CACHE / f"{digest}-{backend}-{model}.npz"
    if not cached.is_file():
        cached.parent.mkdir(parents=True, exist_ok=True)
        save_poses(cached, estimate_video(video, model=model, backend=backend).poses)
    return cached


def estimated(video: Path, backend: str = DEFAULT_BACKEND) -> PoseSequence:
    """Return the landmarks in `poses_file`."""
    return load_poses(poses_file(video, backend))
