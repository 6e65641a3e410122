"""Where a person is in the image, and where the subject can be next: inside a gate.

Gating is the usual first step of data association in tracking: what lies outside the gate cannot
be the same person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lastrep.pose.landmarks import Landmark
from lastrep.pose.sequence import Pose

#: Two poses of a frame closer than this, sideways and in height, are one person seen twice.
SAME_PERSON_M = 0.3

_TRUNK = [
    Landmark.LEFT_SHOULDER,
    Landmark.RIGHT_SHOULDER,
    Landmark.LEFT_HIP,
    Landmark.RIGHT_HIP,
]


@dataclass(frozen=True, slots=True)
class GateOptions:
    """How far outside of where the subject has been they may be, and still be the same person.

    Reps move people up and down by a metre and sideways by little. Measured in 45 clips of real
    training.

    Parameters
    ----------
    sideways_m
        Metres to the left or right; the largest step in the clips was 0.25 (lunges).
    height_m
        Metres above or below; the largest step in the clips was 0.6.
    size_factor
        How many times larger or smaller than before; in the clips 1.15, and 1.3 where a camera was
        carried towards the lifter.
    """

    sideways_m: float = 0.3
    height_m: float = 0.8
    size_factor: float = 1.33


@dataclass(frozen=True, slots=True)
class BodyPosition:
    """Where somebody is in the image, and how large.

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
    def of(cls, pose: Pose) -> BodyPosition:
        """Return the position of a pose that was found; NaN for one that was not."""
        image, world = pose.image_px[:, :2], pose.world_m[:, :2]
        x_px, y_px = image[_TRUNK].mean(axis=0)
        spread = float(image.var(axis=0).sum()), float(world.var(axis=0).sum())
        return cls(float(x_px), float(y_px), (spread[0] / max(spread[1], 1e-9)) ** 0.5)

    def is_same(self, other: BodyPosition) -> bool:
        """Whether two poses of one frame are one person seen twice."""
        reach_px = SAME_PERSON_M * max(self.px_per_m, other.px_per_m)
        return abs(self.x_px - other.x_px) < reach_px and abs(self.y_px - other.y_px) < reach_px


@dataclass(frozen=True, slots=True)
class Gate:
    """The part of the image in which a person can be, by where they were before.

    Parameters
    ----------
    left_px, right_px, top_px, bottom_px
        Range of the middle of the trunk before.
    px_per_m
        Median apparent size before.
    options
        How far outside of that the person may be.
    """

    left_px: float
    right_px: float
    top_px: float
    bottom_px: float
    px_per_m: float
    options: GateOptions = GateOptions()

    @classmethod
    def around(
        cls,
        positions: Sequence[BodyPosition],
        options: GateOptions = GateOptions(),
    ) -> Gate:
        """Return the gate around one or more positions of a person."""
        x_px, y_px = [p.x_px for p in positions], [p.y_px for p in positions]
        size = sorted(p.px_per_m for p in positions)[len(positions) // 2]
        return cls(min(x_px), max(x_px), min(y_px), max(y_px), size, options)

    def sideways_m(self, position: BodyPosition) -> float:
        """Return how far a position is to the left or right of the range, metres; 0 inside."""
        sideways_px = max(self.left_px - position.x_px, position.x_px - self.right_px, 0.0)
        return sideways_px / self.px_per_m

    def gate_distance(self, position: BodyPosition) -> float:
        """Return how far a position is from the range, as a share of what is allowed.

        0 inside the range, 1 at the edge of the gate, more outside of it: then it is another
        person.
        """
        above_px = max(self.top_px - position.y_px, position.y_px - self.bottom_px, 0.0)
        size = max(position.px_per_m / self.px_per_m, self.px_per_m / position.px_per_m)
        return max(
            self.sideways_m(position) / self.options.sideways_m,
            above_px / self.px_per_m / self.options.height_m,
            (size - 1) / (self.options.size_factor - 1),
        )


def without_duplicates(poses: Iterable[Pose]) -> list[Pose]:
    """Return the poses without those that see a person a second time; the first is kept."""
    people: list[Pose] = []
    for pose in poses:
        position = BodyPosition.of(pose)
        if not any(position.is_same(BodyPosition.of(other)) for other in people):
            people.append(pose)
    return people


def prominence(pose: Pose, width_px: int) -> float:
    """Return how much a person looks like the subject of an image: large and in the middle.

    Parameters
    ----------
    width_px
        Width of the image.

    Returns
    -------
    float
        Apparent size, pixels to the metre, halved towards the edge of the image.
    """
    position = BodyPosition.of(pose)
    off_centre = abs(position.x_px / width_px - 0.5) * 2
    return position.px_per_m * (1 - 0.5 * min(off_centre, 1.0))
