"""Live counting: provisional reps at once, put right by hindsight over what was seen so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.signals import geometric_signals, limb_length
from lastrep.pose.one_euro import OneEuro
from lastrep.pose.sequence import Pose, PoseSequence
from lastrep.sets.hypotheses import SegmentationOptions
from lastrep.sets.phases import Phase, PhaseMachine
from lastrep.sets.segmentation import RepSpan, segment

#: Hysteresis of the live machine, in ranges: half a range confirms the far end.
LIVE_HYSTERESIS = 0.5
#: A rep is complete once this near to where it started, in ranges.
RETURN_ZONE = 0.25
#: Hindsight over the buffer runs at most this often, and looks back this far.
REVIEW_EVERY_S = 1.0
REVIEW_WINDOW_S = 60.0
#: Reps in the first part of the window may be cut; there the older result stands.
WINDOW_EDGE_S = 5.0
#: The person's size is the median over this time.
SIZE_WINDOW_S = 0.5
#: One-Euro settings of the live concentric fraction (`beta` per range/s).
MIN_CUTOFF_HZ = 1.5
BETA = 1.5
#: Signals that exist with hindsight only.
_UNIQUE_TO_CLIP = frozenset({"posture_1", "posture_2", "angles_1", "angles_2"})


class RepEventKind(Enum):
    """What just happened."""

    TURNED = "turned"
    COMPLETED = "completed"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class RepEvent:
    """One provisional event of a live set.

    Parameters
    ----------
    kind
        `TURNED`: the far end of a rep was passed; `COMPLETED`: a rep came back to its start;
        `CORRECTED`: hindsight changed the count.
    t_s
        When it happened (a little before it could be known).
    count
        Reps so far, by the best present knowledge.
    """

    kind: RepEventKind
    t_s: float
    count: int


class RepTracker:
    """Causal rep counter: feed it every pose, in order.

    One state machine on the concentric fraction answers at once. About once a second, and after
    every rep, `segment` looks at the last minute, chooses the signal and its range afresh, and
    corrects the count.

    Parameters
    ----------
    exercise
        What is done, or None if unknown.
    options
        Settings of hindsight; by default a quick search, because it runs again and again.
    """

    def __init__(
        self,
        exercise: ExerciseDefinition | None = None,
        options: SegmentationOptions | None = None,
    ) -> None:
        self.exercise = exercise
        self.options = options or SegmentationOptions(mixes=3, whole_body=False)
        self.fraction = float("nan")
        self._poses: deque[Pose] = deque()
        self._sizes: deque[tuple[float, float]] = deque()
        self._reviewed: list[RepSpan] = []
        self._live_turns_s: list[float] = []
        self._awaiting: float | None = None
        self._next_review_s = float("-inf")
        self._index = 0
        self._times_s: dict[int, float] = {}
        self._follow(*self._default_mix())

    @property
    def count(self) -> int:
        """Reps so far."""
        return len(self._reviewed) + len(self._live_turns_s)

    @property
    def phase(self) -> Phase:
        """Where the load is going."""
        return self._machine.phase

    @property
    def reps(self) -> tuple[RepSpan, ...]:
        """The reps that hindsight has seen so far."""
        return tuple(self._reviewed)

    def update(self, pose: Pose) -> tuple[RepEvent, ...]:
        """Take the next pose; return what it brought about."""
        self._poses.append(pose)
        while self._poses[0].t_s < pose.t_s - REVIEW_WINDOW_S:
            self._poses.popleft()
        events = []
        live = self._live_event(pose)
        if live is not None:
            events.append(live)
        completed = live is not None and live.kind is RepEventKind.COMPLETED
        if completed or pose.t_s >= self._next_review_s:
            before = self.count
            self._review(pose.t_s)
            if self.count != before:
                events.append(RepEvent(RepEventKind.CORRECTED, pose.t_s, self.count))
        return tuple(events)

    def _live_event(self, pose: Pose) -> RepEvent | None:
        value = self._raw_fraction(pose)
        if not np.isfinite(value):
            return None
        self.fraction = float(self._filter(pose.t_s, value))
        self._index += 1
        self._times_s[self._index] = pose.t_s
        turn = self._machine.update(self._index, self.fraction)
        eccentric_first = self._eccentric_first
        if turn is not None and turn.top != eccentric_first:
            self._awaiting = self._times_s[turn.index]
            self._times_s = {k: v for k, v in self._times_s.items() if k >= turn.index}
            return RepEvent(RepEventKind.TURNED, self._awaiting, self.count)
        back = self.fraction >= 1 - RETURN_ZONE if eccentric_first else self.fraction <= RETURN_ZONE
        if self._awaiting is not None and (back or turn is not None):
            self._live_turns_s.append(self._awaiting)
            self._awaiting = None
            return RepEvent(RepEventKind.COMPLETED, pose.t_s, self.count)
        return None

    def _raw_fraction(self, pose: Pose) -> float:
        points = pose.image_px[None].astype(np.float64)
        size = float(limb_length(points)[0])
        if np.isfinite(size):
            self._sizes.append((pose.t_s, size))
        while self._sizes and self._sizes[0][0] < pose.t_s - SIZE_WINDOW_S:
            self._sizes.popleft()
        if not self._sizes:
            return float("nan")
        scale = float(np.median([s for _, s in self._sizes]))
        now = geometric_signals(points / max(scale, 1e-9))
        return self._offset + sum(gain * float(now[name][0]) for name, gain in self._mix.items())

    @property
    def _eccentric_first(self) -> bool:
        return self.exercise is not None and self.exercise.start == "con_end"

    def _default_mix(self) -> tuple[Mapping[str, float], float]:
        """Return the exercise's own angle between its typical ends; hindsight will know better."""
        if self.exercise is None:
            return {"wrist_above_shoulder": 1.0}, 1.0
        angle = self.exercise.angle
        gain = 1.0 / (angle.con_end_deg - angle.ecc_end_deg)
        return {angle.joint: gain}, -gain * angle.ecc_end_deg

    def _follow(self, mix: Mapping[str, float], offset: float) -> None:
        self._mix, self._offset = mix, offset
        self._filter = OneEuro(MIN_CUTOFF_HZ, BETA)
        self._machine = PhaseMachine(LIVE_HYSTERESIS)
        self._awaiting = None

    def _review(self, now_s: float) -> None:
        self._next_review_s = now_s + REVIEW_EVERY_S
        first_s = self._poses[0].t_s
        window = PoseSequence.of(self._poses, width_px=1, height_px=1)
        seen = segment(window, self.exercise, self.options)
        cut_s = first_s + WINDOW_EDGE_S if now_s - first_s > 0.9 * REVIEW_WINDOW_S else first_s
        older = [rep for rep in self._reviewed if rep.turn_s < cut_s]
        self._reviewed = older + [rep for rep in seen.reps if rep.turn_s >= cut_s]
        last_s = self._reviewed[-1].end_s if self._reviewed else float("-inf")
        self._live_turns_s = [t for t in self._live_turns_s if t > last_s]
        # Between reps the live line may change; in mid-rep that would tear it.
        if seen.mix and self._awaiting is None and _UNIQUE_TO_CLIP.isdisjoint(seen.mix):
            self._follow(seen.mix, seen.offset)


def count_live(poses: PoseSequence, exercise: ExerciseDefinition | None) -> NDArray[np.intp]:
    """Return the live count after each frame, shape = (n,)."""
    tracker = RepTracker(exercise)
    counts = []
    for pose in poses:
        tracker.update(pose)
        counts.append(tracker.count)
    return np.array(counts, np.intp)
