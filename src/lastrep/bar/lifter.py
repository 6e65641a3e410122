"""What bar tracking takes from the landmarks: the lifter's height, and the bar proxy.

The bar proxy is the body part that moves like the bar: the wrists of a deadlift, the shoulders of a
squat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.arrays import Array, Mask
from lastrep.motion.angles import joint_deg, tilt_deg
from lastrep.motion.filters import running_median
from lastrep.pose.landmarks import Landmark

BarProxy = Literal["wrist", "shoulder", "hip", "ankle"]

#: (left, right) landmark of each body part that can be the bar proxy.
PROXY_LANDMARKS: dict[BarProxy, tuple[int, int]] = {
    "wrist": (Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST),
    "shoulder": (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER),
    "hip": (Landmark.LEFT_HIP, Landmark.RIGHT_HIP),
    "ankle": (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE),
}
#: The same for measuring how far the bar moved: it lies in the palm, between the wrist and the
#: knuckles of index and little finger. A curl moves the palm a third farther than the wrist.
TRAVEL_LANDMARKS: dict[BarProxy, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "wrist": (
        (Landmark.LEFT_WRIST, Landmark.LEFT_PINKY, Landmark.LEFT_INDEX),
        (Landmark.RIGHT_WRIST, Landmark.RIGHT_PINKY, Landmark.RIGHT_INDEX),
    ),
    "shoulder": ((Landmark.LEFT_SHOULDER,), (Landmark.RIGHT_SHOULDER,)),
    "hip": ((Landmark.LEFT_HIP,), (Landmark.RIGHT_HIP,)),
    "ankle": ((Landmark.LEFT_ANKLE,), (Landmark.RIGHT_ANKLE,)),
}
#: The bar proxy where the exercise is not known: most loads are held in the hands.
DEFAULT_PROXY: BarProxy = "wrist"

#: Shoulder, hip, knee and ankle of either side; shoulder, elbow and wrist.
_BODY = tuple(
    tuple(Landmark[f"{side}_{joint}"] for joint in ("SHOULDER", "HIP", "KNEE", "ANKLE"))
    for side in ("LEFT", "RIGHT")
)
_ARMS = tuple(
    tuple(Landmark[f"{side}_{joint}"] for joint in ("SHOULDER", "ELBOW", "WRIST"))
    for side in ("LEFT", "RIGHT")
)
_EYES = (Landmark.LEFT_EYE, Landmark.RIGHT_EYE)
_HEAD = (Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR)


@dataclass(frozen=True, slots=True)
class LifterOptions:
    """Body proportions, and when landmarks are trusted."""

    #: Share of stature: shoulder-hip, hip-knee and knee-ankle together (Drillis & Contini's segment
    #: lengths, as given by Winter 2009).
    body_segments_share: float = 0.288 + 0.245 + 0.246
    #: Percentile of a segment's lengths over time: segments are seen at most as long as they are,
    #: and outliers do not reach the 80th.
    length_percentile: float = 80
    #: Share of stature: the same three segments as the pose model shows them of an upright lifter.
    #: Its landmarks are no joint centres: median of 30 rendered standing sets (2.3 % scatter).
    standing_segments_share: float = 0.757
    #: Share of stature: height of the eyes above the ankles, from the same sets.
    standing_eyes_share: float = 0.877
    #: Share of stature: upper arm and forearm as the pose model shows them (median of rendered
    #: push-ups, rows and curls from all sides; Winter's joint centres have 0.332).
    arm_segments_share: float = 0.30
    #: Degrees: hips and knees of an upright lifter are at least this straight.
    standing_joint_deg: float = 155.0
    #: Degrees: the trunk of an upright lifter is at most this far from the vertical.
    standing_trunk_deg: float = 30.0
    #: Share of the body segments: feet of an upright lifter are at most this far apart.
    standing_feet_apart_share: float = 0.35
    #: Frames with an upright lifter from which on they decide.
    min_standing_frames: int = 5
    #: Share of the longest segments: with shorter ones nobody stands. Bent over behind the plates,
    #: the model squeezes a body into the little that it sees.
    min_standing_length_share: float = 0.8
    #: Visibility from which a landmark is a measurement: behind a plate it is a guess, off by as
    #: much as half a lift.
    min_visibility: float = 0.8
    #: Exponent: sides count by this power of their visibility. A hidden side moves like the other
    #: one, but slips by as much as a third of a bench press.
    visibility_exponent: float = 4.0
    #: Visibility that every side is granted: a hidden side counts a sixteenth.
    min_side_visibility: float = 0.5
    #: Frames of the running median against slips of a landmark.
    median_frames: int = 5
    #: Share by which a hand or shoulder of the near side looks larger than in the plane of the
    #: body's middle, seen from the side: 0.15 to 0.3 m nearer, at 3 to 4 m.
    near_side_enlargement: float = 0.07


DEFAULT_LIFTER = LifterOptions()


def stature_px(points: Array, options: LifterOptions = DEFAULT_LIFTER) -> float:
    """Height of the lifter in the image, pixels; NaN if never seen.

    Measured in frames in which the lifter stands upright, if there are any: bent joints shift the
    landmarks. Else from the length of trunk and legs, or of the arms.

    Parameters
    ----------
    points
        shape = (n, 33, 2 or more): landmarks, pixels; NaN where not detected.
    options
        Body proportions.
    """
    lengths = _segment_lengths(points)
    seen = np.isfinite(lengths).any(axis=0).all(axis=0)
    if not seen.any():
        return float("nan")
    percentile = options.length_percentile
    longest = np.nanpercentile(lengths[:, :, seen], percentile, axis=0).sum(axis=0).max()
    standing = _standing(points, options) & (
        lengths.sum(axis=1).mean(axis=1) > options.min_standing_length_share * longest
    )
    if standing.sum() >= options.min_standing_frames:
        upright = points[standing, :, :2]
        segments = np.median(lengths[standing].sum(axis=1).mean(axis=1))
        eyes_y, ankles_y = (
            upright[:, pair, 1].mean(axis=1) for pair in (_EYES, PROXY_LANDMARKS["ankle"])
        )
        height = np.median(ankles_y - eyes_y)
        return float(
            np.nanmean(
                (segments / options.standing_segments_share, height / options.standing_eyes_share)
            )
        )
    arms = np.nanpercentile(_segment_lengths(points, _ARMS), percentile, axis=0).sum(axis=0)
    # What points at the camera looks short, nothing looks long: the larger estimate is the better.
    return float(
        np.fmax(longest / options.body_segments_share, arms.mean() / options.arm_segments_share)
    )


def _segment_lengths(points: Array, sides: tuple[tuple[Landmark, ...], ...] = _BODY) -> Array:
    """Lengths of trunk, thigh and shank (or of the arm) by side, shape = (n, segments, 2)."""
    lengths = [
        [np.linalg.norm(points[:, p, :2] - points[:, q, :2], axis=1) for p, q in pairwise(side)]
        for side in sides
    ]
    return np.array(lengths).transpose(2, 1, 0)


def _standing(points: Array, options: LifterOptions) -> Mask:
    """True in frames in which the lifter stands upright, shape = (n,)."""
    shoulders, hips, ankles = (
        points[:, PROXY_LANDMARKS[part], :2].mean(axis=1) for part in ("shoulder", "hip", "ankle")
    )
    with np.errstate(invalid="ignore"):
        upright = tilt_deg(hips, shoulders) < options.standing_trunk_deg
        for joint, right in product(("hip", "knee"), (False, True)):
            upright &= joint_deg(points, joint, right=right) > options.standing_joint_deg
        left, right_ankle = PROXY_LANDMARKS["ankle"]
        apart = np.abs(points[:, left, 0] - points[:, right_ankle, 0])
        body = _segment_lengths(points).sum(axis=1).mean(axis=1)
        upright &= apart < options.standing_feet_apart_share * body
        upright &= ankles[:, 1] > shoulders[:, 1]
    return np.asarray(upright, np.bool_)


def proxy_path(points: Array, proxy: BarProxy, options: LifterOptions) -> Array:
    """Path of the bar proxy: the middle of its left and right landmark, shape = (n, 2), pixels.

    Gaps are interpolated, slips removed by a running median; all NaN if never seen.
    """
    left, right = PROXY_LANDMARKS[proxy]
    path = interpolate_gaps((points[:, left, :2] + points[:, right, :2]) / 2)
    if not np.isfinite(path).all():
        return path
    return running_median(path, options.median_frames)


def clearly_visible(visibility: Array, landmarks: Sequence[int], options: LifterOptions) -> Mask:
    """True in frames in which the most visible of some landmarks is measured, shape = (n,).

    Parameters
    ----------
    visibility
        shape = (n, 33): 0..1; NaN counts as 0.
    landmarks
        Numbers of the landmarks.
    options
        The visibility needed.
    """
    best = np.nan_to_num(visibility[:, list(landmarks)]).max(axis=1)
    return np.asarray(best >= options.min_visibility, np.bool_)


def side_weights(
    visibility: Array, landmarks: Sequence[int], options: LifterOptions = DEFAULT_LIFTER
) -> Array:
    """Weight of each side's landmark over a recording, shape = (sides,), sum 1.

    Parameters
    ----------
    visibility
        shape = (n, 33): 0..1; frames with NaN are left out.
    landmarks
        One landmark a side.
    options
        How visibility becomes weight.
    """
    seen = visibility[:, list(landmarks)]
    known = np.isfinite(seen).all(axis=1)
    typical = np.median(seen[known], axis=0) if known.any() else np.ones(len(landmarks))
    weights = np.maximum(typical, options.min_side_visibility) ** options.visibility_exponent
    return np.asarray(weights / weights.sum(), np.float64)


def head_path(points: Array) -> Array:
    """Middle of nose and ears, shape = (n, 2), pixels; NaN where not detected."""
    return np.asarray(points[:, _HEAD, :2].mean(axis=1), np.float64)


def interpolate_gaps(x: Array) -> Array:
    """Interpolate NaN linearly along the first axis; the ends repeat; all NaN stays NaN."""
    out = np.array(x, np.float64, order="C")  # reshaped below without another copy
    frames = np.arange(len(out))
    for column in out.reshape(len(out), -1).T:
        seen = np.isfinite(column)
        if seen.any() and not seen.all():
            column[~seen] = np.interp(frames[~seen], frames[seen], column[seen])
    return out


def moving_box(points: Array | NDArray[np.float32]) -> Array | None:
    """Box around what may move, the lifter and the bar to both sides: left, top, right, bottom.

    Parameters
    ----------
    points
        shape = (33, 3): landmarks of one frame, pixels; NaN where not detected.

    Returns
    -------
    shape = (4,), pixels; None if no landmark is detected.
    """
    if not np.isfinite(points[:, 0]).any():
        return None
    left, top = np.nanmin(points[:, :2], axis=0)
    right, bottom = np.nanmax(points[:, :2], axis=0)
    beside = 0.25 * max(bottom - top, right - left)
    return np.array([left - beside, top, right + beside, bottom], np.float64)
