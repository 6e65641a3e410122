"""The pool of movement signals: the measures for rhythm, free of camera zoom and distance.

What each is stands in `measures`. Angles are in degrees. Lengths are in *limbs*: divided by the
person's mean limb length in the image, which stays the same when the person or the camera moves
nearer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.filters import gaussian, running_median
from lastrep.motion.measures import MEASURES, names
from lastrep.motion.planes import PlanarLandmarks
from lastrep.motion.track import Track
from lastrep.pose.landmarks import Landmark

Array = NDArray[np.float64]
Signals = Mapping[str, Array]

#: Limb and trunk bones whose 3-D root-mean-square length is the person's size in the image.
SIZE_BONES = (
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW), (Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST),
    (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_ELBOW), (Landmark.RIGHT_ELBOW, Landmark.RIGHT_WRIST),
    (Landmark.LEFT_HIP, Landmark.LEFT_KNEE), (Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE),
    (Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE), (Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE),
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP), (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP),
)  # fmt: skip
#: Joints of the pool (their mean of sides in the picture and with depth, and each side alone).
POOL_JOINTS = ("elbow", "shoulder", "hip", "knee")
#: Angles are divided by this to weigh as much as lengths in limbs where both are mixed.
DEG_PER_LIMB = 60.0


@dataclass(frozen=True, slots=True)
class SignalOptions:
    """How signals are steadied before rhythm is read from them.

    Parameters
    ----------
    size_median_s, size_gaussian_s
        Window of the median filter and standard deviation of the Gaussian, seconds, by which the
        person's size is steadied: zoom is slow, a slip of a landmark is not.
    rhythm_median_s, rhythm_gaussian_s
        The same of the signals: a median against slips, then a Gaussian. The fastest reps last
        0.4 s, which this still passes.
    min_samples
        Seen samples below which there is no signal: a quarter of a second at 30 Hz.
    clip_percentiles
        Range within which the main axes of movement are chosen: rare large movements (getting up,
        walking off) must not choose them.
    """

    size_median_s: float = 0.5
    size_gaussian_s: float = 0.17
    rhythm_median_s: float = 0.15
    rhythm_gaussian_s: float = 0.07
    min_samples: int = 8
    clip_percentiles: tuple[float, float] = (2, 98)


_DEFAULTS = SignalOptions()

#: Which signals together describe the posture (to compare reps with each other).
POSTURE = (
    "elbow.mean", "shoulder.mean", "hip.mean", "knee.mean", "elbow.depth", "shoulder.depth",
    "hip.depth", "knee.depth", "wrist_above_shoulder", "shoulder_above_ankle",
    "shoulder_above_hip", "shoulder_beside_hip", "ankle_beside_shoulder", "hands_distance",
    "feet_distance", "wrist_above_hip",
)  # fmt: skip
_MAIN_JOINTS = [
    Landmark.NOSE, Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_ELBOW,
    Landmark.RIGHT_ELBOW, Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST, Landmark.LEFT_HIP,
    Landmark.RIGHT_HIP, Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, Landmark.LEFT_ANKLE,
    Landmark.RIGHT_ANKLE,
]  # fmt: skip
#: The signals that need one frame only, and those of the clip's own main axes.
_OF_FRAMES = tuple(n for n in names("rhythm") if MEASURES[n].scope == "frame")
OF_CLIP = frozenset(names("rhythm")) - frozenset(_OF_FRAMES)


def raw_signals(track: Track, options: SignalOptions = _DEFAULTS) -> dict[str, Array]:
    """Return all signals of the pool, unfiltered, shape = (n,) each; NaN where not seen."""
    points = track.points / person_size(track, options)[:, None, None]
    signals = geometric_signals(points)
    signals |= _principal(points, signals, track.rate_hz, options)
    return signals


def rhythm_signals(track: Track, options: SignalOptions = _DEFAULTS) -> dict[str, Array]:
    """Return the pool smoothed for reading rhythm; signals hardly ever seen are left out.

    Long gaps are bridged by straight lines here: a line holds no turning point, so it adds no rep.
    """
    out = {}
    for name, x in raw_signals(track, options).items():
        smooth = smooth_rhythm(x, track.rate_hz, options)
        if smooth is not None:
            out[name] = smooth
    return out


def smooth_rhythm(x: Array, rate_hz: float, options: SignalOptions = _DEFAULTS) -> Array | None:
    """Return a signal with its gaps bridged, filtered by a median and a Gaussian.

    Parameters
    ----------
    x
        shape = (n,): NaN where not seen.
    rate_hz
        Samples per second.

    Returns
    -------
    ndarray or None
        shape = (n,): without NaN. None for too few seen samples.
    """
    seen = np.isfinite(x)
    if seen.sum() < options.min_samples:
        return None
    bridged = np.interp(np.arange(len(x)), np.flatnonzero(seen), x[seen])
    return _rhythm_filtered(bridged, rate_hz, options)


def _rhythm_filtered(x: Array, rate_hz: float, options: SignalOptions) -> Array:
    window = max(3, round(options.rhythm_median_s * rate_hz) | 1)
    return _filtered(x, window, options.rhythm_gaussian_s * rate_hz)


def _filtered(x: Array, window: int, sigma: float) -> Array:
    """Filter along the first axis by a median and a Gaussian; sizes in samples."""
    return gaussian(running_median(x, window), sigma)


def person_size(track: Track, options: SignalOptions = _DEFAULTS) -> Array:
    """Return the limb length in pixels, steadied over time, shape = (n,); NaN if never seen."""
    size = limb_length(track.points)
    seen = np.isfinite(size)
    if seen.sum() < 2:
        return np.full(len(size), np.nan)
    size = np.interp(np.arange(len(size)), np.flatnonzero(seen), size[seen])
    window = min(round(options.size_median_s * track.rate_hz) | 1, (len(size) - 1) | 1)
    return np.maximum(_filtered(size, window, options.size_gaussian_s * track.rate_hz), 1e-9)


def limb_length(points: Array) -> Array:
    """Return the root-mean-square length of limbs and trunk in 3-D, shape = (n,), unfiltered."""
    a, b = np.array(SIZE_BONES).T
    bones = np.linalg.norm(points[:, a] - points[:, b], axis=2)
    length: Array = np.sqrt(np.mean(bones**2, axis=1))
    return length


def geometric_signals(points: Array, wanted: Iterable[str] = _OF_FRAMES) -> dict[str, Array]:
    """Return signals that need one frame only.

    Parameters
    ----------
    points
        shape = (n, 33, 3): landmarks divided by the person's size.
    wanted
        Their names, all if not given.

    Returns
    -------
    dict of str to ndarray
        shape = (n,) each: NaN where a landmark is NaN.
    """
    flat, deep = PlanarLandmarks(points[..., :2]), PlanarLandmarks(points)
    return {name: MEASURES[name].of(deep if MEASURES[name].depth else flat) for name in wanted}


def _principal(
    points: Array, signals: Signals, rate_hz: float, options: SignalOptions
) -> dict[str, Array]:
    """Return the clip's own main axes of movement: of the joints' places and of the angles."""
    hip = (points[:, Landmark.LEFT_HIP] + points[:, Landmark.RIGHT_HIP]) / 2
    places = (points[:, _MAIN_JOINTS, :2] - hip[:, None, :2]).reshape(len(points), -1)
    angles = np.stack(
        [signals[f"{joint}.{way}"] for joint in POOL_JOINTS for way in ("mean", "depth")], axis=1
    )
    out: dict[str, Array] = {}
    for name, raw in (("posture", places), ("angles", angles / DEG_PER_LIMB)):
        seen = np.isfinite(raw).all(axis=1)
        if seen.sum() < options.min_samples:
            continue
        frames = np.arange(len(raw))
        x = np.stack([np.interp(frames, frames[seen], column[seen]) for column in raw.T], axis=1)
        x = _rhythm_filtered(x, rate_hz, options)
        low, high = np.percentile(x, options.clip_percentiles, axis=0)
        clipped = np.clip(x, low, high)
        mean = np.median(clipped, axis=0)
        centred = clipped - mean
        # The right singular vectors, by way of the small matrix: a hundred times faster.
        axes = np.linalg.eigh(centred.T @ centred)[1].T[::-1]
        for k in (0, 1):
            # An axis has no sign of its own; a fixed one lets longer and shorter cuts agree.
            sign = np.sign(axes[k][np.argmax(np.abs(axes[k]))])
            out[f"{name}_{k + 1}"] = (x - mean) @ (sign * axes[k])
    return out
