"""Numbers by which reps are measured: filters, windows and percentiles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """How joint angles and form readings are taken from landmarks; the values are measured ones."""

    #: Low-pass for joint angles, hertz (Winter 2009); landmarks carry no real movement above it.
    angle_cutoff_hz: float = 6.0
    #: Seconds: an angle at an end of the range is the median over this time around it.
    end_window_s: float = 0.1
    #: Joints that the world landmarks show better than the image, unless the camera is side on.
    world_joints: frozenset[str] = frozenset({"hip", "knee", "shoulder"})
    #: Seconds of movement before and after the set that are kept, so that filters have settled.
    margin_s: float = 1.0
    #: Quantile: a side of the body counts by the visibility that it keeps all but this share of
    #: the time.
    low_visibility_quantile: float = 0.2
    #: Quantile of the main joints' visibility that stands for the whole body: plates may hide half
    #: of the joints.
    body_visibility_quantile: float = 0.75
    #: Percentiles that count as the lowest and the highest value: never a single frame.
    extreme_percentiles: tuple[float, float] = (5.0, 95.0)
    #: The furthest reach at an end is this percentile (or its complement) ...
    reach_percentile: float = 80.0
    #: ... over these seconds: the end itself, with fewer of the noise's extremes.
    reach_window_s: float = 0.3
    #: Seconds: a safety fault is critical only if it lasted this long.
    sustained_s: float = 0.2
    #: Share of the lifting phase, from its start, to which leg drive belongs ...
    onset_share: float = 0.6
    #: ... and seconds before it: a dip that starts the drive begins before the load moves.
    onset_lead_s: float = 0.3
    #: Share of the lifting phase, up to its end, to which hitching belongs.
    late_share: float = 0.6
    #: Share of the ascent, from its start, over which hips and shoulders are compared.
    ascent_share: float = 0.4
    #: Of the hips' lead in that part this percentile counts, not one frame.
    lead_percentile: float = 80.0
    #: Shares of the range between which lowering is timed: without the pause at the turn.
    timed_range: tuple[float, float] = (0.1, 0.9)
    #: Seconds around the turn in which the bounce is read.
    turn_window_s: float = 0.3
    #: Concentric fraction: the load is held while it stays this near to where it stopped.
    held_within: float = 0.1
    #: Correlation with the counted signal from which another one shows the same movement.
    min_correlation: float = 0.8
    #: Points of a rep's shape on the way out and on the way back.
    shape_points: tuple[int, int] = (50, 51)
