"""What the bar shows better than the body: the range of a rep, and the bar's own path.

Joints hide behind plates and clothes; a plate that is followed surely is measured to a centimetre
or two. Where it was, its travel stands for the range of motion, and its path is judged. A rep in
which it was not followed surely, or by a camera that moved nobody knows how, keeps what the body
showed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lastrep.bar.track import PointSource
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.faults import FaultRule, Limits, ViewLimits
from lastrep.exercises.standards import BarStandards, RepStandards
from lastrep.motion.measures import BAR_MEASURES
from lastrep.reps.types import RepSpan
from lastrep.sets.measures.readings import Reading
from lastrep.sets.measures.samples import NAN
from lastrep.sets.rep_status import Verdict, not_failed_before_whole
from lastrep.sets.results import RepStatus
from lastrep.velocity.types import RepVelocity


def followed_surely(bar: RepVelocity, sure_confidence: float) -> bool:
    """Whether the bar itself was followed in a rep, and surely."""
    followed = bar.source not in (None, PointSource.LANDMARK)
    return followed and bar.confidence >= sure_confidence and bar.rise_px is not None


@dataclass(frozen=True, slots=True)
class BarLift:
    """A rep as the bar shows it, against the lifter's own first good reps; NaN if not surely.

    Parameters
    ----------
    travel_pct
        From its lowest to its highest point.
    lockout
        How far up it came, 0..1.
    pace
        How many times as long it took, for the same way.
    """

    travel_pct: float = NAN
    lockout: float = NAN
    pace: float = NAN

    @property
    def known(self) -> bool:
        """Whether the bar tells of this rep."""
        return bool(np.isfinite(self.travel_pct))


def bar_lifts(
    bars: Sequence[RepVelocity],
    surely: Sequence[bool],
    exercise: ExerciseDefinition,
    baseline: Sequence[int],
    standards: BarStandards,
) -> list[BarLift]:
    """Return each rep as the bar shows it; `surely`: in which it was followed surely."""
    unknown = [BarLift()] * len(bars)
    if exercise.family not in standards.travel_families:
        return unknown
    rows = [
        (bar.rise_px, bar.top_px, *(bar.concentric_s or (NAN, NAN))) if sure else (NAN,) * 4
        for bar, sure in zip(bars, surely, strict=True)
    ]
    rise, top, start, end = np.array(rows, np.float64).T
    first = [i for i in baseline if np.isfinite(rise[i])]
    if len(first) < standards.min_first_reps:
        return unknown
    whole = np.median(rise[first])
    lockout = 1 - (np.median(top[first]) - top) / whole
    pace = (end - start) / np.maximum(rise, 1e-9)
    pace /= np.median(pace[first])
    return [BarLift(*row) for row in np.stack([100 * rise / whole, lockout, pace], axis=1).tolist()]


def settled_statuses(
    by_body: Sequence[Verdict],
    lifts: Sequence[BarLift],
    spans: Sequence[RepSpan],
    exercise: ExerciseDefinition,
    standards: RepStandards,
) -> list[Verdict]:
    """Return each rep's status by the bar where it tells of the rep, else by the body."""
    needed = standards.lockout_needed(eccentric_first=exercise.start == "con_end")
    by_bar = [_verdict(lift, needed, standards) for lift in lifts]
    together = [body if bar is None else bar for body, bar in zip(by_body, by_bar, strict=True)]
    rests_s = [b.leave_s - a.back_s for a, b in pairwise(spans)]
    settled = not_failed_before_whole(together, rests_s, standards.next_within_s)
    final = []
    for body, bar, verdict, lift in zip(by_body, by_bar, settled, lifts, strict=True):
        # A bar that came all the way up was not stuck; one that did not may have been.
        stuck = body[0] is RepStatus.FAILED and lift.travel_pct < standards.doubtful_from_pct
        final.append(body if bar is None or (verdict is bar and stuck) else verdict)
    return final


def _verdict(lift: BarLift, lockout: float, standards: RepStandards) -> Verdict | None:
    """Status and reason that the bar gives a rep; None where it gives none."""
    if not lift.known:
        return None
    travelled = f"the bar travelled {lift.travel_pct:.0f} % of the first reps' way"
    if lift.lockout < lockout and lift.pace > standards.struggle_factor:
        return RepStatus.FAILED, (
            f"the bar got no further than {max(lift.lockout, 0):.0%} of the way up, "
            f"{lift.pace:.1f} times as slowly as in the first reps"
        )
    limit_pct = standards.partial_below_pct
    if lift.travel_pct < limit_pct:
        return RepStatus.PARTIAL, f"{travelled}, limit {limit_pct:.0f} %"
    return RepStatus.GOOD, travelled


def rules_by_bar(
    exercise: ExerciseDefinition,
    lifts: Sequence[BarLift],
    standards: BarStandards,
    *,
    seen: bool,
) -> tuple[FaultRule, ...]:
    """Return the exercise's rules, those that the bar shows last, with the limits that it allows.

    `seen`: whether the bar was followed surely in any rep.
    Where both are broken, what the body shows is named first.
    """
    body, path, travel = [], [], []
    by_travel = ViewLimits(
        change=Limits(minor=standards.travel_minor_pct, major=standards.travel_major_pct),
        sd=standards.travel_sd_pct,
    )
    travels = any(lift.known for lift in lifts)
    for rule in exercise.faults:
        if rule.metric == "range_of_motion" and travels:
            travel.append(rule.edited(by_travel))
        elif rule.metric in BAR_MEASURES and seen:
            path.append(rule)
        else:
            body.append(rule)
    return (*body, *path, *travel)


def bar_readings(
    rules: Sequence[FaultRule],
    view: str,
    bar: RepVelocity,
    lift: BarLift,
    turn_s: float,
    *,
    sure: bool,
) -> dict[str, Reading]:
    """Return what the bar says of a rep's form, by the id of the fault; NaN where it was lost.

    Range of motion is left out where the bar does not tell it: the body may.
    """
    values = {"bar_drift": NAN, "bar_path": NAN}
    if lift.known:
        values["range_of_motion"] = lift.travel_pct
    if sure:
        if bar.horizontal_deviation_m is not None:
            values["bar_drift"] = 100.0 * bar.horizontal_deviation_m.value
        if bar.path_repeatability is not None:
            values["bar_path"] = 100.0 * bar.path_repeatability
    return {
        rule.id: Reading(values[rule.metric], turn_s, bar.confidence, sustained=values[rule.metric])
        for rule in rules
        if rule.metric in values and view in rule.views
    }
