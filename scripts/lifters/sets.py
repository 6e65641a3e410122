"""Whole sets as they go in a gym: reps that slow down, form that slips from some rep on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from lifters.description import Fault, Rep

# Healthy rep-to-rep variation: tempo of the halves, pauses, and range of motion.
TEMPO_SD, PAUSE_SD, ROM_SD = 0.06, 0.25, 0.012


@dataclass(frozen=True, slots=True)
class GrowingFault:
    """A fault that appears at rep `from_rep` (1-based) with `size` and grows by `step` a rep."""

    name: str
    from_rep: int
    size: float
    step: float = 0.0

    def at(self, rep: int) -> tuple[Fault, ...]:
        """The fault as it is at this rep; nothing before it begins."""
        if rep < self.from_rep:
            return ()
        return (Fault(self.name, self.size + self.step * (rep - self.from_rep)),)


@dataclass(frozen=True, slots=True)
class Tempo:
    """How long the parts of the first rep take."""

    eccentric_s: float = 1.3
    concentric_s: float = 1.0
    pause_s: float = 0.15
    hold_s: float = 0.7


USUAL_TEMPO = Tempo()


class SetScript(TypedDict, total=False):
    """What a helper hands on to :func:`lifting_set`."""

    tempo: Tempo
    velocity_loss: float
    grind: float
    faults: tuple[GrowingFault, ...]
    fail_last_at: float | None
    variation: float


def lifting_set(
    reps: int,
    *,
    seed: int = 0,
    tempo: Tempo = USUAL_TEMPO,
    velocity_loss: float = 0.25,
    grind: float = 0.0,
    faults: tuple[GrowingFault, ...] = (),
    fail_last_at: float | None = None,
    variation: float = 1.0,
) -> tuple[Rep, ...]:
    """Reps of one set.

    Parameters
    ----------
    reps : int
        Number of reps, the failed one included.
    seed : int
        Rep-to-rep variation.
    tempo : Tempo
        Durations in the first rep.
    velocity_loss : float, 0..1
        Part of the first rep's velocity that is lost by the last full rep; it is lost ever faster.
    grind : float, 0..1
        Stall depth of the last full rep; the sticking region appears over the last third.
    faults : tuple of GrowingFault
        Form faults.
    fail_last_at : float or None
        The last rep gets stuck at this part of the range.
    variation : float
        Scale of the natural variation; 0 makes identical reps.
    """
    rng = np.random.default_rng([seed, 5])
    full = reps - (fail_last_at is not None)
    out = []
    for k in range(1, reps + 1):
        done = min((k - 1) / max(full - 1, 1), 1.0)
        slower = 1 / (1 - velocity_loss * done**1.5)
        late = np.clip((done - 2 / 3) * 3, 0, 1)
        a, b, c, d = rng.standard_normal(4) * variation
        failing = fail_last_at is not None and k == reps
        out.append(
            Rep(
                eccentric_s=tempo.eccentric_s * float(np.exp(TEMPO_SD * a)),
                concentric_s=tempo.concentric_s * slower * float(np.exp(TEMPO_SD / 2 * b)),
                pause_s=tempo.pause_s * float(np.exp(PAUSE_SD * c)),
                hold_s=tempo.hold_s * float(np.exp(PAUSE_SD * a)) * (1 + 0.6 * done),
                rom=1.0 + ROM_SD * float(np.clip(d, -2, 0.5)),
                stall=grind * float(late),
                failed_at=fail_last_at if failing else None,
                faults=tuple(f for growing in faults for f in growing.at(k)),
            )
        )
    return tuple(out)
