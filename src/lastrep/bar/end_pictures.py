"""What moves with the hands: pictures put on top of each other so that the bar stands still.

In pictures taken at different heights of the lift and moved by as much as the hands, the bar is
sharp and the room is smeared. The median of their edges keeps the bar's own, even in front of a
rack or a crowded wall, where no single picture shows them clearly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lastrep.bar.ellipse import Array, Image, Pixels

#: Blur before edges are taken, pixels: below it is noise and compression.
BLUR_PX = 0.8
#: Pictures are put on top of each other in so many rounds: landmarks miss the bar by a few
#: pixels, and the first median is blurred by as much.
ROUNDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Pictures on top of each other.

    Parameters
    ----------
    centres
        shape = (n, 2): where the middle of the common part is in each picture, pixels.
    across, down
        shape = (h, w, 3): the edges that they have in common: change of grey level over two pixels
        to the right and downwards, by channel.
    """

    centres: Array
    across: Pixels
    down: Pixels

    @property
    def middle(self) -> Array:
        """Where the centres are in `across` and `down`, shape = (2,)."""
        height, width = self.down.shape[:2]
        return np.array([width - 1, height - 1]) / 2


def align(
    images: Sequence[Image], centres: Array, size: tuple[int, int], slack: tuple[int, int]
) -> Aligned:
    """Put a part of each picture on top of the same part of the others.

    Only edges across the lift are compared: a post behind the bar looks the same at every height.

    Parameters
    ----------
    images
        Each of shape = (h, w, 3)
    centres
        shape = (n, 2): about where the part is in each picture, pixels.
    size
        Width and height of the part, pixels.
    slack
        How far off the centres may be, pixels right or left and up or down.
    """
    wide = size[0] + 2 * slack[0], size[1] + 2 * slack[1]
    edges = [
        edges_down(part_at(image, at, wide)) for image, at in zip(images, centres, strict=True)
    ]
    moves = np.zeros((len(images), 2))
    for _ in range(ROUNDS):
        parts = [_part(e, move, size) for e, move in zip(edges, moves, strict=True)]
        common = np.median(parts, axis=0).astype(np.float32)
        moves = np.array([best_match(e, common)[0] for e in edges])
    there = centres + moves
    found = [part_at(image, at, size) for image, at in zip(images, there, strict=True)]
    across, down = (
        np.median([edges(part) for part in found], axis=0).astype(np.float32)
        for edges in (edges_across, edges_down)
    )
    return Aligned(there, across, down)


def turning(angle_rad: float) -> Array:
    """Matrix that turns columns (x, y) of a picture clockwise, as seen."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[cos, -sin], [sin, cos]], np.float64)


def part_at(image: Image, centre: Array, size: tuple[int, int], angle_rad: float = 0.0) -> Pixels:
    """Cut a part out of a picture, a little blurred, shape = (h, w, 3).

    Parameters
    ----------
    centre
        shape = (2,): pixels, to a fraction.
    size
        Width and height.
    angle_rad
        How far the part is turned in the picture, clockwise as seen.
    """
    turn = turning(angle_rad)
    corner = centre - turn @ (np.array(size) - 1) / 2
    part = cv2.warpAffine(
        image,
        np.column_stack([turn, corner]),
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cv2.GaussianBlur(part, (0, 0), BLUR_PX).astype(np.float32)


def edges_down(part: Pixels) -> Pixels:
    """Change of grey level over two pixels downwards, of the same shape."""
    down = np.zeros_like(part)
    down[1:-1] = part[2:] - part[:-2]
    return down


def edges_across(part: Pixels) -> Pixels:
    """Change of grey level over two pixels to the right, of the same shape."""
    across = np.zeros_like(part)
    across[:, 1:-1] = part[:, 2:] - part[:, :-2]
    return across


def best_match(edges: Pixels, sought: Pixels) -> tuple[Array, float]:
    """Where edges look most like those sought: from the middle, pixels; and how much, 0..1.

    Parameters
    ----------
    edges
        shape = (h, w, 3)
    sought
        shape = (h', w', 3), not larger.
    """
    likeness = np.asarray(cv2.matchTemplate(edges, sought, cv2.TM_CCORR_NORMED), np.float32)
    _, most, _, (x, y) = cv2.minMaxLoc(likeness)
    at = np.array([x + beside_peak(likeness[y], x), y + beside_peak(likeness[:, x], y)])
    middle = np.array([likeness.shape[1] - 1, likeness.shape[0] - 1]) / 2
    return at - middle, float(np.clip(most, 0, 1))


def beside_peak(values: Array | Pixels, at: int) -> float:
    """How far beside its highest sample a peak is, -1..1 samples; 0 at either end."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = (float(v) for v in values[at - 1 : at + 2])
    bend = before - 2 * here + after
    return float(np.clip(0.5 * (before - after) / bend, -1, 1)) if bend < 0 else 0.0


def _part(edges: Pixels, move: Array, size: tuple[int, int]) -> Pixels:
    """The middle of edges, moved, to a fraction of a pixel."""
    height, width = edges.shape[:2]
    centre = ((width - 1) / 2 + float(move[0]), (height - 1) / 2 + float(move[1]))
    parts = [cv2.getRectSubPix(np.ascontiguousarray(edges[..., c]), size, centre) for c in range(3)]
    return np.stack(parts, axis=2).astype(np.float32)
