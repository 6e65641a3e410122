"""The plates of a bar that is seen from the front or from behind: a body at each of its ends.

Seen along their faces, plates are no discs but two tall, narrow bodies beside the hands, as tall
as a plate is wide. One such shape is easily found by chance; two of one size, equally far from the
hands and at one height, that both move with the hands, are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.candidates import SMALL_RADII, USUAL_RADII
from lastrep.bar.ellipse import EDGE_UNKNOWN, Array, Image, Pixels
from lastrep.bar.end_pictures import Aligned, align, beside_peak
from lastrep.bar.grip import Grip

#: How far from the middle of the hands a plate may be, statures: the plates of a long bar are
#: 1.31 to 1.9 m apart, those of a short one from 0.7 m on; the camera may make it a fifth more.
NEAREST, FARTHEST = 0.20, 0.75
#: A plate is this much farther out than the wrist, statures.
BEYOND_WRIST = 0.05
#: How far off the hands' height a plate's middle may be, statures: a bar is held beside the wrist,
#: and it tilts.
OFF_HANDS = 0.10
#: Half the width of the body, statures (one plate to a whole row of them), and how many are tried;
#: at most so wide for its height: what is rounder shows its face.
HALF_WIDTHS, WIDTHS, WIDEST = (0.018, 0.10), 8, 0.75
#: Corners are rounded: caps and sides are looked for this far inside of them, half widths or
#: heights.
ROUND = 0.4
#: Places are tried in steps of the stature over this, pixels.
STEPS = 160.0
#: Bodies kept on each side, and how far apart they must be, steps.
KEPT, APART = 40, 3
#: How alike both must be: size and width (logarithm), distance from the hands (logarithm), height
#: (statures): an end of the bar may be a sixth nearer to the camera than the other.
SLACK_SIZE, SLACK_WIDTH, SLACK_DISTANCE, SLACK_HEIGHT = 0.12, 0.5, 0.2, 0.06
#: Landmarks miss the bar by up to so much, statures, sideways and up or down.
SLACK_X, SLACK_Y = 0.04, 0.05
#: Edges sought for following reach this far beyond the body, half widths and heights.
MARGIN_X, MARGIN_Y = 0.5, 0.2
#: How far from the best row of the search an edge of the body is, steps.
NEAR_ROWS = 2


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """One end of the bar, as it looks in all pictures.

    Parameters
    ----------
    a, b
        Half its width and height, pixels.
    edges
        shape = (h, w, 3): its edges downwards, around it.
    offset
        shape = (2,): from the middle of `edges` to the middle of the plate, pixels.
    centres
        shape = (n, 2): the middle of `edges` in each of the pictures it was found in.
    out_px
        How far it is from the middle of the hands.
    """

    a: float
    b: float
    edges: Pixels
    offset: Array
    centres: Array
    out_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Both ends of the bar.

    Parameters
    ----------
    left, right
        As seen in the picture.
    score
        How clearly both are seen, and how alike, 0..1.
    """

    left: End
    right: End
    score: float

    @property
    def a(self) -> float:
        """Half the width of a plate, pixels: the mean of both."""
        return (self.left.a + self.right.a) / 2

    @property
    def b(self) -> float:
        """Half the height of a plate, pixels: the mean of both."""
        return (self.left.b + self.right.b) / 2


@dataclass(frozen=True, slots=True)
class _Body:
    """A tall, narrow body: its sides and caps in pixels of the aligned pictures."""

    left: float
    right: float
    top: int
    bottom: int
    score: float
    weight: float


def find_ends(images: Sequence[Image], grip: Grip, stature_px: float) -> Ends | None:
    """Find the plates at both ends of the bar, or None.

    Parameters
    ----------
    images
        Pictures from all over the hands' movement, each of shape = (h, w, 3).
    grip
        The hands in these pictures.
    stature_px
        Height of the lifter.
    """
    near = max(NEAREST * stature_px, grip.half_px + BEYOND_WRIST * stature_px)
    far = FARTHEST * stature_px
    tallest = (USUAL_RADII[1] + OFF_HANDS) * stature_px
    size = int(far - near) | 1, int(2 * tallest) | 1
    slack = max(3, round(SLACK_X * stature_px)), max(4, round(SLACK_Y * stature_px))
    if size[0] < 12 or len(images) < 3:
        return None
    sides = []
    for side in (-1, 1):
        out = side * (near + far) / 2
        start = grip.beside(out)
        aligned = align(images, start, size, slack)
        bodies = _bodies(aligned, stature_px)
        # Of the pictures' corner, from the middle of the hands along the line through both.
        corner = np.array([out, 0.0]) - aligned.middle
        corner += np.median(aligned.centres - start, axis=0)
        sides.append((aligned, bodies, corner))
    best, most = None, 0.0
    for one in sides[0][1]:
        for other in sides[1][1]:
            alike = _alike(one, other, sides[0][2], sides[1][2], stature_px)
            weight = alike * np.sqrt(one.weight * other.weight)
            if weight > most:
                best, most = (one, other, alike), weight
    if best is None:
        return None
    *bodies, alike = best
    left, right = (
        _end(aligned, body, abs((body.left + body.right) / 2 + corner[0]))
        for (aligned, _, corner), body in zip(sides, bodies, strict=True)
    )
    return Ends(left, right, float(alike * np.sqrt(bodies[0].score * bodies[1].score)))


def _bodies(aligned: Aligned, stature_px: float) -> list[_Body]:
    """Tall, narrow bodies in the edges that all pictures have in common, the best ones first."""
    across, down = (
        np.minimum(np.abs(e).max(axis=2) / EDGE_UNKNOWN, 1) for e in (aligned.across, aligned.down)
    )
    height, width = down.shape
    step = max(1, round(stature_px / STEPS))
    reach = 2 * (step // 2) + 1 if step > 1 else 3
    caps = _sums(cv2.dilate(down, np.ones((reach, 1), np.uint8)).T).T
    sides = _sums(cv2.dilate(across, np.ones((1, reach), np.uint8)))
    rows = np.arange(1, height - 1, step)
    top, bottom = (r.ravel() for r in np.meshgrid(rows, rows, indexing="ij"))
    b = (bottom - top) / 2
    off = (top + bottom) / 2 - (height - 1) / 2
    likely = (b >= SMALL_RADII[0] * stature_px) & (b <= USUAL_RADII[1] * stature_px)
    likely &= np.abs(off) <= OFF_HANDS * stature_px
    top, bottom, b = top[likely], bottom[likely], b[likely]
    high, low = np.rint(top + ROUND * b).astype(int), np.rint(bottom - ROUND * b).astype(int) + 1
    taller = np.sqrt(b / stature_px)
    found = []
    for a in np.geomspace(*HALF_WIDTHS, WIDTHS) * stature_px:
        narrow = a <= WIDEST * b
        if not narrow.any():
            continue
        for left in np.arange(0, width - 2 * a - 1, step):
            right = left + 2 * a
            first, last = int(left + ROUND * a), int(np.ceil(right - ROUND * a)) + 1
            cap = (caps[:, last] - caps[:, first]) / (last - first)
            x = round(float(left)), round(float(right))
            side = np.minimum(*((sides[low, i] - sides[high, i]) / (low - high) for i in x))
            seen = np.sqrt(np.minimum(cap[top], cap[bottom]) * side) * narrow
            k = int(np.argmax(seen * taller))
            weight = float(seen[k] * taller[k])
            found.append(
                _Body(
                    float(left), float(right), int(top[k]), int(bottom[k]), float(seen[k]), weight
                )
            )
    found.sort(key=lambda body: -body.weight)
    kept: list[_Body] = []
    for body in found:
        if len(kept) == KEPT:
            break
        if all(_apart(body, other) > APART * step for other in kept):
            kept.append(body)
    return kept


def _sums(values: NDArray[np.number]) -> Array:
    """Sums down to each row, shape = (h + 1, w)."""
    return np.pad(np.cumsum(values, axis=0, dtype=np.float64), ((1, 0), (0, 0)))


def _apart(one: _Body, other: _Body) -> float:
    return max(
        abs(one.left - other.left),
        abs(one.right - other.right),
        abs(one.top - other.top),
        abs(one.bottom - other.bottom),
    )


def _alike(
    left: _Body, right: _Body, from_left: Array, from_right: Array, stature_px: float
) -> float:
    """How alike two bodies are in size, distance from the hands and height, 0..1."""
    tall = left.bottom - left.top, right.bottom - right.top
    size = np.log(tall[0] / tall[1])
    # Rows and columns are whole.
    slack_size = np.hypot(SLACK_SIZE, 2 / min(tall))
    width = np.log((left.right - left.left) / (right.right - right.left))
    out = [
        abs((body.left + body.right) / 2 + offset[0])
        for body, offset in ((left, from_left), (right, from_right))
    ]
    distance = np.log(out[0] / out[1])
    up = [
        (body.top + body.bottom) / 2 + offset[1]
        for body, offset in ((left, from_left), (right, from_right))
    ]
    height = (up[0] - up[1]) / stature_px
    return float(
        np.exp(
            -0.5
            * (
                (size / slack_size) ** 2
                + (width / SLACK_WIDTH) ** 2
                + (distance / SLACK_DISTANCE) ** 2
                + (height / SLACK_HEIGHT) ** 2
            )
        )
    )


def _end(aligned: Aligned, body: _Body, out_px: float) -> End:
    """Measure a body to a fraction of a pixel, and cut its edges out."""
    a = (body.right - body.left) / 2
    first = int(body.left + ROUND * a)
    last = int(np.ceil(body.right - ROUND * a)) + 1
    profile = np.abs(aligned.down[:, first:last]).max(axis=2).mean(axis=1)
    top, bottom = (_edge(profile, row) for row in (body.top, body.bottom))
    b = (bottom - top) / 2
    height, width = profile.size, aligned.down.shape[1]
    x = slice(max(0, int(body.left - MARGIN_X * a)), min(width, int(body.right + MARGIN_X * a) + 2))
    y = slice(max(0, int(top - MARGIN_Y * b)), min(height, int(bottom + MARGIN_Y * b) + 2))
    middle = np.array([x.start + x.stop - 1, y.start + y.stop - 1]) / 2
    plate = np.array([(body.left + body.right) / 2, (top + bottom) / 2])
    edges = np.ascontiguousarray(aligned.down[y, x])
    centres = aligned.centres + middle - aligned.middle
    return End(a, b, edges, plate - middle, centres, out_px)


def _edge(profile: Array | Pixels, row: int) -> float:
    """Row of the strongest edge near another row, to a fraction of a pixel."""
    first = max(1, row - NEAR_ROWS)
    at = first + int(np.argmax(profile[first : row + NEAR_ROWS + 1]))
    return at + beside_peak(profile, at)
