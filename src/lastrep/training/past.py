"""What a lifter's earlier good reps say: references and spreads for the form engine."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from lastrep.exercises.standards import PastStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.sets.criteria import PastBaseline
from lastrep.sets.results import RepStatus, SetReport
from lastrep.training.history import History, Query

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
    standards: PastStandards | None = None,
) -> tuple[SetReport, ...]:
    """Return the reports of a lifter's latest sets that compare with the one to be judged.

    Parameters
    ----------
    before
        Only what was performed before this time; with time zone.
    load_kg
        Only sets with about this load, and those of which the load is not known; None: any load.
    standards
        None for the shipped ones.

    Raises
    ------
    HistoryError
        If the history cannot be read.
    """
    standards = standards or shipped_standards().training.past
    since = before - timedelta(weeks=standards.weeks)
    query = Query(athlete=athlete, exercise=exercise, since=since, until=before)
    like = [
        record
        for record in history.sets(query)
        if record.view == view
        and (
            load_kg is None
            or record.load_kg is None
            or abs(record.load_kg - load_kg) <= standards.load_tolerance_share * load_kg
        )
    ]
    ids = [record.set_id for record in like[-standards.max_sets :]]
    return tuple(history.report(set_id) for set_id in ids if set_id is not None)


def past_baselines(
    reports: Iterable[SetReport], standards: PastStandards | None = None
) -> dict[str, PastBaseline]:
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
    min_reps = (standards or shipped_standards().training.past).min_reps
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
    return {fault: _baseline(of_sets, min_reps) for fault, of_sets in readings.items()}


def _baseline(sets: list[list[tuple[float, float]]], min_reps: int) -> PastBaseline:
    middles = [statistics.median(raw for raw, _ in read) for read in sets]
    # The rule's own unit: what is judged in % of the lifter's own spreads in %.
    deviations = [
        abs(value - statistics.median(v for _, v in read))
        for read in sets
        if len(read) >= min_reps
        for _, value in read
    ]
    return PastBaseline(
        value=statistics.median(middles),
        sets=len(sets),
        sd=MAD_TO_SD * statistics.median(deviations) if deviations else None,
        reps=len(deviations),
    )
