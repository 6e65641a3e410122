"""Follow the plate from frame to frame: optical flow predicts, the rim corrects."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, pairwise

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
    followers = [Follower(plate, start, pictures, hands, stature_px) for start, _ in spans]
    ways = [follower.follow(stop) for follower, (_, stop) in zip(followers, spans, strict=True)]
    running = [(way, wanted) for way in ways if (wanted := next(way, None)) is not None]
    while running:
        pictures.prepare(wanted.ahead for _, wanted in running if wanted.ahead is not None)
        answers = _fitted(pictures, [wanted for _, wanted in running])
        ways, running = [way for way, _ in running], []
        for way, fits in zip(ways, answers, strict=True):
            # A follower that has arrived or given up wants nothing more.
            with suppress(StopIteration):
                running.append((way, way.send(fits)))
    return [follower.sightings for follower in followers]


@dataclass(frozen=True, slots=True, eq=False)
class _Rims:
    """Rims of known shape that a follower wants fitted.

    Parameters
    ----------
    frame
        Number of the picture.
    starts
        Where they are about.
    band, rounds
        As in `fit_rims`.
    ahead
        The picture that it will want next, None for none.
    """

    frame: int
    starts: Sequence[Ellipse]
    band: float
    rounds: int
    ahead: int | None


def _fitted(pictures: Pictures, wanted: Sequence[_Rims]) -> list[list[RimFit]]:
    """Fit the rims that all followers want, those alike at once."""
    answers: list[list[RimFit]] = [[] for _ in wanted]
    for band, rounds in {(w.band, w.rounds) for w in wanted}:
        alike = [i for i, w in enumerate(wanted) if (w.band, w.rounds) == (band, rounds)]
        places = [(wanted[i].frame, start) for i in alike for start in wanted[i].starts]
        fits = iter(
            fit_rims(
                [pictures[frame] for frame, _ in places],
                [start for _, start in places],
                band=band,
                rounds=rounds,
                edge=EDGE_KNOWN,
                fixed_shape=True,
            )
        )
        for i in alike:
            answers[i] = list(islice(fits, len(wanted[i].starts)))
    return answers


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

    Attributes
    ----------
    sightings
        Where it was, by the number of the frame.
    """

    def __init__(
        self, plate: Plate, start: int, pictures: Pictures, hands: Array, stature_px: float
    ) -> None:
        self.sightings: dict[int, Sighting] = {}
        self._plate = plate
        self._start = start
        self._pictures, self._hands = pictures, hands
        self._stature_px = stature_px
        self._centre = plate.seeds[start].centre
        self._velocity = np.zeros(2)
        self._last_move = np.zeros(2)
        #: Whether the rim was clear and so may be enough by itself.
        self._steady = False
        self._lost = 0

    def follow(self, stop: int) -> Generator[_Rims, list[RimFit], None]:
        """Follow up to, not including, a frame before or after the start.

        Yields the rims to fit, and is sent the fits.
        """
        way = 1 if stop > self._start else -1
        for now in range(self._start + way, stop, way):
            if self._lost > GIVE_UP_FRAMES:
                return
            ahead = now + way if now + way != stop else None
            if self._steady:
                expected = self._disc(self._centre + self._last_move)
                (rim,) = yield _Rims(now, [expected], 0.12, 2, ahead)
                near = rim.ellipse.distance(expected) < GATE_ALONE * self._plate.b
                if rim.support >= RIM_ALONE and near:
                    # The rim is clear and as expected: all that most frames need.
                    self._see(now, rim.ellipse.centre, rim.support)
                    continue
            expected, agreeing = self._predicted(now - way, now)
            rings = [expected.scaled(ring) for ring in (1.0, *self._plate.rings)]
            band, rounds = (0.12, 2) if agreeing else (0.25, 3)
            fits = yield _Rims(now, rings, band, rounds, ahead)
            self._correct(now, expected, agreeing, max(fits, key=lambda fit: fit.support))

    def _predicted(self, before: int, now: int) -> tuple[Ellipse, int]:
        """Where the plate should be, and how many corners on it say so."""
        if not self._lost:
            old, new = self._pictures.grey(before), self._pictures.grey(now)
            flow = disc_flow(old, new, self._disc(self._centre))
            if flow is not None:
                return self._disc(flow[0]), flow[1]
        hands = self._hands[now] - self._hands[before]
        coasting = self._lost < COAST_FRAMES or not np.isfinite(hands).all()
        return self._disc(self._centre + (self._velocity if coasting else hands)), 0

    def _correct(self, now: int, expected: Ellipse, agreeing: int, fit: RimFit) -> None:
        """Take the rim if it is where it is expected, else the corners, else the plate is lost."""
        image = self._pictures[now]
        if fit.support < RIM_NEEDED and self._lost:
            fit = search_rim(image, expected, self._stature_px)
        gate, needed = GATE, RIM_NEEDED
        if self._lost:
            gate, needed = min(GATE_LOST + GATE_PER_FRAME * self._lost, GATE_MOST), RIM_REGAINED
        if not _inside(image, fit.ellipse.centre):
            needed = RIM_ALONE
        if fit.support >= needed and fit.ellipse.distance(expected) < gate * self._plate.b:
            self._see(now, fit.ellipse.centre, fit.support)
        elif agreeing >= CARRYING_CORNERS and _inside(image, expected.centre):
            # The rim is hidden, the disc is not.
            self._see(now, expected.centre, max(fit.support, 0.2))
        else:
            self._lost += 1
            self._velocity, self._steady = 0.7 * self._velocity, False
            self._centre = expected.centre

    def _see(self, now: int, centre: Array, support: float) -> None:
        self._last_move = centre - self._centre
        self._velocity = 0.6 * self._velocity + 0.4 * self._last_move
        self._centre, self._steady, self._lost = centre, support >= RIM_ALONE, 0
        self.sightings[now] = Sighting(self._disc(centre), support, shape_seen=False)

    def _disc(self, centre: Array) -> Ellipse:
        return Ellipse(0, 0, self._plate.a, self._plate.b).at(centre)


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
