"""A rep in time: the types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lastrep.bar.track import Side

PhaseName = Literal["eccentric", "pause", "concentric"]


@dataclass(frozen=True, slots=True)
class RepSpan:
    """One rep in time; all times are the source's own.

    Parameters
    ----------
    start_s, turn_s, end_s
        Start, far end (bottom of a squat, top of a curl), return.
    leave_s, turn_in_s, turn_out_s, back_s
        Movement away lasts from `leave_s` to `turn_in_s`, the stay at the far end until
        `turn_out_s`, the movement back until `back_s`.
    eccentric_first
        Whether the movement away is the lowering one.
    amplitude
        Amplitude as a share of the usual one of the set.
    side
        Which side did it: the limb that moved alone, or the leg in front.
    unilateral
        Whether the other limb rested.
    """

    start_s: float
    turn_s: float
    end_s: float
    leave_s: float
    turn_in_s: float
    turn_out_s: float
    back_s: float
    eccentric_first: bool
    amplitude: float
    side: Side = "both"
    unilateral: bool = False

    @property
    def working_limb(self) -> Side:
        """The limb to measure: the one that moved, if only one did."""
        return self.side if self.unilateral else "both"

    @property
    def eccentric_s(self) -> tuple[float, float]:
        """From, to."""
        if self.eccentric_first:
            return self.leave_s, self.turn_in_s
        return self.turn_out_s, self.back_s

    @property
    def pause_s(self) -> tuple[float, float]:
        """From, to: standing still at the far end."""
        return self.turn_in_s, self.turn_out_s

    @property
    def concentric_s(self) -> tuple[float, float]:
        """From, to."""
        if self.eccentric_first:
            return self.turn_out_s, self.back_s
        return self.leave_s, self.turn_in_s

    @property
    def phases_s(self) -> dict[PhaseName, tuple[float, float]]:
        """From, to of each phase that takes any time, in order of time."""
        phases: dict[PhaseName, tuple[float, float]] = {
            "eccentric": self.eccentric_s,
            "pause": self.pause_s,
            "concentric": self.concentric_s,
        }
        order = sorted(phases, key=lambda name: phases[name])
        return {name: phases[name] for name in order if phases[name][1] > phases[name][0]}

    def seconds(self, phase: PhaseName) -> float:
        """Duration of a phase, 0 if the rep has none."""
        start_s, end_s = self.phases_s.get(phase, (0.0, 0.0))
        return end_s - start_s


@dataclass(frozen=True, slots=True)
class RejectedSpan:
    """A movement that was proposed as a rep and is none."""

    start_s: float
    end_s: float
    reason: str
