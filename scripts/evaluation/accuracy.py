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
from evaluation.tables import Table, mean, rms
from lastrep.sets.metrics import angle_track

Array = NDArray[np.float64]

#: Joints whose angles are compared.
JOINTS = ("knee", "hip", "elbow")
#: Faults of the generator, and the ids of the product's faults that mean the same.
FAULT_IDS: dict[str, frozenset[str]] = {
    "depth_loss": frozenset({"G1", "SQ1", "BP1", "PU4", "DP1", "LG3", "BC4", "RW3"}),
    "soft_lockout": frozenset({"G2", "SQ7", "DL4", "BP2", "OH3", "TR3", "HT1"}),
    "forward_lean": frozenset({"SQ2", "LG2"}),
    "hips_shoot_up": frozenset({"SQ3", "DL2"}),
    "knee_cave": frozenset({"SQ4", "LG1", "HT4"}),
    "hip_shift": frozenset({"SQ5"}),
    "torso_swing": frozenset({"BC1", "RW1", "LR2", "TR2"}),
    "elbow_drift": frozenset({"BC2", "TR1"}),
    "hip_sag": frozenset({"PU1"}),
    "lay_back": frozenset({"OH1"}),
    "leg_drive": frozenset({"OH2", "BC5"}),
    "uneven_bar": frozenset({"G5", "BP3", "OH5"}),
    "back_rounding": frozenset({"DL1", "RW5"}),
    "hips_lift": frozenset({"BP4"}),
}


def tables(clips: Sequence[Compared]) -> list[Table]:
    """Every table of the accuracy report."""
    return [
        _counts(clips),
        _times(clips),
        _angles(clips),
        _range(clips),
        *bar_tables(clips),
        _faults(clips),
        _ends(clips),
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
        "Joint angles against the true 3-D angle, deg (near side)",
        ("joint, view", "reps", "bias at turn", "sd at turn", "rmse over rep"),
    )
    for joint in JOINTS:
        for view, group in _grouped(clips, lambda c: c.truth.view):
            at_turn: list[float] = []
            over_rep: list[float] = []
            for clip in group:
                side = clip.truth.near_side
                track = angle_track(clip.poses, joint, "left" if side == "left" else "right")
                name = f"{side}_{joint}"
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


def _faults(clips: Sequence[Compared]) -> Table:
    table = Table(
        "Major faults, by rep", ("fault", "injected", "found", "false", "precision", "recall", "F1")
    )
    if not any(f.faults or f.not_assessed for c in clips for _, f in c.pairs):
        table.add("not yet", *[None] * 6)
        return table
    for name, ids in FAULT_IDS.items():
        injected = hit = false = 0
        for clip in clips:
            for true, found in clip.pairs:
                says = any(f.id in ids and f.severity != "minor" for f in found.faults)
                injected += name in true.major_faults
                hit += says and name in true.major_faults
                false += says and name not in true.major_faults
        if injected or false:
            precision = hit / (hit + false) if hit + false else float("nan")
            recall = hit / injected if injected else float("nan")
            total = precision + recall
            f1 = 2 * precision * recall / total if total > 0 else float("nan")
            table.add(name, injected, hit, false, precision, recall, f1)
    return table


def _ends(clips: Sequence[Compared]) -> Table:
    table = Table(
        "Where sets end",
        (
            "should end by",
            "clips",
            "reason right",
            "rep right",
            "rep off by one",
            "good reps right",
        ),
    )
    for name, group in _grouped(clips, lambda c: c.truth.end_reason):
        judged = [(c, c.reports[0]) for c in group if c.reports]
        same = [_same_end(c.truth.end_reason, r.end.reason.value) for c, r in judged]
        off = [
            abs((r.end.rep or 0) - (c.truth.end_rep or 0))
            for (c, r), right in zip(judged, same, strict=True)
            if right
        ]
        table.add(
            name,
            len(group),
            sum(same) / len(group),
            sum(o == 0 for o in off) / len(group),
            sum(o <= 1 for o in off) / len(group),
            sum(r.good_reps == c.truth.good_reps for c, r in judged) / len(group),
        )
    clean = [c for c in clips if c.truth.clean]
    false = sum(
        any(r.end.reason in ("technical_failure", "absolute_failure") for r in c.reports)
        for c in clean
    )
    share = f"{false / len(clean):.1%}" if clean else "-"
    table.add("false ends on clean sets", len(clean), f"{false} ({share})", None, None, None)
    return table


def _same_end(true: str, found: str) -> bool:
    """Whether two ends agree; a clip that is cut after the last rep may also say `video_end`."""
    return found == true or (true == "lifter_stopped" and found in ("video_end", "target_reached"))
