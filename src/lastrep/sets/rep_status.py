"""What a rep counts as, and why (`docs/science.md` 1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from lastrep.exercises.standards import RepStandards
from lastrep.sets.measures.rep_measures import RelativeRange, RepMeasures
from lastrep.sets.results import RepStatus

#: A rep's status, and why it has it.
Verdict = tuple[RepStatus, str]


def verdicts(
    reps: Sequence[RepMeasures], ranges: Sequence[RelativeRange], standards: RepStandards
) -> tuple[Verdict, ...]:
    """Return status and reason of each rep of a set, in order, as the body shows it."""
    if not reps:
        return ()
    pace = [_lifting_s_per_range(rep) for rep in reps]
    full = [p for p, rep in zip(pace, reps, strict=True) if _locked_out(rep, standards)]
    typical = float(np.median(full or pace))
    slow = [p > standards.struggle_factor * max(typical, 1e-9) for p in pace]
    found = [
        _verdict(rep, own, standards, slow=late)
        for rep, own, late in zip(reps, ranges, slow, strict=True)
    ]
    rests_s = [b.span.leave_s - a.span.back_s for a, b in pairwise(reps)]
    return tuple(not_failed_before_whole(found, rests_s, standards.next_within_s))


def not_failed_before_whole(
    found: Sequence[Verdict], rests_s: Sequence[float], within_s: float
) -> list[Verdict]:
    """Return verdicts in which no attempt has failed that a whole rep followed at once.

    Parameters
    ----------
    found
        Of each rep, in order.
    rests_s
        From the end of each rep but the last to the start of the next.
    within_s
        Longest rest after which the next rep counts as following at once.
    """
    out = list(found)
    for i, rest_s in enumerate(rests_s):
        status, reason = found[i]
        promptly = rest_s <= within_s
        if status is RepStatus.FAILED and promptly and found[i + 1][0] is RepStatus.GOOD:
            out[i] = RepStatus.PARTIAL, f"{reason}, but the next rep was whole"
    return out


def _locked_out(rep: RepMeasures, standards: RepStandards) -> bool:
    return rep.lockout >= standards.lockout_needed(eccentric_first=rep.span.eccentric_first)


def _lifting_s_per_range(rep: RepMeasures) -> float:
    return rep.span.seconds("concentric") / max(rep.span.amplitude, 0.1)


def _verdict(
    rep: RepMeasures, own: RelativeRange, standards: RepStandards, *, slow: bool
) -> Verdict:
    limit_pct = standards.partial_below_pct
    if not _locked_out(rep, standards):
        way = max(rep.lockout, 0.0)
        if rep.held_s >= standards.stuck_s:
            return RepStatus.FAILED, f"it stuck at {way:.0%} of the way up for {rep.held_s:.1f} s"
        if slow:
            return (
                RepStatus.FAILED,
                f"slower and slower, it got no further than {way:.0%} of the way",
            )
    most = own.pct + own.error_pct
    if most < limit_pct and own.high_pct < standards.doubtful_from_pct:
        what = f"{own.pct:.0f} % of the set's range of motion, limit {limit_pct:.0f} %"
        cut = rep.span.turn_s in (rep.span.start_s, rep.span.end_s)
        return RepStatus.PARTIAL, f"{what}; the recording shows only half of it" if cut else what
    share = f"{own.pct:.0f} % of the set's own"
    if own.pct < limit_pct:
        return RepStatus.GOOD, f"range of motion not surely short ({share}, signals disagree)"
    return RepStatus.GOOD, f"full range of motion ({share})"
