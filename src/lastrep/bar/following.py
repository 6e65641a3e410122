"""Follow the plate from frame to frame: optical flow predicts, the rim corrects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.ellipse import (
    EDGE_KNOWN,
    EDGE_UNKNOWN,
    Array,
    Ellipse,
    Image,
    RimFit,
    fit_rim,
    fit_rims,
    fit_rings,
    rim_edges,
)
from lastrep.bar.flow import common_move, corners, follow_corners
from lastrep.bar.pictures import Pictures
from lastrep.bar.plate import Plate

Grey = NDArray[np.uint8]

#: Corners on the disc: at most, at least for a vote, and at least to go on without a rim.
CORNERS, MIN_CORNERS, CARRYING_CORNERS = 70, 6, 12
#: Corners are looked for this far out on the disc: those at the rim show the background too.
INNER = 0.95
#: How well corners must return on the way back, pixels.
FLOW_RETURN_PX = 0.7
#: A plate neither grows nor shrinks faster than this between two frames.
MAX_GROWTH = 0.08
#: The rim must be seen this much to correct the prediction, and this much to measure the shape.
RIM_NEEDED, RIM_FOR_SHAPE = 0.38, 0.55
#: The shape is measured in every so many frames, as it changes slowly; and in so many at once.
SHAPE_EVERY, SHAPES_AT_ONCE = 4, 32
#: Where so much of the rim is seen, this near (radii) to where the last move puts it, the rim
#: alone says where the plate is; else corners are followed too.
RIM_ALONE, GATE_ALONE = 0.65, 0.08
#: How far the rim may correct the prediction, in radii; when lost, and more for every lost frame.
GATE, GATE_LOST, GATE_PER_FRAME, GATE_MOST = 0.30, 0.6, 0.03, 1.2
#: A lost plate is believed to be found again if so much of its rim is seen.
RIM_REGAINED = 0.50
#: Frames that a lost plate coasts before it is looked for where the hands went.
COAST_FRAMES = 3
#: A plate lost for this many frames is left to the next picture in which it was found.
GIVE_UP_FRAMES = 45
#: Where a lost plate is looked for: grid around the expected place, statures.
GRID_X, GRID_Y, GRID_STEP = 0.07, 0.14, 0.035
#: Following must arrive this near to where the plate was found, in radii.
CLOSURE = 0.12


@dataclass(frozen=True, slots=True)
class Sighting:
    """The plate in one frame.

    Parameters
    ----------
    ellipse
        Where it is; a and b are this frame's own if the rim was clear, else the plate's.
    support
        Share of the rim seen, 0..1.
    shape_seen
        Whether a and b were measured in this frame.
    """

    ellipse: Ellipse
    support: float
    shape_seen: bool


@dataclass(frozen=True, slots=True)
class Following:
    """What following gave.

    Parameters
    ----------
    sightings
        By frame number; frames in which the plate was lost are missing.
    segments, open_segments
        Stretches between two found places, and how many of them did not arrive where the plate
        was found again.
    """

    sightings: dict[int, Sighting]
    segments: int
    open_segments: int

    @property
    def last(self) -> Ellipse | None:
        """Where it was seen last."""
        return self.sightings[max(self.sightings)].ellipse if self.sightings else None


def follow_plate(pictures: Pictures, hands: Array, plate: Plate, stature_px: float) -> Following:
    """Follow a found plate through all pictures.

    From each picture in which it was found to the next; where the end is not met, also backwards,
    and both are kept up to where they fit together best.

    Parameters
    ----------
    pictures
        Consecutive frames; `plate.seeds` are numbers into them.
    hands
        shape = (n, 2): where the hands (or shoulders) are in each, pixels; NaN if not known.
    plate
        What to follow.
    stature_px
        Height of the lifter.
    """
    seeds = plate.seeds
    at = sorted(seeds)
    sightings = {k: Sighting(seeds[k], 1.0, False) for k in at}
    segments = list(pairwise(at))
    outwards = [(at[0], -1), (at[-1], len(pictures))]
    onwards = [(first, last + 1) for first, last in segments]

    def run(spans: Sequence[tuple[int, int]]) -> list[dict[int, Sighting]]:
        return _run(pictures, hands, plate, stature_px, spans)

    before, after, *forwards = run(outwards + onwards)
    sightings |= before | after
    still_open = []
    for segment, forward in zip(segments, forwards, strict=True):
        end = forward.pop(segment[1], None)
        if end is None or end.ellipse.distance(seeds[segment[1]]) >= CLOSURE * plate.b:
            still_open.append((segment, forward))
        sightings |= forward
    backwards = run([(b, a) for (a, b), _ in still_open])
    for ((first, last), forward), backward in zip(still_open, backwards, strict=True):
        switch = _switch(range(first + 1, last + 1), forward, backward, plate.b)
        for k in range(first + 1, last):
            way = forward if k < switch else backward
            if k in way:
                sightings[k] = way[k]
            else:
                sightings.pop(k, None)
    sightings = _with_shapes(sightings, pictures)
    return Following(sightings, len(segments), len(still_open))


def _with_shapes(sightings: Mapping[int, Sighting], pictures: Pictures) -> dict[int, Sighting]:
    """Measure the shape in some of the frames in which the rim is clear."""
    clear: list[int] = []
    for k in sorted(sightings):
        due = not clear or k - clear[-1] >= SHAPE_EVERY
        if due and sightings[k].support > RIM_FOR_SHAPE:
            clear.append(k)
    measured = dict(sightings)
    for first in range(0, len(clear), SHAPES_AT_ONCE):
        some = clear[first : first + SHAPES_AT_ONCE]
        ellipses = [sightings[k].ellipse for k in some]
        images = [pictures[k] for k in some]
        shapes = fit_rims(images, ellipses, band=0.06, rounds=2, edge=EDGE_KNOWN)
        for k, shape, old in zip(some, shapes, ellipses, strict=True):
            if shape.support > RIM_FOR_SHAPE and abs(shape.ellipse.b / old.b - 1) < 0.10:
                here = Ellipse(old.x, old.y, shape.ellipse.a, shape.ellipse.b)
                measured[k] = Sighting(here, sightings[k].support, shape_seen=True)
    return measured


def _switch(
    frames: range, forward: Mapping[int, Sighting], backward: Mapping[int, Sighting], radius: float
) -> int:
    """From which frame on a plate that was followed from both ends is that of the later end.

    One of the two strayed at some time, and does not come back by itself: changing between them
    frame by frame would make the bar jump. The switch with the best seen rims is taken; a jump of a
    radius costs as much as a frame without a rim.
    """

    def value(switch: int) -> float:
        seen = [(forward if k < switch else backward).get(k) for k in frames]
        here, there = forward.get(switch - 1), backward.get(switch)
        jump = 0.0 if here is None or there is None else here.ellipse.distance(there.ellipse)
        return sum(s.support for s in seen if s is not None) - jump / radius

    return max(frames, key=value)


def _run(
    pictures: Pictures,
    hands: Array,
    plate: Plate,
    stature_px: float,
    spans: Sequence[tuple[int, int]],
) -> list[dict[int, Sighting]]:
    """Follow from the start of each span up to, not including, its stop, in either direction.

    All are followed at once, as rims are fitted many at once.
    """
    found: list[dict[int, Sighting]] = [{} for _ in spans]
    lanes = []
    for (start, stop), seen in zip(spans, found, strict=True):
        way = range(start + 1, stop) if stop > start else range(start - 1, stop, -1)
        follower = Follower(plate, start, pictures, hands, stature_px)
        lanes.append((follower, iter(way), seen))
    while lanes:
        steps = [
            (follower, k, lane)
            for follower, way, lane in lanes
            if follower.lost <= GIVE_UP_FRAMES and (k := next(way, None)) is not None
        ]
        lanes = [lane for lane in lanes if any(lane[0] is follower for follower, *_ in steps)]
        steady = [(follower, k) for follower, k, _ in steps if follower.steady]
        rims = iter(
            fit_rims(
                [pictures[k] for _, k in steady],
                [follower.expected for follower, _ in steady],
                band=0.12,
                rounds=2,
                edge=EDGE_KNOWN,
                fixed_shape=True,
            )
        )
        for follower, k, seen in steps:
            sighting = follower.step(k, next(rims) if follower.steady else None)
            if sighting is not None:
                seen[k] = sighting
    return found


class Follower:
    """The plate's place, one frame after the other.

    Parameters
    ----------
    plate
        Its size, and where it is in the first frame.
    start
        Number of the first frame.
    pictures, hands
        As in `follow_plate`.
    stature_px
        Height of the lifter.
    """

    def __init__(
        self, plate: Plate, start: int, pictures: Pictures, hands: Array, stature_px: float
    ) -> None:
        self._plate = plate
        self._at = start
        self._pictures, self._hands = pictures, hands
        self._stature_px = stature_px
        self._centre = plate.seeds[start].centre
        self._velocity = np.zeros(2)
        self._last_move = np.zeros(2)
        #: Whether the rim was clear and so may be enough by itself.
        self.steady = False
        self.lost = 0

    @property
    def expected(self) -> Ellipse:
        """Where the last move puts the plate next."""
        return Ellipse(0, 0, self._plate.a, self._plate.b).at(self._centre + self._last_move)

    def step(self, now: int, rim: RimFit | None) -> Sighting | None:
        """Find the plate in the next frame; None where it is lost.

        Parameters
        ----------
        now
            The number of the frame.
        rim
            The rim fitted where it is expected; None if it is not `steady`.
        """
        before, self._at = self._at, now
        old = Ellipse(0, 0, self._plate.a, self._plate.b).at(self._centre)
        if rim is not None and self._is_enough(rim):
            return self._seen(old, rim.ellipse.centre, rim.support)
        image = self._pictures[now]
        flow = None
        if self.lost == 0:
            flow = disc_flow(self._pictures.grey(before), self._pictures.grey(now), old)
        if flow is not None:
            expected, agreeing = flow
        else:
            agreeing = 0
            hands = self._hands[now] - self._hands[before]
            coasting = self.lost < COAST_FRAMES or not np.isfinite(hands).all()
            expected = self._centre + (self._velocity if coasting else hands)
        fit = fit_rings(
            image,
            old.at(expected),
            self._plate.rings,
            band=0.12 if agreeing else 0.25,
            rounds=2 if agreeing else 3,
        )
        if fit.support < RIM_NEEDED and self.lost:
            fit = search_rim(image, old.at(expected), self._stature_px)
        centre, support = fit.ellipse.centre, fit.support
        gate, needed = GATE, RIM_NEEDED
        if self.lost:
            gate, needed = min(GATE_LOST + GATE_PER_FRAME * self.lost, GATE_MOST), RIM_REGAINED
        near = bool(np.linalg.norm(centre - expected) < gate * old.b)
        if not _inside(image, centre):
            needed = RIM_ALONE
        if support >= needed and near:
            self.lost = 0
        elif agreeing >= CARRYING_CORNERS and _inside(image, expected):
            # the rim is hidden, the disc is not
            centre, support, self.lost = expected, max(support, 0.2), 0
        else:
            centre, self.lost = expected, self.lost + 1
        if self.lost:
            self._velocity, self.steady = 0.7 * self._velocity, False
            self._centre = np.asarray(centre, np.float64)
            return None
        return self._seen(old, centre, support)

    def _is_enough(self, rim: RimFit) -> bool:
        """Whether the rim is clear and as expected: all that most frames need."""
        near = rim.ellipse.distance(self.expected) < GATE_ALONE * self._plate.b
        return rim.support >= RIM_ALONE and near

    def _seen(self, old: Ellipse, centre: Array, support: float) -> Sighting:
        self._last_move = centre - self._centre
        self._velocity = 0.6 * self._velocity + 0.4 * self._last_move
        self._centre, self.steady = np.asarray(centre, np.float64), support >= RIM_ALONE
        return Sighting(old.at(centre), support, shape_seen=False)


def _inside(image: Image, centre: Array) -> bool:
    """Whether the middle is in the picture: of less than half a plate only a clear rim is sure."""
    height, width = image.shape[:2]
    return bool((centre >= 0).all() and (centre < (width, height)).all())


def follow_point(pictures: Pictures, start: Ellipse) -> Following:
    """Follow the corners around a point from the first picture on, until they are lost."""
    before, at = pictures.grey(0), start
    sightings = {0: Sighting(at, 1.0, shape_seen=False)}
    for k in range(1, len(pictures)):
        now = pictures.grey(k)
        flow = disc_flow(before, now, at)
        if flow is None:
            break
        at, before = at.at(flow[0]), now
        sightings[k] = Sighting(at, min(1.0, flow[1] / CARRYING_CORNERS), shape_seen=False)
    return Following(sightings, 0, 0)


def disc_flow(before: Grey, now: Grey, disc: Ellipse) -> tuple[Array, int] | None:
    """Where the disc's centre went, by the corners on it; with the number that agree.

    Returns None where too few corners could be followed there and back.
    """
    height, width = before.shape
    margin = 0.6 * disc.b + 16
    left, right = (int(np.clip(disc.x + s * (disc.a + margin), 0, width)) for s in (-1, 1))
    top, bottom = (int(np.clip(disc.y + s * (disc.b + margin), 0, height)) for s in (-1, 1))
    if right - left < 24 or bottom - top < 24:
        return None
    old, new = before[top:bottom, left:right], now[top:bottom, left:right]
    origin = np.array([left, top], np.float64)
    mask = np.zeros(old.shape, np.uint8)
    middle = (round(disc.x - left), round(disc.y - top))
    cv2.ellipse(mask, middle, (int(disc.a * INNER), int(disc.b * INNER)), 0, 0, 360, 255, -1)
    start = corners(old, mask, CORNERS, 0.01, 3)
    if len(start) < MIN_CORNERS:
        return None
    end, good = follow_corners(old, new, start, FLOW_RETURN_PX)
    if good.sum() < MIN_CORNERS:
        return None
    common = common_move(start[good], end[good], 1.0)
    if common is not None and common[1] >= MIN_CORNERS:
        move, agreeing = common
        if abs(float(np.hypot(move[0, 0], move[1, 0])) - 1) < MAX_GROWTH:
            return move[:, :2] @ (disc.centre - origin) + move[:, 2] + origin, agreeing
    shift = np.median(end[good] - start[good], axis=0).astype(np.float64)
    return disc.centre + shift, int(good.sum()) // 2


def search_rim(image: Image, expected: Ellipse, stature_px: float) -> RimFit:
    """Look for the rim on a grid around the expected place."""
    best, most = expected.centre, 0.0
    for dy in np.arange(-GRID_Y, GRID_Y + 1e-6, GRID_STEP) * stature_px:
        for dx in np.arange(-GRID_X, GRID_X + 1e-6, GRID_STEP) * stature_px:
            place = expected.centre + np.array([dx, dy])
            edges, _ = rim_edges(image, expected.at(place), 0.9, 1.1)
            share = float((edges.max(axis=1) > EDGE_UNKNOWN).mean())
            if share > most:
                best, most = place, share
    return fit_rim(image, expected.at(best), band=0.15, fixed_shape=True)
