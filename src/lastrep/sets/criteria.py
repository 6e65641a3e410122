"""What the user asks of a set, and how strictly it is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lastrep.exercises.faults import FaultKind, ViewLimits


class Strictness(StrEnum):
    """How many bad reps end the set at technical failure (`domain.md` 4.5, E2 to E4)."""

    STRICT = "strict"
    STANDARD = "standard"
    LENIENT = "lenient"

    @property
    def run_length(self) -> int:
        """Consecutive bad reps that end the set."""
        return {"strict": 1, "standard": 2, "lenient": 3}[self.value]

    @property
    def share(self) -> tuple[int, int]:
        """So many bad reps among the last so many end the set, whatever the faults."""
        return {"strict": (1, 1), "standard": (3, 4), "lenient": (4, 6)}[self.value]


@dataclass(frozen=True, slots=True)
class PastBaseline:
    """What one metric was in the lifter's earlier good reps, same exercise, view and about load.

    Parameters
    ----------
    value
        Median over the good reps of the last sessions.
    sets
        How many sets it rests on.
    sd
        Robust standard deviation from rep to rep; None if not known.
    reps
        How many good reps `sd` rests on.
    """

    value: float
    sets: int
    sd: float | None = None
    reps: int = 0


#: Gives what the lifter's earlier good reps of an exercise, seen from a view, were, by fault id.
Past = Callable[[str, str], Mapping[str, PastBaseline]]


@dataclass(frozen=True, slots=True)
class SetOptions:
    """How a set is judged.

    Parameters
    ----------
    target_reps
        Prescribed number of reps; None for as many as possible (AMRAP) or not known.
    strictness
        How soon bad reps end the set.
    tempo_declared
        A slow, fast or paused tempo is intended: the tempo faults are not judged.
    velocity_cap_pct
        End the set once a rep is this much slower than the fastest before it; None = never.
    enforced
        Ids of faults whose absolute limits end the set even if they are there from rep 1.
    also_ending
        Classes of faults that may end a set besides safety, compensation and range.
    limits
        The lifter's own limits, by fault id; what is None stays as shipped.
    history
        The lifter's earlier good reps, by fault id.

    Raises
    ------
    ValueError
        If `target_reps` is below 1 or `velocity_cap_pct` is not between 0 and 100.
    """

    target_reps: int | None = None
    strictness: Strictness = Strictness.STANDARD
    tempo_declared: bool = False
    velocity_cap_pct: float | None = None
    enforced: frozenset[str] = frozenset()
    also_ending: frozenset[FaultKind] = frozenset()
    limits: Mapping[str, ViewLimits] = field(default_factory=dict)
    history: Mapping[str, PastBaseline] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.target_reps is not None and self.target_reps < 1:
            raise ValueError(f"target_reps must be at least 1, not {self.target_reps}")
        if self.velocity_cap_pct is not None and not 0 < self.velocity_cap_pct < 100:
            raise ValueError(
                f"velocity_cap_pct must lie between 0 and 100, not {self.velocity_cap_pct}"
            )
