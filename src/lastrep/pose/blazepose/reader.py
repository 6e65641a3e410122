"""Read a person's landmarks out of a square of the picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.pose.blazepose.network import Network
from lastrep.pose.blazepose.square import Square
from lastrep.pose.landmarks import LANDMARK_COUNT
from lastrep.video.orientation import Image

#: Points that the network gives: the landmarks, the two of the circle around the body, and others.
POINTS = 39
_CIRCLE = slice(LANDMARK_COUNT, LANDMARK_COUNT + 2)

#: Numbers to a point: x, y, z in pixels of the square, and the logits of visibility and presence.
VALUES = 5

#: Below this the network does not see a person in the square.
MIN_PRESENCE = 0.5

#: Cells along each side of the heat maps.
HEAT_CELLS = 64
#: A point is moved to the middle of the heat within so many cells of it ...
HEAT_REACH = 3
#: ... if the largest heat there is at least this.
MIN_HEAT = 0.5

_Array = NDArray[np.float64]

_OFFSETS = np.arange(-HEAT_REACH, HEAT_REACH + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One person, as read from one picture.

    Parameters
    ----------
    image_px, world_m, visibility
        shape = (33, 3), (33, 3), (33,): as in `lastrep.pose.Pose`.
    circle_px
        shape = (2, 2): the circle around the body (see `Square.around`).
    """

    image_px: _Array
    world_m: _Array
    visibility: _Array
    circle_px: _Array


class LandmarkReader:
    """The landmark network.

    Parameters
    ----------
    model
        Content of its TensorFlow Lite file.
    threads
        How many to use.
    """

    def __init__(self, model: bytes, threads: int) -> None:
        # What is outside the picture looks like its border.
        self._network = Network(
            model, threads=threads, low=0.0, high=1.0, border=cv2.BORDER_REPLICATE
        )

    def read(self, image_rgb: Image, square: Square) -> Reading | None:
        """Return the person in a square of a picture; None where the network sees nobody."""
        network = self._network
        network.run(image_rgb, square)
        if not network.output(1)[0] > MIN_PRESENCE:
            return None
        values = network.output(POINTS * VALUES).astype(np.float64).reshape(POINTS, VALUES)
        points = values[:, :3] / network.pixels
        points[:, :2] = refined(points[:, :2], network.output(HEAT_CELLS, HEAT_CELLS, POINTS))
        points[:, :2] = (points[:, :2] - 0.5) @ square.rotation
        points *= square.side_px
        points[:, :2] += (square.x_px, square.y_px)
        world = network.output(POINTS * 3).astype(np.float64).reshape(POINTS, 3)[:LANDMARK_COUNT]
        world[:, :2] = world[:, :2] @ square.rotation
        return Reading(
            image_px=points[:LANDMARK_COUNT],
            world_m=world,
            visibility=_sigmoid(values[:LANDMARK_COUNT, 3]),
            circle_px=points[_CIRCLE, :2],
        )


def refined(points: _Array, heat: NDArray[np.float32]) -> _Array:
    """Move points to the middle of the heat around them, where the heat maps are confident.

    Parameters
    ----------
    points
        shape = (n, 2): x, y as shares of the square's side.
    heat
        shape = (rows, columns, n): a map of logits for each point.

    Returns
    -------
    ndarray
        shape = (n, 2). Points outside the square stay where they are.
    """
    rows, columns, n = heat.shape
    cell = np.trunc(points * (columns, rows)).astype(np.intp)
    inside = np.all((cell >= 0) & (cell < (columns, rows)), axis=1)
    column = cell[:, 0, np.newaxis] + _OFFSETS
    row = cell[:, 1, np.newaxis] + _OFFSETS
    # All three have the axes point, row, column.
    on_map = _inside(row, rows)[:, :, np.newaxis] & _inside(column, columns)[:, np.newaxis]
    window = heat[
        np.clip(row, 0, rows - 1)[:, :, np.newaxis],
        np.clip(column, 0, columns - 1)[:, np.newaxis],
        np.arange(n)[:, np.newaxis, np.newaxis],
    ]
    weight = np.where(on_map, _sigmoid(window.astype(np.float64)), 0.0)
    confident = inside & (weight.max(axis=(1, 2)) >= MIN_HEAT)
    total = np.where(confident, weight.sum(axis=(1, 2)), 1.0)
    x = (weight.sum(axis=1) * column).sum(axis=1) / total / columns
    y = (weight.sum(axis=2) * row).sum(axis=1) / total / rows
    return np.where(confident[:, np.newaxis], np.column_stack([x, y]), points)


def _inside(index: NDArray[np.intp], size: int) -> NDArray[np.bool_]:
    return (index >= 0) & (index < size)


def _sigmoid(logits: _Array) -> _Array:
    return 1 / (1 + np.exp(-logits))
