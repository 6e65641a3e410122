"""Plate tracking from frame to frame: optical flow predicts, the rim corrects."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, pairwise

import cv2
import numpy as np

from lastrep.bar.arrays import Array, Image
from lastrep.bar.images.clip_images import ClipImages
from lastrep.bar.images.optical_flow import detect_corners, fit_similarity, track_corners
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.options import PlateOptions, PlateTrackingOptions
from lastrep.bar.plate.refinement import Plate
from lastrep.bar.plate.rim_fit import RimFit, RimSearch, fit_rim, fit_rims, rim_edges


@dataclass(frozen=True, slots=True)
class Observation:
    """The plate in one frame.

    Parameters
    ----------
    ellipse
        Where it is; a and b are this frame's own if `shape_seen`, else the plate's.
    support
        Share of the rim that is an edge, 0..1.
    shape_seen
        True if a and b were measured in this frame.
    """

    ellipse: Ellipse
    support: float
    shape_seen: bool


@dataclass(frozen=True, slots=True)
class DiscTrack:
    """Result of tracking.

    Parameters
    ----------
    observations
        By frame number; frames in which the plate was lost are missing.
    segments, open_segments
        Segments between two key frames, and how many of them did not close: tracking did not arrive
        where the plate was detected again.
    """

    observations: dict[int, Observation]
    segments: int
    open_segments: int

    @property
    def last(self) -> Ellipse | None:
        """Where it was observed last; None if never."""
        return self.observations[max(self.observations)].ellipse if self.observations else None


@dataclass(frozen=True, slots=True, eq=False)
class TrackingScene:
    """What stays the same while a plate is tracked.

    Parameters
    ----------
    images
        Consecutive frames; `plate.seeds` are numbers into them.
    proxy_px
        shape = (n, 2): the bar proxy in each, pixels; NaN if not known.
    plate
        What to track.
    stature_px
        Height of the lifter, pixels.
    options
        Parameters of tracking and of rim fits.
    """

    images: ClipImages
    proxy_px: Array
    plate: Plate
    stature_px: float
    options: PlateOptions


def track_plate(scene: TrackingScene) -> DiscTrack:
    """Track a detected plate through all images.

    From each key frame to the next; a segment that does not close is tracked backwards too, and
    both ways are kept up to where they fit together best.
    """
    seeds, radius_px = scene.plate.seeds, scene.plate.b
    at = sorted(seeds)
    observations = {k: Observation(seeds[k], 1.0, False) for k in at}
    segments = list(pairwise(at))
    outwards = [(at[0], -1), (at[-1], len(scene.images))]
    onwards = [(first, last + 1) for first, last in segments]
    before, after, *forwards = _track_spans(scene, outwards + onwards)
    observations |= before | after
    still_open = []
    farthest = scene.options.tracking.max_closure * radius_px
    for segment, forward in zip(segments, forwards, strict=True):
        end = forward.pop(segment[1], None)
        if end is None or end.ellipse.distance(seeds[segment[1]]) >= farthest:
            still_open.append((segment, forward))
        observations |= forward
    backwards = _track_spans(scene, [(b, a) for (a, b), _ in still_open])
    for ((first, last), forward), backward in zip(still_open, backwards, strict=True):
        switch = _switch_frame(range(first + 1, last + 1), forward, backward, radius_px)
        for k in range(first + 1, last):
            way = forward if k < switch else backward
            if k in way:
                observations[k] = way[k]
            else:
                observations.pop(k, None)
    observations = _with_shapes(observations, scene)
    return DiscTrack(observations, len(segments), len(still_open))


def _with_shapes(
    observations: Mapping[int, Observation], scene: TrackingScene
) -> dict[int, Observation]:
    """Measure the shape in some of the frames in which the rim is clear."""
    o, rim_fit = scene.options.tracking, scene.options.rim_fit
    clear: list[int] = []
    for k in sorted(observations):
        due = not clear or k - clear[-1] >= o.shape_every
        if due and observations[k].support > o.min_shape_support:
            clear.append(k)
    search = RimSearch(o.shape_band, o.shape_rounds, rim_fit.min_edge_known)
    measured = dict(observations)
    for first in range(0, len(clear), o.shapes_at_once):
        some = clear[first : first + o.shapes_at_once]
        ellipses = [observations[k].ellipse for k in some]
        shapes = fit_rims([scene.images[k] for k in some], ellipses, search, rim_fit)
        for k, shape, old in zip(some, shapes, ellipses, strict=True):
            similar = abs(shape.ellipse.b / old.b - 1) < o.max_shape_deviation
            if shape.support > o.min_shape_support and similar:
                here = Ellipse(old.x, old.y, shape.ellipse.a, shape.ellipse.b)
                measured[k] = Observation(here, observations[k].support, shape_seen=True)
    return measured


def _switch_frame(
    frames: range,
    forward: Mapping[int, Observation],
    backward: Mapping[int, Observation],
    radius_px: float,
) -> int:
    """Return the frame from which on the backward track of an open segment is used.

    One of the two strayed at some time, and does not come back by itself: changing between them
    frame by frame would make the bar jump. The switch with the best supported rims is taken; a jump
    of a radius costs as much as a frame without a rim.
    """

    def value(switch: int) -> float:
        seen = [(forward if k < switch else backward).get(k) for k in frames]
        here, there = forward.get(switch - 1), backward.get(switch)
        jump = 0.0 if here is None or there is None else here.ellipse.distance(there.ellipse)
        return sum(s.support for s in seen if s is not None) - jump / radius_px

    return max(frames, key=value)


def _track_spans(
    scene: TrackingScene, spans: Sequence[tuple[int, int]]
) -> list[dict[int, Observation]]:
    """Track from the start of each span up to, not including, its stop, in either direction.

    All are tracked at once, as rims are fitted many at once.
    """
    images = scene.images
    trackers = [_SpanTracker(scene, start) for start, _ in spans]
    ways = [tracker.track(stop) for tracker, (_, stop) in zip(trackers, spans, strict=True)]
    running = [(way, wanted) for way in ways if (wanted := next(way, None)) is not None]
    while running:
        images.prefetch(wanted.next_frame for _, wanted in running if wanted.next_frame is not None)
        answers = _fit_all(scene, [wanted for _, wanted in running])
        ways, running = [way for way, _ in running], []
        for way, fits in zip(ways, answers, strict=True):
            # A tracker that has arrived or given up wants nothing more.
            with suppress(StopIteration):
                running.append((way, way.send(fits)))
    return [tracker.observations for tracker in trackers]


@dataclass(frozen=True, slots=True, eq=False)
class _RimRequest:
    """Rims of known shape that a tracker wants fitted.

    Parameters
    ----------
    frame
        Number of the image.
    starts
        Where they are about.
    band, rounds
        As in `RimSearch`.
    next_frame
        The image that will be wanted next; None for none.
    """

    frame: int
    starts: Sequence[Ellipse]
    band: float
    rounds: int
    next_frame: int | None


def _fit_all(scene: TrackingScene, wanted: Sequence[_RimRequest]) -> list[list[RimFit]]:
    """Fit the rims that all trackers want, those of the same band and rounds at once."""
    rim_fit = scene.options.rim_fit
    answers: list[list[RimFit]] = [[] for _ in wanted]
    for band, rounds in {(w.band, w.rounds) for w in wanted}:
        same = [i for i, w in enumerate(wanted) if (w.band, w.rounds) == (band, rounds)]
        places = [(wanted[i].frame, start) for i in same for start in wanted[i].starts]
        fits = iter(
            fit_rims(
                [scene.images[frame] for frame, _ in places],
                [start for _, start in places],
                RimSearch(band, rounds, rim_fit.min_edge_known, fixed_shape=True),
                rim_fit,
            )
        )
        for i in same:
            answers[i] = list(islice(fits, len(wanted[i].starts)))
    return answers


class _SpanTracker:
    """The plate's place, one frame after the other.

    Parameters
    ----------
    scene
        What is tracked, and where.
    start
        Number of the first frame, a key frame.

    Attributes
    ----------
    observations
        Where it was, by the number of the frame.
    """

    def __init__(self, scene: TrackingScene, start: int) -> None:
        self.observations: dict[int, Observation] = {}
        self._scene = scene
        self._plate = scene.plate
        self._options = scene.options.tracking
        self._start = start
        self._centre = scene.plate.seeds[start].centre
        self._velocity = np.zeros(2)
        self._last_move = np.zeros(2)
        #: True if the rim was clear, and so may be enough by itself.
        self._rim_clear = False
        self._lost_frames = 0

    def track(self, stop: int) -> Generator[_RimRequest, list[RimFit], None]:
        """Track up to, not including, a frame before or after the start.

        Yields the rims to fit, and is sent the fits.
        """
        o, plate = self._options, self._plate
        way = 1 if stop > self._start else -1
        for now in range(self._start + way, stop, way):
            if self._lost_frames > o.max_lost_frames:
                return
            ahead = now + way if now + way != stop else None
            if self._rim_clear:
                expected = self._disc(self._centre + self._last_move)
                (rim,) = yield _RimRequest(now, [expected], o.near_band, o.near_rounds, ahead)
                near = rim.ellipse.distance(expected) < o.rim_only_gate * plate.b
                if rim.support >= o.rim_only_support and near:
                    # The rim is clear and as expected: all that most frames need.
                    self._observe(now, rim.ellipse.centre, rim.support)
                    continue
            expected, inliers = self._predict(now - way, now)
            rings = [expected.scaled(ring) for ring in (1.0, *plate.rings)]
            band, rounds = (o.near_band, o.near_rounds) if inliers else (o.far_band, o.far_rounds)
            fits = yield _RimRequest(now, rings, band, rounds, ahead)
            self._correct(now, expected, inliers, max(fits, key=lambda fit: fit.support))

    def _predict(self, before: int, now: int) -> tuple[Ellipse, int]:
        """Where the plate should be, and how many corners on it say so."""
        images, proxy_px = self._scene.images, self._scene.proxy_px
        if not self._lost_frames:
            disc = self._disc(self._centre)
            flow = disc_flow(images.grey(before), images.grey(now), disc, self._options)
            if flow is not None:
                return self._disc(flow[0]), flow[1]
        moved = proxy_px[now] - proxy_px[before]
        coasting = self._lost_frames < self._options.coast_frames or not np.isfinite(moved).all()
        return self._disc(self._centre + (self._velocity if coasting else moved)), 0

    def _correct(self, now: int, expected: Ellipse, inliers: int, fit: RimFit) -> None:
        """Take the rim if it is where it is expected, else the corners, else the plate is lost."""
        o, lost = self._options, self._lost_frames
        image = self._scene.images[now]
        if fit.support < o.min_support and lost:
            fit = search_rim(image, expected, self._scene)
        gate, needed = o.gate, o.min_support
        if lost:
            gate = min(o.lost_gate + o.lost_gate_per_frame * lost, o.max_lost_gate)
            needed = o.regained_support
        if not _inside(image, fit.ellipse.centre):
            needed = o.rim_only_support
        if fit.support >= needed and fit.ellipse.distance(expected) < gate * self._plate.b:
            self._observe(now, fit.ellipse.centre, fit.support)
        elif inliers >= o.min_carrying_corners and _inside(image, expected.centre):
            # The rim is hidden, the disc is not.
            self._observe(now, expected.centre, max(fit.support, o.carried_support))
        else:
            self._lost_frames += 1
            self._velocity, self._rim_clear = o.lost_velocity_share * self._velocity, False
            self._centre = expected.centre

    def _observe(self, now: int, centre: Array, support: float) -> None:
        gain = self._options.velocity_gain
        self._last_move = centre - self._centre
        self._velocity = (1 - gain) * self._velocity + gain * self._last_move
        self._centre, self._lost_frames = centre, 0
        self._rim_clear = support >= self._options.rim_only_support
        self.observations[now] = Observation(self._disc(centre), support, shape_seen=False)

    def _disc(self, centre: Array) -> Ellipse:
        return Ellipse(0, 0, self._plate.a, self._plate.b).at(centre)


def _inside(image: Image, centre: Array) -> bool:
    """True if the centre is in the image: of less than half a plate only a clear rim is sure."""
    height, width = image.shape[:2]
    return bool((centre >= 0).all() and (centre < (width, height)).all())


def track_point(images: ClipImages, start: Ellipse, options: PlateTrackingOptions) -> DiscTrack:
    """Track the corners around a point from the first image on, until they are lost."""
    before, at = images.grey(0), start
    observations = {0: Observation(at, 1.0, shape_seen=False)}
    for k in range(1, len(images)):
        now = images.grey(k)
        flow = disc_flow(before, now, at, options)
        if flow is None:
            break
        at, before = at.at(flow[0]), now
        support = min(1.0, flow[1] / options.min_carrying_corners)
        observations[k] = Observation(at, support, shape_seen=False)
    return DiscTrack(observations, 0, 0)


def disc_flow(
    before: Image, now: Image, disc: Ellipse, options: PlateTrackingOptions
) -> tuple[Array, int] | None:
    """Return where a disc's centre went, by the corners on it, and the number of inliers.

    Parameters
    ----------
    before, now
        shape = (h, w)
    disc
        Where it is in `before`.
    options
        Corners, and how much a disc may grow.

    Returns
    -------
    None if too few corners could be tracked there and back.
    """
    o = options
    height, width = before.shape
    margin = o.flow_margin_radii * disc.b + o.flow_margin_px
    left, right = (int(np.clip(disc.x + s * (disc.a + margin), 0, width)) for s in (-1, 1))
    top, bottom = (int(np.clip(disc.y + s * (disc.b + margin), 0, height)) for s in (-1, 1))
    if min(right - left, bottom - top) < o.min_flow_region_px:
        return None
    old, new = before[top:bottom, left:right], now[top:bottom, left:right]
    origin = np.array([left, top], np.float64)
    mask = np.zeros(old.shape, np.uint8)
    middle = (round(disc.x - left), round(disc.y - top))
    axes = (int(disc.a * o.corner_radius), int(disc.b * o.corner_radius))
    cv2.ellipse(mask, middle, axes, 0, 0, 360, 255, -1)
    start = detect_corners(old, mask, o.corners)
    if len(start) < o.corners.min_corners:
        return None
    end, good = track_corners(old, new, start, o.corners)
    if good.sum() < o.corners.min_corners:
        return None
    common = fit_similarity(start[good], end[good], o.corners.max_residual_px)
    if common is not None and common[1] >= o.corners.min_corners:
        move, inliers = common
        if abs(float(np.hypot(move[0, 0], move[1, 0])) - 1) < o.max_growth:
            return move[:, :2] @ (disc.centre - origin) + move[:, 2] + origin, inliers
    shift = np.median(end[good] - start[good], axis=0).astype(np.float64)
    return disc.centre + shift, int(good.sum()) // 2


def search_rim(image: Image, expected: Ellipse, scene: TrackingScene) -> RimFit:
    """Search the rim of a lost plate on a grid around its expected place."""
    o, rim_fit, tall = scene.options.tracking, scene.options.rim_fit, scene.stature_px
    best, most = expected.centre, 0.0
    for dy in np.arange(-o.grid_y, o.grid_y + 1e-6, o.grid_step) * tall:
        for dx in np.arange(-o.grid_x, o.grid_x + 1e-6, o.grid_step) * tall:
            place = expected.centre + np.array([dx, dy])
            edges, _ = rim_edges(image, expected.at(place), *o.grid_rim, rim_fit)
            share = float((edges.max(axis=1) > rim_fit.min_edge_unknown).mean())
            if share > most:
                best, most = place, share
    search = RimSearch(o.grid_band, o.grid_rounds, rim_fit.min_edge_unknown, fixed_shape=True)
    return fit_rim(image, expected.at(best), search, rim_fit)
