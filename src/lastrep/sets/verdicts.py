"""What a rep counts as, and why (`domain.md` 1.2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lastrep.sets.ending import PARTIAL_BELOW_PCT
from lastrep.sets.metrics import RepMeasures
from lastrep.sets.results import RepStatus

#: Lockout is reached from this concentric fraction on.
LOCKOUT_FRACTION = 0.85
#: An attempt that stops short of lockout has failed, rather than been cut short on purpose, when
#: its lifting phase took this many times as long per range as the set's typical one.
STRUGGLE_FACTOR = 1.6


def verdicts(reps: Sequence[RepMeasures]) -> tuple[tuple[RepStatus, str], ...]:
    """Return status and reason of each rep of a set, in order."""
    pace = [_lifting_s_per_range(rep) for rep in reps]
    full = [p for p, rep in zip(pace, reps, strict=True) if rep.lockout >= LOCKOUT_FRACTION]
    typical = float(np.median(full or pace))
    return tuple(_verdict(rep, p, typical) for rep, p in zip(reps, pace, strict=True))


def _lifting_s_per_range(rep: RepMeasures) -> float:
    lifting_s = rep.seconds("concentric")
    if not rep.span.eccentric_first:
        lifting_s += rep.seconds("pause")  # a stall shows as standing still at the far end
    return lifting_s / max(rep.span.excursion, 0.1)


def _verdict(rep: RepMeasures, pace: float, typical: float) -> tuple[RepStatus, str]:
    if rep.lockout < LOCKOUT_FRACTION and pace > STRUGGLE_FACTOR * max(typical, 1e-9):
        way = max(rep.lockout, 0.0)
        return RepStatus.FAILED, f"it stuck at {way:.0%} of the way up and went no further"
    if rep.rom_pct < PARTIAL_BELOW_PCT:
        return (
            RepStatus.PARTIAL,
            f"{rep.rom_pct:.0f} % of the set's range of motion, limit {PARTIAL_BELOW_PCT:.0f} %",
        )
    return RepStatus.GOOD, f"full range of motion ({rep.rom_pct:.0f} % of the set's own)"
