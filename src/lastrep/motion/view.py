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

from lastrep.pose.landmarks import Landmark
from lastrep.pose.sequence import PoseSequence

Array = NDArray[np.float64]
ViewName = Literal["side", "front", "back", "oblique"]
Side = Literal["left", "right"]

#: Landmarks whose visibility tells the nearer side, and their right twins.
_VISIBLE_LEFT = [
    *(Landmark.LEFT_EAR, Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST),
    *(Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE),
]
_VISIBLE_RIGHT = [left + 1 for left in _VISIBLE_LEFT]

#: Ends of the lines across the body from which its turn is read.
_LEFT_ENDS = [Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP]
_RIGHT_ENDS = [Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP]


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """Borders between the classes of views.

    Parameters
    ----------
    max_frontal_yaw_deg, min_side_yaw_deg
        Up to the first a view is frontal (front or back), from the second on it is a side view. The
        model estimates depth too flat, so these lie below the true yaws of about 30 and 70 degrees.
    border_deg
        Confidence fades this near to a border between two classes.
    spread_deg
        Confidence halves where the yaws deviate by this from their median.
    """

    max_frontal_yaw_deg: float = 20.0
    min_side_yaw_deg: float = 62.0
    border_deg: float = 10.0
    spread_deg: float = 45.0


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


def camera_view(
    poses: PoseSequence,
    start_s: float,
    end_s: float,
    options: ViewOptions = ViewOptions(),
) -> CameraView | None:
    """Classify the view over a stretch of time; None if the lifter is never seen in it.

    Parameters
    ----------
    poses
        World landmarks are used where there are any, else those of the image.
    start_s, end_s
        The stretch, both ends included.
    options
        Borders between the classes.
    """
    inside = (poses.t_s >= start_s) & (poses.t_s <= end_s) & poses.found
    if not inside.any():
        return None
    image = poses.image_px[inside].astype(np.float64)
    world = poses.world_m[inside].astype(np.float64)
    space = world if np.isfinite(world[:, :, 0]).any() else image
    yaws = np.concatenate([_yaw_deg(space, left) for left in _LEFT_ENDS])
    yaw_deg = float(np.nanmedian(yaws))
    spread_deg = float(np.nanmedian(np.abs(yaws - yaw_deg)))
    visibility = poses.visibility[inside]
    name = _class(yaw_deg, image, options)
    border_deg = min(
        abs(yaw_deg - options.max_frontal_yaw_deg), abs(yaw_deg - options.min_side_yaw_deg)
    )
    clear = min(1.0, 0.5 + border_deg / (2 * options.border_deg))
    confidence = clear / (1.0 + spread_deg / options.spread_deg)
    return CameraView(name, confidence, yaw_deg, _near_side(space, visibility))


def _yaw_deg(points: Array, left: int) -> Array:
    """Return the angle between the line from right to left and the image plane, shape = (n,)."""
    d = points[:, left] - points[:, left + 1]
    return np.degrees(np.arctan2(np.abs(d[:, 2]), np.hypot(d[:, 0], d[:, 1])))


def _class(yaw_deg: float, image: Array, options: ViewOptions) -> ViewName:
    if yaw_deg >= options.min_side_yaw_deg:
        return "side"
    if yaw_deg > options.max_frontal_yaw_deg:
        return "oblique"
    # Facing the camera, the lifter's left is on the right of an image that is not mirrored.
    across = image[:, _LEFT_ENDS, 0] - image[:, _RIGHT_ENDS, 0]
    return "front" if float(np.nanmedian(across)) > 0 else "back"


def _near_side(points: Array, visibility: NDArray[np.float32]) -> Side:
    """Return the side with the smaller depth; visibility decides where depth is level."""
    depth = points[:, _LEFT_ENDS, 2] - points[:, _RIGHT_ENDS, 2]
    left, right = visibility[:, _VISIBLE_LEFT], visibility[:, _VISIBLE_RIGHT]
    shoulders = points[:, Landmark.LEFT_SHOULDER] - points[:, Landmark.RIGHT_SHOULDER]
    width = np.nanmedian(np.linalg.norm(shoulders, axis=1))
    votes = np.nanmedian(depth) / max(float(width), 1e-9) + np.nanmean(right) - np.nanmean(left)
    return "left" if votes < 0 else "right"
