"""Small builders shared by unit tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lastrep.sets.results import Phase, Rep, RepStatus

RepsOf = Callable[[str], list[Rep]]


@pytest.fixture
def reps_of() -> RepsOf:
    """Build 3 s reps from a word: g good, c completed, p partial (70 %), f failed."""
    names = {s.value[0]: s for s in RepStatus}

    def build(statuses: str) -> list[Rep]:
        return [_rep(i, names[letter]) for i, letter in enumerate(statuses)]

    return build


def _rep(index: int, status: RepStatus) -> Rep:
    start_s = 3.0 * index
    return Rep(
        number=index + 1,
        status=status,
        reason="it stopped half-way up" if status is RepStatus.FAILED else "",
        start_s=start_s,
        turn_s=start_s + 1.5,
        end_s=start_s + 3.0,
        phases=(
            Phase(name="eccentric", start_s=start_s, end_s=start_s + 1.4),
            Phase(name="pause", start_s=start_s + 1.4, end_s=start_s + 1.6),
            Phase(name="concentric", start_s=start_s + 1.6, end_s=start_s + 3.0),
        ),
        eccentric_s=1.4,
        pause_s=0.2,
        concentric_s=1.4,
        rom_deg=90.0,
        rom_pct=70.0 if status is RepStatus.PARTIAL else 100.0,
        start_angle_deg=170.0,
        turn_angle_deg=80.0,
        coverage=1.0,
    )
