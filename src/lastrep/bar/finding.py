"""Which disc is the plate: the one that goes where the hands go.

The share of a rim that is seen does not tell a plate from a hub, a knee or a clock. Moving with
the hands over pictures taken at different heights does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.candidates import (
    SMALL_RADII,
    USUAL_RADII,
    Search,
    edges_near,
    find_discs,
    still_edges,
)
from lastrep.bar.confidence import ASPECT, ramp
from lastrep.bar.ellipse import Array, Ellipse, Image, RimFit
from lastrep.bar.lifter import Proxy
from lastrep.bar.plate import SCORE_NEEDED, SCORE_NEEDED_SMALL, Plate, refine

#: Support below this is what chance gives; the excess is evidence.
CHANCE_SUPPORT = 0.40
#: Radius, in statures, whose rim counts as much as its support says; evidence grows with its root.
TYPICAL_RADIUS = 0.13
#: A pair of pictures between which the hands move this far (statures) tells most.
TELLING_MOVE = 0.15
#: How far the plate may be from where the hands' movement puts it, in statures: at least, and per
#: stature of movement (landmarks are off, and the bar's ends move a little differently).
SLACK_X, SLACK_X_PER_MOVE = 0.05, 0.5
SLACK_Y, SLACK_Y_PER_MOVE = 0.03, 0.25
#: How equal radius (logarithm) and shape must be.
SLACK_RADIUS, SLACK_ASPECT = 0.06, 0.12
#: A disc that stays within this (statures) while the hands move is part of the room.
STILL = 0.012
#: A plate is believed if it is in the picture for at least this much of the movement.
LEAST_IN_VIEW = 0.4
#: A candidate this likely joins the chain.
LINK = 0.06
#: How far from the hands a plate usually is, statures: sideways, above, below.
USUAL_X, USUAL_ABOVE, USUAL_BELOW = 0.6, 0.25, 0.25
#: The same for shoulders: a low bar lies 0.03 below them, more for a plate near to a camera that is
#: higher; a camera at hip height sees them below the bar.
SHOULDER_ABOVE, SHOULDER_BELOW = 0.20, 0.08
#: A plate this far from the hands (statures, sideways) is beside the lifter.
BESIDE = 0.15
#: A rim seen this much in one picture is worth looking for in the others; so many of them at most.
WHOLE_RIM, WHOLE_RIMS = 0.9, 2
#: Of the pictures, every so manyth is searched for everything.
PROBE_EVERY = 3
#: Hands must have moved this far (statures) for a second picture to show what stands still.
ELSEWHERE = 0.08
#: A disc this near to the head, of at most this mean radius, is the head (statures).
HEAD_NEAR, HEAD_RADIUS = 0.06, 0.115
#: Seen from the front the hips are 0.12 statures wide, and the plates 0.39 from the middle; a disc
#: nearer to the middle than this much per width beyond a side view's is part of the body.
SIDE_VIEW_HIPS, OUTSIDE_HIPS = 0.055, 1.8


@dataclass(frozen=True, slots=True, eq=False)
class KeyFrame:
    """One picture in which the plate is looked for.

    Parameters
    ----------
    index
        Number of the frame.
    image
        shape = (h, w, 3)
    hands
        shape = (2,): the point that should move like the bar, pixels of this picture.
    line
        Which body part `hands` are.
    head
        shape = (2,): NaN if not seen.
    middle_x
        Middle of the shoulders, pixels.
    keep_off_px
        Discs nearer to the middle are part of the body (`body_width_px`).
    to_room
        shape = (2, 3): moves points of this picture to where they would be had the camera stood
        still.
    """

    index: int
    image: Image
    hands: Array
    line: Proxy
    head: Array
    middle_x: float
    keep_off_px: float
    to_room: Array

    def room(self, points: Array) -> Array:
        """Move points, shape = (..., 2), to the unmoved camera's picture."""
        return np.asarray(points @ self.to_room[:, :2].T + self.to_room[:, 2], np.float64)


def find_plate(
    keys: Sequence[KeyFrame], stature_px: float, known: Plate | None = None
) -> Plate | None:
    """Find the disc that moves with the hands, or None.

    Every third picture is searched for discs of every size and shape; what they agree on is looked
    for in the others, and everything there only if that finds no plate.

    Parameters
    ----------
    keys
        Pictures from all over the hands' movement; a dozen or more are best.
    stature_px
        Height of the lifter.
    known
        A plate found before in this recording: looked for first.
    """
    if len(keys) < 3:
        return None
    edges = [
        edges_near(key.image, key.hands, stature_px, _still(key, keys, stature_px)) for key in keys
    ]

    def discs(search: Search, k: int) -> list[RimFit]:
        found = find_discs(keys[k].image, edges[k], replace(search, hands=keys[k].hands))
        return [fit for fit in found if not _is_body(fit.ellipse, keys[k], stature_px)]

    every = range(len(keys))
    if known is not None:
        alike = Search(keys[0].hands, stature_px).like(known.b, known.a / known.b)
        chain, score = choose([discs(alike, k) for k in every], keys, stature_px)
        if score >= known.needed:
            return _plate(keys, chain, stature_px, score, known.needed)
    best: tuple[list[RimFit | None], float, float] = [], 0.0, SCORE_NEEDED
    for radii, needed in ((USUAL_RADII, SCORE_NEEDED), (SMALL_RADII, SCORE_NEEDED_SMALL)):
        if best[1] >= SCORE_NEEDED:
            break
        search = Search(keys[0].hands, stature_px, radii)
        found = [discs(search, k) if k % PROBE_EVERY == 0 else [] for k in every]
        chain, _ = choose(found[::PROBE_EVERY], keys[::PROBE_EVERY], stature_px)
        chains = [chain, _other_end(chain, found[::PROBE_EVERY], keys[::PROBE_EVERY], stature_px)]
        score = trust = 0.0
        for radius, aspect in _sizes(chains, found):
            alike = search.like(radius, aspect)
            narrow = [[*found[k], *discs(alike, k)] for k in every]
            other, reached = choose(narrow, keys, stature_px)
            if reached * ramp(aspect, ASPECT) > trust or not trust:
                chain, score, trust = other, reached, reached * ramp(aspect, ASPECT)
        if score < needed:
            full = [found[k] or discs(search, k) for k in every]
            chain, score = choose(full, keys, stature_px)
        if score > best[1]:
            best = chain, score, needed
    return _plate(keys, best[0], stature_px, best[1], best[2])


def _other_end(
    chain: Sequence[RimFit | None],
    found: Sequence[Sequence[RimFit]],
    keys: Sequence[KeyFrame],
    stature_px: float,
) -> list[RimFit | None]:
    """Return the disc at the other end of the bar, where the first one is beside the lifter.

    Seen obliquely both plates move with the hands, and the rounder one can be measured better.
    """
    beside = [f.ellipse.x - k.hands[0] for f, k in zip(chain, keys, strict=True) if f is not None]
    offset = float(np.median(beside)) if beside else 0.0
    if abs(offset) < BESIDE * stature_px:
        return []
    across = [
        [f for f in fits if (f.ellipse.x - key.hands[0]) * offset < 0]
        for fits, key in zip(found, keys, strict=True)
    ]
    return choose(across, keys, stature_px)[0]


def _sizes(
    chains: Sequence[Sequence[RimFit | None]], found: Sequence[Sequence[RimFit]]
) -> list[tuple[float, float]]:
    """Radii and aspects to look for: the chains', and those of rims too whole to be chance.

    In few pictures a wrong ring that is proposed in each of them beats the right one that is not.
    """
    sizes: list[tuple[float, float]] = []
    for chain in chains:
        linked = [(fit.ellipse.b, fit.ellipse.aspect) for fit in chain if fit is not None]
        if len(linked) > 1:
            radius, aspect = np.median(linked, axis=0)
            sizes.append((float(radius), float(aspect)))
    most = len(sizes) + WHOLE_RIMS
    whole = [fit for fits in found for fit in fits if fit.support >= WHOLE_RIM]
    for fit in sorted(whole, key=lambda f: -f.support * f.ellipse.b**0.5):
        radius, aspect = fit.ellipse.b, fit.ellipse.aspect
        if len(sizes) < most and all(
            abs(np.log(radius / r)) > SLACK_RADIUS or abs(aspect - a) > SLACK_ASPECT
            for r, a in sizes
        ):
            sizes.append((radius, aspect))
    return sizes


def _plate(
    keys: Sequence[KeyFrame],
    chain: Sequence[RimFit | None],
    stature_px: float,
    score: float,
    needed: float,
) -> Plate | None:
    linked = [(key, fit) for key, fit in zip(keys, chain, strict=False) if fit is not None]
    if len(linked) < max(3, 0.25 * len(keys)):
        return None
    return refine(
        [(key.index, key.image, fit.ellipse) for key, fit in linked], stature_px, score, needed
    )


def choose(
    found: Sequence[Sequence[RimFit]], keys: Sequence[KeyFrame], stature_px: float
) -> tuple[list[RimFit | None], float]:
    """Pick at most one disc a picture, such that they are one thing that moves with the hands.

    Every disc once is the anchor: the hands' movement says where it should be in every other
    picture; the best match there is evidence, weighted by how far the hands moved.

    Returns
    -------
    chain
        One disc or None per picture.
    score
        Mean evidence, 0..1.
    """
    table, of_key = _table(found, keys, stature_px)
    if not len(table):
        return [None] * len(keys), 0.0
    hands = np.array([key.room(key.hands) for key in keys]) / stature_px
    move = hands - hands[:, None]
    amplitude = np.hypot(move[..., 0], move[..., 1])
    weight = 0.3 + np.minimum(amplitude / TELLING_MOVE, 1.0)
    # A picture that the plate has left says nothing.
    back = np.array([cv2.invertAffineTransform(key.to_room) for key in keys])
    expected = (table[:, None, :2] + move[of_key]) * stature_px
    place = np.einsum("kij,nkj->nki", back[:, :, :2], expected) + back[:, :, 2]
    sizes = np.array([key.image.shape[1::-1] for key in keys])
    inside = ((place >= 0) & (place < sizes)).all(axis=2)
    likely = _likelihood(table, move[of_key][:, of_key], amplitude[of_key][:, of_key])
    seen, first = np.unique(of_key, return_index=True)
    total = np.zeros(len(table))
    for k, others in zip(seen, np.split(likely, first[1:], axis=1), strict=True):
        total += weight[of_key, k] * inside[:, k] * others.max(axis=1)
    known = weight[of_key]
    usable = np.maximum((known * inside).sum(axis=1), LEAST_IN_VIEW * known.sum(axis=1))
    scores = total / usable * _near(table[:, :2] - hands[of_key], keys[0].line == "shoulder")
    anchor = int(scores.argmax())
    chain: list[RimFit | None] = [None] * len(keys)
    for k in seen:
        mine = likely[anchor, of_key == k]
        if inside[anchor, k] and mine.max() > LINK:
            chain[k] = found[k][int(mine.argmax())]
    return chain, float(scores[anchor])


def _near(beside: Array, shoulder: bool) -> Array:
    """How usual places relative to the hands or shoulders are for a plate, shape = (n, 2)."""
    x, y = beside.T
    above = SHOULDER_ABOVE if shoulder else USUAL_ABOVE
    below = SHOULDER_BELOW if shoulder else USUAL_BELOW
    usual: Array = np.exp(-0.5 * ((x / USUAL_X) ** 2 + (y / np.where(y > 0, below, above)) ** 2))
    return usual


def _table(
    found: Sequence[Sequence[RimFit]], keys: Sequence[KeyFrame], stature_px: float
) -> tuple[Array, NDArray[np.intp]]:
    """Rows of x, y, radius, aspect (statures, unmoved camera) and evidence; each row's picture."""
    rows = [
        (*key.room(fit.ellipse.centre), fit.ellipse.b, fit.ellipse.aspect, fit.support)
        for fits, key in zip(found, keys, strict=True)
        for fit in fits
    ]
    table = np.array(rows, np.float64).reshape(-1, 5)
    table[:, :3] /= stature_px
    excess = np.clip(table[:, 4] - CHANCE_SUPPORT, 0, None) / (1 - CHANCE_SUPPORT)
    table[:, 4] = excess * np.sqrt(table[:, 2] / TYPICAL_RADIUS)
    return table, np.repeat(np.arange(len(found)), [len(fits) for fits in found])


def _likelihood(table: Array, move: Array, amplitude: Array) -> Array:
    """How likely each disc (column) is another (row) moved with the hands; times its evidence.

    Parameters
    ----------
    table
        As `_table` gives it.
    move, amplitude
        shape = (n, n, 2) and (n, n): of the hands, statures.
    """
    x, y, radius, aspect, evidence = table.T
    shift_x, shift_y = x - x[:, None], y - y[:, None]
    slack_x = SLACK_X + SLACK_X_PER_MOVE * amplitude
    slack_y = SLACK_Y + SLACK_Y_PER_MOVE * np.abs(move[..., 1])
    size = np.log(radius)
    surprise = (
        ((shift_x - move[..., 0]) / slack_x) ** 2
        + ((shift_y - move[..., 1]) / slack_y) ** 2
        + ((size - size[:, None]) / SLACK_RADIUS) ** 2
        + ((aspect - aspect[:, None]) / SLACK_ASPECT) ** 2
    )
    stayed = np.exp(-0.5 * (shift_x**2 + shift_y**2) / STILL**2)
    moving = 1 - stayed * np.clip((amplitude - 0.03) / 0.06, 0, 1)
    likely: Array = np.exp(-0.5 * surprise) * moving * evidence
    return likely


def _still(key: KeyFrame, keys: Sequence[KeyFrame], stature_px: float) -> NDArray[np.bool_] | None:
    """Edges of a key picture that also stand where they are while the hands are elsewhere."""
    here = key.room(key.hands)
    away = [float(np.linalg.norm(other.room(other.hands) - here)) for other in keys]
    furthest = int(np.argmax(away))
    if away[furthest] < ELSEWHERE * stature_px:
        return None
    other = keys[furthest]
    grey, elsewhere = (
        np.asarray(cv2.cvtColor(k.image, cv2.COLOR_RGB2GRAY), np.uint8) for k in (key, other)
    )
    back = cv2.invertAffineTransform(key.to_room)
    there = np.vstack([other.to_room, [0, 0, 1]])
    moved = cv2.warpAffine(elsewhere, back @ there, grey.shape[::-1])
    return still_edges(grey, np.asarray(moved, np.uint8), stature_px)


def _is_body(e: Ellipse, key: KeyFrame, stature_px: float) -> bool:
    """Tell head and trunk, which are round and move with the bar, from plates."""
    near = float(np.linalg.norm(e.centre - key.head)) < HEAD_NEAR * stature_px
    if near and (e.a * e.b) ** 0.5 < HEAD_RADIUS * stature_px:
        return True
    return abs(e.x - key.middle_x) < key.keep_off_px


def body_width_px(hips_apart_px: float, stature_px: float) -> float:
    """How far from the middle of the body no plate can be, given the hips' width in the image.

    The hips tell the view better than the shoulders, which a plate hides.
    """
    return OUTSIDE_HIPS * max(0.0, hips_apart_px - SIDE_VIEW_HIPS * stature_px)
