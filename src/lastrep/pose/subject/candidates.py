"""Which of several people lifts: who moves in place, and much more than anybody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lastrep.pose.landmarks import Landmark
from lastrep.pose.sequence import Pose
from lastrep.pose.subject.gating import BodyPosition, Gate, GateOptions

_LIMBS = [
    *(Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW, Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST),
    *(Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE),
]


@dataclass(frozen=True, slots=True)
class CandidateOptions:
    """When it is clear which of several people lifts.

    The numbers were set by hand; no measurement of them is on record.

    Parameters
    ----------
    min_detections, max_detections
        Detections of two or more people before anything is concluded, and those that must do.
    min_presence
        A candidate must be in this share of the detections.
    min_activity_m
        The lifter's joints move at least this much about the trunk (mean standard deviation).
    min_activity_ratio
        And this many times as much as anybody else's.
    max_travel_m
        Who goes further sideways than this is walking by.
    next_detection_gate
        Largest gate distance from one detection to the next: more than 1, as they are rare.
    recent_detections
        The gate is around where somebody was in this many of the last detections.
    """

    min_detections: int = 10
    max_detections: int = 40
    min_presence: float = 0.6
    min_activity_m: float = 0.04
    min_activity_ratio: float = 1.5
    max_travel_m: float = 1.0
    next_detection_gate: float = 1.5
    recent_detections: int = 3


@dataclass(slots=True)
class _Candidate:
    """A person in several detections."""

    options: CandidateOptions
    gate_options: GateOptions
    positions: list[BodyPosition] = field(default_factory=list)
    postures_m: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, pose: Pose) -> None:
        position = BodyPosition.of(pose)
        self.positions.append(position)
        relative_px = pose.image_px[_LIMBS, :2] - (position.x_px, position.y_px)
        self.postures_m.append(np.asarray(relative_px / position.px_per_m, np.float32))

    @property
    def gate(self) -> Gate:
        """Where the person can be next."""
        return Gate.around(self.positions[-self.options.recent_detections :], self.gate_options)

    @property
    def activity_m(self) -> float:
        """How much the joints of the limbs move about the trunk: mean standard deviation."""
        moved = np.std(np.stack(self.postures_m), axis=0)
        return float(np.hypot(moved[:, 0], moved[:, 1]).mean())

    @property
    def travel_m(self) -> float:
        """How far the person goes sideways."""
        x_px = [p.x_px for p in self.positions]
        return (max(x_px) - min(x_px)) / self.positions[0].px_per_m


class CandidateSubjects:
    """The people in several detections, one of whom may be lifting.

    Parameters
    ----------
    options, gate_options
        When it is clear who lifts; and how far people move between detections.
    """

    def __init__(
        self,
        options: CandidateOptions = CandidateOptions(),
        gate_options: GateOptions = GateOptions(),  # noqa: B008 - frozen
    ) -> None:
        self._options = options
        self._gate_options = gate_options
        self._people: list[_Candidate] = []
        self._detections = 0

    @property
    def undecided(self) -> bool:
        """Whether there are several people, and more detections are needed to tell who lifts."""
        return 0 < self._detections < self._options.max_detections and self._lifter() is None

    def add(self, poses: Sequence[Pose]) -> None:
        """Take in the poses of a detection of two or more people."""
        self._detections += 1
        known = list(self._people)
        for pose in poses:
            position = BodyPosition.of(pose)
            person = _nearest(known, position)
            limit = self._options.next_detection_gate
            if person is None or person.gate.gate_distance(position) > limit:
                person = _Candidate(self._options, self._gate_options)
                self._people.append(person)
            else:
                known.remove(person)
            person.add(pose)

    def other_than(self, followed: BodyPosition) -> Gate | None:
        """Return where the lifter is if that is clearly another than the one followed, or None."""
        lifter = self._lifter()
        if lifter is None or lifter is _nearest(self._people, followed):
            return None
        return Gate.around(lifter.positions, self._gate_options)

    def _lifter(self) -> _Candidate | None:
        """Return who clearly moves most, without going anywhere; None if it is not clear."""
        options = self._options
        if self._detections < options.min_detections:
            return None
        present = [
            p
            for p in self._people
            if len(p.positions) >= options.min_presence * self._detections
            and p.travel_m < options.max_travel_m
        ]
        present.sort(key=lambda p: p.activity_m, reverse=True)
        if not present or present[0].activity_m < options.min_activity_m:
            return None
        second_m = present[1].activity_m if len(present) > 1 else 0.0
        return present[0] if present[0].activity_m > options.min_activity_ratio * second_m else None


def _nearest(people: Iterable[_Candidate], position: BodyPosition) -> _Candidate | None:
    return min(people, key=lambda p: p.gate.gate_distance(position), default=None)
