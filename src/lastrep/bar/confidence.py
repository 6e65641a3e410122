"""How sure it is that what was followed is the bar: a product of separate doubts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.ellipse import Array
from lastrep.bar.lifter import bridge
from lastrep.motion.cleaning import hampel
from lastrep.motion.filters import savitzky_golay

#: Each doubt is a ramp: no trust at the first value, full trust at the second.
TRACKED_SHARE = (0.0, 0.95)
RIM_SUPPORT = (0.0, 0.6)
WITH_THE_HANDS = (0.6, 0.85)
#: In units of the score that a disc of this size needs.
SCORE = (0.5, 1.0)
OPEN_SHARE = (0.7, 0.35)
#: Vertical jitter of the centre in metres, if the plate is 450 mm: beyond this speed is noise.
JITTER_M = (0.006, 0.0025)
#: Radius: spread between the 10th and 90th percentile, as a share.
RADIUS_SPREAD = (0.30, 0.15)
ASSUMED_RADIUS_M = 0.225
#: Seen nearly edge-on, a plate is no ellipse any more.
ASPECT = (0.40, 0.58)
#: Bodies at both ends of the bar that are wider for their height than this show their faces.
BODY_ASPECT = (0.65, 0.50)
#: Share of the time in which both ends are seen: one by itself may be anything.
BOTH_SEEN = (0.25, 0.5)
#: How alike the speeds of both ends are: of the same bar 0.998 and more, 0.99 where it tilts.
ENDS_AGREE = (0.90, 0.98)
#: Window for the speeds that are compared, seconds: about the time of one lift, within these
#: limits. Landmarks tremble more in a third of a second than a slow bar moves.
SPEED_WINDOW_S = (0.3, 1.2)
#: The bar moves where its speed exceeds this share of its 95th percentile.
MOVING_SHARE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class WindowEvidence:
    """What is known of one followed disc; arrays share the frames as first axis.

    Parameters
    ----------
    t_s
        shape = (n,)
    bar, hands
        shape = (n, 2): pixels of the unmoved camera; NaN in `bar` where it was lost.
    hands_seen
        shape = (n,): whether the hands are seen; else they are a guess.
    in_view
        shape = (n,): whether it should be in the picture.
    support
        shape = (n,): share of the rim seen.
    radii
        shape = (m,): the measured vertical semi-axes.
    aspect
        Horizontal over vertical axis.
    ends
        Heights of both ends of the bar, each of shape = (n,), where they are followed; else None.
    lean
        shape = (n,): how much lower the right end is than the middle, by the hands.
    score, needed
        As in `Plate`.
    segments, open_segments
        As in `Following`.
    """

    t_s: Array
    bar: Array
    hands: Array
    hands_seen: NDArray[np.bool_]
    in_view: NDArray[np.bool_]
    support: Array
    radii: Array
    aspect: float
    score: float
    needed: float
    segments: int
    open_segments: int
    ends: tuple[Array, Array] | None = None
    lean: Array | None = None


def window_confidence(e: WindowEvidence) -> float:
    """Return 0..1: 0.8 and more can be shown, less needs a warning, below 0.3 is not the bar."""
    seen = np.isfinite(e.bar[:, 0])
    if seen.sum() < 5:
        return 0.0
    doubts = (
        ramp(float(seen[e.in_view].mean()), TRACKED_SHARE),
        ramp(float(np.median(e.support[seen])), RIM_SUPPORT),
        _with_the_hands(e),
        ramp(e.score / e.needed, SCORE),
        ramp(e.open_segments / max(e.segments, 1), OPEN_SHARE),
        ramp(jitter(e.bar[:, 1]) / radius_of(e) * ASSUMED_RADIUS_M, JITTER_M),
        ramp(radius_spread(e.radii), RADIUS_SPREAD),
        _shape(e),
    )
    return float(np.prod(doubts))


def _shape(e: WindowEvidence) -> float:
    """How well it is what it was taken for: a disc, or two ends of one bar."""
    if e.ends is None:
        return ramp(e.aspect, ASPECT)
    both = float(np.isfinite(e.ends).all(axis=0).mean())
    if not both:
        return 0.0
    left, right = e.ends
    agreement = movement_agreement(e.t_s, left, right)
    if e.lean is not None:
        # A bar that tilts moves its ends differently, and the hands on it too.
        agreement = max(agreement, movement_agreement(e.t_s, left + e.lean, right - e.lean))
    return ramp(both, BOTH_SEEN) * ramp(e.aspect, BODY_ASPECT) * ramp(agreement, ENDS_AGREE)


def _with_the_hands(e: WindowEvidence) -> float:
    """Less of a doubt the less the hands were seen: from the side a plate hides them."""
    agreement = movement_agreement(e.t_s, e.bar[:, 1], e.hands[:, 1])
    return 1 - float(e.hands_seen.mean()) * (1 - ramp(agreement, WITH_THE_HANDS))


def ramp(value: float, limits: tuple[float, float]) -> float:
    """0 at the first limit, 1 at the second, straight between; either may be larger."""
    low, high = limits
    return float(np.clip((value - low) / (high - low), 0, 1))


def movement_agreement(t_s: Array, bar_y: Array, hands_y: Array) -> float:
    """Correlation through zero of the two vertical speeds while the bar moves, -1..1.

    Positions would agree less where the bar lies still and the hands come to it first.
    """
    shortest, longest = (seconds / float(np.median(np.diff(t_s))) for seconds in SPEED_WINDOW_S)
    if len(t_s) < max(5, int(shortest) | 1):
        return 0.0
    if not np.isfinite(hands_y).any():
        return 1.0  # nothing to compare with: the user showed the bar
    clean = [hampel(bridge(y[:, None])[:, 0]) for y in (bar_y, hands_y)]

    def speeds(frames: float) -> list[Array]:
        window = max(5, int(min(frames, len(t_s) - 1)) | 1)
        return [savitzky_golay(y, window, 2, derivative=1) for y in clean]

    fast = np.percentile(np.abs(speeds(shortest)[0]), 95)
    way = np.ptp(np.percentile(clean[0], (5, 95)))
    bar, hands = speeds(float(np.clip(way / max(fast, 1e-9), shortest, longest)))
    moving = np.abs(bar) > MOVING_SHARE * np.percentile(np.abs(bar), 95)
    if moving.sum() < 5:
        return 0.0
    bar, hands = bar[moving], hands[moving]
    return float((bar * hands).sum() / np.sqrt((bar**2).sum() * (hands**2).sum() + 1e-12))


def jitter(y: Array) -> float:
    """Standard deviation of white noise on a smooth track, from its fourth differences.

    The fourth difference of white noise has a deviation of sqrt(70) times its own. Lower ones also
    see the lift itself: bouncing by 0.15 m once a second bends the track by 5 mm a frame at 30 Hz.
    """
    bend = np.abs(np.diff(y, 4))
    bend = bend[np.isfinite(bend)]
    return float(1.4826 * np.median(bend) / np.sqrt(70)) if len(bend) else float("nan")


def radius_of(e: WindowEvidence) -> float:
    """Median radius, pixels; infinite if never measured, so that it raises no doubt."""
    return float(np.median(e.radii)) if len(e.radii) else float("inf")


def radius_spread(radii: Array) -> float:
    """Distance between the 10th and 90th percentile, as a share of the former."""
    if len(radii) < 10:
        return 0.0
    low, high = np.percentile(radii, [10, 90])
    return float(high / low - 1)
