"""Plate detection: which disc is the plate? The one that moves with the bar proxy.

The share of a rim that is an edge does not tell a plate from a hub, a knee or a clock. Moving with
the hands over images taken at different heights does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.arrays import Array, Image, Mask
from lastrep.bar.confidence import Ramp, ramp
from lastrep.bar.lifter import BarProxy
from lastrep.bar.plate.candidates import DiscSearch, edges_near, find_discs, static_edges
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.options import PlateDetectionOptions, PlateOptions
from lastrep.bar.plate.refinement import Plate, refine_plate
from lastrep.bar.plate.rim_fit import RimFit

#: At most one disc for each key image.
Chain = list[RimFit | None]


@dataclass(frozen=True, slots=True, eq=False)
class KeyFrame:
    """One image in which the plate is looked for.

    Parameters
    ----------
    index
        Number of the frame.
    image
        shape = (h, w, 3)
    proxy_px
        shape = (2,): the bar proxy, pixels of this image.
    proxy
        Which body part it is.
    head
        shape = (2,): pixels; NaN if not detected.
    middle_x
        Middle of the shoulders, pixels.
    body_half_width_px
        Discs nearer to the middle belong to the body (`body_half_width_px`).
    stabilising
        shape = (2, 3): moves points of this image to stabilised coordinates.
    """

    index: int
    image: Image
    proxy_px: Array
    proxy: BarProxy
    head: Array
    middle_x: float
    body_half_width_px: float
    stabilising: Array

    def stabilised(self, points: Array) -> Array:
        """Move points, shape = (..., 2), to stabilised coordinates."""
        return np.asarray(points @ self.stabilising[:, :2].T + self.stabilising[:, 2], np.float64)


@dataclass(frozen=True, slots=True)
class DetectionScene:
    """What stays the same while a plate is looked for.

    Parameters
    ----------
    keys
        Images from all over the proxy's movement; a dozen or more are best.
    stature_px
        Height of the lifter, pixels.
    options
        Parameters of the plate's stages.
    disc_aspect
        Confidence by the disc's aspect (`ConfidenceOptions.disc_aspect`): of two chains the one
        that can be measured better is preferred.
    """

    keys: Sequence[KeyFrame]
    stature_px: float
    options: PlateOptions
    disc_aspect: Ramp

    def every(self, step: int) -> DetectionScene:
        """Return the same with every `step`-th image only."""
        return replace(self, keys=self.keys[::step])


@dataclass(frozen=True, slots=True)
class _Detection:
    """A chain, its score, and the score from which it is a plate."""

    chain: Chain
    score: float
    needed: float


def detect_plate(scene: DetectionScene, known: Plate | None = None) -> Plate | None:
    """Detect the disc that moves with the bar proxy.

    Every third image is searched for discs of every size and shape; what they agree on is looked
    for in the others, and everything there only if that gives no plate.

    Parameters
    ----------
    scene
        Where it is looked for.
    known
        A plate detected before in this recording: looked for first.

    Returns
    -------
    None if there are fewer than three images, or no disc moves with the proxy.
    """
    keys, options = scene.keys, scene.options
    if len(keys) < options.detection.min_chain:
        return None
    candidates = options.candidates
    edges = [
        edges_near(key.image, key.proxy_px, scene.stature_px, _static(key, scene), candidates)
        for key in keys
    ]

    def discs(search: DiscSearch, k: int) -> list[RimFit]:
        own = replace(search, proxy_px=keys[k].proxy_px)
        found = find_discs(keys[k].image, edges[k], own, options)
        return [fit for fit in found if not _is_body(fit.ellipse, keys[k], scene)]

    def search_for(radii: tuple[float, float]) -> DiscSearch:
        return DiscSearch(keys[0].proxy_px, scene.stature_px, radii, candidates.aspects)

    if known is not None:
        similar = search_for(candidates.usual_radii).similar_to(
            known.b, known.a / known.b, candidates
        )
        chain, score = select_chain([discs(similar, k) for k in range(len(keys))], scene)
        if score >= known.needed:
            return _plate(scene, _Detection(chain, score, known.needed))
    usual, small = options.detection.min_score, options.detection.min_score_small
    best = _Detection([], 0.0, usual)
    for radii, needed in ((candidates.usual_radii, usual), (candidates.small_radii, small)):
        if best.score >= usual:
            break
        detection = _detect_size(scene, search_for(radii), needed, discs)
        if detection.score > best.score:
            best = detection
    return _plate(scene, best)


def _detect_size(
    scene: DetectionScene,
    search: DiscSearch,
    needed: float,
    discs: Callable[[DiscSearch, int], list[RimFit]],
) -> _Detection:
    """Detect the chain of discs in one range of sizes.

    Parameters
    ----------
    scene
        Where it is looked for.
    search
        Range of sizes.
    needed
        Score from which a chain of such discs is a plate.
    discs
        Finds the candidates in one key image.
    """
    every, step = range(len(scene.keys)), scene.options.detection.full_search_every
    found = [discs(search, k) if k % step == 0 else [] for k in every]
    searched, searched_scene = found[::step], scene.every(step)
    chain, _ = select_chain(searched, searched_scene)
    chains = [chain, _other_end(chain, searched, searched_scene)]
    score = trust = 0.0
    for radius, aspect in _sizes(chains, found, scene.options.detection):
        similar = search.similar_to(radius, aspect, scene.options.candidates)
        narrow = [[*found[k], *discs(similar, k)] for k in every]
        other, reached = select_chain(narrow, scene)
        trusted = reached * ramp(aspect, scene.disc_aspect)
        if trusted > trust or not trust:
            chain, score, trust = other, reached, trusted
    if score < needed:
        chain, score = select_chain([found[k] or discs(search, k) for k in every], scene)
    return _Detection(chain, score, needed)


def _other_end(chain: Chain, found: Sequence[Sequence[RimFit]], scene: DetectionScene) -> Chain:
    """Return the disc at the other end of the bar, if the first one is beside the lifter.

    Seen obliquely both plates move with the hands, and the rounder one can be measured better.
    """
    keys = scene.keys
    beside = [
        f.ellipse.x - k.proxy_px[0] for f, k in zip(chain, keys, strict=True) if f is not None
    ]
    offset = float(np.median(beside)) if beside else 0.0
    if abs(offset) < scene.options.detection.beside * scene.stature_px:
        return []
    across = [
        [f for f in fits if (f.ellipse.x - key.proxy_px[0]) * offset < 0]
        for fits, key in zip(found, keys, strict=True)
    ]
    return select_chain(across, scene)[0]


def _sizes(
    chains: Sequence[Chain], found: Sequence[Sequence[RimFit]], options: PlateDetectionOptions
) -> list[tuple[float, float]]:
    """Radii (pixels) and aspects to look for: the chains', and those of rims too whole for chance.

    In few images a wrong ring that is proposed in each of them beats the right one that is not.
    """
    sizes: list[tuple[float, float]] = []
    for chain in chains:
        linked = [(fit.ellipse.b, fit.ellipse.aspect) for fit in chain if fit is not None]
        if len(linked) > 1:
            radius, aspect = np.median(linked, axis=0)
            sizes.append((float(radius), float(aspect)))
    most = len(sizes) + options.max_whole_rims
    whole = [fit for fits in found for fit in fits if fit.support >= options.whole_rim_support]
    for fit in sorted(whole, key=lambda f: -f.support * f.ellipse.b**0.5):
        radius, aspect = fit.ellipse.b, fit.ellipse.aspect
        if len(sizes) < most and all(
            abs(np.log(radius / r)) > options.slack_log_radius
            or abs(aspect - a) > options.slack_aspect
            for r, a in sizes
        ):
            sizes.append((radius, aspect))
    return sizes


def _plate(scene: DetectionScene, detection: _Detection) -> Plate | None:
    keys, o = scene.keys, scene.options.detection
    linked = [
        (key, fit) for key, fit in zip(keys, detection.chain, strict=False) if fit is not None
    ]
    if len(linked) < max(o.min_chain, o.min_chain_share * len(keys)):
        return None
    discs = [(key.index, key.image, fit.ellipse) for key, fit in linked]
    return refine_plate(discs, scene.stature_px, detection.score, detection.needed, scene.options)


def select_chain(found: Sequence[Sequence[RimFit]], scene: DetectionScene) -> tuple[Chain, float]:
    """Select at most one disc an image, such that they are one thing that moves with the proxy.

    Every disc once is the anchor: the proxy's movement says where it should be in every other
    image; the best match there is evidence, weighted by how far the proxy moved.

    Parameters
    ----------
    found
        Candidates in each key image.
    scene
        The key images.

    Returns
    -------
    chain
        One disc or None for each image.
    score
        Mean evidence, 0..1.
    """
    keys, stature_px, o = scene.keys, scene.stature_px, scene.options.detection
    table, of_key = _candidate_table(found, scene)
    if not len(table):
        return [None] * len(keys), 0.0
    proxy = np.array([key.stabilised(key.proxy_px) for key in keys]) / stature_px
    move = proxy - proxy[:, None]
    amplitude = np.hypot(move[..., 0], move[..., 1])
    weight = o.min_pair_weight + np.minimum(amplitude / o.full_weight_move, 1.0)
    # An image that the plate has left says nothing.
    back = np.array([cv2.invertAffineTransform(key.stabilising) for key in keys])
    expected = (table[:, None, :2] + move[of_key]) * stature_px
    place = np.einsum("kij,nkj->nki", back[:, :, :2], expected) + back[:, :, 2]
    sizes = np.array([key.image.shape[1::-1] for key in keys])
    inside = ((place >= 0) & (place < sizes)).all(axis=2)
    likely = _likelihood(table, move[of_key][:, of_key], amplitude[of_key][:, of_key], o)
    seen, first = np.unique(of_key, return_index=True)
    total = np.zeros(len(table))
    for k, others in zip(seen, np.split(likely, first[1:], axis=1), strict=True):
        total += weight[of_key, k] * inside[:, k] * others.max(axis=1)
    known = weight[of_key]
    usable = np.maximum((known * inside).sum(axis=1), o.min_view_share * known.sum(axis=1))
    shoulders = keys[0].proxy == "shoulder"
    scores = total / usable * _place_prior(table[:, :2] - proxy[of_key], shoulders, o)
    anchor = int(scores.argmax())
    chain: Chain = [None] * len(keys)
    for k in seen:
        mine = likely[anchor, of_key == k]
        if inside[anchor, k] and mine.max() > o.min_link:
            chain[k] = found[k][int(mine.argmax())]
    return chain, float(scores[anchor])


def _place_prior(beside: Array, shoulders: bool, options: PlateDetectionOptions) -> Array:
    """How usual places relative to the proxy are for a plate, 0..1, shape = (n,).

    Parameters
    ----------
    beside
        shape = (n, 2): from the proxy, statures, y down.
    shoulders
        True if the proxy is the shoulders, else it is the hands.
    options
        Usual places.
    """
    o = options
    x, y = beside.T
    above = o.usual_above_shoulders if shoulders else o.usual_above_hands
    below = o.usual_below_shoulders if shoulders else o.usual_below_hands
    away = (x / o.usual_beside) ** 2 + (y / np.where(y > 0, below, above)) ** 2
    return np.asarray(np.exp(-0.5 * away), np.float64)


def _candidate_table(
    found: Sequence[Sequence[RimFit]], scene: DetectionScene
) -> tuple[Array, NDArray[np.intp]]:
    """Return all candidates as rows, and the number of each row's image.

    Rows are x, y, radius (statures, stabilised), aspect, and evidence.
    """
    o = scene.options.detection
    rows = [
        (*key.stabilised(fit.ellipse.centre), fit.ellipse.b, fit.ellipse.aspect, fit.support)
        for fits, key in zip(found, scene.keys, strict=True)
        for fit in fits
    ]
    table = np.array(rows, np.float64).reshape(-1, 5)
    table[:, :3] /= scene.stature_px
    excess = np.clip(table[:, 4] - o.chance_support, 0, None) / (1 - o.chance_support)
    table[:, 4] = excess * np.sqrt(table[:, 2] / o.typical_radius)
    return table, np.repeat(np.arange(len(found)), [len(fits) for fits in found])


def _likelihood(
    table: Array, move: Array, amplitude: Array, options: PlateDetectionOptions
) -> Array:
    """How likely each disc (column) is another (row) moved with the proxy; times its evidence.

    Parameters
    ----------
    table
        As `_candidate_table` gives it.
    move, amplitude
        shape = (n, n, 2) and (n, n): of the proxy, statures.
    options
        How far discs may be from where they are expected.

    Returns
    -------
    shape = (n, n)
    """
    o = options
    x, y, radius, aspect, evidence = table.T
    shift_x, shift_y = x - x[:, None], y - y[:, None]
    slack_x = o.slack_x + o.slack_x_per_move * amplitude
    slack_y = o.slack_y + o.slack_y_per_move * np.abs(move[..., 1])
    size = np.log(radius)
    surprise = (
        ((shift_x - move[..., 0]) / slack_x) ** 2
        + ((shift_y - move[..., 1]) / slack_y) ** 2
        + ((size - size[:, None]) / o.slack_log_radius) ** 2
        + ((aspect - aspect[:, None]) / o.slack_aspect) ** 2
    )
    stayed = np.exp(-0.5 * (shift_x**2 + shift_y**2) / o.static_sd**2)
    moving = 1 - stayed * np.clip((amplitude - o.static_from_move) / o.static_ramp_move, 0, 1)
    likely: Array = np.exp(-0.5 * surprise) * moving * evidence
    return likely


def _static(key: KeyFrame, scene: DetectionScene) -> Mask | None:
    """Edges of a key image that are where they are while the proxy is elsewhere; None if nowhere.

    shape = (h, w)
    """
    here = key.stabilised(key.proxy_px)
    away = [float(np.linalg.norm(other.stabilised(other.proxy_px) - here)) for other in scene.keys]
    furthest = int(np.argmax(away))
    if away[furthest] < scene.options.detection.min_static_move * scene.stature_px:
        return None
    other = scene.keys[furthest]
    grey, elsewhere = (
        np.asarray(cv2.cvtColor(k.image, cv2.COLOR_RGB2GRAY), np.uint8) for k in (key, other)
    )
    back = cv2.invertAffineTransform(key.stabilising)
    there = np.vstack([other.stabilising, [0, 0, 1]])
    moved = cv2.warpAffine(elsewhere, back @ there, grey.shape[::-1])
    return static_edges(
        grey, np.asarray(moved, np.uint8), scene.stature_px, scene.options.candidates
    )


def _is_body(e: Ellipse, key: KeyFrame, scene: DetectionScene) -> bool:
    """True for head and trunk, which are round and move with the bar."""
    o, stature_px = scene.options.detection, scene.stature_px
    near = float(np.linalg.norm(e.centre - key.head)) < o.head_distance * stature_px
    if near and (e.a * e.b) ** 0.5 < o.max_head_radius * stature_px:
        return True
    return abs(e.x - key.middle_x) < key.body_half_width_px


def body_half_width_px(
    hips_apart_px: float, stature_px: float, options: PlateDetectionOptions
) -> float:
    """How far from the middle of the body no plate can be, given the hips' width in the image.

    The hips tell the view better than the shoulders, which a plate hides.
    """
    excess_px = hips_apart_px - options.side_view_hips * stature_px
    return options.body_per_hips * max(0.0, excess_px)
