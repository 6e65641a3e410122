"""The causal half of a live set: where in its range the load is now, and reps as they happen.

A state machine on the concentric fraction answers at once; the offline pass over the set so far
(`lastrep.sets.live.live_set`) chooses the line it reads and puts the count right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.filters import running_median
from lastrep.motion.signals import OF_CLIP, geometric_signals, limb_length
from lastrep.pose.one_euro import OneEuro
from lastrep.pose.sequence import Pose
from lastrep.reps.phases import Phase, PhaseMachine
from lastrep.sets.live.options import RepTrackerOptions

Array = NDArray[np.float64]


class RepEventKind(Enum):
    """What just happened."""

    TURNED = "turned"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class RepEvent:
    """One provisional event.

    Parameters
    ----------
    kind
        `TURNED`: the far end of a rep was passed; `COMPLETED`: a rep came back to its start.
    t_s
        When it happened (a little before it could be known).
    """

    kind: RepEventKind
    t_s: float


class RepTracker:
    """Causal rep counter: feed it every pose, in order.

    Parameters
    ----------
    exercise
        What is done, or None if unknown.
    options
        Filters and hysteresis.
    """

    def __init__(
        self,
        exercise: ExerciseDefinition | None = None,
        options: RepTrackerOptions = RepTrackerOptions(),  # noqa: B008 - frozen
    ) -> None:
        self._options = options
        self.exercise = exercise
        #: Concentric fraction now; NaN before a pose was seen.
        self.fraction = float("nan")
        #: Turns of the reps completed since the last `restart`.
        self.turns_s: list[float] = []
        self._eccentric_first = exercise is not None and exercise.start == "con_end"
        self._poses: deque[Pose] = deque()
        self._mix, self._offset = self._default_line()
        self._begin()

    @property
    def phase(self) -> Phase:
        """Where the load is going."""
        return self._machine.phase

    @property
    def under_way(self) -> bool:
        """Whether the load is away from where reps begin."""
        return self._awaiting is not None or not self._at_rest(self.fraction)

    def update(self, pose: Pose) -> RepEvent | None:
        """Take the next pose; return what it brought about."""
        self._poses.append(pose)
        while self._poses[0].t_s < pose.t_s - self._options.memory_s:
            self._poses.popleft()
        recent = [p for p in self._poses if p.t_s >= pose.t_s - self._options.size_window_s]
        values = self._read(recent)
        return self._step(pose.t_s, float(values[-1]))

    def restart(self, since_s: float) -> None:
        """Go over the poses after a time again; reps before it are known."""
        self._begin()
        poses = [p for p in self._poses if p.t_s >= since_s]
        if poses:
            for pose, value in zip(poses, self._read(poses), strict=True):
                self._step(pose.t_s, float(value))

    def learn(self, mix: Mapping[str, float], t_s: Array, fraction: Array) -> bool:
        """Follow what the offline pass found from now on, if it can be read frame by frame.

        Parameters
        ----------
        mix
            Gain of each signal.
        t_s, fraction
            shape = (n,): concentric fraction by the offline pass.
        """
        poses = [p for p in self._poses if p.found and len(t_s) and t_s[0] <= p.t_s <= t_s[-1]]
        known = {name: gain for name, gain in mix.items() if name not in OF_CLIP}
        if len(poses) < self._options.min_frames or not known:
            return False
        raw = self._values(poses, known)
        truth = np.interp([p.t_s for p in poses], t_s, fraction)
        seen = np.isfinite(raw) & np.isfinite(truth)
        if seen.sum() < self._options.min_frames or np.ptp(raw[seen]) == 0:
            return False
        if np.corrcoef(raw[seen], truth[seen])[0, 1] < self._options.min_correlation:
            return False
        gain, self._offset = (float(v) for v in np.polyfit(raw[seen], truth[seen], 1))
        self._mix = {name: gain * g for name, g in known.items()}
        return True

    def _begin(self) -> None:
        self._filter = OneEuro(self._options.min_cutoff_hz, self._options.beta)
        self._machine = PhaseMachine(self._options.hysteresis)
        self._awaiting: float | None = None
        self._times_s: list[float] = []
        self.turns_s = []

    def _step(self, t_s: float, value: float) -> RepEvent | None:
        if not np.isfinite(value):
            return None
        self.fraction = float(self._filter(t_s, value))
        self._times_s.append(t_s)
        turn = self._machine.update(len(self._times_s) - 1, self.fraction)
        if turn is not None and turn.top != self._eccentric_first:
            self._awaiting = self._times_s[turn.index]
            return RepEvent(RepEventKind.TURNED, self._awaiting)
        if self._awaiting is not None and (turn is not None or self._at_rest(self.fraction)):
            self.turns_s.append(self._awaiting)
            self._awaiting = None
            return RepEvent(RepEventKind.COMPLETED, t_s)
        return None

    def _at_rest(self, fraction: float) -> bool:
        zone = self._options.return_zone
        return fraction >= 1 - zone if self._eccentric_first else fraction <= zone

    def _read(self, poses: Sequence[Pose]) -> Array:
        return self._offset + self._values(poses, self._mix)

    def _values(self, poses: Sequence[Pose], mix: Mapping[str, float]) -> Array:
        """Sum of the signals, each times its gain, in each pose; NaN where nobody is seen."""
        points = np.array([p.image_px for p in poses], np.float64)
        size = limb_length(points)
        seen = np.flatnonzero(np.isfinite(size))
        if not len(seen):
            return np.full(len(poses), np.nan)
        t_s = np.array([p.t_s for p in poses])
        window = 1 + int(np.searchsorted(t_s, t_s[0] + self._options.size_window_s, side="right"))
        steady = (
            np.full(len(seen), np.median(size[seen]))
            if len(poses) <= window
            else running_median(size[seen], min(window, len(seen)))
        )
        size = np.interp(np.arange(len(size)), seen, steady)
        now = geometric_signals(points / np.maximum(size, 1e-9)[:, None, None], mix)
        return np.asarray(np.sum([gain * now[name] for name, gain in mix.items()], axis=0))

    def _default_line(self) -> tuple[Mapping[str, float], float]:
        """Return the exercise's own angle between its typical ends, until more is known."""
        if self.exercise is None:
            return {"wrist_above_shoulder": 1.0}, 1.0
        angle = self.exercise.angle
        gain = 1.0 / (angle.con_end_deg - angle.ecc_end_deg)
        return {angle.signal: gain}, -gain * angle.ecc_end_deg
