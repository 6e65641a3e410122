"""The waist of the hourglass: one person's pose, frame by frame, with true times.

Everything upstream (video, camera, pose model) produces these types; everything downstream
(angles, reps, form) consumes nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lastrep.pose.landmarks import LANDMARK_COUNT

Landmarks = NDArray[np.float32]
Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One person in one frame.

    Parameters
    ----------
    t_s
        Time of the frame, seconds, by the source's own clock.
    image_px
        shape = (33, 3): x to the right, y down, in pixels of the upright frame; z in the scale of
        x, smaller is nearer to the camera. All NaN where nobody was found.
    world_m
        shape = (33, 3): metres from the middle of the hips as the model guesses them; NaN where
        not known.
    visibility
        shape = (33,): 0..1, how likely the landmark is in view; NaN where nobody was found.
    """

    t_s: float
    image_px: Landmarks
    world_m: Landmarks
    visibility: Landmarks

    @property
    def found(self) -> bool:
        """Whether there is a person in this frame."""
        return bool(np.isfinite(self.image_px[:, :2]).any())

    @classmethod
    def missing(cls, t_s: float) -> Pose:
        """Return the pose of a frame in which nobody was found."""
        nan = np.full((LANDMARK_COUNT, 3), np.nan, np.float32)
        return cls(t_s, nan, nan, nan[:, 0])


@dataclass(frozen=True, slots=True, eq=False)
class PoseSequence:
    """One person over a recording; arrays share their first axis, the frames.

    Parameters
    ----------
    t_s
        shape = (n,): strictly increasing seconds.
    image_px, world_m, visibility
        shape = (n, 33, 3), (n, 33, 3), (n, 33): as in `Pose`.
    width_px, height_px
        Size of the upright frame.
    model
        What made the landmarks ("mediapipe/full"), for provenance.

    Raises
    ------
    ValueError
        If the shapes disagree or the times do not strictly increase.
    """

    t_s: Times
    image_px: Landmarks
    world_m: Landmarks
    visibility: Landmarks
    width_px: int
    height_px: int
    model: str = "unknown"

    def __post_init__(self) -> None:
        n = len(self.t_s)
        expected = {
            "t_s": (n,),
            "image_px": (n, LANDMARK_COUNT, 3),
            "world_m": (n, LANDMARK_COUNT, 3),
            "visibility": (n, LANDMARK_COUNT),
        }
        for name, shape in expected.items():
            actual = getattr(self, name).shape
            if actual != shape:
                raise ValueError(f"{name} has shape {actual}, expected {shape}")
        if n and not (np.isfinite(self.t_s).all() and (np.diff(self.t_s) > 0).all()):
            raise ValueError("t_s must be finite and strictly increasing")

    def __len__(self) -> int:
        return len(self.t_s)

    def __iter__(self) -> Iterator[Pose]:
        for i in range(len(self)):
            yield self[i]

    def __getitem__(self, i: int) -> Pose:
        return Pose(float(self.t_s[i]), self.image_px[i], self.world_m[i], self.visibility[i])

    def at(self, t_s: float) -> Pose:
        """Return the pose of the frame shown at a time; missing if none is within one frame."""
        i = int(np.searchsorted(self.t_s, t_s + 1e-6)) - 1
        if i < 0:
            return Pose.missing(t_s)
        late_s = t_s - self.t_s[i]
        # The usual time between frames is only worked out for what is not exactly a frame's time.
        return Pose.missing(t_s) if late_s > 1e-6 and late_s > self.frame_s else self[i]

    def between(self, from_s: float, to_s: float) -> PoseSequence:
        """Return the frames of a stretch of time in seconds, both ends included."""
        first, last = np.searchsorted(self.t_s, (from_s - 1e-6, to_s + 1e-6))
        part = slice(int(first), int(last))
        return replace(
            self,
            t_s=self.t_s[part],
            image_px=self.image_px[part],
            world_m=self.world_m[part],
            visibility=self.visibility[part],
        )

    @property
    def found(self) -> NDArray[np.bool_]:
        """In which frames a person was found, shape = (n,)."""
        found: NDArray[np.bool_] = np.any(np.isfinite(self.image_px[:, :, 0]), axis=1)
        return found

    @property
    def content_sha256(self) -> str:
        """Checksum of times and landmarks: tells poses that were taken from no file."""
        digest = hashlib.sha256()
        for array in (self.t_s, self.image_px, self.world_m, self.visibility):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    @property
    def duration_s(self) -> float:
        """Time from the first to the last frame; 0 for fewer than two frames."""
        return float(self.t_s[-1] - self.t_s[0]) if len(self) > 1 else 0.0

    @property
    def frame_s(self) -> float:
        """Median time between frames; NaN for fewer than two frames."""
        return float(np.median(np.diff(self.t_s))) if len(self) > 1 else float("nan")

    @classmethod
    def of(
        cls, poses: Iterable[Pose], *, width_px: int, height_px: int, model: str = "unknown"
    ) -> PoseSequence:
        """Stack single poses, in order of time.

        Raises
        ------
        ValueError
            If the times do not strictly increase.
        """
        frames = list(poses)
        shape = (len(frames), LANDMARK_COUNT, 3)
        return cls(
            t_s=np.array([p.t_s for p in frames], np.float64),
            image_px=np.array([p.image_px for p in frames], np.float32).reshape(shape),
            world_m=np.array([p.world_m for p in frames], np.float32).reshape(shape),
            visibility=np.array([p.visibility for p in frames], np.float32).reshape(shape[:2]),
            width_px=width_px,
            height_px=height_px,
            model=model,
        )
