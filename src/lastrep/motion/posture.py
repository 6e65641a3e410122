"""Posture channels: one number per frame each, from which form is judged.

A channel is read from landmarks in one plane: the image, corrected for camera roll, or the world
landmarks projected onto the lifter's own sagittal or frontal plane (a witness, never the measure).
Angles are in degrees, lengths in % of the trunk, the shank, the shoulders or the hips, as said.
Channels that belong to one side of the body are read on either side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.angles import angle_deg
from lastrep.motion.planes import PlanarLandmarks, Side
from lastrep.pose.landmarks import Landmark

Array = NDArray[np.float64]

# Left landmarks; the right twin is each + 1.
_SHOULDER, _ELBOW, _WRIST = Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST
_HIP, _KNEE, _ANKLE = Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE
_EAR, _MOUTH = Landmark.LEFT_EAR, Landmark.MOUTH_LEFT
_HEEL, _TOE = Landmark.LEFT_HEEL, Landmark.LEFT_FOOT_INDEX


Read = Callable[[PlanarLandmarks, Side], Array]


@dataclass(frozen=True, slots=True)
class Channel:
    """One number per frame.

    Parameters
    ----------
    unit
        "deg" or "%".
    meaning
        What it is and what larger means.
    landmarks
        Left landmarks it rests on (each with its right twin).
    read
        From figure and side to shape = (n,).
    sided
        Whether left and right can be read apart.
    plane
        In which plane of the body it lies.
    upright
        Whether it is measured against the image's vertical, so that camera roll goes into it.
    """

    unit: str
    meaning: str
    landmarks: tuple[int, ...]
    read: Read
    sided: bool = True
    plane: Literal["sagittal", "frontal"] = "sagittal"
    upright: bool = False


def _joint(a: int, b: int, c: int) -> Read:
    return lambda f, s: angle_deg(f.at(a, s), f.at(b, s), f.at(c, s))


def _lean(lower: int, upper: int) -> Read:
    """Inclination of lower -> upper from the vertical, forward positive."""

    def read(f: PlanarLandmarks, s: Side) -> Array:
        d = f.at(upper, s) - f.at(lower, s)
        lean: Array = np.degrees(np.arctan2(f.forward * d[:, 0], -d[:, 1]))
        return lean

    return read


def _thigh(f: PlanarLandmarks, s: Side) -> Array:
    d = f.at(_HIP, s) - f.at(_KNEE, s)
    thigh: Array = np.degrees(np.arctan2(-d[:, 1], np.abs(d[:, 0])))
    return thigh


def _sag(f: PlanarLandmarks, s: Side) -> Array:
    """How far the line shoulder-hip-ankle is bent, positive with the hip on the lower side."""
    shoulder, hip, ankle = (f.at(i, s) for i in (_SHOULDER, _HIP, _ANKLE))
    bend = 180.0 - angle_deg(shoulder, hip, ankle)
    along = ankle - shoulder
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.sum((hip - shoulder) * along, axis=1) / np.sum(along**2, axis=1)
    below = hip[:, 1] - (shoulder[:, 1] + share * along[:, 1])
    signed: Array = bend * np.sign(below)
    return signed


def _upper_arm(f: PlanarLandmarks, s: Side) -> Array:
    """Angle of the upper arm from the trunk line, positive in front of the trunk."""
    trunk = f.at(_HIP, s) - f.at(_SHOULDER, s)
    arm = f.at(_ELBOW, s) - f.at(_SHOULDER, s)
    cross = trunk[:, 0] * arm[:, 1] - trunk[:, 1] * arm[:, 0]
    angle: Array = np.degrees(np.arctan2(-f.forward * cross, np.sum(trunk * arm, axis=1)))
    return angle


def _ahead(front: int, back: int) -> Read:
    """How far one landmark is in front of another, in % of the trunk."""
    return lambda f, s: 100 * f.forward * (f.at(front, s) - f.at(back, s))[:, 0] / f.trunk


def _above(upper: int, lower: int) -> Read:
    """How far one landmark is above another, in % of the trunk."""
    return lambda f, s: 100 * (f.at(lower, s) - f.at(upper, s))[:, 1] / f.trunk


def _length(f: PlanarLandmarks, a: int, b: int, s: Side) -> Array:
    """Distance of two landmarks, shape = (n,)."""
    distance: Array = np.linalg.norm(f.at(a, s) - f.at(b, s), axis=1)
    return distance


def _typical(x: Array) -> float:
    return float(np.nanmedian(x)) if np.isfinite(x).any() else float("nan")


def _heel(f: PlanarLandmarks, s: Side) -> Array:
    shank = _typical(_length(f, _KNEE, _ANKLE, s))
    toe, heel = f.at(_TOE, s), f.at(_HEEL, s)
    return 100 * (toe - heel)[:, 1] / shank


def _foot_height(f: PlanarLandmarks, s: Side) -> Array:
    shank = _typical(_length(f, _KNEE, _ANKLE, s))
    return -100 * f.at(_ANKLE, s)[:, 1] / shank


def _elbow_height(f: PlanarLandmarks, s: Side) -> Array:
    arm = _typical(_length(f, _SHOULDER, _ELBOW, s))
    return 100 * (f.at(_SHOULDER, s) - f.at(_ELBOW, s))[:, 1] / arm


def _trunk_length(f: PlanarLandmarks, s: Side) -> Array:
    return 100 * _length(f, _SHOULDER, _HIP, s) / f.trunk


def _front_leg(read: Read) -> Read:
    """Read the leg whose foot is in front."""

    def front(f: PlanarLandmarks, _: Side) -> Array:
        feet = f.forward * f.points[:, [_ANKLE, _ANKLE + 1], 0]
        return np.where(feet[:, 0] >= feet[:, 1], read(f, "left"), read(f, "right"))

    return front


def _apart(left: int, per: int) -> Read:
    """Sideways distance of a left landmark and its twin, in % of that of another pair."""

    def read(f: PlanarLandmarks, _: Side) -> Array:
        wide = np.abs(f.at(left, "left") - f.at(left, "right"))[:, 0]
        unit = np.abs(f.at(per, "left") - f.at(per, "right"))[:, 0]
        return 100 * wide / np.maximum(unit, 1e-9)

    return read


def _tilt(left: int) -> Read:
    """Height of the left landmark over the right one, in % of the shoulders' width."""

    def read(f: PlanarLandmarks, _: Side) -> Array:
        pair = f.at(left, "right") - f.at(left, "left")
        return 100 * pair[:, 1] / _shoulder_width(f)

    return read


def _shoulder_width(f: PlanarLandmarks) -> float:
    return _typical(np.linalg.norm(f.at(_SHOULDER, "left") - f.at(_SHOULDER, "right"), axis=1))


def _beside(upper: int, lower: int) -> Read:
    """How far the middle of a pair is beside that of another, in % of the hips' width."""

    def read(f: PlanarLandmarks, _: Side) -> Array:
        hips = np.linalg.norm(f.at(_HIP, "left") - f.at(_HIP, "right"), axis=1)
        return 100 * (f.middle(upper) - f.middle(lower))[:, 0] / _typical(hips)

    return read


def _hip_position(f: PlanarLandmarks, _: Side) -> Array:
    return 100 * f.middle(_HIP)[:, 0] / f.trunk


def _neck(f: PlanarLandmarks, s: Side) -> Array:
    return 100 * (f.at(_SHOULDER, s) - f.at(_EAR, s))[:, 1] / f.trunk


def _lateral_lean(f: PlanarLandmarks, _: Side) -> Array:
    d = f.middle(_SHOULDER) - f.middle(_HIP)
    lean: Array = np.degrees(np.arctan2(d[:, 0], -d[:, 1]))
    return lean


CHANNELS: dict[str, Channel] = {
    "knee": Channel("deg", "knee angle, 180 = straight", (_HIP, _KNEE, _ANKLE),
                    _joint(_HIP, _KNEE, _ANKLE)),
    "hip": Channel("deg", "hip angle, 180 = straight", (_SHOULDER, _HIP, _KNEE),
                   _joint(_SHOULDER, _HIP, _KNEE)),
    "elbow": Channel("deg", "elbow angle, 180 = straight", (_SHOULDER, _ELBOW, _WRIST),
                     _joint(_SHOULDER, _ELBOW, _WRIST)),
    "shoulder": Channel("deg", "upper arm raised from the trunk", (_HIP, _SHOULDER, _ELBOW),
                        _joint(_HIP, _SHOULDER, _ELBOW)),
    "trunk": Channel("deg", "trunk leaning forward from the vertical", (_HIP, _SHOULDER),
                     _lean(_HIP, _SHOULDER), upright=True),
    "thigh": Channel("deg", "hip above the knee's level, 0 = thigh level", (_HIP, _KNEE),
                     _thigh, upright=True),
    "shin": Channel("deg", "shin leaning forward from the vertical", (_KNEE, _ANKLE),
                    _lean(_ANKLE, _KNEE), upright=True),
    "sag": Channel("deg", "hip below the line from shoulder to ankle", (_SHOULDER, _HIP, _ANKLE),
                   _sag),
    "neck": Channel("deg", "ear, shoulder and hip in one line = 180", (_EAR, _SHOULDER, _HIP),
                    _joint(_EAR, _SHOULDER, _HIP)),
    "upper_arm": Channel("deg", "upper arm in front of the trunk line", (_HIP, _SHOULDER, _ELBOW),
                         _upper_arm),
    "front_knee": Channel("deg", "knee angle of the leg in front", (_HIP, _KNEE, _ANKLE),
                          _front_leg(_joint(_HIP, _KNEE, _ANKLE)), sided=False),
    "trunk_length": Channel("%", "shoulder to hip, of its usual length", (_SHOULDER, _HIP),
                            _trunk_length),
    "hip_height": Channel("%", "hips above the ankles, of the trunk", (_HIP, _ANKLE),
                          _above(_HIP, _ANKLE), upright=True),
    "hip_lift": Channel("%", "hips above the shoulders, of the trunk", (_HIP, _SHOULDER),
                        _above(_HIP, _SHOULDER), upright=True),
    "hip_position": Channel("%", "hips along the picture, of the trunk", (_HIP,),
                            _hip_position, sided=False),
    "heel": Channel("%", "heel above the toes, of the shank", (_HEEL, _TOE, _KNEE, _ANKLE), _heel),
    "foot_height": Channel("%", "ankle height, of the shank", (_KNEE, _ANKLE), _foot_height),
    "elbow_height": Channel("%", "elbow above the shoulder, of the upper arm",
                            (_SHOULDER, _ELBOW), _elbow_height, upright=True),
    "wrist_ahead": Channel("%", "hands in front of the shoulders, of the trunk",
                           (_SHOULDER, _WRIST), _ahead(_WRIST, _SHOULDER), upright=True),
    "bar_ahead": Channel("%", "hands in front of the ankles, of the trunk", (_ANKLE, _WRIST),
                         _ahead(_WRIST, _ANKLE), upright=True),
    "wrist_height": Channel("%", "hands above the shoulders, of the trunk", (_SHOULDER, _WRIST),
                            _above(_WRIST, _SHOULDER), upright=True),
    "chin": Channel("%", "mouth above the hands, of the trunk", (_MOUTH, _WRIST),
                    _above(_MOUTH, _WRIST)),
    "neck_length": Channel("%", "ears above the shoulders, of the trunk", (_EAR, _SHOULDER), _neck,
                           plane="frontal"),
    "knees_apart": Channel("%", "distance of the knees, of the ankles'", (_KNEE, _ANKLE),
                           _apart(_KNEE, _ANKLE), sided=False, plane="frontal"),
    "knees_to_hips": Channel("%", "distance of the knees, of the hips'", (_KNEE, _HIP),
                             _apart(_KNEE, _HIP), sided=False, plane="frontal"),
    "feet_apart": Channel("%", "distance of the ankles, of the shoulders'", (_ANKLE, _SHOULDER),
                          _apart(_ANKLE, _SHOULDER), sided=False, plane="frontal"),
    "hip_shift": Channel("%", "hips beside the feet, of the hips' width", (_HIP, _ANKLE),
                         _beside(_HIP, _ANKLE), sided=False, plane="frontal", upright=True),
    "shoulder_tilt": Channel("%", "left shoulder above the right, of their distance", (_SHOULDER,),
                             _tilt(_SHOULDER), sided=False, plane="frontal", upright=True),
    "hand_tilt": Channel("%", "left hand above the right, of the shoulders' width",
                         (_WRIST, _SHOULDER), _tilt(_WRIST), sided=False, plane="frontal",
                         upright=True),
    "lateral_lean": Channel("deg", "trunk leaning to the side", (_HIP, _SHOULDER), _lateral_lean,
                            sided=False, plane="frontal", upright=True),
}  # fmt: skip
