"""Discs in one picture: every ellipse near the lifter's hands that could be a plate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.ellipse import Array, Ellipse, Image, Pixels, RimFit, fit_rims
from lastrep.bar.gradient import gradient, strongest_gradient

#: Horizontal over vertical axis of the ellipses voted for; the fit finds what lies between.
ASPECTS = (1.0, 0.82, 0.64, 0.46)
#: Radius of plates as a share of the lifter's stature, both in pixels: usual plates (a far 450 mm
#: plate measures 0.11, a near one 0.2), and small ones.
USUAL_RADII = (0.10, 0.24)
SMALL_RADII = (0.045, 0.11)
#: Where a plate may be, from the hands, in statures: the bar is 2.2 m long.
REACH_X, REACH_Y = 0.95, 0.50
#: Votes are cast in a picture in which the lifter is this tall.
VOTE_STATURE_PX = 140.0
#: Radii voted for, and groups of them that win by themselves, so that hubs do not hide rims.
RADII, GROUPS, WINNERS = 15, 3, 3
#: Radius of discs alike, +- this share, and shapes to vote for.
ALIKE_RADIUS, ALIKE_ASPECTS = 0.25, 1
#: An edge is stronger than this share of all pixels, and than this gradient (Sobel, grey levels).
EDGE_QUANTILE, EDGE_LEAST = 0.82, 40.0
#: Candidates whose rim is seen less than this are dropped.
MIN_SUPPORT = 0.3
#: At most so many candidates are kept a picture.
KEPT = 14
#: An edge that stands here in another picture too, with nearly the same gradient, while the hands
#: were elsewhere, belongs to the room.
STILL_DIFFERENCE = 0.35
STILL_DIFFERENCE_LEAST = 10.0


@dataclass(frozen=True, slots=True)
class Search:
    """Where and how large to look.

    Parameters
    ----------
    hands
        shape = (2,): the point that moves like the bar, pixels.
    stature_px
        Height of the lifter in this picture.
    radii
        Least and greatest radius, in statures.
    aspects
        Shapes to vote for.
    """

    hands: Array
    stature_px: float
    radii: tuple[float, float] = USUAL_RADII
    aspects: tuple[float, ...] = ASPECTS

    def like(self, radius_px: float, aspect: float) -> Search:
        """Return the same search for discs of about this size and shape only."""
        radius = radius_px / self.stature_px
        low, high = radius * (1 - ALIKE_RADIUS), radius * (1 + ALIKE_RADIUS)
        nearest = sorted(ASPECTS, key=lambda a: abs(a - min(aspect, 1.0)))[:ALIKE_ASPECTS]
        return replace(self, radii=(low, high), aspects=tuple(nearest))


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The edges of a picture around the hands, in a reduced picture in which votes are cast.

    Parameters
    ----------
    x, y
        shape = (n,): edge points, pixels of the reduced picture.
    ux, uy
        shape = (n,): unit gradients.
    shape
        Height and width of the reduced picture.
    shrink
        Its scale.
    origin
        shape = (2,): its corner, pixels of the whole picture.
    """

    x: Pixels
    y: Pixels
    ux: Pixels
    uy: Pixels
    shape: tuple[int, int]
    shrink: float
    origin: Array


def still_edges(grey: Image, elsewhere: Image, stature_px: float) -> NDArray[np.bool_]:
    """Mark pixels whose edge stands in another picture of the same camera too.

    Parameters
    ----------
    grey, elsewhere
        shape = (h, w): the second one moved so that the room coincides.
    stature_px
        Height of the lifter: edges are compared in pictures as small as votes are cast in.
    """
    shrink = min(1.0, VOTE_STATURE_PX / stature_px)
    gradients = []
    for picture in (grey, elsewhere):
        small = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        smooth = cv2.GaussianBlur(small, (0, 0), 1.0)
        gradients.append(gradient(np.asarray(smooth, np.uint8)))
    (ax, ay), (bx, by) = gradients
    difference, size = cv2.magnitude(ax - bx, ay - by), cv2.magnitude(ax, ay)
    still = difference < np.maximum(STILL_DIFFERENCE * size, STILL_DIFFERENCE_LEAST)
    height, width = grey.shape
    whole = cv2.resize(still.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(whole, np.bool_)


def edges_near(
    image: Image, hands: Array, stature_px: float, still: NDArray[np.bool_] | None = None
) -> Edges | None:
    """Return the edges as far from the hands as a plate may be; None where that is no picture.

    Parameters
    ----------
    image
        shape = (h, w, 3)
    hands
        shape = (2,): pixels.
    still
        shape = (h, w): edges that belong to the room, if known (`still_edges`).
    """
    height, width = image.shape[:2]
    reach_x, reach_y = REACH_X * stature_px, REACH_Y * stature_px
    left, right = (int(np.clip(hands[0] + s * reach_x, 0, width)) for s in (-1, 1))
    top, bottom = (int(np.clip(hands[1] + s * reach_y, 0, height)) for s in (-1, 1))
    if right - left < 40 or bottom - top < 40:
        return None
    shrink = min(1.0, VOTE_STATURE_PX / stature_px)
    small = cv2.resize(
        cv2.GaussianBlur(image[top:bottom, left:right], (0, 0), 1.0),
        None,
        fx=shrink,
        fy=shrink,
        interpolation=cv2.INTER_AREA,
    )
    gx, gy, size = strongest_gradient(np.asarray(small, np.uint8))
    least = max(EDGE_LEAST, float(np.quantile(size, EDGE_QUANTILE)))
    candidate = size > least
    candidate[[0, -1]] = candidate[:, [0, -1]] = False
    y, x = np.nonzero(candidate)
    step_x = np.rint(gx[y, x] / size[y, x]).astype(int)
    step_y = np.rint(gy[y, x] / size[y, x]).astype(int)
    # Thin lines: keep what is a maximum along its own gradient.
    ahead, behind = size[y + step_y, x + step_x], size[y - step_y, x - step_x]
    keep = (size[y, x] >= ahead) & (size[y, x] >= behind)
    if still is not None:
        room = still[top:bottom, left:right]
        rows = np.minimum((y / shrink).astype(int), room.shape[0] - 1)
        cols = np.minimum((x / shrink).astype(int), room.shape[1] - 1)
        keep &= ~room[rows, cols]
    y, x = y[keep], x[keep]
    return Edges(
        x.astype(np.float32),
        y.astype(np.float32),
        gx[y, x] / size[y, x],
        gy[y, x] / size[y, x],
        (size.shape[0], size.shape[1]),
        shrink,
        np.array([left, top], np.float64),
    )


def find_discs(image: Image, edges: Edges | None, search: Search) -> list[RimFit]:
    """Ellipses near the hands, the best seen first.

    Parameters
    ----------
    image
        shape = (h, w, 3)
    edges
        Those of the picture near the hands (`edges_near`).
    """
    if edges is None:
        return []
    starts = [start for aspect in search.aspects for start in _vote(edges, search, aspect)]
    fits: list[RimFit] = []
    for fit in fit_rims([image], starts, band=0.16, rounds=2):
        if _plausible(fit, search) and not any(_same(fit.ellipse, f.ellipse) for f in fits):
            fits.append(fit)
    return sorted(fits, key=lambda f: -f.support)[:KEPT]


def _vote(edges: Edges, search: Search, aspect: float) -> list[Ellipse]:
    """Ellipse centres and radii that many edges point to, of one shape."""
    height, width = edges.shape
    shrink = edges.shrink
    # The gradient of an ellipse becomes a radius once the picture is stretched to make it round.
    length = np.hypot(edges.ux * np.float32(aspect), edges.uy) + np.float32(1e-9)
    toward_x, toward_y = edges.ux * np.float32(aspect**2) / length, edges.uy / length
    from_x, from_y = edges.x + np.float32(0.5), edges.y + np.float32(0.5)
    smallest, largest = (r * search.stature_px * shrink for r in search.radii)
    # Radii as dense as over the usual span; groups only matter where it is wide.
    span = np.log(largest / smallest) / np.log(USUAL_RADII[1] / USUAL_RADII[0])
    radii = np.geomspace(smallest, largest, max(3, round(RADII * float(span))))
    # Room for votes beyond the border saves asking of each whether it is inside.
    reach = int(largest) + 2
    across, cells = width + 2 * reach, (width + 2 * reach) * (height + 2 * reach)
    both_ways = np.array([[1], [-1]], np.float32)
    smooth = []
    for radius in radii.astype(np.float32):
        x = (from_x + radius * both_ways * toward_x + reach).astype(np.intp)
        y = (from_y + radius * both_ways * toward_y + reach).astype(np.intp)
        votes = np.bincount((y * across + x).ravel(), minlength=cells).reshape(-1, across)
        picture = votes[reach : reach + height, reach : reach + width].astype(np.float32)
        smooth.append(cv2.GaussianBlur(picture, (5, 5), 1.2) / radius)
    above = (np.arange(height) / shrink + edges.origin[1] - search.hands[1]) / search.stature_px
    near = np.exp(-0.5 * (above / 0.25) ** 2)[:, None].astype(np.float32)
    found = []
    for part in np.array_split(np.arange(len(radii)), GROUPS):
        best = near * reduce(np.maximum, [smooth[i] for i in part])
        for _ in range(WINNERS):
            _, most, _, (x_at, y_at) = cv2.minMaxLoc(best)
            if most <= 0:
                break
            radius = float(radii[max(part, key=lambda i: smooth[i][y_at, x_at])]) / shrink
            x0, y0 = np.array([x_at, y_at]) / shrink + edges.origin
            found.append(Ellipse(float(x0), float(y0), radius * aspect, radius))
            hidden = (int(max(3, 0.3 * radius * shrink * aspect)), int(0.3 * radius * shrink) + 1)
            cv2.ellipse(best, (x_at, y_at), hidden, 0, 0, 360, 0, -1)
    return found


def _plausible(fit: RimFit, search: Search) -> bool:
    e, tall = fit.ellipse, search.stature_px
    return (
        fit.support >= MIN_SUPPORT
        and 0.25 < e.aspect < 1.2
        and search.radii[0] * tall * 0.9 < e.b < search.radii[1] * tall * 1.1
        and abs(e.y - search.hands[1]) < 0.9 * REACH_Y * tall
        and abs(e.x - search.hands[0]) < REACH_X * tall
    )


def _same(a: Ellipse, b: Ellipse) -> bool:
    return a.distance(b) < 0.15 * a.b and abs(a.b / b.b - 1) < 0.12
