"""Bar speed of a rep and of a set, as measured: the types."""

from __future__ import annotations

from dataclasses import dataclass

from lastrep.bar.track import PointSource
from lastrep.velocity.scale import Scale


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its standard deviation, in the same unit."""

    value: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class StickingRegion:
    """Where a lift slows down and goes on.

    Parameters
    ----------
    start_s, end_s
        From the peak of speed to the least speed after it.
    depth
        Share of the peak speed that is lost, 0..1.
    height
        Where the least speed is, as a share of the lift.
    """

    start_s: float
    end_s: float
    depth: float
    height: float


@dataclass(frozen=True, slots=True)
class RepVelocity:
    """How the bar moved in one rep; None where it cannot be said, and `notes` say why.

    Parameters
    ----------
    source
        What was followed: the plate, a chosen point, or a landmark; None if nothing was seen.
    confidence
        0..1: how sure it is that this is the bar (landmarks: that they were seen).
    scale
        Metres per pixel in this rep.
    concentric_s
        From standstill to standstill, seconds.
    rise_px
        Lowest to highest point of the lift, pixels; None where the camera moved nobody knows how.
    top_px
        Where the lift ended, pixels upwards in the picture; None as `rise_px`.
    mean_m_s, peak_m_s, eccentric_m_s
        Mean and greatest speed of the lifting, mean speed of the lowering phase.
    time_to_peak_s
        From the start of the lift.
    displacement_m
        Lowest to highest point of the lift.
    horizontal_deviation_m
        Farthest from where the lift started, signed: positive to the right of the picture.
    tilt_deg
        The bar's farthest tilt in the lift from how it usually lies, degrees: positive where the
        end on the right of the picture is higher. Seen from the front only, both ends.
    path_repeatability
        Root-mean-square distance to the path of the first reps, as a share of the displacement.
    mean_px_s
        Mean speed in pixels, to compare reps where there are no metres.
    sticking
        Where the lift nearly got stuck; None if it did not.
    notes
        One line each.
    """

    source: PointSource | None
    confidence: float
    scale: Scale
    concentric_s: tuple[float, float] | None = None
    rise_px: float | None = None
    top_px: float | None = None
    mean_m_s: Estimate | None = None
    peak_m_s: Estimate | None = None
    eccentric_m_s: Estimate | None = None
    time_to_peak_s: float | None = None
    displacement_m: Estimate | None = None
    horizontal_deviation_m: Estimate | None = None
    tilt_deg: float | None = None
    path_repeatability: float | None = None
    mean_px_s: float | None = None
    sticking: StickingRegion | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetVelocity:
    """How the bar moved in a set.

    Parameters
    ----------
    reps
        One per rep, in order.
    warnings
        What the user should know about the speeds, one line each.
    """

    reps: tuple[RepVelocity, ...] = ()
    warnings: tuple[str, ...] = ()
