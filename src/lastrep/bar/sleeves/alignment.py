"""Images aligned so that the bar stands still: the median of their edges keeps the bar's own.

In images taken at different heights of the lift and moved by as much as the hands, the bar is sharp
and the background is smeared: even in front of a rack or a crowded wall, where no single image
shows it clearly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lastrep.bar.arrays import Array, Image, Pixels
from lastrep.bar.sleeves.options import DEFAULT_SLEEVES, SleeveDetectionOptions

DEFAULT_DETECTION = DEFAULT_SLEEVES.detection


@dataclass(frozen=True, slots=True, eq=False)
class AlignedEdges:
    """Median edges of aligned images.

    Parameters
    ----------
    centres
        shape = (n, 2): where the centre of the common part is in each image, pixels.
    across, down
        shape = (h, w, 3): median change of grey level over two pixels to the right and downwards,
        by channel.
    """

    centres: Array
    across: Pixels
    down: Pixels

    @property
    def middle(self) -> Array:
        """Where the centres are in `across` and `down`, shape = (2,)."""
        height, width = self.down.shape[:2]
        return np.array([width - 1, height - 1]) / 2


def align_images(
    images: Sequence[Image],
    centres: Array,
    size: tuple[int, int],
    slack: tuple[int, int],
    options: SleeveDetectionOptions = DEFAULT_DETECTION,
) -> AlignedEdges:
    """Align a part of each image with the same part of the others.

    Only edges across the lift are compared: a post behind the bar looks the same at every height.

    Parameters
    ----------
    images
        Each of shape = (h, w, 3).
    centres
        shape = (n, 2): about where the part is in each image, pixels.
    size
        Width and height of the part, pixels.
    slack
        How far off the centres may be, pixels sideways and up or down.
    options
        Blur and rounds.
    """
    wide = size[0] + 2 * slack[0], size[1] + 2 * slack[1]
    edges = [
        edges_down(crop_at(image, at, wide, blur_px=options.blur_px))
        for image, at in zip(images, centres, strict=True)
    ]
    moves = np.zeros((len(images), 2))
    for _ in range(options.align_rounds):
        parts = [_part(e, move, size) for e, move in zip(edges, moves, strict=True)]
        common = np.median(parts, axis=0).astype(np.float32)
        moves = np.array([match_template(e, common)[0] for e in edges])
    there = centres + moves
    crops = [
        crop_at(image, at, size, blur_px=options.blur_px)
        for image, at in zip(images, there, strict=True)
    ]
    across, down = (
        np.median([edges(crop) for crop in crops], axis=0).astype(np.float32)
        for edges in (edges_across, edges_down)
    )
    return AlignedEdges(there, across, down)


def rotation(angle_rad: float) -> Array:
    """Matrix that turns columns (x, y) of an image clockwise as seen, shape = (2, 2)."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[cos, -sin], [sin, cos]], np.float64)


def crop_at(
    image: Image,
    centre: Array,
    size: tuple[int, int],
    angle_rad: float = 0.0,
    *,
    blur_px: float = DEFAULT_DETECTION.blur_px,
) -> Pixels:
    """Crop a part of an image, blurred, shape = (h, w, 3).

    Parameters
    ----------
    image
        shape = (h, w, 3)
    centre
        shape = (2,): pixels, to a fraction.
    size
        Width and height, pixels.
    angle_rad
        How far the part is turned in the image, clockwise as seen.
    blur_px
        Standard deviation of the blur, pixels.
    """
    turn = rotation(angle_rad)
    corner = centre - turn @ (np.array(size) - 1) / 2
    crop = cv2.warpAffine(
        image,
        np.column_stack([turn, corner]),
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cv2.GaussianBlur(crop, (0, 0), blur_px).astype(np.float32)


def edges_down(crop: Pixels) -> Pixels:
    """Change of grey level over two pixels downwards, of the same shape."""
    down = np.zeros_like(crop)
    down[1:-1] = crop[2:] - crop[:-2]
    return down


def edges_across(crop: Pixels) -> Pixels:
    """Change of grey level over two pixels to the right, of the same shape."""
    across = np.zeros_like(crop)
    across[:, 1:-1] = crop[:, 2:] - crop[:, :-2]
    return across


def match_template(edges: Pixels, template: Pixels) -> tuple[Array, float]:
    """Return where edges correlate most with a template, and the correlation.

    Parameters
    ----------
    edges
        shape = (h, w, 3)
    template
        shape = (h', w', 3), not larger.

    Returns
    -------
    move
        shape = (2,): from the middle, pixels.
    correlation
        0..1
    """
    correlation = np.asarray(cv2.matchTemplate(edges, template, cv2.TM_CCORR_NORMED), np.float32)
    _, most, _, (x, y) = cv2.minMaxLoc(correlation)
    peak = np.array([x + subpixel_peak(correlation[y], x), y + subpixel_peak(correlation[:, x], y)])
    middle = np.array([correlation.shape[1] - 1, correlation.shape[0] - 1]) / 2
    return peak - middle, float(np.clip(most, 0, 1))


def subpixel_peak(values: Array | Pixels, at: int) -> float:
    """How far a parabola's peak is from its highest sample, -1..1 samples; 0 at either end."""
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
