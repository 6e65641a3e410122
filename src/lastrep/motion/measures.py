"""The measures of the body: every number that lastrep reads of a posture or a rep, by name.

This is the one vocabulary. Exercise files name its measures as the signals that carry the rhythm,
as posture at the ends of a rep, as the angle that measures the exercise, and as what form faults
look at; a name always means the same computation. A suffix says what a name is read from:

* `.left`, `.right`: one side of the body, in the picture;
* `.mean`: the mean of both sides, in the picture;
* `.depth`: with the model's depth beside the picture, weak as it is (both sides, where there are).

A name of a joint without suffix is the angle itself; who reads it says of what. A fault reads the
limb that did the rep, or both weighted by how well they are seen; `[ends]` reads the mean, the side
that moves more, and the depth; `[angle]` reads what the camera's view allows.

Angles are in degrees. Lengths are in *limbs* (of the person's mean limb length in the image, which
stays the same when person or camera move nearer), or in % of a part of the body.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastrep.motion import formulas as by
from lastrep.motion.angles import JOINTS
from lastrep.motion.formulas import (
    ANKLE,
    EAR,
    ELBOW,
    HEEL,
    HIP,
    KNEE,
    MOUTH,
    NOSE,
    SHOULDER,
    TOE,
    WRIST,
    Formula,
)
from lastrep.motion.planes import PlanarLandmarks, Side
from lastrep.pose.landmarks import Landmark

Array = NDArray[np.float64]
#: Where an exercise file may name a measure; limits of `[posture]` are set on rhythm signals.
Use = Literal["rhythm", "ends", "faults", "angle"]
USES: tuple[Use, ...] = ("rhythm", "ends", "faults", "angle")
Unit = Literal["deg", "%", "limb", "s", "cm"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of the body.

    Parameters
    ----------
    name
        As exercise files spell it.
    unit
        Unit of the number.
    meaning
        What it is and what larger means.
    landmarks
        Left landmarks it rests on (each with its right twin); none: all of them.
    compute
        From landmarks and a side to shape = (n,); None if it takes more than one frame (`scope`).
    uses
        Where an exercise file may name it. None: it is read along with another.
    sided
        Whether left and right can be read apart; else the side does not matter.
    plane
        The plane of the body that it lies in, or of the picture as it is.
    upright
        Whether it is measured against the image's vertical, so that camera roll goes into it.
    depth
        Whether the landmarks need their depth.
    sign
        What a mirrored picture reads: +1 the same, -1 its negative (the direction then depends on
        which way the lifter faces); 0: it has no direction of its own.
    scope
        What one number is of: a `frame`, a frame beside the whole `clip`, a `rep`, or a rep of the
        followed `bar`.
    key
        Its name in result documents, which is older.
    """

    name: str
    unit: Unit
    meaning: str
    landmarks: tuple[Landmark, ...]
    compute: Formula | None
    uses: frozenset[Use]
    sided: bool = False
    plane: Literal["picture", "sagittal", "frontal"] = "picture"
    upright: bool = False
    depth: bool = False
    sign: Literal[-1, 0, 1] = 1
    scope: Literal["frame", "clip", "rep", "bar"] = "frame"
    key: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            object.__setattr__(self, "key", self.name)

    def of(self, body: PlanarLandmarks, side: Side = "left") -> Array:
        """Return the measure of each frame, shape = (n,).

        Raises
        ------
        ValueError
            If one frame does not tell it.
        """
        if self.compute is None:
            raise ValueError(f"'{self.name}' is not a number of single frames")
        return self.compute(body, side)

    def in_picture(self, points: Array, side: Side = "left") -> Array:
        """Return the measure of landmarks in the picture, shape = (n,).

        Parameters
        ----------
        points
            shape = (n, 33, 3): isotropic, in the unit that lengths shall have; z in that of x.
        """
        return self.of(PlanarLandmarks(points if self.depth else points[..., :2]), side)


def _variants(joint: Measure) -> Iterator[Measure]:
    """Yield a joint angle, and what of it carries rhythm."""
    yield joint
    alone = replace(joint, uses=_RHYTHM, sided=False, plane="picture")
    assert joint.compute is not None
    both = by.mean_of_sides(joint.compute)
    what = joint.meaning
    yield replace(
        alone, name=f"{joint.name}.mean", meaning=f"{what}, mean of both sides", compute=both
    )
    for side in _SIDES:
        yield replace(
            alone,
            name=f"{joint.name}.{side}",
            meaning=f"{what}, {side} side",
            compute=by.of_side(joint.compute, side),
            key=f"{joint.name}_{side}",
        )
    yield replace(
        alone,
        name=f"{joint.name}.depth",
        meaning=f"{what}, mean of both sides with depth",
        compute=both,
        depth=True,
        key=f"{joint.name}_3d",
    )


_SIDES: tuple[Side, Side] = ("left", "right")
_RHYTHM: frozenset[Use] = frozenset({"rhythm"})
_ENDS: frozenset[Use] = frozenset({"ends"})
_FAULTS: frozenset[Use] = frozenset({"faults"})
_NOWHERE: frozenset[Use] = frozenset()

_PARTS = {
    "nose": NOSE, "shoulder": SHOULDER, "elbow": ELBOW, "wrist": WRIST, "hip": HIP, "knee": KNEE,
    "ankle": ANKLE,
}  # fmt: skip
_PLURAL = {part: f"{part}s" for part in _PARTS} | {"nose": "nose"}


def _joint(name: str, meaning: str) -> Iterator[Measure]:
    uses: frozenset[Use] = frozenset({"ends", "faults", "angle"})
    compute = by.joint(*JOINTS[name])
    joint = Measure(name, "deg", meaning, JOINTS[name], compute, uses, sided=True, plane="sagittal")
    return _variants(joint)


def _above(upper: str, lower: str, *, ends: bool = False) -> Measure:
    a, b = _PARTS[upper], _PARTS[lower]
    return Measure(
        f"{upper}_above_{lower}", "limb", f"{_PLURAL[upper]} above the {_PLURAL[lower]}", (a, b),
        by.middle_above(a, b), _RHYTHM | _ENDS if ends else _RHYTHM, upright=True,
    )  # fmt: skip


def _hands_of(side: Side) -> Measure:
    return Measure(
        f"wrist_above_shoulder.{side}", "limb", f"{side} wrist above the shoulder",
        (SHOULDER, WRIST), by.of_side(by.above(WRIST, SHOULDER), side), _NOWHERE, upright=True,
    )  # fmt: skip


def _beside(one: str, other: str) -> Measure:
    a, b = _PARTS[one], _PARTS[other]
    return Measure(
        f"{one}_beside_{other}", "limb",
        f"{_PLURAL[one]} right of the {_PLURAL[other]} in the picture", (a, b),
        by.middle_beside(a, b), _RHYTHM, upright=True, sign=-1,
    )  # fmt: skip


def _span(one: str, other: str) -> Measure:
    a, b = _PARTS[one], _PARTS[other]
    return Measure(
        f"{one}_{other}_span", "limb", f"distance of {_PLURAL[one]} and {_PLURAL[other]}", (a, b),
        by.middle_span(a, b), _RHYTHM,
    )  # fmt: skip


def _axis(name: str, meaning: str) -> Measure:
    return Measure(name, "limb", meaning, (), None, _RHYTHM, sign=0, scope="clip")


def _sagittal(
    name: str, unit: Unit, meaning: str, landmarks: tuple[Landmark, ...], compute: Formula,
    *, upright: bool = False,
) -> Measure:  # fmt: skip
    return Measure(
        name, unit, meaning, landmarks, compute, _FAULTS, sided=True, plane="sagittal",
        upright=upright,
    )  # fmt: skip


def _frontal(
    name: str, unit: Unit, meaning: str, landmarks: tuple[Landmark, ...], compute: Formula,
    *, level: bool = False,
) -> Measure:  # fmt: skip
    """A measure across the body; `level`: against the vertical, so it also has a direction."""
    return Measure(
        name, unit, meaning, landmarks, compute, _FAULTS, plane="frontal", upright=level,
        sign=-1 if level else 1,
    )  # fmt: skip


def _whole(name: str, unit: Unit, meaning: str, scope: Literal["rep", "bar"] = "rep") -> Measure:
    return Measure(name, unit, meaning, (), None, _FAULTS, scope=scope)


#: Signals are summed in this order: another one changes results in the last digit.
_TABLE: tuple[Measure, ...] = (
    # -- joints
    *_joint("elbow", "elbow angle, 180 = straight"),
    *_joint("shoulder", "upper arm raised from the trunk"),
    *_joint("hip", "hip angle, 180 = straight"),
    *_joint("knee", "knee angle, 180 = straight"),
    # -- signals: places of the middles of pairs, in limbs
    _above("wrist", "shoulder", ends=True),
    _hands_of("left"),
    _hands_of("right"),
    _above("wrist", "hip"),
    _above("nose", "wrist"),
    _above("shoulder", "ankle"),
    _above("hip", "ankle", ends=True),
    _above("nose", "ankle"),
    _above("hip", "knee"),
    _above("shoulder", "hip"),
    _above("elbow", "shoulder"),
    _above("knee", "ankle"),
    _beside("shoulder", "hip"),
    _beside("ankle", "shoulder"),
    _beside("nose", "hip"),
    _span("shoulder", "ankle"),
    _span("hip", "ankle"),
    _span("shoulder", "knee"),
    _span("nose", "ankle"),
    _span("wrist", "ankle"),
    Measure("wrist_shoulder_span.depth", "limb", "distance of wrists and shoulders, with depth",
            (WRIST, SHOULDER), by.middle_span(WRIST, SHOULDER), _RHYTHM, depth=True,
            key="wrist_shoulder_span"),
    Measure("hands_distance", "limb", "distance of the hands from each other", (WRIST,),
            by.pair_distance(WRIST), _RHYTHM | _ENDS, key="hands_apart"),
    Measure("feet_distance", "limb", "distance of the feet from each other", (ANKLE,),
            by.pair_distance(ANKLE), _RHYTHM | _ENDS, key="feet_apart"),
    Measure("knee_split", "limb", "one knee above the other, whichever it is", (KNEE,),
            by.pair_split(KNEE), _ENDS, upright=True),
    Measure("trunk_tilt", "deg", "trunk away from the vertical, either way; 90 = level",
            (HIP, SHOULDER), by.trunk_tilt, frozenset({"rhythm", "ends", "angle"}), upright=True,
            key="trunk"),
    Measure("trunk_tilt.depth", "deg", "trunk away from the vertical, with depth",
            (HIP, SHOULDER), by.trunk_tilt_depth, _NOWHERE, upright=True, depth=True),
    Measure("extent_x", "limb", "width of the body in the picture", (), by.extent(0), _RHYTHM),
    Measure("extent_y", "limb", "height of the body in the picture", (), by.extent(1), _RHYTHM),
    # -- signals of the clip's own main axes of movement
    _axis("posture_1", "what moves most of all the joints' places"),
    _axis("posture_2", "what moves next to most of all the joints' places"),
    _axis("angles_1", "what moves most of all the joints' angles"),
    _axis("angles_2", "what moves next to most of all the joints' angles"),
    # -- form, seen from the side
    _sagittal("trunk_lean", "deg", "trunk leaning forward from the vertical", (HIP, SHOULDER),
              by.lean(HIP, SHOULDER), upright=True),
    _sagittal("thigh", "deg", "hip above the knee's level, 0 = thigh level", (HIP, KNEE),
              by.thigh, upright=True),
    _sagittal("shin", "deg", "shin leaning forward from the vertical", (KNEE, ANKLE),
              by.lean(ANKLE, KNEE), upright=True),
    _sagittal("sag", "deg", "hip below the line from shoulder to ankle", (SHOULDER, HIP, ANKLE),
              by.sag),
    _sagittal("neck", "deg", "ear, shoulder and hip in one line = 180", (EAR, SHOULDER, HIP),
              by.joint(EAR, SHOULDER, HIP)),
    _sagittal("upper_arm", "deg", "upper arm in front of the trunk line", (HIP, SHOULDER, ELBOW),
              by.upper_arm),
    Measure("front_knee", "deg", "knee angle of the leg in front", (HIP, KNEE, ANKLE),
            by.front_leg(by.joint(HIP, KNEE, ANKLE)), _FAULTS, plane="sagittal"),
    _sagittal("trunk_length", "%", "shoulder to hip, of its usual length", (SHOULDER, HIP),
              by.trunk_length),
    _sagittal("hip_height", "%", "hips above the ankles, of the trunk", (HIP, ANKLE),
              by.pct_above(HIP, ANKLE), upright=True),
    _sagittal("hip_lift", "%", "hips above the shoulders, of the trunk", (HIP, SHOULDER),
              by.pct_above(HIP, SHOULDER), upright=True),
    Measure("hip_position", "%", "hips along the picture, of the trunk", (HIP,), by.hip_position,
            _FAULTS, plane="sagittal", sign=-1),
    _sagittal("heel", "%", "heel above the toes, of the shank", (HEEL, TOE, KNEE, ANKLE),
              by.heel),
    _sagittal("foot_height", "%", "ankle height, of the shank", (KNEE, ANKLE), by.foot_height),
    _sagittal("elbow_height", "%", "elbow above the shoulder, of the upper arm",
              (SHOULDER, ELBOW), by.elbow_height, upright=True),
    _sagittal("wrist_ahead", "%", "hands in front of the shoulders, of the trunk",
              (SHOULDER, WRIST), by.pct_ahead(WRIST, SHOULDER), upright=True),
    _sagittal("bar_ahead", "%", "hands in front of the ankles, of the trunk", (ANKLE, WRIST),
              by.pct_ahead(WRIST, ANKLE), upright=True),
    _sagittal("wrist_height", "%", "hands above the shoulders, of the trunk", (SHOULDER, WRIST),
              by.pct_above(WRIST, SHOULDER), upright=True),
    _sagittal("chin", "%", "mouth above the hands, of the trunk", (MOUTH, WRIST),
              by.pct_above(MOUTH, WRIST)),
    # -- form, seen from in front or behind
    Measure("neck_length", "%", "ears above the shoulders, of the trunk", (EAR, SHOULDER),
            by.neck_length, _FAULTS, sided=True, plane="frontal"),
    _frontal("knees_apart", "%", "distance of the knees, of the ankles'", (KNEE, ANKLE),
             by.pct_apart(KNEE, ANKLE)),
    _frontal("knees_to_hips", "%", "distance of the knees, of the hips'", (KNEE, HIP),
             by.pct_apart(KNEE, HIP)),
    _frontal("feet_apart", "%", "distance of the ankles, of the shoulders'", (ANKLE, SHOULDER),
             by.pct_apart(ANKLE, SHOULDER)),
    _frontal("hip_shift", "%", "hips beside the feet, of the hips' width", (HIP, ANKLE),
             by.pct_beside(HIP, ANKLE), level=True),
    _frontal("shoulder_tilt", "%", "left shoulder above the right, of their distance",
             (SHOULDER,), by.pct_tilt(SHOULDER), level=True),
    _frontal("hand_tilt", "%", "left hand above the right, of the shoulders' width",
             (WRIST, SHOULDER), by.pct_tilt(WRIST), level=True),
    _frontal("lateral_lean", "deg", "trunk leaning to the side", (HIP, SHOULDER),
             by.lateral_lean, level=True),
    # -- form of a rep as a whole, read with at = "whole"
    _whole("range_of_motion", "%", "range, of the lifter's own, over all signals that move along"),
    _whole("hips_before_shoulders", "%", "rise of the hips minus the shoulders', each of its own"),
    _whole("hips_after_shoulders", "%", "how much later the hips rise, of the concentric time"),
    _whole("eccentric_time", "s", "lowering between 10 and 90 % of the range"),
    _whole("turn_acceleration", "%", "acceleration at the turn, of the range per square second"),
    _whole("side_difference", "%", "range of the primary angle, left against right"),
    _whole("bar_drift", "cm", "bar farthest sideways from where the lift started", "bar"),
    _whole("bar_path", "%", "root-mean-square distance to the first reps' path, of the lift",
           "bar"),
)  # fmt: skip

#: Every measure by name.
MEASURES: Mapping[str, Measure] = MappingProxyType({m.name: m for m in _TABLE})
#: Measures of a rep as a whole, and those of them that only the followed bar itself shows.
REP_MEASURES = frozenset(m.name for m in _TABLE if m.scope in ("rep", "bar"))
BAR_MEASURES = frozenset(m.name for m in _TABLE if m.scope == "bar")

#: Names that files used to spell otherwise, to tell what became of them.
_FORMER: Mapping[str, tuple[str, ...]] = {
    "hands_height": ("wrist_above_shoulder",),
    "hips_height": ("hip_above_ankle",),
    "trunk": ("trunk_tilt", "trunk_lean"),
    **{m.key: (m.name,) for m in _TABLE if m.key not in (m.name, "trunk")},
    **{joint: (f"{joint}.mean",) for joint in ("elbow", "shoulder", "hip", "knee")},
}


def names(use: Use) -> tuple[str, ...]:
    """Return the names that may be used somewhere, in the order of the table."""
    return tuple(m.name for m in _TABLE if use in m.uses)


def named(name: str, use: Use) -> Measure:
    """Return the measure of this name.

    Raises
    ------
    ValueError
        If there is none, or none for this use; the message tells the nearest name.
    """
    measure = MEASURES.get(name)
    if measure is not None and use in measure.uses:
        return measure
    known = names(use)
    near = [new for new in _FORMER.get(name, ()) if new in known]
    near = near or difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    what = f"unknown measure '{name}'" if measure is None else f"'{name}' is no measure for {use}"
    raise ValueError(
        f"{what}, did you mean '{near[0]}'? ('lastrep exercises --measures' lists them all)"
    )
