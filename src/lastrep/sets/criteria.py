"""What the user asks of a set, and how strictly it is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lastrep.exercises.faults import ViewLimits


class Strictness(StrEnum):
    """How many bad reps end the set at technical failure; see `standards.toml`."""

    STRICT = "strict"
    STANDARD = "standard"
    LENIENT = "lenient"


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
class Aftermath:
    """What came after a set's last rep, before the next set or the end of the recording.

    Parameters
    ----------
    until_s
        When the next set begins, or the recording ends.
    seen
        Share of frames, 0..1, in which the lifter is seen right after the last rep (over
        `end.stopped_after_s` of the standards, or what there is).
    next_set
        Whether another set follows.
    stopped
        Whether it is known that the lifter stopped: walked away, or said so.
    """

    until_s: float
    seen: float
    next_set: bool
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class SetCriteria:
    """All that a set is judged by besides what was measured; it is kept whole with the result.

    Parameters
    ----------
    target_reps
        Prescribed number of reps; None for as many as possible (AMRAP) or not known.
    strictness
        How soon bad reps end the set.
    velocity_cap_pct
        End the set once a rep is this much slower than the fastest before it; None = never.
    limits
        The lifter's own limits, by fault id; what is None stays as shipped.
    history
        The lifter's earlier good reps, by fault id.
    aftermath
        What came after the set; None: it is not known, as if the recording ended there.

    Raises
    ------
    ValueError
        If `target_reps` is below 1, `velocity_cap_pct` is not between 0 and 100, or there is no
        such strictness.
    """

    target_reps: int | None = None
    strictness: Strictness = Strictness.STANDARD
    velocity_cap_pct: float | None = None
    limits: Mapping[str, ViewLimits] = field(default_factory=dict)
    history: Mapping[str, PastBaseline] = field(default_factory=dict)
    aftermath: Aftermath | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "strictness", Strictness(self.strictness))  # its word will do
        if self.target_reps is not None and self.target_reps < 1:
            raise ValueError(f"target_reps must be at least 1, not {self.target_reps}")
        if self.velocity_cap_pct is not None and not 0 < self.velocity_cap_pct < 100:
            raise ValueError(
                f"velocity_cap_pct must lie between 0 and 100, not {self.velocity_cap_pct}"
            )
