"""The person detector: finds people in a whole image."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.pose.blazepose.network import Network
from lastrep.pose.blazepose.roi import RoiBox
from lastrep.video.orientation import Image

#: The network's anchors, row by row on grids of these strides (px) with so many in each cell.
ANCHOR_GRIDS = ((8, 2), (16, 2), (32, 6))

#: Numbers to an anchor: a box (middle and size), then four points.
VALUES_PER_ANCHOR = 12

#: The first two points are the circle around the body: middle of the hips, and a point of its rim.
_CIRCLE = slice(0, 2)

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DetectorOptions:
    """Which detections count. The numbers are those of MediaPipe's pose landmarker.

    Parameters
    ----------
    min_score
        Detections with a lower score (0..1) are dropped.
    merge_overlap
        Boxes that overlap the best one by more (intersection over union) are averaged with it.
    """

    min_score: float = 0.5
    merge_overlap: float = 0.3


class Detector:
    """The person detector.

    Parameters
    ----------
    model
        Content of its TensorFlow Lite file.
    threads
        How many to use.
    options
        Which detections count.

    Raises
    ------
    ValueError
        If it is no such network.
    """

    def __init__(
        self,
        model: bytes,
        threads: int,
        options: DetectorOptions = DetectorOptions(),
    ) -> None:
        self._options = options
        # The part of the square outside the image is black.
        self._network = Network(
            model, threads=threads, low=-1.0, high=1.0, border=cv2.BORDER_CONSTANT
        )
        self._anchors = anchors(self._network.pixels)

    def detect(self, rgb: Image) -> list[RoiBox]:
        """Return the boxes around the people in an image, the most certain first."""
        height, width = rgb.shape[:2]
        frame = RoiBox(width / 2, height / 2, max(width, height))
        self._network.run(rgb, frame)
        n, min_score = len(self._anchors), self._options.min_score
        logits = self._network.output(n, 1)[:, 0].astype(np.float64)
        found = np.flatnonzero(logits >= math.log(min_score / (1 - min_score)))
        scores = 1 / (1 + np.exp(-logits[found]))
        values = self._network.output(n, VALUES_PER_ANCHOR)[found].astype(np.float64)
        values = values.reshape(-1, VALUES_PER_ANCHOR // 2, 2) / self._network.pixels
        middle, size = values[:, 0] + self._anchors[found], values[:, 1]
        circles = values[:, 2:][:, _CIRCLE] + self._anchors[found, np.newaxis]
        boxes = np.concatenate([middle - size / 2, middle + size / 2], axis=1)
        corner = np.array([frame.x_px, frame.y_px]) - frame.side_px / 2
        return [
            RoiBox.around(circle * frame.side_px + corner)
            for circle in merged(scores, boxes, circles, self._options.merge_overlap)
        ]


def anchors(pixels: int) -> _Array:
    """Return the anchors' middles, shape = (anchors, 2): x, y as shares of the input's side."""
    grids = []
    for stride, each in ANCHOR_GRIDS:
        n = pixels // stride
        y, x = np.divmod(np.arange(n * n), n)
        grids.append(np.repeat(np.column_stack([x + 0.5, y + 0.5]) / n, each, axis=0))
    return np.concatenate(grids)


def merged(scores: _Array, boxes: _Array, points: _Array, merge_overlap: float) -> list[_Array]:
    """Average the detections of each person: weighted non-maximum suppression.

    Parameters
    ----------
    scores, boxes, points
        shape = (n,), (n, 4) as left, top, right, bottom, and (n, ...).
    merge_overlap
        As in `DetectorOptions`.

    Returns
    -------
    list of ndarray
        The points of each person, averaged by score, the most certain first.
    """
    people = []
    left = np.argsort(-scores, kind="stable")
    while len(left):
        overlap = _overlap(boxes[left[0]], boxes[left])
        overlap[0] = 1.0  # also of a box without extent
        same = left[overlap > merge_overlap]
        people.append(np.average(points[same], axis=0, weights=scores[same]))
        left = left[overlap <= merge_overlap]
    return people


def _overlap(box: _Array, others: _Array) -> _Array:
    """Return intersection over union of a box with others, shape = (n,)."""
    shared = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    intersection: _Array = np.clip(shared, 0, None).prod(axis=1)
    area = np.prod(box[2:] - box[:2]) + (others[:, 2:] - others[:, :2]).prod(axis=1)
    overlap: _Array = intersection / np.maximum(area - intersection, np.finfo(np.float64).tiny)
    return overlap
