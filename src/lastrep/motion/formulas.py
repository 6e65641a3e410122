"""How the measures of the body are computed, each from landmarks and a side of the body.

A formula is given the landmarks of one plane (`PlanarLandmarks`) and returns one number per frame,
shape = (n,), NaN where a landmark is NaN. What a measure is called, means and is used for is said
in `measures`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.angles import angle_deg, tilt_deg
from lastrep.motion.planes import PlanarLandmarks, Side
from lastrep.pose.landmarks import Landmark

Array = NDArray[np.float64]
Formula = Callable[[PlanarLandmarks, Side], Array]

# Left landmarks; the right twin is each + 1.
SHOULDER, ELBOW, WRIST = Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST
HIP, KNEE, ANKLE = Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE
EAR, MOUTH = Landmark.LEFT_EAR, Landmark.MOUTH_LEFT
HEEL, TOE = Landmark.LEFT_HEEL, Landmark.LEFT_FOOT_INDEX
NOSE = Landmark.NOSE


# -- sides of the body


def of_side(formula: Formula, side: Side) -> Formula:
    """Read one side, whichever is asked for."""
    return lambda f, _: formula(f, side)


def mean_of_sides(formula: Formula) -> Formula:
    """Read both sides and take their mean."""
    return lambda f, _: (formula(f, "left") + formula(f, "right")) / 2


def front_leg(formula: Formula) -> Formula:
    """Read the leg whose foot is in front."""

    def front(f: PlanarLandmarks, _: Side) -> Array:
        feet = f.forward * f.points[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], 0]
        return np.where(feet[:, 0] >= feet[:, 1], formula(f, "left"), formula(f, "right"))

    return front


# -- angles


def joint(a: Landmark, b: Landmark, c: Landmark) -> Formula:
    """Included angle at the middle landmark, 180 = straight."""
    return lambda f, s: f.angle(a, b, c, s)


def lean(lower: Landmark, upper: Landmark) -> Formula:
    """Inclination of lower -> upper from the vertical, forward positive."""

    def read(f: PlanarLandmarks, s: Side) -> Array:
        d = f.at(upper, s) - f.at(lower, s)
        angle: Array = np.degrees(np.arctan2(f.forward * d[:, 0], -d[:, 1]))
        return angle

    return read


def trunk_tilt(f: PlanarLandmarks, _: Side) -> Array:
    """Inclination of the middle of the trunk from the vertical, in the picture."""
    return tilt_deg(f.middle(HIP), f.middle(SHOULDER))


def trunk_tilt_depth(f: PlanarLandmarks, _: Side) -> Array:
    """Inclination of the middle of the trunk from the vertical, towards the camera as well."""
    d = f.middle(SHOULDER) - f.middle(HIP)
    tilt: Array = np.degrees(np.arctan2(np.hypot(d[:, 0], d[:, 2]), -d[:, 1]))
    return tilt


def lateral_lean(f: PlanarLandmarks, _: Side) -> Array:
    """Inclination of the middle of the trunk to the side."""
    d = f.middle(SHOULDER) - f.middle(HIP)
    angle: Array = np.degrees(np.arctan2(d[:, 0], -d[:, 1]))
    return angle


def thigh(f: PlanarLandmarks, s: Side) -> Array:
    """Angle of the thigh from the horizontal, positive with the hip above the knee."""
    d = f.at(HIP, s) - f.at(KNEE, s)
    angle: Array = np.degrees(np.arctan2(-d[:, 1], np.abs(d[:, 0])))
    return angle


def sag(f: PlanarLandmarks, s: Side) -> Array:
    """How far the line shoulder-hip-ankle is bent, positive with the hip on the lower side."""
    shoulder, hip, ankle = (f.at(i, s) for i in (SHOULDER, HIP, ANKLE))
    bend = 180.0 - angle_deg(shoulder, hip, ankle)
    along = ankle - shoulder
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.sum((hip - shoulder) * along, axis=1) / np.sum(along**2, axis=1)
    below = hip[:, 1] - (shoulder[:, 1] + share * along[:, 1])
    signed: Array = bend * np.sign(below)
    return signed


def upper_arm(f: PlanarLandmarks, s: Side) -> Array:
    """Angle of the upper arm from the trunk line, positive in front of the trunk."""
    trunk = f.at(HIP, s) - f.at(SHOULDER, s)
    arm = f.at(ELBOW, s) - f.at(SHOULDER, s)
    cross = trunk[:, 0] * arm[:, 1] - trunk[:, 1] * arm[:, 0]
    angle: Array = np.degrees(np.arctan2(-f.forward * cross, np.sum(trunk * arm, axis=1)))
    return angle


# -- lengths in the unit of the landmarks


def above(upper: Landmark, lower: Landmark) -> Formula:
    """How far one landmark is above another, on one side (image y points down)."""
    return lambda f, s: f.at(lower, s)[:, 1] - f.at(upper, s)[:, 1]


def middle_above(upper: Landmark, lower: Landmark) -> Formula:
    """How far the middle of a pair of landmarks is above that of another."""
    return lambda f, _: _centre(f, lower)[:, 1] - _centre(f, upper)[:, 1]


def middle_beside(a: Landmark, b: Landmark) -> Formula:
    """How far the middle of a pair of landmarks is right of that of another in the picture."""
    return lambda f, _: _centre(f, a)[:, 0] - _centre(f, b)[:, 0]


def middle_span(a: Landmark, b: Landmark) -> Formula:
    """Distance of the middles of two pairs of landmarks."""

    def read(f: PlanarLandmarks, _: Side) -> Array:
        span: Array = np.linalg.norm(_centre(f, a) - _centre(f, b), axis=1)
        return span

    return read


def pair_distance(left: Landmark) -> Formula:
    """Distance of a left landmark and its twin, in any direction."""

    def read(f: PlanarLandmarks, _: Side) -> Array:
        distance: Array = np.linalg.norm(f.at(left, "left") - f.at(left, "right"), axis=1)
        return distance

    return read


def pair_split(left: Landmark) -> Formula:
    """Difference in height of a left landmark and its twin."""

    def read(f: PlanarLandmarks, _: Side) -> Array:
        split: Array = np.abs(f.at(left, "left")[:, 1] - f.at(left, "right")[:, 1])
        return split

    return read


def extent(axis: int) -> Formula:
    """Width or height of all landmarks together."""
    return lambda f, _: np.ptp(f.points[:, :, axis], axis=1)


def _centre(f: PlanarLandmarks, landmark: Landmark) -> Array:
    """Return the middle of a pair of landmarks; the nose is its own middle."""
    return f.points[:, NOSE] if landmark is NOSE else f.middle(landmark)


# -- lengths in % of the trunk, the shank, the upper arm


def pct_ahead(front: Landmark, back: Landmark) -> Formula:
    """How far one landmark is in front of another, in % of the trunk."""
    return lambda f, s: 100 * f.forward * (f.at(front, s) - f.at(back, s))[:, 0] / f.trunk


def pct_above(upper: Landmark, lower: Landmark) -> Formula:
    """How far one landmark is above another, in % of the trunk."""
    return lambda f, s: 100 * (f.at(lower, s) - f.at(upper, s))[:, 1] / f.trunk


def hip_position(f: PlanarLandmarks, _: Side) -> Array:
    """Place of the hips along the picture, in % of the trunk."""
    return 100 * f.middle(HIP)[:, 0] / f.trunk


def trunk_length(f: PlanarLandmarks, s: Side) -> Array:
    """Distance of shoulder and hip, in % of the trunk's usual length."""
    return 100 * _length(f, SHOULDER, HIP, s) / f.trunk


def heel(f: PlanarLandmarks, s: Side) -> Array:
    """How far the heel is above the toes, in % of the shank."""
    shank = _typical(_length(f, KNEE, ANKLE, s))
    toe, back = f.at(TOE, s), f.at(HEEL, s)
    return 100 * (toe - back)[:, 1] / shank


def foot_height(f: PlanarLandmarks, s: Side) -> Array:
    """Height of the ankle in the picture, in % of the shank; only its changes mean something."""
    shank = _typical(_length(f, KNEE, ANKLE, s))
    return -100 * f.at(ANKLE, s)[:, 1] / shank


def elbow_height(f: PlanarLandmarks, s: Side) -> Array:
    """How far the elbow is above the shoulder, in % of the upper arm."""
    arm = _typical(_length(f, SHOULDER, ELBOW, s))
    return 100 * (f.at(SHOULDER, s) - f.at(ELBOW, s))[:, 1] / arm


def _length(f: PlanarLandmarks, a: Landmark, b: Landmark, s: Side) -> Array:
    distance: Array = np.linalg.norm(f.at(a, s) - f.at(b, s), axis=1)
    return distance


def _typical(x: Array) -> float:
    return float(np.nanmedian(x)) if np.isfinite(x).any() else float("nan")


# -- across the body, in % of another pair's distance


def pct_apart(left: Landmark, per: Landmark) -> Formula:
    """Sideways distance of a left landmark and its twin, in % of that of another pair."""

    def read(f: PlanarLandmarks, _: Side) -> Array:
        wide = np.abs(f.at(left, "left") - f.at(left, "right"))[:, 0]
        unit = np.abs(f.at(per, "left") - f.at(per, "right"))[:, 0]
        return 100 * wide / np.maximum(unit, 1e-9)

    return read


def pct_tilt(left: Landmark) -> Formula:
    """Height of the left landmark over the right one, in % of the shoulders' width."""

    def read(f: PlanarLandmarks, _: Side) -> Array:
        pair = f.at(left, "right") - f.at(left, "left")
        shoulders = np.linalg.norm(f.at(SHOULDER, "left") - f.at(SHOULDER, "right"), axis=1)
        return 100 * pair[:, 1] / _typical(shoulders)

    return read


def pct_beside(upper: Landmark, lower: Landmark) -> Formula:
    """How far the middle of a pair is beside that of another, in % of the hips' width."""

    def read(f: PlanarLandmarks, _: Side) -> Array:
        hips = np.linalg.norm(f.at(HIP, "left") - f.at(HIP, "right"), axis=1)
        return 100 * (f.middle(upper) - f.middle(lower))[:, 0] / _typical(hips)

    return read


def neck_length(f: PlanarLandmarks, s: Side) -> Array:
    """How far the ear is above the shoulder, in % of the trunk."""
    return 100 * (f.at(SHOULDER, s) - f.at(EAR, s))[:, 1] / f.trunk
