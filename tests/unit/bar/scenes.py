"""Small scenes with known motion: plates drawn with sub-pixel edges on a textured wall."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.camera import CameraPathEstimator
from lastrep.bar.track import BarTrack
from lastrep.bar.tracker import BarTracker
from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame

Array = NDArray[np.float64]

#: Landmarks of a standing lifter from the side, in statures: x from the plate, y down from it.
BODY = {
    0: (-0.02, -0.10), 7: (0.0, -0.10), 8: (0.0, -0.10),
    11: (0.03, 0.02), 12: (0.03, 0.02), 13: (0.06, 0.12), 14: (0.06, 0.12),
    15: (0.0, 0.0), 16: (0.0, 0.0),
    17: (0.0, 0.0), 18: (0.0, 0.0), 19: (0.0, 0.0), 20: (0.0, 0.0),
    23: (0.05, 0.308), 24: (0.05, 0.308), 25: (0.05, 0.553), 26: (0.05, 0.553),
    27: (0.05, 0.799), 28: (0.05, 0.799),
}  # fmt: skip
SUPERSAMPLED = 4


class Filmed(ABC):
    """What scenes from all sides have in common: a lifter 1.8 m tall, filmed at an even rate."""

    stature_px: float
    duration_s: float
    fps: float

    @abstractmethod
    def frames(self) -> Iterator[tuple[Frame, Pose]]: ...

    @property
    def px_per_m(self) -> float:
        return self.stature_px / 1.8

    @property
    def t_s(self) -> Array:
        return np.arange(round(self.duration_s * self.fps)) / self.fps


@dataclass(frozen=True)
class Scene(Filmed):
    """A plate that moves with a lifter's hands.

    `height` gives metres above the lowest point; the lifter is 1.8 m tall. `light` scales all grey
    levels but the noise.
    """

    height: Callable[[Array], Array]
    duration_s: float = 4.0
    fps: float = 30.0
    stature_px: float = 200.0
    plate_m: float = 0.45
    aspect: float = 1.0
    colour: tuple[int, int, int] = (30, 30, 35)
    plate: bool = True
    light: float = 1.0
    shake_px: float = 0.0
    landmark_noise_px: float = 1.0
    size: tuple[int, int] = (240, 300)
    seed: int = 0
    wall: NDArray[np.uint8] = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        width, height = self.size
        coarse = rng.uniform(110, 200, (height // 20 + 3, width // 20 + 3, 3)).astype(np.float32)
        wall = cv2.resize(coarse, (width + 40, height + 40), interpolation=cv2.INTER_NEAREST)
        object.__setattr__(self, "wall", wall.astype(np.uint8))

    @property
    def centre(self) -> Array:
        """Of the plate in the room, shape = (n, 2), pixels."""
        x = np.full(len(self.t_s), 0.45 * self.size[0])
        y = 0.62 * self.size[1] - self.px_per_m * self.height(self.t_s)
        return np.stack([x, y], axis=1)

    @property
    def camera(self) -> Array:
        """How far the picture is shifted, shape = (n, 2), pixels."""
        t = self.t_s[:, None]
        return self.shake_px * np.hstack([np.sin(2.1 * t), np.sin(1.3 * t + 1) - np.sin(1)])

    def frames(self) -> Iterator[tuple[Frame, Pose]]:
        rng = np.random.default_rng(self.seed + 1)
        for t_s, at, shift in zip(self.t_s, self.centre, self.camera, strict=True):
            image = self._draw(at + shift, shift, rng)
            yield Frame(float(t_s), image), self._pose(float(t_s), at + shift, rng)

    def _draw(self, at: Array, shift: Array, rng: np.random.Generator) -> NDArray[np.uint8]:
        width, height = self.size
        move = np.array([[1, 0, shift[0] - 20], [0, 1, shift[1] - 20]], np.float64)
        wall = cv2.warpAffine(self.wall, move, (width, height), borderMode=cv2.BORDER_REFLECT)
        image = wall.astype(np.float64)
        if self.plate:
            big = np.zeros((height * SUPERSAMPLED, width * SUPERSAMPLED), np.uint8)
            radius = self.plate_m / 2 * self.px_per_m
            angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
            for part, colour in (
                (1.0, self.colour),
                (0.45, (150, 40, 40)),
                (0.15, (190, 190, 190)),
            ):
                big[:] = 0
                rim = np.stack([self.aspect * np.cos(angle), np.sin(angle)], axis=1)
                points = (at + 0.5 + part * radius * rim) * SUPERSAMPLED - 0.5
                cv2.fillPoly(big, [np.round(points * 256).astype(np.int32)], 255, shift=8)
                cover = cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA)[..., None]
                image += cover / 255 * (np.array(colour) - image)
        noisy = self.light * image + rng.normal(0, 2, image.shape[:2])[..., None]
        return np.asarray(np.clip(np.rint(noisy), 0, 255), np.uint8)

    def _pose(self, t_s: float, at: Array, rng: np.random.Generator) -> Pose:
        points = np.full((33, 3), np.nan, np.float32)
        for i, (x, y) in BODY.items():
            points[i, :2] = at + np.array([x, y]) * self.stature_px
            points[i, 2] = 0
        points[:, :2] += rng.normal(0, self.landmark_noise_px, (33, 2))
        nothing = np.full((33, 3), np.nan, np.float32)
        return Pose(t_s, points, nothing, np.ones(33, np.float32))


def lifts(starts_s: tuple[float, ...], rise_m: float, rise_s: float) -> Callable[[Array], Array]:
    """Height over time: up in `rise_s` from each start, 0.3 s at the top, down in `rise_s`."""

    def step(u: Array) -> Array:
        u = np.clip(u, 0, 1)
        return u**2.4 * 3.0 / (3.0 * u**2.4 + 3.0 * (1 - u) ** 2.4 + 1e-12)

    def height(t_s: Array) -> Array:
        out = np.zeros_like(t_s)
        for start_s in starts_s:
            up = step((t_s - start_s) / rise_s)
            down = step((t_s - start_s - rise_s - 0.3) / rise_s)
            out = out + rise_m * (up - down)
        return out

    return height


def tracked(scene: Filmed, **options: Any) -> BarTrack:
    """Watch the camera, and follow the bar with the hands."""
    camera, frames = CameraPathEstimator(), list(scene.frames())
    for frame, pose in frames:
        camera(frame, pose)
    tracker = BarTracker("wrist", camera.path, **options)
    for frame, pose in frames:
        tracker.update(frame, pose)
    return tracker.finish()
