"""What a rep counts as, and why (`domain.md` 1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from lastrep.sets.measures.rep_measures import DOUBTFUL_FROM_PCT, RelativeRange, RepMeasures
from lastrep.sets.results import RepStatus

#: Range of motion below this share of the set's reference makes a rep partial. Measured rep-to-rep
#: noise is 3-6 %, so the textbook's 90 % would call good reps partial.
PARTIAL_BELOW_PCT = 85.0
#: Short of this concentric fraction a lift is not finished. Where the lockout is also where the
#: lifter rests, it varies by up to a fifth of the range without meaning anything.
LOCKOUT_AT_TURN, LOCKOUT_AT_REST = 0.85, 0.75
#: An attempt that stops short of lockout has failed, rather than been cut short on purpose, when
#: the load hung there this long (a turn made on purpose takes about half of it) ...
STUCK_S = 0.9
#: ... or when lifting took this many times as long per range as is typical of the set.
STRUGGLE_FACTOR = 1.8

#: An attempt was no failure of strength if the very next rep, begun within this time, is whole.
NEXT_WITHIN_S = 3.0

#: A rep's status, and why it has it.
Verdict = tuple[RepStatus, str]


def verdicts(reps: Sequence[RepMeasures], ranges: Sequence[RelativeRange]) -> tuple[Verdict, ...]:
    """Return status and reason of each rep of a set, in order, as the body shows it."""
    if not reps:
        return ()
    pace = [_lifting_s_per_range(rep) for rep in reps]
    full = [p for p, rep in zip(pace, reps, strict=True) if _locked_out(rep)]
    typical = float(np.median(full or pace))
    found = [_verdict(rep, own, p, typical) for rep, own, p in zip(reps, ranges, pace, strict=True)]
    rests_s = [b.span.leave_s - a.span.back_s for a, b in pairwise(reps)]
    return tuple(not_failed_before_whole(found, rests_s))


def not_failed_before_whole(found: Sequence[Verdict], rests_s: Sequence[float]) -> list[Verdict]:
    """Return verdicts in which no attempt has failed that a whole rep followed at once.

    Parameters
    ----------
    found
        Of each rep, in order.
    rests_s
        From the end of each rep but the last to the start of the next.
    """
    out = list(found)
    for i, rest_s in enumerate(rests_s):
        status, reason = found[i]
        promptly = rest_s <= NEXT_WITHIN_S
        if status is RepStatus.FAILED and promptly and found[i + 1][0] is RepStatus.GOOD:
            out[i] = RepStatus.PARTIAL, f"{reason}, but the next rep was whole"
    return out


def lockout_needed(*, eccentric_first: bool) -> float:
    """Return the concentric fraction from which a lift is finished."""
    return LOCKOUT_AT_REST if eccentric_first else LOCKOUT_AT_TURN


def _locked_out(rep: RepMeasures) -> bool:
    return rep.lockout >= lockout_needed(eccentric_first=rep.span.eccentric_first)


def _lifting_s_per_range(rep: RepMeasures) -> float:
    return rep.span.seconds("concentric") / max(rep.span.amplitude, 0.1)


def _verdict(rep: RepMeasures, own: RelativeRange, pace: float, typical: float) -> Verdict:
    if not _locked_out(rep):
        way = max(rep.lockout, 0.0)
        if rep.held_s >= STUCK_S:
            return RepStatus.FAILED, f"it stuck at {way:.0%} of the way up for {rep.held_s:.1f} s"
        if pace > STRUGGLE_FACTOR * max(typical, 1e-9):
            return (
                RepStatus.FAILED,
                f"slower and slower, it got no further than {way:.0%} of the way",
            )
    most = own.pct + own.error_pct
    if most < PARTIAL_BELOW_PCT and own.high_pct < DOUBTFUL_FROM_PCT:
        what = f"{own.pct:.0f} % of the set's range of motion, limit {PARTIAL_BELOW_PCT:.0f} %"
        cut = rep.span.turn_s in (rep.span.start_s, rep.span.end_s)
        return RepStatus.PARTIAL, f"{what}; the recording shows only half of it" if cut else what
    share = f"{own.pct:.0f} % of the set's own"
    if own.pct < PARTIAL_BELOW_PCT:
        return RepStatus.GOOD, f"range of motion not surely short ({share}, signals disagree)"
    return RepStatus.GOOD, f"full range of motion ({share})"
