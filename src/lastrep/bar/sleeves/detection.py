"""Detection of the plates on both sleeves of a bar that is seen from the front or from behind.

Seen edge-on, plates are no discs but two tall, narrow blobs beside the hands, as tall as a plate is
wide. One such shape is easily found by chance; two of one size, equally far from the hands and at
one height, that both move with the hands, are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.arrays import Array, Image, Pixels
from lastrep.bar.sleeves.alignment import AlignedEdges, align_images, subpixel_peak
from lastrep.bar.sleeves.hand_line import HandLine
from lastrep.bar.sleeves.options import SleeveDetectionOptions


@dataclass(frozen=True, slots=True, eq=False)
class Sleeve:
    """One sleeve of the bar and the plates on it, as they look in all images.

    Parameters
    ----------
    a, b
        Half the width and height of the plates, pixels.
    template
        shape = (h, w, 3): edges downwards, around the plates.
    offset
        shape = (2,): from the middle of `template` to the middle of the plates, pixels.
    centres
        shape = (n, 2): the middle of `template` in each of the images it was detected in, pixels.
    out_px
        How far it is from the middle of the hands, pixels.
    """

    a: float
    b: float
    template: Pixels
    offset: Array
    centres: Array
    out_px: float


@dataclass(frozen=True, slots=True, eq=False)
class SleevePair:
    """Both sleeves of the bar.

    Parameters
    ----------
    left, right
        As seen in the image.
    score
        How clear both are, and how similar, 0..1.
    """

    left: Sleeve
    right: Sleeve
    score: float

    @property
    def a(self) -> float:
        """Half the width of the plates, pixels: the mean of both sleeves."""
        return (self.left.a + self.right.a) / 2

    @property
    def b(self) -> float:
        """Half the height of the plates, pixels: the mean of both sleeves."""
        return (self.left.b + self.right.b) / 2


@dataclass(frozen=True, slots=True)
class _EndBlob:
    """A tall, narrow blob: its sides and caps in pixels of the aligned images."""

    left: float
    right: float
    top: int
    bottom: int
    score: float
    weight: float

    def distance(self, other: _EndBlob) -> float:
        """Return the largest distance between sides or caps."""
        return max(
            abs(self.left - other.left),
            abs(self.right - other.right),
            abs(self.top - other.top),
            abs(self.bottom - other.bottom),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Aligned images on one side of the hands, the blobs in them, and where their corner is.

    `corner`, shape = (2,), is measured from the middle of the hands along the line through both.
    """

    aligned: AlignedEdges
    blobs: list[_EndBlob]
    corner: Array

    def out_px(self, blob: _EndBlob) -> float:
        """Return how far a blob is from the middle of the hands."""
        return float(abs((blob.left + blob.right) / 2 + self.corner[0]))

    def level_px(self, blob: _EndBlob) -> float:
        """Return how much lower a blob is than the line through both hands."""
        return float((blob.top + blob.bottom) / 2 + self.corner[1])


def detect_sleeves(
    images: Sequence[Image],
    hand_line: HandLine,
    stature_px: float,
    options: SleeveDetectionOptions,
) -> SleevePair | None:
    """Detect the plates on both sleeves.

    Parameters
    ----------
    images
        From all over the hands' movement, each of shape = (h, w, 3).
    hand_line
        The hands in these images.
    stature_px
        Height of the lifter, pixels.
    options
        Parameters of the detection.

    Returns
    -------
    None if there are too few or too small images, or no two blobs are similar.
    """
    o = options
    near = max(o.min_out * stature_px, hand_line.half_px + o.beyond_wrist * stature_px)
    far = o.max_out * stature_px
    tallest = (o.half_heights[1] + o.max_height_offset) * stature_px
    size = int(far - near) | 1, int(2 * tallest) | 1
    if size[0] < o.min_columns or len(images) < o.min_images:
        return None
    sides = []
    for sign in (-1, 1):
        out = sign * (near + far) / 2
        start = hand_line.at_distance(out)
        aligned = align_images(images, start, size, o.landmark_slack_px(stature_px), o)
        corner = np.array([out, 0.0]) - aligned.middle
        corner += np.median(aligned.centres - start, axis=0)
        sides.append(_Side(aligned, _blobs(aligned, stature_px, o), corner))
    left_side, right_side = sides
    best, most = None, 0.0
    for one in left_side.blobs:
        for other in right_side.blobs:
            similarity = _similarity(one, other, left_side, right_side, stature_px, o)
            weight = similarity * np.sqrt(one.weight * other.weight)
            if weight > most:
                best, most = (one, other, similarity), weight
    if best is None:
        return None
    one, other, similarity = best
    left, right = _sleeve(left_side, one, o), _sleeve(right_side, other, o)
    return SleevePair(left, right, float(similarity * np.sqrt(one.score * other.score)))


def _blobs(
    aligned: AlignedEdges, stature_px: float, options: SleeveDetectionOptions
) -> list[_EndBlob]:
    """Tall, narrow blobs in the edges that all images have in common, the best ones first."""
    o = options
    across, down = (
        np.minimum(np.abs(e).max(axis=2) / o.full_edge, 1) for e in (aligned.across, aligned.down)
    )
    height, width = down.shape
    step = max(1, round(stature_px / o.steps_per_stature))
    reach = 2 * (step // 2) + 1 if step > 1 else 3
    caps = _sums(cv2.dilate(down, np.ones((reach, 1), np.uint8)).T).T
    sides = _sums(cv2.dilate(across, np.ones((1, reach), np.uint8)))
    rows = np.arange(1, height - 1, step)
    top, bottom = (r.ravel() for r in np.meshgrid(rows, rows, indexing="ij"))
    b = (bottom - top) / 2
    off = (top + bottom) / 2 - (height - 1) / 2
    likely = (b >= o.half_heights[0] * stature_px) & (b <= o.half_heights[1] * stature_px)
    likely &= np.abs(off) <= o.max_height_offset * stature_px
    top, bottom, b = top[likely], bottom[likely], b[likely]
    corner = o.corner_share * b
    high, low = np.rint(top + corner).astype(int), np.rint(bottom - corner).astype(int) + 1
    taller = np.sqrt(b / stature_px)
    found = []
    for a in np.geomspace(*o.half_widths, o.width_steps) * stature_px:
        narrow = a <= o.max_aspect * b
        if not narrow.any():
            continue
        for left in np.arange(0, width - 2 * a - 1, step):
            right = left + 2 * a
            first, last = _cap_columns(left, right, a, o)
            cap = (caps[:, last] - caps[:, first]) / (last - first)
            x = round(float(left)), round(float(right))
            side = np.minimum(*((sides[low, i] - sides[high, i]) / (low - high) for i in x))
            seen = np.sqrt(np.minimum(cap[top], cap[bottom]) * side) * narrow
            k = int(np.argmax(seen * taller))
            weight = float(seen[k] * taller[k])
            caps_at = int(top[k]), int(bottom[k])
            found.append(_EndBlob(float(left), float(right), *caps_at, float(seen[k]), weight))
    found.sort(key=lambda blob: -blob.weight)
    kept: list[_EndBlob] = []
    for blob in found:
        if len(kept) == o.max_blobs:
            break
        if all(blob.distance(other) > o.min_steps_apart * step for other in kept):
            kept.append(blob)
    return kept


def _cap_columns(
    left: float, right: float, a: float, options: SleeveDetectionOptions
) -> tuple[int, int]:
    """Return the first column between the rounded corners of a blob, and the one after the last."""
    corner = options.corner_share * a
    return int(left + corner), int(np.ceil(right - corner)) + 1


def _sums(values: NDArray[np.number]) -> Array:
    """Sums down to each row, shape = (h + 1, w)."""
    return np.pad(np.cumsum(values, axis=0, dtype=np.float64), ((1, 0), (0, 0)))


def _similarity(
    left: _EndBlob,
    right: _EndBlob,
    left_side: _Side,
    right_side: _Side,
    stature_px: float,
    options: SleeveDetectionOptions,
) -> float:
    """How similar two blobs are in size, distance from the hands and level, 0..1."""
    o = options
    tall = left.bottom - left.top, right.bottom - right.top
    height = np.log(tall[0] / tall[1])
    # Rows and columns are whole.
    slack_height = np.hypot(o.slack_log_height, 2 / min(tall))
    width = np.log((left.right - left.left) / (right.right - right.left))
    distance = np.log(left_side.out_px(left) / right_side.out_px(right))
    level = (left_side.level_px(left) - right_side.level_px(right)) / stature_px
    return float(
        np.exp(
            -0.5
            * (
                (height / slack_height) ** 2
                + (width / o.slack_log_width) ** 2
                + (distance / o.slack_log_distance) ** 2
                + (level / o.slack_level) ** 2
            )
        )
    )


def _sleeve(side: _Side, blob: _EndBlob, options: SleeveDetectionOptions) -> Sleeve:
    """Measure a blob to a fraction of a pixel, and cut its template out."""
    o, aligned = options, side.aligned
    a = (blob.right - blob.left) / 2
    first, last = _cap_columns(blob.left, blob.right, a, o)
    profile = np.abs(aligned.down[:, first:last]).max(axis=2).mean(axis=1)
    top, bottom = (_edge_row(profile, row, o.edge_search_rows) for row in (blob.top, blob.bottom))
    b = (bottom - top) / 2
    height, width = profile.size, aligned.down.shape[1]
    margin_x, margin_y = o.template_margin_x * a, o.template_margin_y * b
    x = slice(max(0, int(blob.left - margin_x)), min(width, int(blob.right + margin_x) + 2))
    y = slice(max(0, int(top - margin_y)), min(height, int(bottom + margin_y) + 2))
    middle = np.array([x.start + x.stop - 1, y.start + y.stop - 1]) / 2
    plates = np.array([(blob.left + blob.right) / 2, (top + bottom) / 2])
    template = np.ascontiguousarray(aligned.down[y, x])
    centres = aligned.centres + middle - aligned.middle
    return Sleeve(a, b, template, plates - middle, centres, side.out_px(blob))


def _edge_row(profile: Array | Pixels, row: int, reach: int) -> float:
    """Row of the strongest edge at most `reach` rows from another, to a fraction of a pixel."""
    first = max(1, row - reach)
    at = first + int(np.argmax(profile[first : row + reach + 1]))
    return at + subpixel_peak(profile, at)
