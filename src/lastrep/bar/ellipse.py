"""An upright ellipse in a picture, and its fit to the rim of a plate.

A plate seen from any side is an ellipse whose vertical axis is the plate's true diameter: turning
the camera around the lifter shortens the horizontal axis only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Image = NDArray[np.uint8]

#: Rays from the centre along which the rim is looked for.
RAYS = 72
#: Fewer rays than this inside the picture say nothing about an ellipse.
MIN_RAYS_INSIDE = 30
#: Fewer rays than this with an edge cannot hold a fit.
MIN_RAYS_WITH_EDGE = 18
#: Grey levels (difference over two samples) from which a step is an edge: for unknown discs, and
#: for a disc whose place and size are known already.
EDGE_UNKNOWN = 14.0
EDGE_KNOWN = 8.0
#: Samples along a ray, per pixel.
SAMPLES_PER_PX = 1.5
#: A ray supports the fit if its edge lies this near, as a share of the radius, or in pixels.
RIM_TOLERANCE = 0.035
RIM_TOLERANCE_PX = 1.2

_ANGLE = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)
_COS, _SIN = np.cos(_ANGLE), np.sin(_ANGLE)
_RAY = np.arange(RAYS)


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse with upright axes, in pixels.

    Parameters
    ----------
    x, y
        Centre.
    a, b
        Horizontal and vertical semi-axis.
    """

    x: float
    y: float
    a: float
    b: float

    @property
    def centre(self) -> Array:
        """The centre, shape = (2,)."""
        return np.array([self.x, self.y])

    @property
    def aspect(self) -> float:
        """Horizontal over vertical axis: the sine of the angle between bar and line of sight."""
        return self.a / self.b

    def at(self, centre: Array) -> Ellipse:
        """Return the same ellipse elsewhere."""
        return replace(self, x=float(centre[0]), y=float(centre[1]))

    def scaled(self, factor: float) -> Ellipse:
        """Return the concentric ellipse that is `factor` times as large."""
        return replace(self, a=self.a * factor, b=self.b * factor)

    def distance(self, other: Ellipse) -> float:
        """Return the distance between the centres, pixels."""
        return float(np.hypot(self.x - other.x, self.y - other.y))


@dataclass(frozen=True, slots=True)
class RimFit:
    """An ellipse and how much of its rim is there.

    Parameters
    ----------
    ellipse
        The refined ellipse.
    support
        Share of the rim inside the picture that is an edge, 0..1; 0 if the fit failed.
    """

    ellipse: Ellipse
    support: float


def rim_edges(image: Image, ellipse: Ellipse, low: float, high: float) -> tuple[Array, Array]:
    """Edge strength along rays between `low` and `high` times the ellipse.

    Parameters
    ----------
    image
        shape = (h, w) or (h, w, 3)

    Returns
    -------
    edges
        shape = (RAYS, m): grey levels over two samples, the strongest channel; -1 outside of the
        picture.
    scales
        shape = (m,): where along the ray, in radii.
    """
    samples = max(int(np.ceil((high - low) * max(ellipse.a, ellipse.b) * SAMPLES_PER_PX)), 9)
    scales = np.linspace(low, high, samples)
    x = (ellipse.x + ellipse.a * _COS[:, None] * scales).astype(np.float32)
    y = (ellipse.y + ellipse.b * _SIN[:, None] * scales).astype(np.float32)
    height, width = image.shape[:2]
    ray = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    ray = ray.reshape(RAYS, samples, -1).astype(np.int16)
    edges = np.zeros((RAYS, samples))
    edges[:, 1:-1] = np.abs(ray[:, 2:] - ray[:, :-2]).max(axis=2)
    edges[(x < 1) | (y < 1) | (x > width - 2) | (y > height - 2)] = -1
    return edges, scales


def fit_rim(
    image: Image,
    start: Ellipse,
    *,
    band: float = 0.2,
    rounds: int = 3,
    edge: float = EDGE_UNKNOWN,
    fixed_shape: bool = False,
) -> RimFit:
    """Refine an ellipse on the edges of the picture.

    Every ray proposes its strongest edge within the band, to a fraction of a pixel; a weighted
    linear fit (Tukey's weights) moves and stretches the ellipse; the band halves each round.

    Parameters
    ----------
    band
        How far from the start the rim may be, as a share of the radius.
    edge
        Least edge strength, grey levels.
    fixed_shape
        Whether only the centre may change.
    """
    ellipse, support = start, 0.0
    for k in range(rounds):
        fit = _fit_once(image, ellipse, band / 2**k, edge, fixed_shape)
        if fit is None:
            return RimFit(ellipse, 0.0)
        ellipse, support = fit.ellipse, fit.support
    return RimFit(ellipse, support)


def rim_points(image: Image, e: Ellipse, band: float, edge: float) -> Array:
    """Return where the rim is seen, to a fraction of a pixel, shape = (m, 2)."""
    peaks = _peaks(image, e, band)
    if peaks is None:
        return np.zeros((0, 2))
    distance, strength, inside = peaks
    good = inside & (strength > edge)
    scale = 1 + distance[good]
    return np.stack([e.x + e.a * _COS[good] * scale, e.y + e.b * _SIN[good] * scale], axis=1)


def _peaks(image: Image, e: Ellipse, band: float) -> tuple[Array, Array, NDArray[np.bool_]] | None:
    """Return each ray's distance to its edge (radii from the ellipse), strength, and use."""
    band = max(band, 2.5 / e.b)
    edges, scales = rim_edges(image, e, 1 - band, 1 + band)
    inside = np.asarray((edges >= 0).all(axis=1), np.bool_)
    if inside.sum() < MIN_RAYS_INSIDE:
        return None
    nearness = np.exp(-0.5 * ((scales - 1) / (0.6 * band)) ** 2)
    peak = np.argmax(edges * nearness, axis=1).clip(1, len(scales) - 2)
    before, at, after = (edges[_RAY, peak + d] for d in (-1, 0, 1))
    curvature = before - 2 * at + after
    curved = np.abs(curvature) > 1e-6
    offset = np.where(curved, 0.5 * (before - after) / np.where(curved, curvature, 1), 0)
    return scales[peak] + offset.clip(-1, 1) * (scales[1] - scales[0]) - 1, at, inside


def _fit_once(
    image: Image, e: Ellipse, band: float, edge: float, fixed_shape: bool
) -> RimFit | None:
    peaks = _peaks(image, e, band)
    if peaks is None:
        return None
    distance, strength, inside = peaks
    good = (strength > edge) & inside
    if good.sum() < MIN_RAYS_WITH_EDGE:
        return None
    columns = [_COS / e.a, _SIN / e.b] + ([] if fixed_shape else [_COS**2, _SIN**2])
    change, residual = _robust_fit(np.stack(columns, axis=1), distance, good, 0.4 / e.b)
    move = change[:2].clip(-0.3 * e.b, 0.3 * e.b)
    a, b = (e.a, e.b) if fixed_shape else np.array([e.a, e.b]) * (1 + change[2:].clip(-0.2, 0.2))
    near = np.abs(residual) < max(RIM_TOLERANCE, RIM_TOLERANCE_PX / e.b)
    # A rim of which little is inside the picture is less sure evidence than a whole one.
    whole = min(1.0, float(inside.mean() + 0.5) ** 0.5)
    support = float((good & near).sum() / inside.sum()) * whole
    return RimFit(Ellipse(e.x + float(move[0]), e.y + float(move[1]), float(a), float(b)), support)


def _robust_fit(
    columns: Array, values: Array, use: NDArray[np.bool_], least_spread: float
) -> tuple[Array, Array]:
    """Weighted least squares with Tukey's weights; returns coefficients and residuals."""
    weight = use.astype(np.float64)
    ridge = 1e-6 * np.eye(columns.shape[1])
    middle = int(use.sum()) // 2
    for _ in range(3):
        weighted = columns * weight[:, None]
        x = np.linalg.solve(weighted.T @ columns + ridge, weighted.T @ values)
        residual = values - columns @ x
        median = float(np.partition(np.abs(residual[use]), middle)[middle])
        spread = max(1.4826 * median, least_spread)
        weight = use * np.maximum(1 - (residual / (4 * spread)) ** 2, 0) ** 2
    return np.asarray(x, np.float64), residual
