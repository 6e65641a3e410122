"""From which side the camera sees the lifter, and which of the lifter's sides is nearer to it.

The turn of the body away from the camera (yaw) is read from the lines between both shoulders and
both hips: in the model's world landmarks by their depth, and in the image by how far they are
foreshortened. A single camera's depth is weak, but its sign and rough size are what it is good for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastrep.pose import Landmark, PoseSequence

Array = NDArray[np.float64]
ViewName = Literal["side", "front", "back", "oblique"]
Side = Literal["left", "right"]

#: Up to this yaw a view is frontal (front or back), from the second on it is a side view. The
#: model reads depth too flat, so these lie below the true yaws of about 30 and 70 degrees.
FRONTAL_YAW_DEG = 20.0
SIDE_YAW_DEG = 62.0
#: Certainty fades this near to a border between two classes.
BORDER_DEG = 10.0
#: Landmarks whose visibility tells the nearer side (left; right is one more).
_VISIBLE_LEFT = (7, 11, 13, 15, 23, 25, 27)


@dataclass(frozen=True, slots=True)
class CameraView:
    """Where the camera stands, seen from the lifter.

    Parameters
    ----------
    name
        Class of the view.
    confidence
        0..1: 1 far from every border between classes and steady over time.
    yaw_deg
        0 = facing the camera or away from it, 90 = exactly side on.
    near_side
        The lifter's side that is nearer to the camera.
    """

    name: ViewName
    confidence: float
    yaw_deg: float
    near_side: Side

    @property
    def angle_side(self) -> Literal["left", "right", "mean"]:
        """Side to measure sagittal angles on: the nearer one, or both when seen frontally."""
        return "mean" if self.name in ("front", "back") else self.near_side


def camera_view(poses: PoseSequence, start_s: float, end_s: float) -> CameraView | None:
    """Classify the view over a stretch of time; None if the lifter is never seen in it."""
    inside = (poses.t_s >= start_s) & (poses.t_s <= end_s) & poses.found
    if not inside.any():
        return None
    image = poses.image_px[inside].astype(np.float64)
    world = poses.world_m[inside].astype(np.float64)
    space = world if np.isfinite(world[:, :, 0]).any() else image
    yaws = np.concatenate([_yaw_deg(space, left) for left in _LINES])
    yaw_deg = float(np.nanmedian(yaws))
    spread_deg = float(np.nanmedian(np.abs(yaws - yaw_deg)))
    visibility = poses.visibility[inside]
    name = _class(yaw_deg, image, visibility)
    border_deg = min(abs(yaw_deg - FRONTAL_YAW_DEG), abs(yaw_deg - SIDE_YAW_DEG))
    confidence = min(1.0, 0.5 + border_deg / (2 * BORDER_DEG)) / (1.0 + spread_deg / 45.0)
    return CameraView(name, confidence, yaw_deg, _near_side(space, visibility))


_LINES = (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP)


def _yaw_deg(points: Array, left: int) -> Array:
    """Angle between the line from right to left and the image plane, shape = (n,)."""
    d = points[:, left] - points[:, left + 1]
    return np.degrees(np.arctan2(np.abs(d[:, 2]), np.hypot(d[:, 0], d[:, 1])))


def _class(yaw_deg: float, image: Array, visibility: NDArray[np.float32]) -> ViewName:
    if yaw_deg >= SIDE_YAW_DEG:
        return "side"
    if yaw_deg > FRONTAL_YAW_DEG:
        return "oblique"
    # Facing the camera, the lifter's left is on the right of an image that is not mirrored.
    across = image[:, _LINES, 0] - image[:, [line + 1 for line in _LINES], 0]
    return "front" if float(np.nanmedian(across)) > 0 else "back"


def _near_side(points: Array, visibility: NDArray[np.float32]) -> Side:
    """Return the side with the smaller depth; visibility decides where depth is level."""
    depth = points[:, _LINES, 2] - points[:, [line + 1 for line in _LINES], 2]
    left = visibility[:, _VISIBLE_LEFT]
    right = visibility[:, [i + 1 for i in _VISIBLE_LEFT]]
    width = np.nanmedian(np.linalg.norm(points[:, 11] - points[:, 12], axis=1))
    votes = np.nanmedian(depth) / max(float(width), 1e-9) + np.nanmean(right) - np.nanmean(left)
    return "left" if votes < 0 else "right"
