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
from lastrep.exercises.faults import BAR_METRICS, FaultRule, Limits, ViewLimits
from lastrep.reps.types import RepSpan
from lastrep.sets.measures.readings import Reading
from lastrep.sets.measures.rep_measures import DOUBTFUL_FROM_PCT
from lastrep.sets.measures.samples import NAN
from lastrep.sets.rep_status import (
    PARTIAL_BELOW_PCT,
    STRUGGLE_FACTOR,
    Verdict,
    lockout_needed,
    not_failed_before_whole,
)
from lastrep.sets.results import RepStatus
from lastrep.velocity.parameters import DEFAULT_VELOCITY
from lastrep.velocity.types import RepVelocity

#: Families in which the bar's travel is the range of motion. Where the arms swing about the body
#: (curls, rows, raises), it changes with the trunk and the elbows as well.
TRAVEL_FAMILIES = frozenset({"squat", "hinge", "lunge", "horizontal_press", "vertical_press"})
#: How the range of motion is judged by a plate's travel: it repeats within 1 to 2 %, where that of
#: the joints scatters by 5 and more.
BY_TRAVEL = ViewLimits(change=Limits(minor=8, major=15), sd=3.0)
#: First reps that must show the bar before its travel is compared with them.
FEWEST_REPS = 2


def followed_surely(bar: RepVelocity) -> bool:
    """Whether the bar itself was followed in a rep, and surely."""
    followed = bar.source not in (None, PointSource.LANDMARK)
    surely = bar.confidence >= DEFAULT_VELOCITY.rep.sure_confidence
    return followed and surely and bar.rise_px is not None


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
    bars: Sequence[RepVelocity], exercise: ExerciseDefinition, baseline: Sequence[int]
) -> list[BarLift]:
    """Return each rep as the bar shows it."""
    unknown = [BarLift()] * len(bars)
    if exercise.family not in TRAVEL_FAMILIES:
        return unknown
    rows = [
        (bar.rise_px, bar.top_px, *(bar.concentric_s or (NAN, NAN)))
        if followed_surely(bar)
        else (NAN,) * 4
        for bar in bars
    ]
    rise, top, start, end = np.array(rows, np.float64).T
    first = [i for i in baseline if np.isfinite(rise[i])]
    if len(first) < FEWEST_REPS:
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
) -> list[Verdict]:
    """Return each rep's status by the bar where it tells of the rep, else by the body."""
    needed = lockout_needed(eccentric_first=exercise.start == "con_end")
    by_bar = [_verdict(lift, needed) for lift in lifts]
    together = [body if bar is None else bar for body, bar in zip(by_body, by_bar, strict=True)]
    rests_s = [b.leave_s - a.back_s for a, b in pairwise(spans)]
    settled = not_failed_before_whole(together, rests_s)
    final = []
    for body, bar, verdict, lift in zip(by_body, by_bar, settled, lifts, strict=True):
        # A bar that came all the way up was not stuck; one that did not may have been.
        stuck = body[0] is RepStatus.FAILED and lift.travel_pct < DOUBTFUL_FROM_PCT
        final.append(body if bar is None or (verdict is bar and stuck) else verdict)
    return final


def _verdict(lift: BarLift, lockout: float) -> Verdict | None:
    """Status and reason that the bar gives a rep; None where it gives none."""
    if not lift.known:
        return None
    travelled = f"the bar travelled {lift.travel_pct:.0f} % of the first reps' way"
    if lift.lockout < lockout and lift.pace > STRUGGLE_FACTOR:
        return RepStatus.FAILED, (
            f"the bar got no further than {max(lift.lockout, 0):.0%} of the way up, "
            f"{lift.pace:.1f} times as slowly as in the first reps"
        )
    if lift.travel_pct < PARTIAL_BELOW_PCT:
        return RepStatus.PARTIAL, f"{travelled}, limit {PARTIAL_BELOW_PCT:.0f} %"
    return RepStatus.GOOD, travelled


def rules_by_bar(
    exercise: ExerciseDefinition, bars: Sequence[RepVelocity], lifts: Sequence[BarLift]
) -> tuple[FaultRule, ...]:
    """Return the exercise's rules, those that the bar shows last, with the limits that it allows.

    Where both are broken, what the body shows is named first.
    """
    body, path, travel = [], [], []
    travels = any(lift.known for lift in lifts)
    seen = any(map(followed_surely, bars))
    for rule in exercise.faults:
        if rule.metric == "range_of_motion" and travels:
            travel.append(rule.edited(BY_TRAVEL))
        elif rule.metric in BAR_METRICS and seen:
            path.append(rule)
        else:
            body.append(rule)
    return (*body, *path, *travel)


def bar_readings(
    rules: Sequence[FaultRule], view: str, bar: RepVelocity, lift: BarLift, turn_s: float
) -> dict[str, Reading]:
    """Return what the bar says of a rep's form, by the id of the fault; NaN where it was lost.

    Range of motion is left out where the bar does not tell it: the body may.
    """
    values = {"bar_drift": NAN, "bar_path": NAN}
    if lift.known:
        values["range_of_motion"] = lift.travel_pct
    if followed_surely(bar):
        if bar.horizontal_deviation_m is not None:
            values["bar_drift"] = 100.0 * bar.horizontal_deviation_m.value
        if bar.path_repeatability is not None:
            values["bar_path"] = 100.0 * bar.path_repeatability
    return {
        rule.id: Reading(values[rule.metric], turn_s, bar.confidence, sustained=values[rule.metric])
        for rule in rules
        if rule.metric in values and view in rule.views
    }
