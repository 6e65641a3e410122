"""What a lifter's earlier good reps say: references and spreads for the form engine."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from lastrep.sets.criteria import PastBaseline
from lastrep.sets.results import RepStatus, SetReport
from lastrep.training.history import History, Query

#: Sets of this time tell how the lifter moves; older ones told it of another lifter.
PAST_TIME = timedelta(weeks=8)
#: So many of the latest sets are looked at: enough for an own spread, and quickly read.
PAST_SETS = 12
#: A set with a load this far from today's, as a share of it, moves differently.
LOAD_BAND = 0.15
#: Fewer reps give no spread.
FEWEST_REPS = 2
#: Median absolute deviation to standard deviation, for the normal distribution.
MAD_TO_SD = 1.4826


def earlier_sets(
    history: History,
    *,
    athlete: str,
    exercise: str,
    view: str,
    before: datetime,
    load_kg: float | None = None,
) -> tuple[SetReport, ...]:
    """Return the reports of a lifter's latest sets that compare with the one to be judged.

    Parameters
    ----------
    before
        Only what was performed before this time; with time zone.
    load_kg
        Only sets with about this load, and those of which the load is not known; None: any load.

    Raises
    ------
    HistoryError
        If the history cannot be read.
    """
    query = Query(athlete=athlete, exercise=exercise, since=before - PAST_TIME, until=before)
    like = [
        record
        for record in history.sets(query)
        if record.view == view
        and (load_kg is None or record.load_kg is None or _near(record.load_kg, load_kg))
    ]
    ids = [record.set_id for record in like[-PAST_SETS:]]
    return tuple(history.report(set_id) for set_id in ids if set_id is not None)


def _near(load_kg: float, today_kg: float) -> bool:
    return abs(load_kg - today_kg) <= LOAD_BAND * today_kg


def past_baselines(reports: Iterable[SetReport]) -> dict[str, PastBaseline]:
    """Return what each form metric was in earlier good reps, by fault id.

    Parameters
    ----------
    reports
        Earlier sets of one lifter, of the same exercise, view and about the same load.

    Returns
    -------
    The median of the sets' medians; the spread is that of reps about the median of their own set,
    so that a camera that stood elsewhere does not widen it. Faults without a reading are left out.
    """
    readings: dict[str, list[list[tuple[float, float]]]] = defaultdict(list)
    for report in reports:
        of_set: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for rep in report.reps:
            if rep.status is not RepStatus.GOOD:
                continue
            for one in rep.measured:
                if one.state in ("ok", "minor") and one.raw is not None and one.value is not None:
                    of_set[one.id].append((one.raw, one.value))
        for fault, read in of_set.items():
            readings[fault].append(read)
    return {fault: _baseline(of_sets) for fault, of_sets in readings.items()}


def _baseline(sets: list[list[tuple[float, float]]]) -> PastBaseline:
    middles = [statistics.median(raw for raw, _ in read) for read in sets]
    # The rule's own unit: what is judged in % of the lifter's own spreads in %.
    deviations = [
        abs(value - statistics.median(v for _, v in read))
        for read in sets
        if len(read) >= FEWEST_REPS
        for _, value in read
    ]
    return PastBaseline(
        value=statistics.median(middles),
        sets=len(sets),
        sd=MAD_TO_SD * statistics.median(deviations) if deviations else None,
        reps=len(deviations),
    )
