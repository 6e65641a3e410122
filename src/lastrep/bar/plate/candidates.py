"""Disc candidates in one image: every ellipse near the bar proxy that could be a plate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

import cv2
import numpy as np

from lastrep.bar.arrays import Array, Image, Mask, Pixels
from lastrep.bar.images.gradient import gradient, strongest_gradient
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.options import DEFAULT_PLATE, DiscCandidateOptions, PlateOptions
from lastrep.bar.plate.rim_fit import RimFit, RimSearch, fit_rims

DEFAULT_CANDIDATES = DEFAULT_PLATE.candidates


@dataclass(frozen=True, slots=True)
class DiscSearch:
    """Where discs are looked for, and of what size and shape.

    Parameters
    ----------
    proxy_px
        shape = (2,): the bar proxy, pixels.
    stature_px
        Height of the lifter in this image, pixels.
    radii
        Least and greatest radius, statures.
    aspects
        Horizontal over vertical axis of the shapes to vote for.
    """

    proxy_px: Array
    stature_px: float
    radii: tuple[float, float] = DEFAULT_CANDIDATES.usual_radii
    aspects: tuple[float, ...] = DEFAULT_CANDIDATES.aspects

    def similar_to(
        self, radius_px: float, aspect: float, options: DiscCandidateOptions
    ) -> DiscSearch:
        """Return the same search for discs of about this size and shape only."""
        radius = radius_px / self.stature_px
        slack = options.similar_radius
        low, high = radius * (1 - slack), radius * (1 + slack)
        nearest = sorted(options.aspects, key=lambda a: abs(a - min(aspect, 1.0)))
        return replace(self, radii=(low, high), aspects=tuple(nearest[: options.similar_aspects]))


@dataclass(frozen=True, slots=True, eq=False)
class EdgePoints:
    """Edges around the bar proxy, in a reduced image in which votes are cast.

    Parameters
    ----------
    x, y
        shape = (n,): edge points, pixels of the reduced image.
    ux, uy
        shape = (n,): unit gradients.
    shape
        Height and width of the reduced image.
    shrink
        Its scale.
    origin
        shape = (2,): its corner, pixels of the whole image.
    """

    x: Pixels
    y: Pixels
    ux: Pixels
    uy: Pixels
    shape: tuple[int, int]
    shrink: float
    origin: Array


def static_edges(
    grey: Image, other: Image, stature_px: float, options: DiscCandidateOptions
) -> Mask:
    """Mark pixels whose edge has nearly the same gradient in another image.

    If the proxy was elsewhere in that image, such an edge belongs to the background.

    Parameters
    ----------
    grey, other
        shape = (h, w): the second one warped so that the background coincides.
    stature_px
        Height of the lifter: edges are compared in images as small as votes are cast in.
    options
        Which differences are none.

    Returns
    -------
    shape = (h, w)
    """
    shrink = min(1.0, options.vote_stature_px / stature_px)
    gradients = []
    for image in (grey, other):
        small = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        smooth = cv2.GaussianBlur(small, (0, 0), options.blur_px)
        gradients.append(gradient(np.asarray(smooth, np.uint8)))
    (ax, ay), (bx, by) = gradients
    difference, size = cv2.magnitude(ax - bx, ay - by), cv2.magnitude(ax, ay)
    static = difference < np.maximum(
        options.static_difference * size, options.min_static_difference
    )
    height, width = grey.shape
    whole = cv2.resize(static.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(whole, np.bool_)


def edges_near(
    image: Image,
    proxy_px: Array,
    stature_px: float,
    static: Mask | None = None,
    options: DiscCandidateOptions = DEFAULT_CANDIDATES,
) -> EdgePoints | None:
    """Return the edges as far from the bar proxy as a plate may be.

    Parameters
    ----------
    image
        shape = (h, w, 3)
    proxy_px
        shape = (2,): pixels.
    stature_px
        Height of the lifter in this image, pixels.
    static
        shape = (h, w): edges that belong to the background (`static_edges`); None if not known.
    options
        The reach, and what an edge is.

    Returns
    -------
    None if too little of that region is inside the image.
    """
    height, width = image.shape[:2]
    reach_x, reach_y = options.reach_x * stature_px, options.reach_y * stature_px
    left, right = (int(np.clip(proxy_px[0] + s * reach_x, 0, width)) for s in (-1, 1))
    top, bottom = (int(np.clip(proxy_px[1] + s * reach_y, 0, height)) for s in (-1, 1))
    if min(right - left, bottom - top) < options.min_region_px:
        return None
    shrink = min(1.0, options.vote_stature_px / stature_px)
    small = cv2.resize(
        cv2.GaussianBlur(image[top:bottom, left:right], (0, 0), options.blur_px),
        None,
        fx=shrink,
        fy=shrink,
        interpolation=cv2.INTER_AREA,
    )
    gx, gy, size = strongest_gradient(np.asarray(small, np.uint8))
    least = max(options.min_gradient, float(np.quantile(size, options.edge_quantile)))
    candidate = size > least
    candidate[[0, -1]] = candidate[:, [0, -1]] = False
    y, x = np.nonzero(candidate)
    step_x = np.rint(gx[y, x] / size[y, x]).astype(int)
    step_y = np.rint(gy[y, x] / size[y, x]).astype(int)
    # Thin lines (non-maximum suppression): keep what is a maximum along its own gradient.
    ahead, behind = size[y + step_y, x + step_x], size[y - step_y, x - step_x]
    keep = (size[y, x] >= ahead) & (size[y, x] >= behind)
    if static is not None:
        background = static[top:bottom, left:right]
        rows = np.minimum((y / shrink).astype(int), background.shape[0] - 1)
        cols = np.minimum((x / shrink).astype(int), background.shape[1] - 1)
        keep &= ~background[rows, cols]
    y, x = y[keep], x[keep]
    return EdgePoints(
        x.astype(np.float32),
        y.astype(np.float32),
        gx[y, x] / size[y, x],
        gy[y, x] / size[y, x],
        (size.shape[0], size.shape[1]),
        shrink,
        np.array([left, top], np.float64),
    )


def find_discs(
    image: Image,
    edges: EdgePoints | None,
    search: DiscSearch,
    options: PlateOptions = DEFAULT_PLATE,
) -> list[RimFit]:
    """Return ellipses near the bar proxy, the best supported first.

    Parameters
    ----------
    image
        shape = (h, w, 3)
    edges
        Those of the image near the proxy (`edges_near`); without any there are no discs.
    search
        Where, and of what size and shape.
    options
        Parameters of voting and of the rim fit.
    """
    if edges is None:
        return []
    o = options.candidates
    starts = [start for aspect in search.aspects for start in _vote(edges, search, aspect, o)]
    rim = RimSearch(o.fit_band, o.fit_rounds, options.rim_fit.min_edge_unknown)
    fits: list[RimFit] = []
    for fit in fit_rims([image], starts, rim, options.rim_fit):
        if _plausible(fit, search, o) and not any(_same(fit.ellipse, f.ellipse, o) for f in fits):
            fits.append(fit)
    return sorted(fits, key=lambda f: -f.support)[: o.max_candidates]


def _vote(
    edges: EdgePoints, search: DiscSearch, aspect: float, options: DiscCandidateOptions
) -> list[Ellipse]:
    """Ellipse centres and radii that many gradients point to (Hough transform), of one shape."""
    o = options
    height, width = edges.shape
    shrink = edges.shrink
    # The gradient of an ellipse becomes a radius once the image is stretched to make it round.
    length = np.hypot(edges.ux * np.float32(aspect), edges.uy) + np.float32(1e-9)
    toward_x, toward_y = edges.ux * np.float32(aspect**2) / length, edges.uy / length
    from_x, from_y = edges.x + np.float32(0.5), edges.y + np.float32(0.5)
    smallest, largest = (r * search.stature_px * shrink for r in search.radii)
    # Radii as dense as over the usual span; groups only matter where it is wide.
    span = np.log(largest / smallest) / np.log(o.usual_radii[1] / o.usual_radii[0])
    steps = max(o.min_radius_steps, round(o.radius_steps * float(span)))
    radii = np.geomspace(smallest, largest, steps)
    # Room for votes beyond the border saves asking of each whether it is inside.
    reach = int(largest) + 2
    across, cells = width + 2 * reach, (width + 2 * reach) * (height + 2 * reach)
    kernel = (o.vote_kernel_px, o.vote_kernel_px)
    both_ways = np.array([[1], [-1]], np.float32)
    smooth = []
    for radius in radii.astype(np.float32):
        x = (from_x + radius * both_ways * toward_x + reach).astype(np.intp)
        y = (from_y + radius * both_ways * toward_y + reach).astype(np.intp)
        votes = np.bincount((y * across + x).ravel(), minlength=cells).reshape(-1, across)
        inside = votes[reach : reach + height, reach : reach + width].astype(np.float32)
        smooth.append(cv2.GaussianBlur(inside, kernel, o.vote_blur_px) / radius)
    above = (np.arange(height) / shrink + edges.origin[1] - search.proxy_px[1]) / search.stature_px
    prior = np.exp(-0.5 * (above / o.vote_height_sd) ** 2)[:, None].astype(np.float32)
    found = []
    for part in np.array_split(np.arange(len(radii)), o.radius_groups):
        best = prior * reduce(np.maximum, [smooth[i] for i in part])
        for _ in range(o.winners_per_group):
            _, most, _, (x_at, y_at) = cv2.minMaxLoc(best)
            if most <= 0:
                break
            radius = float(radii[max(part, key=lambda i: smooth[i][y_at, x_at])]) / shrink
            x0, y0 = np.array([x_at, y_at]) / shrink + edges.origin
            found.append(Ellipse(float(x0), float(y0), radius * aspect, radius))
            hidden = o.suppressed_radii * radius * shrink
            axes = (int(max(3, hidden * aspect)), int(hidden) + 1)
            cv2.ellipse(best, (x_at, y_at), axes, 0, 0, 360, 0, -1)
    return found


def _plausible(fit: RimFit, search: DiscSearch, options: DiscCandidateOptions) -> bool:
    o, e, tall = options, fit.ellipse, search.stature_px
    narrowest, widest = o.aspect_range
    smaller, larger = o.radius_slack
    return (
        fit.support >= o.min_support
        and narrowest < e.aspect < widest
        and search.radii[0] * tall * smaller < e.b < search.radii[1] * tall * larger
        and abs(e.y - search.proxy_px[1]) < o.centre_reach_share * o.reach_y * tall
        and abs(e.x - search.proxy_px[0]) < o.reach_x * tall
    )


def _same(a: Ellipse, b: Ellipse, options: DiscCandidateOptions) -> bool:
    near = a.distance(b) < options.duplicate_distance * a.b
    return near and abs(a.b / b.b - 1) < options.duplicate_radius
