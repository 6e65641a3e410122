"""The bar's speed as a report says it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lastrep.sets.results import Bar, Scale, Sticking
from lastrep.velocity.scale import NO_SCALE
from lastrep.velocity.scale import Scale as MetreScale
from lastrep.velocity.types import Estimate, RepVelocity


def bar_of(rep: RepVelocity, relative: float | None) -> Bar:
    """Return one rep's bar as the document has it.

    Parameters
    ----------
    relative
        Mean speed as a share of the set's fastest rep; None where it cannot be compared.
    """
    start, end = rep.concentric_s or (None, None)
    sticking = rep.sticking
    return Bar(
        source="none" if rep.source is None else rep.source.value,
        confidence=None if rep.source is None else rep.confidence,
        concentric_start_s=start,
        concentric_end_s=end,
        mean_velocity_m_s=_value(rep.mean_m_s),
        mean_velocity_sd=_sd(rep.mean_m_s),
        peak_velocity_m_s=_value(rep.peak_m_s),
        peak_velocity_sd=_sd(rep.peak_m_s),
        time_to_peak_s=rep.time_to_peak_s,
        eccentric_velocity_m_s=_value(rep.eccentric_m_s),
        eccentric_velocity_sd=_sd(rep.eccentric_m_s),
        displacement_m=_value(rep.displacement_m),
        displacement_sd=_sd(rep.displacement_m),
        horizontal_deviation_m=_value(rep.horizontal_deviation_m),
        horizontal_deviation_sd=_sd(rep.horizontal_deviation_m),
        tilt_deg=rep.tilt_deg,
        path_repeatability=rep.path_repeatability,
        relative_velocity=relative,
        sticking=None
        if sticking is None
        else Sticking(
            start_s=sticking.start_s,
            end_s=sticking.end_s,
            depth=sticking.depth,
            height=sticking.height,
        ),
        notes=rep.notes,
    )


def scale_of(reps: Sequence[RepVelocity]) -> Scale:
    """Return the scale that most reps' speeds rest on."""
    used = [rep.scale for rep in reps if rep.scale.known]
    sources = [scale.source for scale in used]
    scale = NO_SCALE
    if used:
        usual = max(dict.fromkeys(sources), key=sources.count)  # of equals the first
        alike = [s for s in used if s.source == usual]
        scale = MetreScale(
            float(np.median([s.metres_per_px for s in alike])),
            usual,
            float(np.median([s.uncertainty_pct for s in alike])),
        )
    return Scale(
        metres_per_pixel=scale.metres_per_px if scale.known else None,
        source=scale.source.value,
        uncertainty_pct=scale.uncertainty_pct if scale.known else None,
    )


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value


def _sd(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.uncertainty
