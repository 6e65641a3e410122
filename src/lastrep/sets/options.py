"""What the user asks of a set, and how strictly it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Strictness(StrEnum):
    """How many bad reps in a row end the set at technical failure (`domain.md` 4.5, E2/E4)."""

    STRICT = "strict"
    STANDARD = "standard"
    LENIENT = "lenient"

    @property
    def run_length(self) -> int:
        """Consecutive bad reps that end the set."""
        return {"strict": 1, "standard": 2, "lenient": 3}[self.value]


@dataclass(frozen=True, slots=True)
class SetOptions:
    """How a set is judged.

    Parameters
    ----------
    target_reps
        Prescribed number of reps; None for as many as possible (AMRAP) or not known.
    strictness
        How soon bad reps end the set.

    Raises
    ------
    ValueError
        If `target_reps` is below 1.
    """

    target_reps: int | None = None
    strictness: Strictness = Strictness.STANDARD

    def __post_init__(self) -> None:
        if self.target_reps is not None and self.target_reps < 1:
            raise ValueError(f"target_reps must be at least 1, not {self.target_reps}")
