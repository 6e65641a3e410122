"""A lifter from the front, drawn: two narrow plates at the ends of a bar, a rack, and a wall."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame
from unit.bar.scenes import SUPERSAMPLED, Filmed

Array = NDArray[np.float64]

#: Landmarks of a standing lifter from the front who holds a bar at the shoulders, in statures: to
#: the right of the bar's middle, and down from it.
BODY = {
    0: (0.0, -0.10), 7: (0.04, -0.10), 8: (-0.04, -0.10),
    11: (0.11, 0.02), 12: (-0.11, 0.02), 13: (0.14, 0.12), 14: (-0.14, 0.12),
    15: (0.16, 0.0), 16: (-0.16, 0.0), 17: (0.16, 0.0), 18: (-0.16, 0.0),
    19: (0.16, 0.0), 20: (-0.16, 0.0),
    23: (0.06, 0.308), 24: (-0.06, 0.308), 25: (0.06, 0.553), 26: (-0.06, 0.553),
    27: (0.06, 0.799), 28: (-0.06, 0.799),
}  # fmt: skip
HANDS = range(15, 21)
#: Half the distance between the plates, half the length of the bar, and half its thickness, metres.
PLATE_AT, BAR_END, BAR_THICK = 0.70, 1.0, 0.014


def level(t_s: Array) -> Array:
    """No tilt."""
    return np.zeros_like(t_s)


@dataclass(frozen=True)
class FrontScene(Filmed):
    """A barbell seen from the front.

    Parameters
    ----------
    height
        Metres above the lowest point, by time.
    tilt_deg
        How much higher the end on the right is, by time.
    away
        How much farther from the camera than at first, as a share, by time.
    plates
        Half the height of the left and right plate, metres; 0 for none.
    thick_m
        Half the thickness of what is on the bar.
    still_plates
        Whether the plates stay where they are, as stored ones do.
    """

    height: Callable[[Array], Array]
    tilt_deg: Callable[[Array], Array] = level
    away: Callable[[Array], Array] = level
    plates: tuple[float, float] = (0.225, 0.225)
    thick_m: float = 0.06
    still_plates: bool = False
    plate_at_m: float = PLATE_AT
    hidden_s: tuple[float, float] = (0.0, 0.0)
    colour: tuple[int, int, int] = (30, 30, 35)
    duration_s: float = 4.0
    fps: float = 30.0
    stature_px: float = 220.0
    landmark_noise_px: float = 1.5
    size: tuple[int, int] = (320, 300)
    seed: int = 0

    @property
    def size_of(self) -> Array:
        """How large everything looks against the first picture, shape = (n,)."""
        return 1 / (1 + self.away(self.t_s))

    @property
    def rise_px(self) -> Array:
        """How high the bar is at the distance of the first picture, shape = (n,), pixels."""
        return self.px_per_m * self.height(self.t_s)

    @property
    def centre(self) -> Array:
        """Of the bar in the picture, shape = (n, 2), pixels: of a level camera."""
        up = (self.rise_px - 0.05 * self.size[1]) * self.size_of
        x = np.full(len(up), self.size[0] / 2 + 3.3)
        return np.stack([x, self.size[1] / 2 - up], axis=1)

    def frames(self) -> Iterator[tuple[Frame, Pose]]:
        rng = np.random.default_rng(self.seed)
        width, height = self.size
        coarse = rng.uniform(110, 200, (height // 20 + 3, width // 20 + 3, 3)).astype(np.float32)
        wall = np.asarray(
            cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST), np.float32
        )
        wall[:, int(0.76 * width) : int(0.79 * width)] = 60  # a post of the rack
        tilt = np.radians(self.tilt_deg(self.t_s))
        for t_s, at, angle, size in zip(self.t_s, self.centre, tilt, self.size_of, strict=True):
            image = self._draw(wall, float(t_s), at, float(angle), float(size), rng)
            pose = self._pose(float(t_s), at, float(angle), float(size), rng)
            yield Frame(float(t_s), image), pose

    def _draw(
        self,
        wall: NDArray[np.float32],
        t_s: float,
        at: Array,
        angle: float,
        size: float,
        rng: np.random.Generator,
    ) -> NDArray[np.uint8]:
        unit = self.px_per_m * size
        along = np.array([np.cos(angle), -np.sin(angle)]) * unit
        bar = np.array([at + side * BAR_END * along for side in (-1, 1)])
        thick = np.array([0, BAR_THICK * unit])
        image = self._fill(wall.astype(np.float64), np.concatenate([bar - thick, bar + thick]))
        hidden = self.hidden_s[0] <= t_s < self.hidden_s[1]
        middle = self.centre[0] if self.still_plates else at
        for side, half in zip((-1, 1), self.plates, strict=True):
            if half and not (hidden and side == 1):
                drum = _drum(self.thick_m, half) * unit
                image = self._fill(image, middle + side * self.plate_at_m * along + drum)
        noisy = image + rng.normal(0, 2, image.shape[:2])[..., None]
        return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)

    def _fill(self, image: Array, points: Array) -> Array:
        """Draw what lies between some points, with sub-pixel edges."""
        width, height = self.size
        big = np.zeros((height * SUPERSAMPLED, width * SUPERSAMPLED), np.uint8)
        hull = cv2.convexHull(points.astype(np.float32))[:, 0]
        scaled = (hull + 0.5) * SUPERSAMPLED - 0.5
        cv2.fillPoly(big, [np.round(scaled * 256).astype(np.int32)], 255, shift=8)
        cover = cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA)[..., None]
        return image + cover / 255 * (np.array(self.colour) - image)

    def _pose(
        self, t_s: float, at: Array, angle: float, size: float, rng: np.random.Generator
    ) -> Pose:
        points = np.full((33, 3), np.nan, np.float32)
        for i, (x, y) in BODY.items():
            lean = -x * np.tan(angle) if i in HANDS else 0.0
            points[i, :2] = at + np.array([x, y + lean]) * self.stature_px * size
            points[i, 2] = 0
        points[:, :2] += rng.normal(0, self.landmark_noise_px, (33, 2))
        nothing = np.full((33, 3), np.nan, np.float32)
        return Pose(t_s, points, nothing, np.ones(33, np.float32))


def _drum(half_thick: float, half_tall: float) -> Array:
    """Outline of a plate whose faces are narrow ellipses, shape = (n, 2), around its middle."""
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    face = np.stack([0.4 * half_thick * np.cos(angle), half_tall * np.sin(angle)], axis=1)
    apart = np.array([0.6 * half_thick, 0.0])
    return np.concatenate([face - apart, face + apart])
