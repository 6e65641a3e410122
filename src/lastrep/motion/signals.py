"""The pool of movement signals: one number per frame each, free of camera zoom and distance.

Angles are in degrees. Lengths are in *limbs*: divided by the person's mean limb length in the
image, which stays the same when the person or the camera moves nearer.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.angles import joint_deg, tilt_deg
from lastrep.motion.cleaning import gaussian, running_median
from lastrep.motion.track import Track

Array = NDArray[np.float64]
Signals = Mapping[str, Array]

#: Limb and trunk bones whose 3-D root-mean-square length is the person's size in the image.
SIZE_BONES = (
    (11, 13), (13, 15), (12, 14), (14, 16), (23, 25), (25, 27), (24, 26), (26, 28),
    (11, 23), (12, 24),
)  # fmt: skip
#: The size is steadied over this time: zoom is slow, a slip of a landmark is not.
SIZE_MEDIAN_S = 0.5
SIZE_SMOOTH_S = 0.17
#: Joints of the pool (their 2-D mean of sides, 3-D mean, and each side alone).
POOL_JOINTS = ("elbow", "shoulder", "hip", "knee")
#: Rhythm filter: median window against slips, then a Gaussian of this deviation. The fastest
#: reps last 0.4 s, which this still passes.
RHYTHM_MEDIAN_S = 0.15
RHYTHM_SMOOTH_S = 0.07
#: Angles are divided by this to weigh as much as lengths in limbs where both are mixed.
DEG_PER_LIMB = 60.0

_MIDDLES = {"shoulder": 11, "elbow": 13, "wrist": 15, "hip": 23, "knee": 25, "ankle": 27}
_ABOVE = (
    ("wrist", "shoulder"), ("wrist", "hip"), ("nose", "wrist"), ("shoulder", "ankle"),
    ("hip", "ankle"), ("nose", "ankle"), ("hip", "knee"), ("shoulder", "hip"),
    ("elbow", "shoulder"), ("knee", "ankle"),
)  # fmt: skip
_BESIDE = (("shoulder", "hip"), ("ankle", "shoulder"), ("nose", "hip"))
_SPAN = (
    ("shoulder", "ankle"), ("hip", "ankle"), ("shoulder", "knee"), ("nose", "ankle"),
    ("wrist", "ankle"),
)  # fmt: skip
#: Which signals together describe the posture (to compare reps with each other).
POSTURE = (
    "elbow", "shoulder", "hip", "knee", "elbow_3d", "shoulder_3d", "hip_3d", "knee_3d",
    "wrist_above_shoulder", "shoulder_above_ankle", "shoulder_above_hip", "shoulder_beside_hip",
    "ankle_beside_shoulder", "hands_apart", "feet_apart", "wrist_above_hip",
)  # fmt: skip
_MAIN_JOINTS = (0, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)


def unit(name: str) -> str:
    """Return the unit of a signal: "deg" or "limb"."""
    stem = name.removesuffix("_3d").removesuffix("_left").removesuffix("_right")
    return "deg" if stem in POOL_JOINTS or stem == "trunk" else "limb"


def names() -> tuple[str, ...]:
    """Names of every signal of the pool."""
    nothing = np.full((2, 33, 3), np.nan)
    return (*geometric_signals(nothing), "posture_1", "posture_2", "angles_1", "angles_2")


def raw_signals(track: Track) -> dict[str, Array]:
    """All signals of the pool, unfiltered, NaN where the person is not seen."""
    points = track.points / person_size(track)[:, None, None]
    signals = geometric_signals(points)
    signals |= _principal(points, signals, track.rate_hz)
    return signals


def rhythm_signals(track: Track) -> dict[str, Array]:
    """Return the pool smoothed for reading rhythm; signals hardly ever seen are left out.

    Long gaps are bridged by straight lines here: a line holds no turning point, so it adds no rep.
    """
    out = {}
    for name, x in raw_signals(track).items():
        smooth = smooth_rhythm(x, track.rate_hz)
        if smooth is not None:
            out[name] = smooth
    return out


def smooth_rhythm(x: Array, rate_hz: float) -> Array | None:
    """Median and Gaussian filter over a bridged signal; None for fewer than 8 seen samples."""
    seen = np.isfinite(x)
    if seen.sum() < 8:
        return None
    window = max(3, round(RHYTHM_MEDIAN_S * rate_hz) | 1)
    bridged = np.interp(np.arange(len(x)), np.flatnonzero(seen), x[seen])
    return _steadied(bridged, window, RHYTHM_SMOOTH_S * rate_hz)


def _steadied(x: Array, window: int, sigma: float) -> Array:
    """Median and Gaussian filter along the first axis; sizes in samples."""
    return gaussian(running_median(x, window), sigma)


def person_size(track: Track) -> Array:
    """Limb length in pixels, steadied over time, shape = (n,); NaN if unseen."""
    size = limb_length(track.points)
    seen = np.isfinite(size)
    if seen.sum() < 2:
        return np.full(len(size), np.nan)
    size = np.interp(np.arange(len(size)), np.flatnonzero(seen), size[seen])
    window = min(round(SIZE_MEDIAN_S * track.rate_hz) | 1, (len(size) - 1) | 1)
    return np.maximum(_steadied(size, window, SIZE_SMOOTH_S * track.rate_hz), 1e-9)


def limb_length(points: Array) -> Array:
    """Root-mean-square length of the limbs and the trunk in 3-D, shape = (n,), as it comes."""
    a, b = np.array(SIZE_BONES).T
    bones = np.linalg.norm(points[:, a] - points[:, b], axis=2)
    length: Array = np.sqrt(np.mean(bones**2, axis=1))
    return length


def geometric_signals(points: Array) -> dict[str, Array]:
    """Signals that need one frame only.

    Parameters
    ----------
    points
        shape = (n, 33, 3): landmarks divided by the person's size.
    """
    out: dict[str, Array] = {}
    for joint in POOL_JOINTS:
        left, right = joint_deg(points, joint), joint_deg(points, joint, right=True)
        out[joint], out[f"{joint}_left"], out[f"{joint}_right"] = (left + right) / 2, left, right
        out[f"{joint}_3d"] = (
            joint_deg(points, joint, dims=3) + joint_deg(points, joint, right=True, dims=3)
        ) / 2
    middle = {name: (points[:, i] + points[:, i + 1]) / 2 for name, i in _MIDDLES.items()}
    middle["nose"] = points[:, 0]
    for upper, lower in _ABOVE:  # image y points down
        out[f"{upper}_above_{lower}"] = middle[lower][:, 1] - middle[upper][:, 1]
    for a, b in _BESIDE:
        out[f"{a}_beside_{b}"] = middle[a][:, 0] - middle[b][:, 0]
    for a, b in _SPAN:
        out[f"{a}_{b}_span"] = np.linalg.norm((middle[a] - middle[b])[:, :2], axis=1)
    out["wrist_shoulder_span"] = np.linalg.norm(middle["wrist"] - middle["shoulder"], axis=1)
    out["hands_apart"] = np.linalg.norm((points[:, 15] - points[:, 16])[:, :2], axis=1)
    out["feet_apart"] = np.linalg.norm((points[:, 27] - points[:, 28])[:, :2], axis=1)
    out["trunk"] = tilt_deg(middle["hip"], middle["shoulder"])
    out["extent_x"] = np.ptp(points[:, :, 0], axis=1)
    out["extent_y"] = np.ptp(points[:, :, 1], axis=1)
    return out


def _principal(points: Array, signals: Signals, rate_hz: float) -> dict[str, Array]:
    """Return the clip's own main axes of movement: of the joints' places and of the angles."""
    hip = (points[:, 23] + points[:, 24]) / 2
    places = (points[:, _MAIN_JOINTS, :2] - hip[:, None, :2]).reshape(len(points), -1)
    angles = np.stack([signals[j + d] for j in POOL_JOINTS for d in ("", "_3d")], axis=1)
    out: dict[str, Array] = {}
    for name, raw in (("posture", places), ("angles", angles / DEG_PER_LIMB)):
        seen = np.isfinite(raw).all(axis=1)
        if seen.sum() < 8:
            continue
        frames = np.arange(len(raw))
        x = np.stack([np.interp(frames, frames[seen], column[seen]) for column in raw.T], axis=1)
        window = max(3, round(RHYTHM_MEDIAN_S * rate_hz) | 1)
        x = _steadied(x, window, RHYTHM_SMOOTH_S * rate_hz)
        # Rare large movements (getting up, walking off) must not choose the axes.
        low, high = np.percentile(x, [2, 98], axis=0)
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
