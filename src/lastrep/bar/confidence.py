"""Confidence that what was tracked is the bar: the product of separate scores, each 0..1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lastrep.bar.arrays import Array, Mask
from lastrep.bar.lifter import interpolate_gaps
from lastrep.motion.cleaning import hampel
from lastrep.motion.filters import savitzky_golay

#: A score by a linear ramp: 0 at the first value, 1 at the second.
Ramp = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ConfidenceOptions:
    """What each score goes by, as a ramp: 0 at the first value, 1 at the second."""

    #: Share of the frames, while the bar should be in the image, in which it was detected.
    tracked_share: Ramp = (0.0, 0.95)
    #: Median share of the rim that is an edge.
    rim_support: Ramp = (0.0, 0.6)
    #: Correlation of the vertical speeds of bar and bar proxy.
    proxy_correlation: Ramp = (0.6, 0.85)
    #: Detection score, in units of the score that a disc of this size needs.
    detection_score: Ramp = (0.5, 1.0)
    #: Share of the segments between key frames whose tracking did not close.
    open_share: Ramp = (0.7, 0.35)
    #: Metres, if the plate has a radius of `assumed_radius_m`: vertical jitter of the centre.
    jitter_m: Ramp = (0.006, 0.0025)
    #: Share: spread of the measured radii between the 10th and 90th percentile.
    radius_spread: Ramp = (0.30, 0.15)
    #: Horizontal over vertical axis: seen nearly edge-on, a plate is no ellipse any more.
    disc_aspect: Ramp = (0.40, 0.58)
    #: Width over height of a plate seen edge-on: a wider one shows its face.
    sleeve_aspect: Ramp = (0.65, 0.50)
    #: Share of the frames in which both sleeves are detected: one by itself may be anything.
    both_sleeves_share: Ramp = (0.25, 0.5)
    #: Correlation of the speeds of both sleeves: of one bar 0.998 and more, 0.99 while it tilts.
    sleeve_correlation: Ramp = (0.90, 0.98)
    #: Metres: radius of a full-size plate, assumed where pixels are to be compared with metres.
    assumed_radius_m: float = 0.225
    #: Seconds: limits of the window for the speeds that are correlated, about the time of one lift.
    #: Landmarks tremble more in a third of a second than a slow bar moves.
    speed_window_s: tuple[float, float] = (0.3, 1.2)
    #: Share of the 95th percentile of the bar's speed from which it moves.
    moving_share: float = 0.2
    #: Frames needed for a correlation, and for any confidence.
    min_frames: int = 5
    #: Radii needed for a spread.
    min_radii: int = 10


DEFAULT_CONFIDENCE = ConfidenceOptions()


@dataclass(frozen=True, slots=True, eq=False)
class WindowEvidence:
    """What is known of one tracked disc or pair of sleeves; arrays share the frames as first axis.

    Parameters
    ----------
    t_s
        shape = (n,), seconds.
    bar, proxy
        shape = (n, 2): stabilised pixels of the bar (NaN where it was lost) and of the bar proxy
        (NaN if there is none).
    proxy_visible
        shape = (n,): True where the proxy is measured; else it is a guess of the pose model.
    in_view
        shape = (n,): True where the bar should be in the image.
    support
        shape = (n,): share of the rim that is an edge, 0..1.
    radii
        shape = (m,): measured vertical semi-axes, pixels.
    aspect
        Horizontal over vertical axis.
    score, needed
        As in `Plate`.
    segments, open_segments
        As in `DiscTrack`.
    sleeves
        Vertical positions of both sleeves, each of shape = (n,), stabilised pixels, NaN where lost;
        None if one disc is tracked.
    lean
        shape = (n,): how much lower the right sleeve is than the middle by the hand line, pixels;
        None if not known.
    """

    t_s: Array
    bar: Array
    proxy: Array
    proxy_visible: Mask
    in_view: Mask
    support: Array
    radii: Array
    aspect: float
    score: float
    needed: float
    segments: int
    open_segments: int
    sleeves: tuple[Array, Array] | None = None
    lean: Array | None = None


def window_confidence(
    evidence: WindowEvidence, options: ConfidenceOptions = DEFAULT_CONFIDENCE
) -> float:
    """Return the confidence that this is the bar, 0..1.

    From 0.8 on results can be shown, below they need a warning, below 0.3 it is not the bar.
    """
    e, o = evidence, options
    seen = np.isfinite(e.bar[:, 0])
    if seen.sum() < o.min_frames:
        return 0.0
    jitter_m = jitter(e.bar[:, 1]) / median_radius_px(e.radii) * o.assumed_radius_m
    scores = (
        ramp(float(seen[e.in_view].mean()), o.tracked_share),
        ramp(float(np.median(e.support[seen])), o.rim_support),
        _moves_with_proxy(e, o),
        ramp(e.score / e.needed, o.detection_score),
        ramp(e.open_segments / max(e.segments, 1), o.open_share),
        ramp(jitter_m, o.jitter_m),
        ramp(radius_spread(e.radii, o), o.radius_spread),
        _shape(e, o),
    )
    return float(np.prod(scores))


def _shape(e: WindowEvidence, o: ConfidenceOptions) -> float:
    """Score of the shape: that of a disc, or of two sleeves of one bar."""
    if e.sleeves is None:
        return ramp(e.aspect, o.disc_aspect)
    both = float(np.isfinite(e.sleeves).all(axis=0).mean())
    if not both:
        return 0.0
    left, right = e.sleeves
    correlation = speed_correlation(e.t_s, left, right, o)
    if e.lean is not None:
        # A bar that tilts moves its ends differently, and the hands on it too.
        upright = speed_correlation(e.t_s, left + e.lean, right - e.lean, o)
        correlation = max(correlation, upright)
    return (
        ramp(both, o.both_sleeves_share)
        * ramp(e.aspect, o.sleeve_aspect)
        * ramp(correlation, o.sleeve_correlation)
    )


def _moves_with_proxy(e: WindowEvidence, o: ConfidenceOptions) -> float:
    """Score of moving with the proxy; nearer to 1 the less the proxy was visible.

    From the side a plate hides the hands.
    """
    correlation = speed_correlation(e.t_s, e.bar[:, 1], e.proxy[:, 1], o)
    return 1 - float(e.proxy_visible.mean()) * (1 - ramp(correlation, o.proxy_correlation))


def ramp(value: float, limits: Ramp) -> float:
    """0 at the first limit, 1 at the second, linear between; either may be larger."""
    low, high = limits
    return float(np.clip((value - low) / (high - low), 0, 1))


def speed_correlation(
    t_s: Array, bar_y: Array, other_y: Array, options: ConfidenceOptions = DEFAULT_CONFIDENCE
) -> float:
    """Correlation through zero of two vertical speeds while the bar moves, -1..1.

    Positions would agree less where the bar lies still and the hands come to it first.

    Parameters
    ----------
    t_s
        shape = (n,): even times, seconds.
    bar_y, other_y
        shape = (n,): vertical positions, pixels; NaN where not detected.
    options
        The window for speeds, and which frames count.

    Returns
    -------
    0 if there are too few frames, 1 if `other_y` is NaN throughout.
    """
    step_s = float(np.median(np.diff(t_s)))
    shortest, longest = (seconds / step_s for seconds in options.speed_window_s)
    least = options.min_frames
    if len(t_s) < max(least, int(shortest) | 1):
        return 0.0
    if not np.isfinite(other_y).any():
        return 1.0  # nothing to compare with: the user showed the bar
    clean = [hampel(interpolate_gaps(y[:, None])[:, 0]) for y in (bar_y, other_y)]

    def speeds(frames: float) -> list[Array]:
        window = max(least, int(min(frames, len(t_s) - 1)) | 1)
        return [savitzky_golay(y, window, 2, derivative=1) for y in clean]

    fast = np.percentile(np.abs(speeds(shortest)[0]), 95)
    way = np.ptp(np.percentile(clean[0], (5, 95)))
    bar, other = speeds(float(np.clip(way / max(fast, 1e-9), shortest, longest)))
    moving = np.abs(bar) > options.moving_share * np.percentile(np.abs(bar), 95)
    if moving.sum() < least:
        return 0.0
    bar, other = bar[moving], other[moving]
    return float((bar * other).sum() / np.sqrt((bar**2).sum() * (other**2).sum() + 1e-12))


def jitter(y: Array) -> float:
    """Standard deviation of white noise on a smooth track; NaN if too short.

    From fourth differences, whose deviation is sqrt(70) times that of white noise. Lower ones also
    see the lift itself: bouncing by 0.15 m once a second bends the track by 5 mm a frame at 30 Hz.

    Parameters
    ----------
    y
        shape = (n,): at even times; NaN where not known.
    """
    bend = np.abs(np.diff(y, 4))
    bend = bend[np.isfinite(bend)]
    return float(1.4826 * np.median(bend) / np.sqrt(70)) if len(bend) else float("nan")


def median_radius_px(radii: Array) -> float:
    """Median radius, pixels; infinite if never measured, so that jitter is no doubt."""
    return float(np.median(radii)) if len(radii) else float("inf")


def radius_spread(radii: Array, options: ConfidenceOptions = DEFAULT_CONFIDENCE) -> float:
    """Distance between the 10th and 90th percentile as a share of the former; 0 of too few."""
    if len(radii) < options.min_radii:
        return 0.0
    low, high = np.percentile(radii, [10, 90])
    return float(high / low - 1)
