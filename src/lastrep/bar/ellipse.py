"""An upright ellipse in a picture, and its fit to the rim of a plate.

A plate seen from any side is an ellipse whose vertical axis is the plate's true diameter: turning
the camera around the lifter shortens the horizontal axis only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Image = NDArray[np.uint8]
Pixels = NDArray[np.float32]

#: Rays from the centre along which the rim is looked for.
RAYS = 72
#: Fewer rays than this inside the picture say nothing about an ellipse, or about the place of one
#: whose shape is known (a quarter of its rim).
MIN_RAYS_INSIDE, MIN_RAYS_KNOWN = 30, 18
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

RAY_ANGLES = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)
_COS, _SIN = np.cos(RAY_ANGLES).astype(np.float32), np.sin(RAY_ANGLES).astype(np.float32)
#: How far the rim moves along each ray, in radii, with the centre (in semi-axes, across and down)
#: and with the stretch of either axis; and the products of the normal equations.
_MOVES = np.stack([_COS, _SIN, _COS**2, _SIN**2], axis=1).astype(np.float64)
_PRODUCTS = _MOVES[:, :, None] * _MOVES[:, None, :]


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
    rays = Rays.of([image], _table([ellipse]), np.array([low]), np.array([high]))
    edges = rays.edges[0].astype(np.float64)
    scales = low + rays.step[0] * np.arange(edges.shape[1])
    x, y = (
        ellipse.x + ellipse.a * _COS[:, None] * scales,
        ellipse.y + ellipse.b * _SIN[:, None] * scales,
    )
    edges[~_in_picture(image, x, y)] = -1
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
    """Refine one ellipse on the edges of the picture (see `fit_rims`)."""
    (fit,) = fit_rims(
        [image], [start], band=band, rounds=rounds, edge=edge, fixed_shape=fixed_shape
    )
    return fit


def fit_rings(
    image: Image, rim: Ellipse, inner: Sequence[float], *, band: float, rounds: int = 3
) -> RimFit:
    """Place a rim of known shape by itself or by one of its concentric rings, the best seen.

    Parameters
    ----------
    inner
        Rings, in radii.
    band, rounds
        As in `fit_rims`.
    """
    starts = [rim.scaled(ring) for ring in (1.0, *inner)]
    fits = fit_rims([image], starts, band=band, rounds=rounds, edge=EDGE_KNOWN, fixed_shape=True)
    best = max(fits, key=lambda fit: fit.support)
    return RimFit(rim.at(best.ellipse.centre), best.support)


def fit_rims(
    images: Sequence[Image],
    starts: Sequence[Ellipse],
    *,
    band: float = 0.2,
    rounds: int = 3,
    edge: float = EDGE_UNKNOWN,
    fixed_shape: bool = False,
) -> list[RimFit]:
    """Refine ellipses on the edges of pictures, each by itself.

    Every ray proposes its strongest edge within the band, to a fraction of a pixel; a weighted
    linear fit (Tukey's weights) moves and stretches the ellipse; the band halves each round.
    Many at once cost little more than a few.

    Parameters
    ----------
    images
        One for each ellipse, or one for all; of one size.
    band
        How far from the start the rim may be, as a share of the radius.
    edge
        Least edge strength, grey levels.
    fixed_shape
        Whether only the centre may change.
    """

    def rays(which: Sequence[int], table: Array, low: Array, high: Array) -> Rays:
        own = images if len(images) == 1 else [images[i] for i in which]
        return Rays.of(own, table, low, high)

    return fit_edges(rays, starts, band, rounds, edge, fixed_shape=fixed_shape)


def fit_edges(
    rays_of: RaysOf,
    starts: Sequence[Ellipse],
    band: float,
    rounds: int,
    edge: float,
    *,
    fixed_shape: bool = False,
) -> list[RimFit]:
    """Refine ellipses as `fit_rims` does, on edges that `rays_of` reads from anything."""
    if not starts:
        return []
    table, support = _table(starts), np.zeros(len(starts))
    left = np.arange(len(starts))
    for k in range(rounds):
        table[left], support[left], done = _fit_once(
            partial(rays_of, left.tolist()), table[left], band / 2**k, edge, fixed_shape
        )
        left = left[done]
        if not len(left):
            break
    return [
        RimFit(Ellipse(*row), seen)
        for row, seen in zip(table.tolist(), support.tolist(), strict=True)
    ]


def rim_points(image: Image, e: Ellipse, band: float, edge: float) -> Array:
    """Return where the rim is seen, to a fraction of a pixel, shape = (m, 2)."""
    (distance,), (strength,), (inside,) = _peaks(partial(Rays.of, [image]), _table([e]), band)
    good = inside & (strength > edge)
    if inside.sum() < MIN_RAYS_INSIDE:
        return np.zeros((0, 2))
    scale = 1 + distance[good]
    return np.stack([e.x + e.a * _COS[good] * scale, e.y + e.b * _SIN[good] * scale], axis=1)


def _table(ellipses: Sequence[Ellipse]) -> Array:
    """Return rows of x, y, a, b."""
    return np.array([(e.x, e.y, e.a, e.b) for e in ellipses], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Rays:
    """Edges along the rays of n ellipses.

    Parameters
    ----------
    step
        shape = (n,): from one sample to the next, radii.
    edges
        shape = (n, RAYS, m): grey levels over two samples, the strongest channel. 0 at both ends,
        and beyond them where a smaller ellipse has fewer samples than its neighbours.
    inside
        shape = (n, RAYS): whether the whole ray lies in the picture.
    """

    step: Array
    edges: Image
    inside: NDArray[np.bool_]

    @classmethod
    def of(cls, images: Sequence[Image], table: Array, low: Array, high: Array) -> Rays:
        """Read edges in pictures, one for each ellipse or one for all; as in `along_rays`."""
        count = len(table)
        x, y, step, samples = along_rays(table, low, high)
        most = x.shape[2]
        edges = np.zeros((count, RAYS, most), np.uint8)
        rays = (len(images), -1, most)
        for image, at_x, at_y, strongest in zip(
            images, x.reshape(rays), y.reshape(rays), edges.reshape(rays), strict=True
        ):
            line = cv2.remap(image, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            line = line.reshape(*strongest.shape, -1)
            steps = cv2.absdiff(line[:, 2:], line[:, :-2]).reshape(len(line), most - 2, -1)
            strongest[:, 1:-1] = reduce(np.maximum, np.moveaxis(steps, 2, 0))
        if count > 1:
            edges *= (np.arange(most) < samples[:, None] - 1)[:, None]
        last = np.arange(count), slice(None), samples - 1
        inside = _in_picture(images[0], x[:, :, 0], y[:, :, 0])
        inside &= _in_picture(images[0], x[last], y[last])
        return cls(step, edges, inside)


#: Reads the edges of ellipses, given their numbers, a table of x, y, a, b, and where along the rays
#: (radii) each begins and ends.
RaysOf = Callable[[Sequence[int], Array, Array, Array], Rays]


def along_rays(
    table: Array, low: Array, high: Array
) -> tuple[Pixels, Pixels, Array, NDArray[np.intp]]:
    """Return the samples' x and y, (n, RAYS, m), each ellipse's step (radii), and its samples.

    Parameters
    ----------
    table
        shape = (n, 4): x, y, a, b.
    low, high
        shape = (n,): where the rays begin and end, radii.
    """
    samples = np.ceil((high - low) * table[:, 2:].max(axis=1) * SAMPLES_PER_PX)
    samples = np.maximum(samples, 9).astype(np.intp)
    step = (high - low) / (samples - 1)
    scales = low[:, None] + step[:, None] * np.arange(int(samples.max()))
    scales = scales.astype(np.float32)[:, None]
    x0, y0, a, b = table.T.astype(np.float32)[:, :, None, None]
    return x0 + a * _COS[:, None] * scales, y0 + b * _SIN[:, None] * scales, step, samples


def _in_picture(image: Image, x: Array | Pixels, y: Array | Pixels) -> NDArray[np.bool_]:
    height, width = image.shape[:2]
    return np.asarray((x >= 1) & (y >= 1) & (x <= width - 2) & (y <= height - 2), np.bool_)


def _peaks(
    rays_of: Callable[[Array, Array, Array], Rays], table: Array, band: float
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return each ray's distance to its edge (radii from the ellipse), strength, and use."""
    bands = np.maximum(band, 2.5 / table[:, 3])
    rays = rays_of(table, 1 - bands, 1 + bands)
    samples = rays.edges.shape[2]
    step = rays.step[:, None]
    away = (step * np.arange(samples) - bands[:, None]) / (0.6 * bands[:, None])
    nearness = np.exp(-0.5 * away**2).astype(np.float32)
    peak = np.maximum((rays.edges * nearness[:, None]).argmax(axis=2), 1)
    first = samples * np.arange(peak.size).reshape(peak.shape) + peak - 1
    before, at, after = rays.edges.ravel()[np.stack([first, first + 1, first + 2])].astype(float)
    curvature = before - 2 * at + after
    # What is no peak by itself (the band ends on a slope) stays where it is.
    offset = 0.5 * (before - after) / np.where(curvature < 0, curvature, np.inf)
    offset = np.minimum(np.maximum(offset, -1), 1)
    return (peak + offset) * step - bands[:, None], at, rays.inside


def _fit_once(
    rays_of: Callable[[Array, Array, Array], Rays],
    table: Array,
    band: float,
    edge: float,
    fixed_shape: bool,
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return the refined table, the supports, and which fits could be made."""
    distance, strength, inside = _peaks(rays_of, table, band)
    good = (strength > edge) & inside
    in_picture, with_edge = inside.sum(axis=1), good.sum(axis=1)
    least = MIN_RAYS_KNOWN if fixed_shape else MIN_RAYS_INSIDE
    done = (in_picture >= least) & (with_edge >= MIN_RAYS_WITH_EDGE)
    size, b = table[:, 2:], table[:, 3]
    change, residual = _robust_fit(distance, good, 0.4 / b, 2 if fixed_shape else 4)
    farthest = 0.3 * b[:, None]
    out = table.copy()
    out[:, :2] += np.maximum(np.minimum(change[:, :2] * size, farthest), -farthest)
    if not fixed_shape:
        out[:, 2:] *= 1 + np.maximum(np.minimum(change[:, 2:], 0.2), -0.2)
    near = np.abs(residual) < np.maximum(RIM_TOLERANCE, RIM_TOLERANCE_PX / b)[:, None]
    # A rim of which little is inside the picture is less sure evidence than a whole one.
    whole = np.minimum(1.0, np.sqrt(in_picture / RAYS + 0.5))
    support = (good & near).sum(axis=1) / np.maximum(in_picture, 1) * whole
    return np.where(done[:, None], out, table), np.where(done, support, 0.0), done


def _robust_fit(
    values: Array, use: NDArray[np.bool_], least_spread: Array, unknowns: int
) -> tuple[Array, Array]:
    """Weighted least squares with Tukey's weights; returns coefficients and residuals."""
    moves = _MOVES[:, :unknowns]
    products = _PRODUCTS[:, :unknowns, :unknowns].reshape(RAYS, -1)
    ridge = 1e-6 * np.eye(unknowns)
    middle = np.arange(len(use)), np.minimum(use.sum(axis=1) // 2, RAYS - 1)
    weight = use.astype(np.float64)
    for _ in range(3):
        normal = (weight @ products).reshape(-1, unknowns, unknowns) + ridge
        x = np.linalg.solve(normal, ((weight * values) @ moves)[..., None])[..., 0]
        residual = values - x @ moves.T
        sizes = np.where(use, np.abs(residual), np.inf)
        sizes.sort(axis=1)
        spread = np.maximum(1.4826 * sizes[middle], least_spread)[:, None]
        weight = use * np.maximum(1 - (residual / (4 * spread)) ** 2, 0) ** 2
    return np.asarray(x, np.float64), residual
