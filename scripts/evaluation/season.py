"""A simulated lifter's twelve weeks: what was to be done, what really happened, and recordings.

Three weeks with reps in reserve, six of sets to failure with the same loads, two weeks in which
everything falls off, and an easy week. The sets reach every row of the rules of `docs/science.md`
6.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np

from lastrep.pose.pose_file import save_poses
from lifters import (
    Camera,
    Clip,
    GrowingFault,
    Lifter,
    Recording,
    Tempo,
    landmark_recording,
    lifting_set,
)
from lifters.faults import FAULTS

ATHLETE, STATURE_M = "anna", 1.70
#: By the lifter's own clock.
FIRST_MONDAY = datetime(2026, 1, 5, 18, 0)
WEEKS = 12
#: The lift slows down once recovery falls behind: first rep, seconds.
CONCENTRIC_S, TIRED_CONCENTRIC_S = 1.0, 1.35
#: Faults are this much larger than their major limit, and grow.
FAULT_SIZE, FAULT_GROWTH = 1.9, 0.15

End = Literal["done", "technical", "absolute"]
_ENDS: dict[str, End] = {"@": "done", "t": "technical", "a": "absolute"}


@dataclass(frozen=True, slots=True)
class Lift:
    """An exercise of the season: where the camera stands and which fault ends its sets."""

    yaw_deg: float
    fault: str | None = None


LIFTS = {
    "back_squat": Lift(68.0, "forward_lean"),
    "bench_press": Lift(75.0),
    "overhead_press": Lift(72.0, "lay_back"),
    "bent_over_row": Lift(72.0, "torso_swing"),
    "biceps_curl": Lift(72.0, "torso_swing"),
    "pull_up": Lift(180.0),
}


@dataclass(frozen=True, slots=True)
class Lifted:
    """One set as it was.

    Parameters
    ----------
    week, day, minute
        When: weeks from 1, days from Monday = 0, minutes after training begins.
    exercise, load_kg, wanted
        What was to be done; `wanted` in the notation of prescriptions, None for a warm-up.
    good
        Good reps.
    end
        What ended it; "done" is the target, or the lifter's own wish.
    end_rep
        The rep at which form broke, or that could not be completed; else None.
    rpe
        As the lifter says; None after failure.
    tired
        Whether recovery has fallen behind.
    reserve
        Fewest and most reps that were left, where it is told by bar speed and nobody said an RPE.
    """

    week: int
    day: int
    minute: float
    exercise: str
    load_kg: float | None
    wanted: str | None
    good: int
    end: End
    end_rep: int | None
    rpe: float | None
    tired: bool
    reserve: tuple[int, int] | None = None

    @property
    def at(self) -> datetime:
        """When it began."""
        # A minute later every week: nothing is exactly six weeks apart.
        minutes = self.minute + self.week
        since = timedelta(weeks=self.week - 1, days=self.day, minutes=minutes)
        return (FIRST_MONDAY + since).astimezone()

    @property
    def name(self) -> str:
        """Name of its recording."""
        return f"{self.at:%m%d-%H%M}-{self.exercise}"

    @property
    def word(self) -> str:
        """How it went in short: `8@7`, `8t`, `4a`."""
        mark = next(mark for mark, end in _ENDS.items() if end == self.end)
        return f"{self.good}{mark}" + ("" if self.rpe is None else f"{self.rpe:g}")

    def recording(self) -> Recording:
        """Return the landmarks of the set."""
        seed = zlib.crc32(self.name.encode()) & 0x7FFFFFFF
        lift = LIFTS[self.exercise]
        faults: tuple[GrowingFault, ...] = ()
        if self.end == "technical":
            assert lift.fault is not None
            major = FAULTS[lift.fault].major
            faults = (
                GrowingFault(lift.fault, self.good + 1, FAULT_SIZE * major, FAULT_GROWTH * major),
            )
        # A second bad rep confirms that form broke; a rep that failed speaks for itself.
        reps = self.good + {"done": 0, "technical": 2, "absolute": 1}[self.end]
        rng = np.random.default_rng(seed)
        clip = Clip(
            self.name,
            self.exercise,
            lifting_set(
                reps,
                seed=seed,
                tempo=Tempo(concentric_s=TIRED_CONCENTRIC_S if self.tired else CONCENTRIC_S),
                velocity_loss=0.15 if self.end == "done" else 0.30,
                faults=faults,
                fail_last_at=0.45 if self.end == "absolute" else None,
            ),
            lifter=Lifter(STATURE_M, "female", "female"),
            # Nobody puts the tripod back to the centimetre.
            camera=Camera(
                yaw_deg=lift.yaw_deg + rng.uniform(-3, 3), distance_m=rng.uniform(3.2, 3.6)
            ),
            tail_s=3.0,
            seed=seed,
        )
        return landmark_recording(clip)


def season(exercises: Collection[str] = tuple(LIFTS), weeks: Sequence[int] = ()) -> list[Lifted]:
    """Return the sets in order of time, all or only those of some exercises and weeks."""
    kept = [
        one
        for week in weeks or range(1, WEEKS + 1)
        for line in _LINES
        for one in line.sets(week)
        if one.exercise in exercises
    ]
    return sorted(kept, key=lambda one: one.at)


@dataclass(frozen=True, slots=True)
class _Line:
    """What is done of an exercise on one day of some weeks.

    `words` says the sets of a week: good reps, then what ended them (`t` form broke, `a` the next
    rep failed, `@8` done with that RPE).
    """

    weeks: Sequence[int]
    day: int
    minute: float
    exercise: str
    wanted: str | None
    load_kg: Callable[[int], float | None]
    words: str

    def sets(self, week: int) -> Iterator[Lifted]:
        """Yield the sets of one week."""
        if week not in self.weeks:
            return
        for number, word in enumerate(self.words.split()):
            mark = next(c for c in word if not c.isdigit())
            good, _, rpe = word.partition(mark)
            yield Lifted(
                week=week,
                day=self.day,
                minute=self.minute + 4.0 * number,
                exercise=self.exercise,
                load_kg=self.load_kg(week),
                wanted=self.wanted,
                good=int(good),
                end=_ENDS[mark],
                end_rep=None if mark == "@" else int(good) + 1,
                rpe=float(rpe) if rpe else None,
                tired=week in (10, 11),
            )


def _kg(load_kg: float | None) -> Callable[[int], float | None]:
    return lambda week: load_kg


_MON, _TUE, _WED, _FRI = 0, 1, 2, 4
_ALL = range(1, WEEKS + 1)
_LINES = (
    # Squats, Monday: load goes up while reps are left, then eights to failure, then they fall off.
    _Line(_ALL, _MON, 0, "back_squat", None, _kg(50), "5@3"),
    _Line((1,), _MON, 6, "back_squat", "3x8", _kg(85), "8@6 8@6.5 8@7"),
    _Line((2,), _MON, 6, "back_squat", "3x8", _kg(90), "8@7 8@7.5 8@8"),
    _Line((3,), _MON, 6, "back_squat", "3x8", _kg(95), "8@8 8@8.5 8@9"),
    _Line((4, 5, 6), _MON, 6, "back_squat", "3x8RM", _kg(100), "8t 8t 8t"),
    _Line((7, 8, 9), _MON, 6, "back_squat", "3x8RM", _kg(100), "8t 8t 7t"),
    _Line((10, 11), _MON, 6, "back_squat", "3x8RM", _kg(100), "6t 5t 4a"),
    _Line((12,), _MON, 6, "back_squat", "3x8", _kg(90), "8@6 8@6 8@6"),
    # One session too soon after two sets to failure.
    _Line((5,), _TUE, 0, "back_squat", "2x8", _kg(80), "8@7 8@7"),
    # Squats, Friday: fives with long rests, so one rep too few is a matter of load.
    _Line((1, 2, 3), _FRI, 0, "back_squat", "3x5", lambda w: 95.0 + 5 * w, "5@8 5@8 5@9"),
    _Line((4, 5, 6, 7, 8, 9), _FRI, 0, "back_squat", "3x5RM", _kg(112.5), "5t 5t 4t"),
    _Line((10, 11), _FRI, 0, "back_squat", "3x5RM", _kg(112.5), "3t 3t 2a"),
    _Line((12,), _FRI, 0, "back_squat", "3x5", _kg(100), "5@6 5@6 5@6"),
    # Bench presses: no fault that a camera sees ends them, the bar does.
    _Line((1, 2, 3), _MON, 30, "bench_press", "3x5", lambda w: 55.0 + 2.5 * w, "5@7 5@8 5@8.5"),
    _Line((4, 6, 8, 10), _MON, 30, "bench_press", "3x5", _kg(65), "5@9 5@9.5 4a"),
    _Line((5, 7, 9, 11), _MON, 30, "bench_press", "3x5", _kg(65), "5@10 4a 3a"),
    _Line((12,), _MON, 30, "bench_press", "3x5", _kg(57.5), "5@6 5@6 5@6"),
    # Overhead presses: every size of a shortfall.
    _Line((1, 2, 3, 12), _WED, 0, "overhead_press", "3x10", _kg(35), "10@7 10@8 10@8.5"),
    _Line((4, 5), _WED, 0, "overhead_press", "3x10RM", _kg(40), "10t 9t 8t"),
    _Line((6, 7), _WED, 0, "overhead_press", "3x10", _kg(42.5), "8t 7t 6t"),
    _Line((8, 9), _WED, 0, "overhead_press", "3x10", _kg(42.5), "6t 5t 5t"),
    _Line((10, 11), _WED, 0, "overhead_press", "3x10", _kg(42.5), "5t 5t 4t"),
    # Rows: two sets, the second clearly short of a range.
    _Line((1, 2, 3, 12), _WED, 30, "bent_over_row", "2x10-12", _kg(50), "12@7 12@8"),
    _Line((4, 5, 6, 7), _WED, 30, "bent_over_row", "2x10-12", _kg(55), "10t 10t"),
    _Line((8, 9, 10, 11), _WED, 30, "bent_over_row", "2x10-12", _kg(55), "9t 6t"),
    # Curls: the next dumbbells are too far away.
    _Line((1, 2, 3, 4, 5, 6, 12), _FRI, 30, "biceps_curl", "2x12", _kg(10), "12@7 12@8"),
    _Line((7, 8, 9, 10, 11), _FRI, 30, "biceps_curl", "2x12", _kg(12), "12@9 10t"),
    # Pull-ups: as many as possible, with the body alone.
    _Line((2, 4, 6, 8), _FRI, 45, "pull_up", "2xAMRAP", _kg(None), "8a 7a"),
    _Line((3, 5, 7, 9, 11), _FRI, 45, "pull_up", "2xAMRAP", _kg(None), "8a 5a"),
)


def write_season(sets: Sequence[Lifted], folder: Path) -> Path:
    """Write the recordings and the manifest a coach would send with them; return the manifest."""
    manifest = folder / "sets.csv"
    with manifest.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ("clip", "exercise", "load_kg", "prescription", "rpe", "performed_at", "height_m")
        )
        for one in sets:
            path = folder / f"{one.name}.npz"
            save_poses(path, one.recording().poses)
            said = (one.load_kg, one.wanted, one.rpe, one.at.isoformat(), STATURE_M)
            rows.writerow((path.name, one.exercise, *said))
    return manifest
