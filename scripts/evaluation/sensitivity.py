"""What each parameter decides: every one is moved by a fifth, up and down, one at a time.

Recorded landmarks and bar tracks are judged again, so that nothing hangs on a video. A parameter
without any effect is either dead or needs another recording; one that changes the count or the end
of more than a few sets stands on a knife's edge.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np

from evaluation.sensitivity_clips import SweptClip, rep_clips, set_clips, speed_clips
from evaluation.tables import Table, rms
from lastrep.bar.track import BarTrack
from lastrep.pose import PoseSequence
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.offline import Found, Search, find_sets, judge_found
from lastrep.sets.options import (
    AlgorithmOptions,
    parameters,
    with_parameter,
)
from lastrep.sets.results import SetReport
from lastrep.velocity.options import BarOptions
from lastrep.velocity.rep_velocity import measure_reps
from lastrep.velocity.scale import find_scales
from lifters.truth import Truth

#: How far a parameter is moved.
STEP = 0.20
#: Share of the clips whose decisions may change without remark.
EDGE_SHARE = 0.05
#: More processes than this help little: each begins by importing everything.
PROCESSES = 2
#: Resolution, memory, and fewest samples: they decide nothing by themselves.
RESOLUTION = ("half_points", "step_s", "path_points", "samples", "max_bytes", "seeds", "frames")
#: Odds, of which only the ratios count.
ODDS = ("velocity.interval.power_odds",)
#: Parameters of the rep search that only some clips exercise.
SPECIAL = ("sides", "stuck_attempt", "edits", "sets")
#: Parameters of each stage; of those about the bar, what acts on recorded tracks.
STAGES: Mapping[str, tuple[str, ...]] = {
    "reps": ("reps.",),
    "velocity": ("velocity.",),
    "bar": (
        "bar.lifter.",
        "velocity.scale.",
        "velocity.lift.min_confidence",
        "velocity.lift.seen_share",
        "velocity.rep.sure_confidence",
    ),
    "sets": (
        "measure.",
        "form.",
        "standards.rep.",
        "standards.bar.",
        "standards.form.",
        "standards.end.",
        "standards.strictness.standard.",
    ),
}

#: Numbers with more digits than matter.
_LONG = re.compile(r"\d+\.\d{6,}(e-?\d+)?")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said of one clip."""

    attempts: int
    ends: tuple[tuple[str, int | None], ...]
    good: int
    speeds: Mapping[float, float]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one changed parameter did to one clip.

    Parameters
    ----------
    any, count, end, good, shown
        Whether anything at all changed, and what; `shown`: which reps have a speed.
    exact
        Whether the count is the true one.
    moved_m_s
        Mean speeds against before, rep by rep.
    errors_m_s
        Mean speeds against the truth.
    """

    any: bool
    count: bool
    end: bool
    good: bool
    shown: bool
    exact: bool
    moved_m_s: tuple[float, ...]
    errors_m_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What one changed parameter did to all clips that exercise it."""

    name: str
    before: object
    value: object
    changes: tuple[Change, ...]

    @property
    def decided(self) -> int:
        """Clips whose count, end, good reps, or reps with a speed changed."""
        return sum(c.count or c.end or c.good or c.shown for c in self.changes)

    @property
    def moved_m_s(self) -> float:
        """Root-mean-square change of mean speeds, m/s; 0 without any."""
        return rms([m for c in self.changes for m in c.moved_m_s] or [0.0])

    @property
    def effect(self) -> tuple[float, float, int]:
        """By what rows are sorted: decisions, then speeds, then anything."""
        share = self.decided / max(len(self.changes), 1)
        return share, self.moved_m_s, sum(c.any for c in self.changes)

    @property
    def on_edge(self) -> bool:
        """Whether decisions of too many clips hang on it."""
        return self.effect[0] > EDGE_SHARE


def moved(value: Any, factor: float, most: float = 1.0) -> Any:
    """Return a parameter's value moved by a factor; None if it is none that can be moved.

    Whole numbers move by one at least. A share below 1 does not pass 1, nor a percentile 100
    (`most`): it moves half of the way.
    """
    if isinstance(value, bool | str):
        return None
    if isinstance(value, int):
        return value + max(1, round(value * abs(factor - 1))) * (1 if factor > 1 else -1)
    if isinstance(value, float):
        new = value * factor
        return (value + most) / 2 if most / 2 < value < most <= new else new
    if isinstance(value, tuple) and value and all(isinstance(v, float) for v in value):
        return tuple(moved(v, factor, most) for v in value)
    if isinstance(value, Mapping) and all(isinstance(v, float) for v in value.values()):
        return {key: v * factor for key, v in value.items()}
    return None


def tilted(odds: tuple[float, ...], factor: float) -> tuple[float, ...]:
    """Return odds with the first half moved against the second: only their ratios count."""
    half = len(odds) // 2
    return tuple(v * factor if i < half else v / factor for i, v in enumerate(odds))


def swept(stage: str) -> list[tuple[str, object, object]]:
    """Return name, value and moved value of every parameter of a stage that decides."""
    chosen = []
    for name, value in parameters(AlgorithmOptions()).items():
        in_stage = name.startswith(STAGES[stage])
        if not in_stage or any(word in name for word in RESOLUTION):
            continue
        for factor in (1 - STEP, 1 + STEP):
            most = 100.0 if "percentile" in name else 1.0
            new = tilted(value, factor) if name in ODDS else moved(value, factor, most)
            if new is not None:
                chosen.append((name, value, new))
    return chosen


def evaluate(stage: str) -> tuple[list[Row], float]:
    """Sweep a stage; return its rows, and the share of counts that are exact without a change."""
    clips = {"reps": rep_clips, "sets": set_clips}.get(stage, speed_clips)()
    cases = swept(stage)
    tasks = [(clip, [case for case in cases if _exercises(clip, case[0], stage)]) for clip in clips]
    # Numerical threads of two processes would only wait for each other.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    tasks.sort(key=lambda task: -len(task[1]))
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(partial(_sweep_clip, stage), tasks))
    rows = []
    for case in cases:
        changes = tuple(changes[i] for (_, its), (_, changes) in zip(tasks, results, strict=True)
                        for i, one in enumerate(its) if one is case)  # fmt: skip
        rows.append(Row(*case, changes))
    exact = float(np.mean([exact for exact, _ in results]))
    return sorted(rows, key=lambda row: row.effect, reverse=True), exact


def _exercises(clip: SweptClip, name: str, stage: str) -> bool:
    group = name.split(".")[1]
    if stage != "reps":
        return True
    # Clips with corrections are for those alone.
    return group in clip.groups if group in SPECIAL else not clip.corrections


def _sweep_clip(
    stage: str, task: tuple[SweptClip, list[tuple[str, object, object]]]
) -> tuple[bool, list[Change]]:
    """Judge one clip with every case; also return whether its count is exact before."""
    clip, cases = task
    poses, truth = clip.recorded()
    judged = _Judged(clip, poses, truth)
    before = judged.with_options(AlgorithmOptions())
    changes = []
    for name, _, value in cases:
        options = with_parameter(AlgorithmOptions(), name, value)
        changes.append(_compared(before, judged.with_options(options), truth))
    return before.attempts == len(truth.reps), changes


class _Judged:
    """A clip judged with different parameters; what they leave alone is not done again."""

    def __init__(self, clip: SweptClip, poses: PoseSequence, truth: Truth) -> None:
        self._clip, self._poses, self._truth = clip, poses, truth
        self._found: list[tuple[object, Found]] = []
        self._tracks: list[tuple[object, BarTrack]] = []
        self._outcomes: dict[str, Outcome] = {}

    def with_options(self, options: AlgorithmOptions) -> Outcome:
        found = self._sets(options)
        track = self._track(options)
        bar = BarOptions(self._clip.calibration)
        # What is said follows from the reps and their speeds: where both are as before, so is that.
        speeds = [
            measure_reps(
                track,
                one.span.reps,
                find_scales(track, bar.calibration, options.velocity),
                one.span.exercise,
                options=options.velocity,
            )
            for one in found.sets
        ]
        judged_by = options.velocity, options.measure, options.form, options.standards
        cut = [(one.span.reps, one.segmentation.rejected) for one in found.sets]
        key = repr((cut, speeds, judged_by, found.refused))
        if key not in self._outcomes:
            reports = [
                judge_found(one, self._poses, track, SetCriteria(), bar=bar, options=options).report
                for one in found.sets
            ]
            self._outcomes[key] = _outcome(reports)
        return self._outcomes[key]

    def _track(self, options: AlgorithmOptions) -> BarTrack:
        if not self._tracks or self._tracks[0][0] != options.bar:
            track = self._clip.track(self._poses, self._truth, options.bar)
            self._tracks = [(options.bar, track)]
        return self._tracks[0][1]

    def _sets(self, options: AlgorithmOptions) -> Found:
        asked = options.reps, options.standards.end
        if not self._found or self._found[0][0] != asked:
            search = Search(corrections=self._clip.corrections)
            found = find_sets(self._poses, self._clip.exercise, search, options)
            self._found = [(asked, found)]
        return self._found[0][1]


def _outcome(reports: Sequence[SetReport]) -> Outcome:
    reps = [rep for report in reports for rep in report.reps]
    return Outcome(
        attempts=len(reps),
        ends=tuple((str(r.end.reason), r.end.rep) for r in reports),
        good=sum(r.good_reps for r in reports),
        speeds={
            rep.turn_s: rep.bar.mean_velocity_m_s
            for rep in reps
            if rep.bar.mean_velocity_m_s is not None
        },
        text=_LONG.sub(
            lambda digits: f"{float(digits[0]):.6g}",
            "".join(report.model_dump_json(exclude={"measurements"}) for report in reports),
        ),
    )


def _compared(before: Outcome, now: Outcome, truth: Truth) -> Change:
    errors = []
    for rep in truth.reps:
        inside = [v for t, v in now.speeds.items() if rep.start_s <= t <= rep.end_s]
        if inside:
            errors.append(inside[0] - rep.mean_concentric_velocity_m_s)
    return Change(
        any=before.text != now.text,
        count=before.attempts != now.attempts,
        end=before.ends != now.ends,
        good=before.good != now.good,
        shown=before.speeds.keys() != now.speeds.keys(),
        exact=now.attempts == len(truth.reps),
        moved_m_s=tuple(v - before.speeds[t] for t, v in now.speeds.items() if t in before.speeds),
        errors_m_s=tuple(errors),
    )


def report(stage: str, say: Callable[[str], None]) -> dict[str, object]:
    """Sweep a stage and print what came out; return the same for a file."""
    started_s = time.monotonic()
    rows, exact = evaluate(stage)
    if stage == "bar":
        say(
            "bar: only what acts on recorded tracks is swept (landmarks of the lifter, scale, use "
            "of confidence); detection and tracking in images need videos"
        )
    table = Table(
        f"Sensitivity of {stage}: each parameter moved by {100 * STEP:.0f} %, one at a time",
        ("parameter", "from", "to", "clips", "exact", "counts", "ends", "good", "shown", "any",
         "m/s moved", "m/s rmse", ""),
    )  # fmt: skip
    for row in rows:
        changes = row.changes
        if any(c.any for c in changes):
            table.add(
                row.name, _short(row.before), _short(row.value), len(changes),
                sum(c.exact for c in changes), *(sum(getattr(c, what) for c in changes)
                for what in ("count", "end", "good", "shown", "any")), row.moved_m_s,
                rms([e for c in changes for e in c.errors_m_s]), "EDGE" if row.on_edge else "",
            )  # fmt: skip
    say(str(table))
    active = {row.name for row in rows if any(c.any for c in row.changes)}
    idle = list(dict.fromkeys(row.name for row in rows if row.name not in active))
    edge = list(dict.fromkeys(row.name for row in rows if row.on_edge))
    say(f"{len(active) + len(idle)} parameters; counts exact without a change: {100 * exact:.0f} %")
    say(
        f"on a knife's edge (more than {100 * EDGE_SHARE:.0f} % of clips): {', '.join(edge) or '-'}"
    )
    say(f"without any effect on these clips: {', '.join(idle) or '-'}")
    say(f"{time.monotonic() - started_s:.0f} s")
    return {"table": table.document(), "edge": edge, "idle": idle}


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, tuple):
        return "/".join(map(_short, value))
    if isinstance(value, Mapping):
        return "/".join(map(_short, value.values()))
    return str(value)
