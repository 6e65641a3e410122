"""The landmark network: a person's landmarks from a box of the image."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.pose.blazepose.network import Network
from lastrep.pose.blazepose.roi import RoiBox
from lastrep.pose.landmarks import LANDMARK_COUNT
from lastrep.video.orientation import Image

#: Points that the network gives: the landmarks, the two of the circle around the body, and others.
POINT_COUNT = 39
_CIRCLE = slice(LANDMARK_COUNT, LANDMARK_COUNT + 2)

#: Numbers to a point: x, y, z in pixels of the box, and the logits of visibility and presence.
VALUES_PER_POINT = 5

#: Cells along each side of the heat maps.
HEATMAP_CELLS = 64

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LandmarkOptions:
    """How the network's output is read. The numbers are those of MediaPipe's pose landmarker.

    Parameters
    ----------
    min_presence
        Below this (0..1) the network does not see a person in the box.
    heat_reach_cells
        A point is moved to the middle of the heat within so many cells of it ...
    min_heat
        ... if the largest heat there is at least this (0..1).
    """

    min_presence: float = 0.5
    heat_reach_cells: int = 3
    min_heat: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkOutput:
    """One person in one image.

    Parameters
    ----------
    image_px, world_m, visibility
        shape = (33, 3), (33, 3), (33,): as in `lastrep.pose.Pose`.
    circle_px
        shape = (2, 2): the circle around the body (see `RoiBox.around`).
    """

    image_px: _Array
    world_m: _Array
    visibility: _Array
    circle_px: _Array


class LandmarkModel:
    """The landmark network.

    Parameters
    ----------
    model
        Content of its TensorFlow Lite file.
    threads
        How many to use.
    options
        How its output is read.

    Raises
    ------
    ValueError
        If it is no such network.
    """

    def __init__(
        self,
        model: bytes,
        threads: int,
        options: LandmarkOptions = LandmarkOptions(),
    ) -> None:
        self._options = options
        # What is outside the image looks like its border.
        self._network = Network(
            model, threads=threads, low=0.0, high=1.0, border=cv2.BORDER_REPLICATE
        )

    def estimate(self, rgb: Image, roi: RoiBox) -> LandmarkOutput | None:
        """Return the person in a box of an image; None where the network sees nobody."""
        network, options = self._network, self._options
        network.run(rgb, roi)
        if not network.output(1)[0] > options.min_presence:
            return None
        values = network.output(POINT_COUNT * VALUES_PER_POINT).astype(np.float64)
        values = values.reshape(POINT_COUNT, VALUES_PER_POINT)
        points = values[:, :3] / network.pixels
        heat = network.output(HEATMAP_CELLS, HEATMAP_CELLS, POINT_COUNT)
        points[:, :2] = refined(points[:, :2], heat, options)
        points[:, :2] = (points[:, :2] - 0.5) @ roi.rotation
        points *= roi.side_px
        points[:, :2] += (roi.x_px, roi.y_px)
        world = network.output(POINT_COUNT * 3).astype(np.float64).reshape(POINT_COUNT, 3)
        world = world[:LANDMARK_COUNT]
        world[:, :2] = world[:, :2] @ roi.rotation
        return LandmarkOutput(
            image_px=points[:LANDMARK_COUNT],
            world_m=world,
            visibility=_sigmoid(values[:LANDMARK_COUNT, 3]),
            circle_px=points[_CIRCLE, :2],
        )


def refined(
    points: _Array,
    heat: NDArray[np.float32],
    options: LandmarkOptions = LandmarkOptions(),
) -> _Array:
    """Move points to the middle of the heat around them, where the heat maps are confident.

    Parameters
    ----------
    points
        shape = (n, 2): x, y as shares of the box's side.
    heat
        shape = (rows, columns, n): a map of logits for each point.

    Returns
    -------
    ndarray
        shape = (n, 2). Points outside the box stay where they are.
    """
    rows, columns, n = heat.shape
    offsets = np.arange(-options.heat_reach_cells, options.heat_reach_cells + 1)
    cell = np.trunc(points * (columns, rows)).astype(np.intp)
    inside = np.all((cell >= 0) & (cell < (columns, rows)), axis=1)
    column = cell[:, 0, np.newaxis] + offsets
    row = cell[:, 1, np.newaxis] + offsets
    # All three have the axes point, row, column.
    on_map = _inside(row, rows)[:, :, np.newaxis] & _inside(column, columns)[:, np.newaxis]
    window = heat[
        np.clip(row, 0, rows - 1)[:, :, np.newaxis],
        np.clip(column, 0, columns - 1)[:, np.newaxis],
        np.arange(n)[:, np.newaxis, np.newaxis],
    ]
    weight = np.where(on_map, _sigmoid(window.astype(np.float64)), 0.0)
    confident = inside & (weight.max(axis=(1, 2)) >= options.min_heat)
    total = np.where(confident, weight.sum(axis=(1, 2)), 1.0)
    x = (weight.sum(axis=1) * column).sum(axis=1) / total / columns
    y = (weight.sum(axis=2) * row).sum(axis=1) / total / rows
    return np.where(confident[:, np.newaxis], np.column_stack([x, y]), points)


def _inside(index: NDArray[np.intp], size: int) -> NDArray[np.bool_]:
    return (index >= 0) & (index < size)


def _sigmoid(logits: _Array) -> _Array:
    return 1 / (1 + np.exp(-logits))
