"""Telling people apart: where someone stands, how large they appear, and who of several lifts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lastrep.pose.landmarks import Landmark
from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame
from lastrep.video.orientation import Image

#: shape = (lines, 3), see `colours`.
Colours = NDArray[np.float32]

#: Two poses closer than this, sideways and in height, are one person seen twice.
SAME_PERSON_M = 0.3

#: How far outside the ground covered of late somebody may be, and still be the same person.
#: Reps move people up and down by a metre and sideways by little: in 45 clips of real training
#: the largest step beyond it was 0.25 m sideways (lunges) and 0.6 m in height.
SIDEWAYS_M = 0.3
HEIGHT_M = 0.8

#: How much larger or smaller (as a factor) somebody may appear than of late. In the same clips:
#: 1.15, and 1.3 where a camera was carried towards the lifter.
SIZE_FACTOR = 1.33

#: In a moment the same person moves on by less than this share of the above.
MOMENT_S = 0.25
CONTINUOUS = 0.5

#: What is known of the lifter rests on this window: from this long ago to this long ago. The last
#: moments stay out, or a person who walks past would drag it along.
MEMORY_S = (4.0, 0.7)

#: Sights of the lifter closer in time than this add nothing.
MEMORY_EVERY_S = 0.1

#: Colours that differ by fewer grey levels may be one person's. In the same clips 95 of 100 poses
#: were this near to their person's usual colours, and 17 of 100 pairs of different people.
ALIKE_LEVELS = 30.0

#: Points along each line of `_LINES` whose colours are averaged.
_COLOUR_POINTS = np.linspace(0.2, 0.8, 7)[:, np.newaxis]

_TRUNK = [
    Landmark.LEFT_SHOULDER,
    Landmark.RIGHT_SHOULDER,
    Landmark.LEFT_HIP,
    Landmark.RIGHT_HIP,
]
#: Trunk (across and along), thighs, shanks, upper arms.
_LINES = np.array(
    [
        (11, 24),
        (12, 23),
        (11, 23),
        (12, 24),
        (23, 25),
        (24, 26),
        (25, 27),
        (26, 28),
        (11, 13),
        (12, 14),
    ]
)
_LIMBS = [
    *(Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW, Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST),
    *(Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE),
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in the picture.

    Parameters
    ----------
    x_px, y_px
        Middle of the trunk.
    px_per_m
        Apparent size: spread of the landmarks in the image over their spread in metres. Unlike a
        limb or the outline it hardly changes with posture.
    """

    x_px: float
    y_px: float
    px_per_m: float

    @classmethod
    def of(cls, pose: Pose) -> Place:
        """Return the place of a pose that was found."""
        image, world = pose.image_px[:, :2], pose.world_m[:, :2]
        x_px, y_px = image[_TRUNK].mean(axis=0)
        spread = float(image.var(axis=0).sum()), float(world.var(axis=0).sum())
        return cls(float(x_px), float(y_px), (spread[0] / max(spread[1], 1e-9)) ** 0.5)

    def is_same(self, other: Place) -> bool:
        """Whether two poses of one frame are one person."""
        reach_px = SAME_PERSON_M * max(self.px_per_m, other.px_per_m)
        return abs(self.x_px - other.x_px) < reach_px and abs(self.y_px - other.y_px) < reach_px


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The ground somebody has covered of late.

    Parameters
    ----------
    left_px, right_px, top_px, bottom_px
        Range of the middle of the trunk.
    px_per_m
        Usual apparent size.
    """

    left_px: float
    right_px: float
    top_px: float
    bottom_px: float
    px_per_m: float

    @classmethod
    def of(cls, places: Sequence[Place]) -> Whereabouts:
        """Return the ground that some places span."""
        x_px, y_px = [p.x_px for p in places], [p.y_px for p in places]
        size = sorted(p.px_per_m for p in places)[len(places) // 2]
        return cls(min(x_px), max(x_px), min(y_px), max(y_px), size)

    def beside_m(self, place: Place) -> float:
        """Return how far a place is beside the ground covered."""
        beside_px = max(self.left_px - place.x_px, place.x_px - self.right_px, 0.0)
        return beside_px / self.px_per_m

    def strangeness(self, place: Place) -> float:
        """Return how far a place is from what is plausible: up to 1 it is."""
        above_px = max(self.top_px - place.y_px, place.y_px - self.bottom_px, 0.0)
        size = max(place.px_per_m / self.px_per_m, self.px_per_m / place.px_per_m)
        return max(
            self.beside_m(place) / SIDEWAYS_M,
            above_px / self.px_per_m / HEIGHT_M,
            (size - 1) / (SIZE_FACTOR - 1),
        )


def colours(image_rgb: Image, pose: Pose) -> Colours:
    """Return the mean colours along the trunk and limbs: what somebody wears, roughly.

    Returns
    -------
    Colours
        shape = (lines, 3): 0..255.
    """
    height, width = image_rgb.shape[:2]
    ends = pose.image_px[_LINES, :2]
    points = ends[:, :1] * (1 - _COLOUR_POINTS) + ends[:, 1:] * _COLOUR_POINTS
    x = np.clip(points[..., 0], 0, width - 1).astype(np.intp)
    y = np.clip(points[..., 1], 0, height - 1).astype(np.intp)
    mean: Colours = image_rgb[y, x].mean(axis=1, dtype=np.float32)
    return mean


def difference(a: Colours, b: Colours) -> float:
    """Return by how many grey levels colours differ; the worse half of the lines is ignored."""
    return float(np.median(np.abs(a - b).mean(axis=1)))


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """The lifter in one frame: when, where and in which colours."""

    t_s: float
    place: Place
    colours: Colours


class Memory:
    """The lifter in the last seconds."""

    def __init__(self) -> None:
        self._sights: deque[Sight] = deque()

    def add(self, frame: Frame, pose: Pose) -> None:
        """Remember the lifter in this frame."""
        t_s = frame.t_s
        if self._sights and t_s - self._sights[-1].t_s < MEMORY_EVERY_S:
            return
        self._sights.append(Sight(t_s, Place.of(pose), colours(frame.rgb, pose)))
        while self._sights[0].t_s < t_s - MEMORY_S[0]:
            self._sights.popleft()

    def forget(self) -> None:
        """Forget everything."""
        self._sights.clear()

    def whereabouts(self, t_s: float) -> Whereabouts | None:
        """Return the ground covered until a moment ago; None if nothing is known."""
        settled = self._settled(t_s)
        return Whereabouts.of([s.place for s in settled]) if settled else None

    def colours(self, t_s: float) -> Colours | None:
        """Return the usual colours until a moment ago; None if nothing is known."""
        settled = self._settled(t_s)
        if not settled:
            return None
        return np.median(np.stack([s.colours for s in settled]), axis=0).astype(np.float32)

    def follows_on(self, t_s: float, place: Place) -> bool:
        """Whether somebody can have got here from where the lifter was seen a moment ago."""
        if not self._sights or t_s - self._sights[-1].t_s > MOMENT_S:
            return False
        return Whereabouts.of([self._sights[-1].place]).strangeness(place) < CONTINUOUS

    def take_back(self, t_s: float, stranger: Colours) -> float:
        """Forget the last sights that were the stranger already.

        Returns
        -------
        float
            When the lifter was seen last; `t_s` if that is not known.
        """
        usual = self.colours(t_s)
        while self._sights and usual is not None:
            last = self._sights[-1]
            if difference(last.colours, stranger) >= difference(last.colours, usual):
                return last.t_s
            self._sights.pop()
        return t_s

    def _settled(self, t_s: float) -> list[Sight]:
        settled = [s for s in self._sights if s.t_s <= t_s - MEMORY_S[1]]
        return settled or list(self._sights)[:1]


def distinct(poses: Iterable[Pose]) -> list[Pose]:
    """Leave out poses that see a person a second time."""
    people: list[Pose] = []
    for pose in poses:
        place = Place.of(pose)
        if not any(place.is_same(Place.of(other)) for other in people):
            people.append(pose)
    return people


def prominence(pose: Pose, width_px: int) -> float:
    """Return how much a person looks like the subject of the picture: large and in the middle."""
    place = Place.of(pose)
    off_centre = abs(place.x_px / width_px - 0.5) * 2
    return place.px_per_m * (1 - 0.5 * min(off_centre, 1.0))


@dataclass(slots=True)
class _Acquaintance:
    """Somebody seen in several looks."""

    places: list[Place] = field(default_factory=list)
    postures_m: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, pose: Pose) -> None:
        place = Place.of(pose)
        self.places.append(place)
        relative_px = pose.image_px[_LIMBS, :2] - (place.x_px, place.y_px)
        self.postures_m.append(np.asarray(relative_px / place.px_per_m, np.float32))

    @property
    def last_seen(self) -> Whereabouts:
        """Where the person was in the last looks."""
        return Whereabouts.of(self.places[-3:])

    @property
    def activity_m(self) -> float:
        """How much the joints of the limbs move about the trunk: mean standard deviation."""
        moved = np.std(np.stack(self.postures_m), axis=0)
        return float(np.hypot(moved[:, 0], moved[:, 1]).mean())

    @property
    def travel_m(self) -> float:
        """How far the person goes sideways."""
        x_px = [p.x_px for p in self.places]
        return (max(x_px) - min(x_px)) / self.places[0].px_per_m


class Acquaintances:
    """What looks at several people tell about who lifts: who moves in place, and how much."""

    #: Looks at two or more people before anything is concluded, and those that must do.
    LOOKS = (10, 40)
    #: Somebody must be there in this share of the looks.
    PRESENCE = 0.6
    #: The lifter moves at least this much, and this many times as much as anybody else.
    ACTIVITY_M = 0.04
    ACTIVITY_FACTOR = 1.5
    #: Who goes further sideways than this is walking by.
    TRAVEL_M = 1.0
    #: Where somebody may be at the next look (`Whereabouts.strangeness`).
    NEXT_LOOK = 1.5

    def __init__(self) -> None:
        self._people: list[_Acquaintance] = []
        self._looks = 0

    @property
    def open_question(self) -> bool:
        """Whether there are several people, and more looks are needed to tell who lifts."""
        return 0 < self._looks < self.LOOKS[1] and self._lifter() is None

    def add(self, poses: Sequence[Pose]) -> None:
        """Take in a look that saw several people."""
        self._looks += 1
        known = list(self._people)
        for pose in poses:
            place = Place.of(pose)
            person = _nearest(known, place)
            if person is None or person.last_seen.strangeness(place) > self.NEXT_LOOK:
                person = _Acquaintance()
                self._people.append(person)
            else:
                known.remove(person)
            person.add(pose)

    def rather_than(self, followed: Place) -> Whereabouts | None:
        """Return where the lifter is, if it is clearly somebody else than the one followed."""
        lifter = self._lifter()
        if lifter is None or lifter is _nearest(self._people, followed):
            return None
        return Whereabouts.of(lifter.places)

    def _lifter(self) -> _Acquaintance | None:
        """Return who clearly moves most, without going anywhere."""
        if self._looks < self.LOOKS[0]:
            return None
        present = [
            p
            for p in self._people
            if len(p.places) >= self.PRESENCE * self._looks and p.travel_m < self.TRAVEL_M
        ]
        present.sort(key=lambda p: p.activity_m, reverse=True)
        if not present or present[0].activity_m < self.ACTIVITY_M:
            return None
        second_m = present[1].activity_m if len(present) > 1 else 0.0
        return present[0] if present[0].activity_m > self.ACTIVITY_FACTOR * second_m else None


def _nearest(people: Iterable[_Acquaintance], place: Place) -> _Acquaintance | None:
    return min(people, key=lambda p: p.last_seen.strangeness(place), default=None)
