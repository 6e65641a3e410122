"""Both backends on the same still pictures: how far apart their landmarks are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.tables import Table
from lastrep.pose.landmarks import Landmark
from lastrep.pose.litert import LitertEstimator
from lastrep.pose.mediapipe import MediapipeEstimator
from lastrep.pose.sequence import Pose
from lastrep.video.reading import VideoFile

#: Every so many frames of a video are looked at.
EVERY = 10
#: Pixels are those of pictures with this short side, so that clips can be compared.
SHORT_SIDE_PX = 720
#: Points before it are the face's.
FIRST_JOINT = Landmark.LEFT_SHOULDER


@dataclass(frozen=True, slots=True)
class Parity:
    """One video by one model.

    Parameters
    ----------
    model, clip
        Their names.
    frames
        Looked at.
    same_found
        In how many of them both find somebody, or neither does.
    px, px_95
        Distance of the joints in the picture, median and 95th percentile; NaN if nobody is found.
    world_mm, world_mm_95
        The same of the world landmarks.
    visibility_95
        95th percentile of the difference.
    """

    model: str
    clip: str
    frames: int
    same_found: int
    px: float
    px_95: float
    world_mm: float
    world_mm_95: float
    visibility_95: float


def compare(videos: Sequence[Path], model: str) -> Iterator[Parity]:
    """Show the same pictures to both."""
    with (
        LitertEstimator(model, tracking=False) as ours,
        MediapipeEstimator(model, tracking=False) as theirs,
    ):
        for path in videos:
            number = iter(range(1 << 31))
            with VideoFile(path) as video:
                chosen = video.frames(lambda _, number=number: next(number) % EVERY == 0)  # type: ignore[misc]
                pairs = [(ours.estimate(frame), theirs.estimate(frame)) for frame in chosen]
                short_px = min(video.info.width_px, video.info.height_px)
            both = [(a[0], b[0]) for a, b in pairs if a and b]
            same = sum(len(a) == len(b) for a, b in pairs)
            yield Parity(model, path.stem, len(pairs), same, *_apart(both, short_px))


def _apart(both: Sequence[tuple[Pose, Pose]], short_px: int) -> tuple[float, ...]:
    if not both:
        return (float("nan"),) * 5
    scale = SHORT_SIDE_PX / short_px
    px = [scale * np.hypot(*(a.image_px - b.image_px)[FIRST_JOINT:, :2].T) for a, b in both]
    mm = [1000 * np.linalg.norm((a.world_m - b.world_m)[FIRST_JOINT:], axis=1) for a, b in both]
    unlike = [np.abs(a.visibility - b.visibility) for a, b in both]
    return (
        *np.percentile(px, (50, 95)).tolist(),
        *np.percentile(mm, (50, 95)).tolist(),
        float(np.percentile(unlike, 95)),
    )


def table(results: Iterable[Parity]) -> Table:
    """Return a row to each model: the middle clip, and the worst."""
    out = Table(
        "LiteRT and MediaPipe on the same still pictures",
        (
            "model", "clips", "frames", "same found", "px median", "worst clip", "px 95 %",
            "worst clip", "world mm median", "95 %", "visibility 95 %",
        ),
    )  # fmt: skip
    every = list(results)
    for model in dict.fromkeys(one.model for one in every):
        own = [one for one in every if one.model == model]
        px, px_95, mm, mm_95, unlike = (
            np.array([getattr(one, name) for one in own])
            for name in ("px", "px_95", "world_mm", "world_mm_95", "visibility_95")
        )
        frames = sum(one.frames for one in own)
        out.add(
            model, len(own), frames, f"{sum(one.same_found for one in own)} of {frames}",
            float(np.nanmedian(px)), float(np.nanmax(px)),
            float(np.nanmedian(px_95)), float(np.nanmax(px_95)),
            float(np.nanmedian(mm)), float(np.nanmedian(mm_95)), float(np.nanmedian(unlike)),
        )  # fmt: skip
    return out
