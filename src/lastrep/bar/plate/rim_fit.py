"""Fit of an ellipse to the rim of a plate: the strongest edges along rays from the centre."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.arrays import Array, Image, Mask, Pixels
from lastrep.bar.plate.ellipse import Ellipse, ellipse_table
from lastrep.bar.plate.options import DEFAULT_PLATE, RimFitOptions

#: Rays from the centre, evenly over the full turn.
RAYS = 72
RAY_ANGLES = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)
_COS, _SIN = np.cos(RAY_ANGLES).astype(np.float32), np.sin(RAY_ANGLES).astype(np.float32)
#: How far the rim moves along each ray, in radii, with the centre (in semi-axes, across and down)
#: and with the stretch of either axis; and the products of the normal equations.
_MOVES = np.stack([_COS, _SIN, _COS**2, _SIN**2], axis=1).astype(np.float64)
_PRODUCTS = _MOVES[:, :, None] * _MOVES[:, None, :]

DEFAULT_RIM_FIT = DEFAULT_PLATE.rim_fit


@dataclass(frozen=True, slots=True)
class RimFit:
    """An ellipse, and how much of its rim is an edge.

    Parameters
    ----------
    ellipse
        The refined ellipse.
    support
        Share of the rim inside the image that is an edge, 0..1; 0 if the fit failed.
    """

    ellipse: Ellipse
    support: float


@dataclass(frozen=True, slots=True)
class RimSearch:
    """Where and how a rim is looked for.

    Parameters
    ----------
    band
        How far from the start the rim may be, radii; it halves each round.
    rounds
        Rounds of the fit.
    min_edge
        Least edge strength, grey levels over two samples.
    fixed_shape
        True if only the centre may change.
    """

    band: float = 0.2
    rounds: int = 3
    min_edge: float = DEFAULT_RIM_FIT.min_edge_unknown
    fixed_shape: bool = False


DEFAULT_SEARCH = RimSearch()


def rim_edges(
    image: Image, ellipse: Ellipse, low: float, high: float, options: RimFitOptions
) -> tuple[Array, Array]:
    """Edge strength along rays between `low` and `high` times the ellipse.

    Parameters
    ----------
    image
        shape = (h, w) or (h, w, 3)
    ellipse
        Where the rays begin, and their unit.
    low, high
        Radii.
    options
        Samples along the rays.

    Returns
    -------
    edges
        shape = (RAYS, m): grey levels over two samples, the strongest channel; -1 outside of the
        image.
    scales
        shape = (m,): where along the ray, radii.
    """
    table = ellipse_table([ellipse])
    rays = RayEdges.of([image], table, np.array([low]), np.array([high]), options)
    edges = rays.edges[0].astype(np.float64)
    scales = low + rays.step[0] * np.arange(edges.shape[1])
    x, y = (
        ellipse.x + ellipse.a * _COS[:, None] * scales,
        ellipse.y + ellipse.b * _SIN[:, None] * scales,
    )
    edges[~_in_image(image, x, y)] = -1
    return edges, scales


def fit_rim(
    image: Image,
    start: Ellipse,
    search: RimSearch = DEFAULT_SEARCH,
    options: RimFitOptions = DEFAULT_RIM_FIT,
) -> RimFit:
    """Refine one ellipse on the edges of an image (see `fit_rims`)."""
    (fit,) = fit_rims([image], [start], search, options)
    return fit


def fit_rings(
    image: Image,
    rim: Ellipse,
    inner: Sequence[float],
    search: RimSearch,
    options: RimFitOptions = DEFAULT_RIM_FIT,
) -> RimFit:
    """Place a rim of known shape by itself or by one of its concentric rings, the best supported.

    Parameters
    ----------
    image
        shape = (h, w, 3)
    rim
        About where it is.
    inner
        Rings, in radii.
    search
        As in `fit_rims`; of fixed shape.
    options
        As in `fit_rims`.
    """
    starts = [rim.scaled(ring) for ring in (1.0, *inner)]
    fits = fit_rims([image], starts, search, options)
    best = max(fits, key=lambda fit: fit.support)
    return RimFit(rim.at(best.ellipse.centre), best.support)


def fit_rims(
    images: Sequence[Image],
    starts: Sequence[Ellipse],
    search: RimSearch = DEFAULT_SEARCH,
    options: RimFitOptions = DEFAULT_RIM_FIT,
) -> list[RimFit]:
    """Refine ellipses on the edges of images, each by itself.

    Every ray proposes its strongest edge within the band, to a fraction of a pixel; a weighted
    linear fit (Tukey's weights) moves and stretches the ellipse; the band halves each round.
    Many at once cost little more than a few.

    Parameters
    ----------
    images
        One for each ellipse, or one for all; of one size.
    starts
        About where the rims are.
    search
        Where and how they are looked for.
    options
        Parameters of the fit.
    """

    def read(which: Sequence[int], table: Array, low: Array, high: Array) -> RayEdges:
        own = images if len(images) == 1 else [images[i] for i in which]
        return RayEdges.of(own, table, low, high, options)

    return fit_edges(read, starts, search, options)


def fit_edges(
    read: RayReader, starts: Sequence[Ellipse], search: RimSearch, options: RimFitOptions
) -> list[RimFit]:
    """Refine ellipses as `fit_rims` does, on edges that `read` takes from anything."""
    if not starts:
        return []
    table, support = ellipse_table(starts), np.zeros(len(starts))
    left = np.arange(len(starts))
    for k in range(search.rounds):
        table[left], support[left], done = _fit_once(
            partial(read, left.tolist()), table[left], search.band / 2**k, search, options
        )
        left = left[done]
        if not len(left):
            break
    return [
        RimFit(Ellipse(*row), seen)
        for row, seen in zip(table.tolist(), support.tolist(), strict=True)
    ]


def rim_points(
    image: Image,
    ellipse: Ellipse,
    band: float,
    min_edge: float,
    options: RimFitOptions = DEFAULT_RIM_FIT,
) -> Array:
    """Return where the rim is an edge, to a fraction of a pixel, shape = (m, 2).

    Empty if too little of the ellipse is inside the image.
    """
    read = partial(RayEdges.of, [image], options=options)
    (distance,), (strength,), (inside,) = _peaks(read, ellipse_table([ellipse]), band, options)
    good = inside & (strength > min_edge)
    if inside.sum() < options.min_rays_inside:
        return np.zeros((0, 2))
    e, scale = ellipse, 1 + distance[good]
    return np.stack([e.x + e.a * _COS[good] * scale, e.y + e.b * _SIN[good] * scale], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class RayEdges:
    """Edges along the rays of n ellipses.

    Parameters
    ----------
    step
        shape = (n,): from one sample to the next, radii.
    edges
        shape = (n, RAYS, m): grey levels over two samples, the strongest channel. 0 at both ends,
        and beyond them where a smaller ellipse has fewer samples than its neighbours.
    inside
        shape = (n, RAYS): True if the whole ray lies in the image.
    """

    step: Array
    edges: Image
    inside: Mask

    @classmethod
    def of(
        cls, images: Sequence[Image], table: Array, low: Array, high: Array, options: RimFitOptions
    ) -> RayEdges:
        """Read edges in images, one for each ellipse or one for all; as in `along_rays`."""
        count = len(table)
        x, y, step, samples = along_rays(table, low, high, options)
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
        inside = _in_image(images[0], x[:, :, 0], y[:, :, 0])
        inside &= _in_image(images[0], x[last], y[last])
        return cls(step, edges, inside)


#: Reads the edges of ellipses, given their numbers, a table of x, y, a, b, and where along the rays
#: (radii) each begins and ends.
RayReader = Callable[[Sequence[int], Array, Array, Array], RayEdges]


def along_rays(
    table: Array, low: Array, high: Array, options: RimFitOptions
) -> tuple[Pixels, Pixels, Array, NDArray[np.intp]]:
    """Return samples along the rays of ellipses.

    Parameters
    ----------
    table
        shape = (n, 4): x, y, a, b, pixels.
    low, high
        shape = (n,): where the rays begin and end, radii.
    options
        Samples per pixel.

    Returns
    -------
    x, y
        shape = (n, RAYS, m): pixels.
    step
        shape = (n,): from one sample to the next, radii.
    samples
        shape = (n,): samples of each ellipse, at most m.
    """
    samples = np.ceil((high - low) * table[:, 2:].max(axis=1) * options.samples_per_px)
    samples = np.maximum(samples, options.min_samples).astype(np.intp)
    step = (high - low) / (samples - 1)
    scales = low[:, None] + step[:, None] * np.arange(int(samples.max()))
    scales = scales.astype(np.float32)[:, None]
    x0, y0, a, b = table.T.astype(np.float32)[:, :, None, None]
    return x0 + a * _COS[:, None] * scales, y0 + b * _SIN[:, None] * scales, step, samples


def _in_image(image: Image, x: Array | Pixels, y: Array | Pixels) -> Mask:
    height, width = image.shape[:2]
    return np.asarray((x >= 1) & (y >= 1) & (x <= width - 2) & (y <= height - 2), np.bool_)


def _peaks(
    read: Callable[[Array, Array, Array], RayEdges],
    table: Array,
    band: float,
    options: RimFitOptions,
) -> tuple[Array, Array, Mask]:
    """Return each ray's distance to its edge (radii from the ellipse), strength, and use."""
    bands = np.maximum(band, options.min_band_px / table[:, 3])
    rays = read(table, 1 - bands, 1 + bands)
    samples = rays.edges.shape[2]
    step = rays.step[:, None]
    away = (step * np.arange(samples) - bands[:, None]) / (options.prior_sd_bands * bands[:, None])
    prior = np.exp(-0.5 * away**2).astype(np.float32)
    peak = np.maximum((rays.edges * prior[:, None]).argmax(axis=2), 1)
    first = samples * np.arange(peak.size).reshape(peak.shape) + peak - 1
    before, at, after = rays.edges.ravel()[np.stack([first, first + 1, first + 2])].astype(float)
    curvature = before - 2 * at + after
    # What is no peak by itself (the band ends on a slope) stays where it is.
    offset = 0.5 * (before - after) / np.where(curvature < 0, curvature, np.inf)
    offset = np.minimum(np.maximum(offset, -1), 1)
    return (peak + offset) * step - bands[:, None], at, rays.inside


def _fit_once(
    read: Callable[[Array, Array, Array], RayEdges],
    table: Array,
    band: float,
    search: RimSearch,
    options: RimFitOptions,
) -> tuple[Array, Array, Mask]:
    """Return the refined table, the supports, and which fits could be made."""
    o, fixed_shape = options, search.fixed_shape
    distance, strength, inside = _peaks(read, table, band, o)
    good = (strength > search.min_edge) & inside
    in_image, with_edge = inside.sum(axis=1), good.sum(axis=1)
    least = o.min_rays_inside_known_shape if fixed_shape else o.min_rays_inside
    done = (in_image >= least) & (with_edge >= o.min_rays_with_edge)
    size, b = table[:, 2:], table[:, 3]
    change, residual = _robust_fit(distance, good, o.min_spread_px / b, 2 if fixed_shape else 4, o)
    farthest = o.max_shift_radii * b[:, None]
    out = table.copy()
    out[:, :2] += np.maximum(np.minimum(change[:, :2] * size, farthest), -farthest)
    if not fixed_shape:
        out[:, 2:] *= 1 + np.maximum(np.minimum(change[:, 2:], o.max_stretch), -o.max_stretch)
    near = np.abs(residual) < np.maximum(o.tolerance_radii, o.tolerance_px / b)[:, None]
    # A rim of which little is inside the image is less sure evidence than a whole one.
    whole = np.minimum(1.0, np.sqrt(in_image / RAYS + 0.5))
    support = (good & near).sum(axis=1) / np.maximum(in_image, 1) * whole
    return np.where(done[:, None], out, table), np.where(done, support, 0.0), done


def _robust_fit(
    values: Array, use: Mask, min_spread: Array, unknowns: int, options: RimFitOptions
) -> tuple[Array, Array]:
    """Weighted least squares with Tukey's weights; returns coefficients and residuals."""
    moves = _MOVES[:, :unknowns]
    products = _PRODUCTS[:, :unknowns, :unknowns].reshape(RAYS, -1)
    ridge = 1e-6 * np.eye(unknowns)
    middle = np.arange(len(use)), np.minimum(use.sum(axis=1) // 2, RAYS - 1)
    weight = use.astype(np.float64)
    for _ in range(options.reweightings):
        normal = (weight @ products).reshape(-1, unknowns, unknowns) + ridge
        x = np.linalg.solve(normal, ((weight * values) @ moves)[..., None])[..., 0]
        residual = values - x @ moves.T
        sizes = np.where(use, np.abs(residual), np.inf)
        sizes.sort(axis=1)
        spread = np.maximum(1.4826 * sizes[middle], min_spread)[:, None]
        limit = options.tukey_spreads * spread
        weight = use * np.maximum(1 - (residual / limit) ** 2, 0) ** 2
    return np.asarray(x, np.float64), residual
