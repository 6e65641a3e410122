"""Stick people with colours, and estimators that see exactly them: no model needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Self

import cv2
import numpy as np

from lastrep.pose import BONES, LANDMARK_COUNT, Pose
from lastrep.pose.estimator import PoseEstimator
from lastrep.pose.landmarks import Landmark
from lastrep.video.frames import Frame
from lastrep.video.orientation import Image

WIDTH_PX, HEIGHT_PX = 640, 360

#: (x, y) in metres about the middle of the trunk, y down; the left side, mirrored for the right.
_HALF = {
    Landmark.LEFT_SHOULDER: (0.18, -0.25),
    Landmark.LEFT_ELBOW: (0.25, 0.05),
    Landmark.LEFT_WRIST: (0.22, 0.3),
    Landmark.LEFT_HIP: (0.12, 0.25),
    Landmark.LEFT_KNEE: (0.13, 0.65),
    Landmark.LEFT_ANKLE: (0.14, 1.05),
    Landmark.LEFT_HEEL: (0.13, 1.1),
    Landmark.LEFT_FOOT_INDEX: (0.2, 1.1),
}

Person = tuple[Pose, tuple[int, int, int]]


def standing(x_px: float, y_px: float = 150, *, px_per_m: float = 120, dip_m: float = 0.0) -> Pose:
    """Somebody whose trunk is centred here; `dip_m` brings the feet nearer, as a squat does."""
    metres = np.zeros((LANDMARK_COUNT, 3), np.float32)
    metres[:11, 1] = -0.5
    metres[:11, 0] = np.linspace(-0.08, 0.08, 11)
    for left, (x, y) in _HALF.items():
        lowered = y - dip_m * np.clip((y - 0.25) / 0.8, 0, 1)
        metres[left, :2] = x, lowered
        metres[left + 1, :2] = -x, lowered
    for left, palm in ((Landmark.LEFT_PINKY, 0.05), (Landmark.LEFT_INDEX, 0.06)):
        metres[left] = metres[Landmark.LEFT_WRIST] + (0, palm, 0)
        metres[left + 1] = metres[Landmark.RIGHT_WRIST] + (0, palm, 0)
    metres[[21, 22]] = metres[[19, 20]]
    image_px = metres * px_per_m + np.array([x_px, y_px, 0], np.float32)
    return Pose(0.0, image_px.astype(np.float32), metres, np.ones(LANDMARK_COUNT, np.float32))


def picture(*people: Person, background: int = 110) -> Image:
    """Draw people, the last one in front."""
    image = np.full((HEIGHT_PX, WIDTH_PX, 3), background, np.uint8)
    for pose, colour in people:
        points = pose.image_px[:, :2].round().astype(int)
        cv2.fillConvexPoly(image, points[[11, 12, 24, 23]], colour)
        for a, b in BONES:
            cv2.line(image, points[a].tolist(), points[b].tolist(), colour, 14)
    return image


class Scene:
    """What happens in front of the camera: who is where at each moment.

    Parameters
    ----------
    people
        Time to people, the nearest to the camera last. Who stands in front hides those whose trunk
        is closer than half their width beside.
    """

    def __init__(self, people: Callable[[float], Sequence[Person]]) -> None:
        self.people = people

    def frame(self, t_s: float) -> Frame:
        """Return the picture at a time."""
        return Frame(t_s, picture(*self.people(t_s)))

    def visible(self, frame: Frame) -> list[Pose]:
        """Return the people a perfect look finds: those not hidden and not blanked out."""
        found: list[Pose] = []
        for pose, _ in reversed(self.people(frame.t_s)):
            x_px, y_px = (int(v) for v in pose.image_px[[11, 12, 23, 24], :2].mean(axis=0))
            hidden = any(abs(_middle(other) - _middle(pose)) < 25 for other in found)
            inside = 0 <= x_px < WIDTH_PX and frame.rgb[y_px, x_px].any()
            if inside and not hidden:
                found.append(replace(pose, t_s=frame.t_s))
        return found


class SceneTracker(PoseEstimator):
    """Behaves like the single-person tracker: stays with whoever is where it last looked.

    When somebody is nearer to the camera at that place, it goes along with them.
    """

    name: str = "scene/tracker"
    busy_s: float = 0.0

    def __init__(self, scene: Scene) -> None:
        self.scene, self.calls = scene, 0
        self.at_px: float | None = None

    def __enter__(self) -> Self:
        return self

    def estimate(self, frame: Frame) -> tuple[Pose, ...]:
        self.calls += 1
        seen = self.scene.visible(frame)
        if self.at_px is not None:
            near = [p for p in seen if abs(_middle(p) - self.at_px) < 60]
            # The nearest to the camera comes first.
            seen = near[:1] or seen
        self.at_px = _middle(seen[0]) if seen else None
        return tuple(seen[:1])

    def restart(self) -> None:
        self.at_px = None

    def close(self) -> None:
        self.at_px = None

    def __exit__(self, *error: object) -> None:
        self.close()


class SceneLook(PoseEstimator):
    """Finds everybody visible."""

    name: str = "scene/look"
    busy_s: float = 0.0

    def __init__(self, scene: Scene) -> None:
        self.scene, self.calls, self.closed = scene, 0, False

    def __enter__(self) -> Self:
        return self

    def estimate(self, frame: Frame) -> tuple[Pose, ...]:
        self.calls += 1
        return tuple(self.scene.visible(frame))

    def restart(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def __exit__(self, *error: object) -> None:
        self.close()


def _middle(pose: Pose) -> float:
    return float(pose.image_px[[11, 12, 23, 24], 0].mean())
