"""Bar speed and displacement against the truth of rendered clips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.comparing import Compared
from evaluation.tables import Table, mean, rms
from lastrep.sets.results import Rep, SetReport

COLUMNS = (
    "",
    "clips",
    "reps",
    "with m/s",
    "mean m/s rmse",
    "bias",
    "in 2 sd %",
    "peak m/s rmse",
    "bias",
    "displ. cm rmse",
    "loss pts rmse",
    "most",
)


@dataclass(frozen=True, slots=True)
class _Errors:
    """What one clip, or several, got wrong; each list has one number a rep or set."""

    reps: int
    mean_m_s: list[float]
    within: list[bool]
    peak_m_s: list[float]
    displacement_cm: list[float]
    loss_points: list[float]


def bar_tables(clips: Sequence[Compared]) -> list[Table]:
    """Tables by what was followed, and by every condition of the clips."""
    filmed = [c for c in clips if c.by_height]
    if not filmed:
        return []
    plate = {id(c): _errors(c, by_height=False) for c in filmed}
    height = {id(c): _errors(c, by_height=True) for c in filmed}
    sources = Table("Bar speed by scale and view (scale found by itself)", COLUMNS)
    groups: dict[str, list[Compared]] = defaultdict(list)
    for clip in filmed:
        groups[f"{_source(clip.reports)}, {clip.truth.view}"].append(clip)
    for name, group in sorted(groups.items()):
        _row(sources, name, [plate[id(c)] for c in group])
    views: dict[str, list[Compared]] = defaultdict(list)
    for clip in filmed:
        views[clip.truth.view].append(clip)
    body = Table("Bar speed from landmarks and the lifter's height alone", COLUMNS)
    for name, group in [*sorted(views.items()), ("all", filmed)]:
        _row(body, name, [height[id(c)] for c in group])
    by_lift: dict[str, list[Compared]] = defaultdict(list)
    for clip in filmed:
        by_lift[clip.truth.exercise].append(clip)
    for name, group in sorted(by_lift.items()):
        _row(body, name, [height[id(c)] for c in group])
    followed = [c for c in filmed if _source(c.reports).startswith("plate")]
    conditions = Table("Bar speed by condition, plate followed", COLUMNS)
    for condition in sorted({name for c in followed for name in c.truth.conditions}):
        values = {c.truth.conditions[condition] for c in followed}
        for value in sorted(values):
            group = [c for c in followed if c.truth.conditions[condition] == value]
            _row(conditions, f"{condition}: {value}", [plate[id(c)] for c in group])
    _row(conditions, "all", [plate[id(c)] for c in followed])
    return [sources, body, conditions]


def _source(reports: Sequence[SetReport]) -> str:
    """What most reps' speeds were measured on, and what scaled them."""
    sources = [rep.bar.source for report in reports for rep in report.reps] or ["none"]
    scale = next((r.scale.source for r in reports), "none")
    return f"{max(set(sources), key=sources.count)} / {scale} scale"


def _errors(clip: Compared, *, by_height: bool) -> _Errors:
    reports = clip.by_height if by_height else clip.reports
    pairs = clip.pairs_by_height if by_height else clip.pairs
    pairs = tuple((t, f) for t, f in pairs if t.status != "failed")
    out = _Errors(len(pairs), [], [], [], [], [])
    for true, found in pairs:
        bar = found.bar
        if bar.mean_velocity_m_s is not None:
            error = bar.mean_velocity_m_s - true.mean_velocity_m_s
            out.mean_m_s.append(error)
            out.within.append(abs(error) <= 2 * (bar.mean_velocity_sd or 0.0))
        if bar.peak_velocity_m_s is not None:
            out.peak_m_s.append(bar.peak_velocity_m_s - true.peak_velocity_m_s)
        if bar.displacement_m is not None:
            out.displacement_cm.append(100 * (bar.displacement_m - true.displacement_m))
    loss = _loss(clip, [found for _, found in pairs], reports)
    if loss is not None:
        out.loss_points.append(loss)
    return out


def _loss(clip: Compared, found: Sequence[Rep], reports: Sequence[SetReport]) -> float | None:
    """Error of the velocity loss; None where reps were missed or there is more than one set."""
    speeds = [r.mean_velocity_m_s for r in clip.truth.reps if r.status in ("good", "faulty")]
    whole = [rep for rep in found if rep.status in ("good", "completed")]
    if len(reports) != 1 or len(speeds) < 2 or len(whole) != len(speeds):
        return None
    if reports[0].velocity_loss_pct is None:
        return None
    return reports[0].velocity_loss_pct - 100 * (1 - speeds[-1] / max(speeds))


def _row(table: Table, name: str, clips: Sequence[_Errors]) -> None:
    speeds = [e for c in clips for e in c.mean_m_s]
    within = [w for c in clips for w in c.within]
    peaks = [e for c in clips for e in c.peak_m_s]
    losses = [e for c in clips for e in c.loss_points]
    table.add(
        name,
        len(clips),
        sum(c.reps for c in clips),
        len(speeds),
        rms(speeds),
        mean(speeds),
        100 * mean(within),
        rms(peaks),
        mean(peaks),
        rms([e for c in clips for e in c.displacement_cm]),
        rms(losses),
        max((abs(e) for e in losses), default=float("nan")),
    )
