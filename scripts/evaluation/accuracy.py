"""How near lastrep comes to the truth of rendered and synthetic clips.

Every number is read from the product's own result document and landmark filters; nothing is
measured by other code than what users run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from evaluation.bar_accuracy import bar_tables
from evaluation.comparing import Compared
from evaluation.form_accuracy import end_table, fault_table
from evaluation.tables import Table, mean, rms
from lastrep.sets.measures.joint_angle import angle_track

Array = NDArray[np.float64]

#: Joints whose angles are compared.
JOINTS = ("knee", "hip", "elbow")


def tables(clips: Sequence[Compared]) -> list[Table]:
    """Every table of the accuracy report."""
    return [
        _counts(clips),
        _times(clips),
        _angles(clips),
        _range(clips),
        *bar_tables(clips),
        fault_table(clips),
        end_table(clips),
    ]


def _grouped(
    clips: Sequence[Compared], key: Callable[[Compared], str]
) -> list[tuple[str, list[Compared]]]:
    groups: dict[str, list[Compared]] = defaultdict(list)
    for clip in clips:
        groups[key(clip)].append(clip)
    return [*sorted(groups.items()), ("all", list(clips))]


def _counts(clips: Sequence[Compared]) -> Table:
    table = Table("Rep counts", ("exercise", "clips", "exact", "off by one", "wrong"))
    for name, group in _grouped(clips, lambda c: c.truth.exercise):
        errors = [abs(c.found - len(c.truth.reps)) for c in group]
        exact = float(np.mean([e == 0 for e in errors]))
        near = float(np.mean([e <= 1 for e in errors]))
        wrong = [
            f"{c.truth.name} {c.found}/{len(c.truth.reps)}"
            for c, e in zip(group, errors, strict=True)
            if e
        ]
        table.add(name, len(group), exact, near, ", ".join(wrong[:3]) if name != "all" else "")
    return table


def _times(clips: Sequence[Compared]) -> Table:
    table = Table(
        "Rep boundaries, ms (median of |error|, bias)",
        ("view", "reps", "start", "start bias", "turn", "turn bias", "end", "end bias"),
    )
    for name, group in _grouped(clips, lambda c: c.truth.view):
        errors = np.array(
            [
                (
                    f.start_s - t.start_s,
                    _outside(f.turn_s, t.turn_s, t.turn_end_s),
                    f.end_s - t.end_s,
                )
                for c in group
                for t, f in c.pairs
            ]
        ).reshape(-1, 3)
        size, bias = _median(np.abs(errors)) * 1000, _median(errors) * 1000
        table.add(name, len(errors), *(v for pair in zip(size, bias, strict=True) for v in pair))
    return table


def _outside(value: float, low: float, high: float) -> float:
    """How far a time lies outside an interval; 0 inside."""
    return min(value - low, 0.0) + max(value - high, 0.0)


def _median(values: Array) -> Array:
    if not len(values):
        return np.full(values.shape[1:], np.nan)
    return np.asarray(np.median(values, axis=0), np.float64)


def _angles(clips: Sequence[Compared]) -> Table:
    table = Table(
        "Joint angles against the true 3-D angle, deg (as reported from this view)",
        ("joint, view", "reps", "bias at turn", "sd at turn", "rmse over rep"),
    )
    for joint in JOINTS:
        for view, group in _grouped(clips, lambda c: c.truth.view):
            at_turn: list[float] = []
            over_rep: list[float] = []
            for clip in group:
                camera, name = clip.view, f"{clip.truth.near_side}_{joint}"
                if camera is None:
                    continue
                track = angle_track(clip.poses, joint, camera.angle_side, camera.name)
                if np.ptp(clip.truth.angles_deg[name]) < 30.0:
                    continue  # this exercise hardly bends the joint
                for true, _ in clip.pairs:
                    seen_deg = track.near((true.turn_s + true.turn_end_s) / 2)
                    if seen_deg is None:
                        continue
                    middle_s = (true.turn_s + true.turn_end_s) / 2
                    at_turn.append(seen_deg - float(clip.truth.angle_at(name, middle_s)))
                    inside = (track.t_s >= true.start_s) & (track.t_s <= true.end_s)
                    error = track.angle_deg[inside] - clip.truth.angle_at(name, track.t_s[inside])
                    over_rep.append(float(np.sqrt(np.nanmean(error**2))))
            if at_turn:
                table.add(
                    f"{joint}, {view}",
                    len(at_turn),
                    float(np.mean(at_turn)),
                    float(np.std(at_turn)),
                    float(np.mean(over_rep)),
                )
    return table


def _range(clips: Sequence[Compared]) -> Table:
    table = Table(
        "Range of motion", ("view", "reps", "deg bias", "deg rmse", "% rmse", "partials found")
    )
    for view, group in _grouped(clips, lambda c: c.truth.view):
        deg = [f.rom_deg - t.rom_deg for c in group for t, f in c.pairs if f.rom_deg is not None]
        percent = [
            f.rom_pct - 100 * t.rom_fraction
            for c in group
            for t, f in c.pairs
            if f.rom_pct is not None and t.status != "failed"
        ]
        partial = [
            f.status == "partial" for c in group for t, f in c.pairs if t.status == "partial"
        ]
        table.add(
            view,
            len(percent),
            mean(deg),
            rms(deg),
            rms(percent),
            f"{sum(partial)}/{len(partial)}",
        )
    return table
