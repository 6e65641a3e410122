"""Form that the bar shows better than the body: the range of a rep, and the bar's own path.

Joints hide behind plates and clothes; a plate that is followed surely is measured to a centimetre
or two. Where it was, its travel stands for the range of motion, and its path is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lastrep.bar.track import PointSource
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.faults import BAR_METRICS, FaultRule, Limits, ViewLimits
from lastrep.sets.form.faults import JudgedRep, worst_first
from lastrep.sets.form.set_form import SetForm, judge_readings, with_form
from lastrep.sets.measures.readings import Reading, RepReadings
from lastrep.sets.criteria import SetOptions
from lastrep.sets.results import Rep, RepStatus, SetReport
from lastrep.sets.review import kept_readings
from lastrep.sets.measures.samples import NAN
from lastrep.velocity.rep_velocity import SURE_FROM, RepVelocity
from lastrep.sets.rep_status import (
    DOUBTFUL_FROM_PCT,
    PARTIAL_BELOW_PCT,
    STRUGGLE_FACTOR,
    Verdict,
    lockout_needed,
    not_failed_before_whole,
)

#: Families in which the bar's travel is the range of motion. Where the arms swing about the body
#: (curls, rows, raises), it changes with the trunk and the elbows as well.
TRAVEL_FAMILIES = frozenset({"squat", "hinge", "lunge", "horizontal_press", "vertical_press"})
#: How the range of motion is judged by a plate's travel: it repeats within 1 to 2 %, where that of
#: the joints scatters by 5 and more.
BY_TRAVEL = ViewLimits(change=Limits(minor=8, major=15), sd=3.0)
#: First reps that must show the bar before its travel is compared with them.
FEWEST_REPS = 2


def judged_by_bar(
    report: SetReport,
    exercise: ExerciseDefinition | None,
    velocity: Sequence[RepVelocity],
    options: SetOptions,
) -> SetReport:
    """Return the set with its range of motion and its faults as the bar shows them.

    A rep in which the bar was not followed surely, or by a camera that moved nobody knows how,
    keeps what the body showed. The end of the set is left as it is.

    Parameters
    ----------
    velocity
        Of each rep, from `measure_reps`.
    options
        How the set is judged.
    """
    if exercise is None or not report.standards or not any(map(_sure, velocity)):
        return report
    baseline = tuple(number - 1 for number in report.baseline_reps)
    travel, reps = [NAN] * len(velocity), list(report.reps)
    if exercise.family in TRAVEL_FAMILIES:
        shown = _lifts(velocity, baseline)
        travel = [lift.travel_pct for lift in shown]
        needed = lockout_needed(eccentric_first=exercise.start == "con_end")
        reps = _moved(reps, [_verdict(lift, needed) for lift in shown], travel)
    rules = [rule for rule in exercise.faults if rule.metric in BAR_METRICS]
    if not np.all(np.isnan(travel)):
        rules += [r.edited(BY_TRAVEL) for r in exercise.faults if r.metric == "range_of_motion"]
    read = [
        _read(rep, bar, share, [r for r in rules if report.view in r.views])
        for rep, bar, share in zip(reps, velocity, travel, strict=True)
    ]
    form = judge_readings(
        [rule for rule in rules if rule.id in read[0].readings],
        report.view,  # type: ignore[arg-type]
        baseline,
        read,
        options,
    )
    form = _joined(report, form, exercise)
    return report.model_copy(
        update={
            "reps": with_form(reps, form),
            "standards": form.standards,
            "form_notes": form.notes,
        }
    )


def _sure(bar: RepVelocity) -> bool:
    followed = bar.source not in (None, PointSource.LANDMARK)
    return followed and bar.confidence >= SURE_FROM and bar.rise_px is not None


@dataclass(frozen=True, slots=True)
class _Lift:
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


def _lifts(velocity: Sequence[RepVelocity], baseline: Sequence[int]) -> list[_Lift]:
    rows = [
        (bar.rise_px, bar.top_px, *(bar.concentric_s or (NAN, NAN))) if _sure(bar) else (NAN,) * 4
        for bar in velocity
    ]
    rise, top, start, end = np.array(rows, np.float64).T
    first = [i for i in baseline if np.isfinite(rise[i])]
    if len(first) < FEWEST_REPS:
        return [_Lift()] * len(velocity)
    whole = np.median(rise[first])
    lockout = 1 - (np.median(top[first]) - top) / whole
    pace = (end - start) / np.maximum(rise, 1e-9)
    pace /= np.median(pace[first])
    return [_Lift(*row) for row in np.stack([100 * rise / whole, lockout, pace], axis=1).tolist()]


def _verdict(lift: _Lift, lockout: float) -> Verdict | None:
    """Status and reason that the bar gives a rep; None where it gives none."""
    if np.isnan(lift.travel_pct):
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


def _moved(
    reps: Sequence[Rep], verdicts: Sequence[Verdict | None], travel_pct: Sequence[float]
) -> list[Rep]:
    """Return reps with the range and the status that the bar gives them."""
    given = [
        (rep.movement, rep.reason) if verdict is None else verdict
        for rep, verdict in zip(reps, verdicts, strict=True)
    ]
    rests_s = [b.start_s - a.end_s for a, b in pairwise(reps)]
    settled = not_failed_before_whole(given, rests_s)
    moved = []
    for rep, shown, verdict, travel in zip(reps, verdicts, settled, travel_pct, strict=True):
        if shown is None:
            moved.append(rep)
            continue
        status, reason = verdict
        if verdict is shown and rep.movement is RepStatus.FAILED and travel < DOUBTFUL_FROM_PCT:
            # A bar that came all the way up was not stuck; one that did not may have been.
            status, reason = rep.movement, rep.reason
        changes = {"rom_pct": travel, "movement": status, "status": status, "reason": reason}
        moved.append(rep.model_copy(update=changes))
    return moved


def _read(rep: Rep, bar: RepVelocity, travel_pct: float, rules: Sequence[FaultRule]) -> RepReadings:
    """Readings of the bar; range of motion from the body where the bar was not sure."""
    kept = kept_readings(rep, rules).readings
    values = {
        "range_of_motion": travel_pct,
        "bar_drift": NAN,
        "bar_path": NAN,
    }
    if _sure(bar):
        if bar.horizontal_deviation_m is not None:
            values["bar_drift"] = 100.0 * bar.horizontal_deviation_m.value
        if bar.path_repeatability is not None:
            values["bar_path"] = 100.0 * bar.path_repeatability
    readings = {}
    for rule in rules:
        value = values[rule.metric]
        seen = Reading(value, rep.turn_s, bar.confidence, sustained=value)
        readings[rule.id] = seen if np.isfinite(value) else kept.get(rule.id, seen)
    return RepReadings(readings, rep.coverage)


def _joined(report: SetReport, form: SetForm, exercise: ExerciseDefinition) -> SetForm:
    """Return the whole form: as the body showed it, but for what the bar shows."""
    new = {standard.id: standard for standard in form.standards}
    judged = [
        JudgedRep(
            worst_first([*(f for f in rep.faults if f.id not in new), *by_bar.faults]),
            (*(m for m in rep.measured if m.id not in new), *by_bar.measured),
        )
        for rep, by_bar in zip(report.reps, form.reps, strict=True)
    ]
    standards = tuple(new.get(standard.id, standard) for standard in report.standards)
    titles = [f"towards {rule.title} from" for rule in form.rules.values()]
    kept = [note for note in report.form_notes if not any(title in note for title in titles)]
    rules = {rule.id: rule for rule in exercise.faults}
    notes = tuple(dict.fromkeys([*kept, *form.notes]))
    return SetForm(tuple(judged), standards, form.baseline, notes, rules)
