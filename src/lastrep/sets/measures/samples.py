"""When in a rep a measure is read, and how: never from a single frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.faults import FaultRule
from lastrep.reps.types import RepSpan
from lastrep.sets.measures.kinematics import SetKinematics
from lastrep.sets.measures.options import MeasureOptions

Array = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Sampled:
    """A value, its worst moment, and what was reached for `sustained_s` in all."""

    value: float
    t_s: float
    sustained: float


Sampler = Callable[[SetKinematics, Array, RepSpan, FaultRule], Sampled]
#: Gives from when to when a part of a rep lasts, seconds.
Part = Callable[[RepSpan, MeasureOptions], tuple[float, float]]


def _at_turn(span: RepSpan, end: str) -> bool:
    return span.eccentric_first == (end == "ecc")


def _was_shown(kinematics: SetKinematics, span: RepSpan, end: str) -> bool:
    """Whether the recording shows the rep come to this end, rather than being cut before it."""
    if _at_turn(span, end):
        return span.start_s < span.turn_s < span.end_s
    first_s, last_s = float(kinematics.t_s[0]), float(kinematics.t_s[-1])
    margin_s = kinematics.options.end_window_s / 2
    return span.turn_s < span.end_s and first_s + margin_s <= span.end_s <= last_s - margin_s


def _end(end: str) -> Sampler:
    """Middle value at one end of the range."""

    def sample(kinematics: SetKinematics, x: Array, span: RepSpan, rule: FaultRule) -> Sampled:
        t_s = span.turn_s if _at_turn(span, end) else span.end_s
        if not _was_shown(kinematics, span, end):
            return Sampled(NAN, t_s, NAN)
        value = median_of(x[kinematics.around(t_s, kinematics.options.end_window_s)])
        return Sampled(value, t_s, value)

    return sample


def _reach(end: str) -> Sampler:
    """The best that was reached at one end of the range.

    The end at rest is a stay: from where the movement stops to where the rep is over. After the
    last rep that may be in another posture (knees on the floor, bar in the rack).
    """

    def sample(kinematics: SetKinematics, x: Array, span: RepSpan, rule: FaultRule) -> Sampled:
        stay_s = (span.turn_s,) if _at_turn(span, end) else (span.end_s, span.back_s)
        if not _was_shown(kinematics, span, end):
            return Sampled(NAN, stay_s[0], NAN)
        sign = -1.0 if rule.bad == "high" else 1.0
        width_s, share = kinematics.options.reach_window_s, kinematics.options.reach_percentile
        reached = [
            (sign * percentile_of(sign * x[kinematics.around(t_s, width_s)], share), t_s)
            for t_s in stay_s
        ]
        known = [(value, t_s) for value, t_s in reached if np.isfinite(value)]
        if not known:
            return Sampled(NAN, stay_s[0], NAN)
        value, t_s = max(known, key=lambda r: sign * r[0])
        return Sampled(value, t_s, value)

    return sample


def _worst(part: Part) -> Sampler:
    """The worst over a part of the rep, in the bad direction."""

    def sample(kinematics: SetKinematics, x: Array, span: RepSpan, rule: FaultRule) -> Sampled:
        frames = kinematics.window(*part(span, kinematics.options))
        return _extreme(kinematics, x[frames], frames, rule.bad)

    return sample


def _change(part: Part, *, rise: bool = False) -> Sampler:
    """How much a measure moves over a part of the rep (`rise`: upwards from where it began)."""

    def sample(kinematics: SetKinematics, x: Array, span: RepSpan, rule: FaultRule) -> Sampled:
        frames = kinematics.window(*part(span, kinematics.options))
        lowest, highest = kinematics.options.extreme_percentiles
        window_s = kinematics.options.end_window_s
        start = median_of(x[frames][: max(2, round(window_s * kinematics.rate_hz))])
        low = start if rise else percentile_of(x[frames], lowest)
        value = percentile_of(x[frames], highest) - low
        # The worst moment is the one furthest from where the rep began.
        away = np.abs(x[frames] - start)
        at = int(np.nanargmax(away)) if np.isfinite(away).any() else 0
        return Sampled(value, float(kinematics.t_s[frames][at]), value)

    return sample


def _middle(kinematics: SetKinematics, x: Array, span: RepSpan, rule: FaultRule) -> Sampled:
    frames = kinematics.window(span.leave_s, span.back_s)
    value = median_of(x[frames])
    # A posture held all through is shown at the turn.
    return Sampled(value, span.turn_s, value)


def _late_dip(kinematics: SetKinematics, x: Array, span: RepSpan, rule: FaultRule) -> Sampled:
    """Largest fall back from the highest so far, late in the lifting phase."""
    (start_s, end_s), late = span.concentric_s, kinematics.options.late_share
    frames = kinematics.window(start_s + (1 - late) * (end_s - start_s), end_s)
    part = x[frames]
    if not np.isfinite(part).all():
        return Sampled(NAN, start_s, NAN)
    fall = np.maximum.accumulate(part) - part
    at = int(np.argmax(fall))
    return Sampled(float(fall[at]), float(kinematics.t_s[frames][at]), float(fall[at]))


def _extreme(kinematics: SetKinematics, part: Array, frames: slice, bad: str) -> Sampled:
    if not np.isfinite(part).any():
        return Sampled(NAN, float(kinematics.t_s[frames.start]), NAN)
    lowest, highest = kinematics.options.extreme_percentiles
    if bad == "either":
        high, low = percentile_of(part, highest), percentile_of(part, lowest)
        bad = "high" if abs(high) >= abs(low) else "low"
    sign = 1.0 if bad == "high" else -1.0
    value = percentile_of(part, highest if bad == "high" else lowest)
    ranked = np.sort(sign * part[np.isfinite(part)])[::-1]
    lasting = max(3, round(kinematics.options.sustained_s * kinematics.rate_hz))
    held = ranked[min(lasting, len(ranked)) - 1]
    at = int(np.nanargmax(sign * part))
    return Sampled(value, float(kinematics.t_s[frames][at]), sign * float(held))


def median_of(x: Array) -> float:
    """Median of what is known; NaN if nothing is."""
    seen = x[np.isfinite(x)]
    return float(np.median(seen)) if len(seen) else NAN


def percentile_of(x: Array, share: float) -> float:
    """Percentile of what is known; NaN if nothing is."""
    seen = x[np.isfinite(x)]
    return float(np.percentile(seen, share)) if len(seen) else NAN


def _onset(span: RepSpan, options: MeasureOptions) -> tuple[float, float]:
    start_s, end_s = span.concentric_s
    return start_s - options.onset_lead_s, start_s + options.onset_share * (end_s - start_s)


def _moving(span: RepSpan, _options: MeasureOptions) -> tuple[float, float]:
    return span.leave_s, span.back_s


SAMPLERS: dict[str, Sampler] = {
    "con_end": _end("con"),
    "ecc_end": _end("ecc"),
    "con_reach": _reach("con"),
    "ecc_reach": _reach("ecc"),
    "concentric": _worst(lambda span, _options: span.concentric_s),
    "rep": _worst(_moving),
    "rep_median": _middle,
    "rep_range": _change(_moving),
    "rep_rise": _change(_moving, rise=True),
    "onset_range": _change(_onset),
    "late_dip": _late_dip,
}
