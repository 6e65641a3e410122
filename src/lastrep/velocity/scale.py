"""Pixels to metres: from a plate, the lifter's height, or a known distance; else not at all.

A scale holds in the plane it was taken in. The plate at the bar's end is nearer to the camera than
the middle of the body, so the bar and the body have a scale each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.missing import MaybeNan

#: Diameter of a full-size plate: 450 mm by the rules of weightlifting (+-1 mm) and powerlifting.
FULL_SIZE_PLATE_M = 0.450
#: Sizes that can be true, metres: of plates, and of lifters.
PLATE_M, HEIGHT_M = (0.05, 1.0), (1.0, 2.5)
#: Plate diameter over the lifter's height, both in the image: full-size from the first value
#: (a far plate seen past the lifter measures 0.22), too large to be true above the second.
FULL_SIZE_FROM, FULL_SIZE_TO = 0.20, 0.45
#: The same between both ends of the bar, which is no farther than the lifter: a full-size plate
#: measures 0.23 to 0.29 there, and one of 350 mm 0.18 to 0.22.
FULL_SIZE_ENDS_FROM = 0.215
#: A plate of a given size looks at least this much as large as it would beside a lifter of usual
#: height (the far end of the bar: 0.8); else a part of it, or something else, was followed.
LEAST_OF_PLATE, USUAL_M = 0.65, 1.75
#: Uncertainty (standard deviation, %) of each source: a given plate, one taken for full-size, the
#: lifter's height in the plane of the body, and two points (`docs/science.md` 2.7).
PLATE_PCT, ASSUMED_PLATE_PCT, HEIGHT_PCT, DISTANCE_PCT = 1.5, 3.0, 5.0, 2.0
#: More of it where the plate is seen obliquely: per unit that the ellipse is narrower than round.
OBLIQUE_PCT = 3.0
#: The bar's end against the middle of the body when the scale is the lifter's: seen from the side
#: the near end is 0.7 m nearer, which at 3 to 5 m is a factor of 1.16 to 1.30; obliquely it may
#: be the near or the far end (`docs/science.md` 2.7, arithmetic).
NEAR_END_FACTOR, NEAR_END_PCT = 1.20, 8.0
OBLIQUE_END_FACTOR, OBLIQUE_END_PCT = 1.0, 12.0
#: The middle between both ends of the bar lies beside the body: held in front of it or above it
#: it is up to 0.2 m nearer or farther.
MIDDLE_PCT = 4.0
#: An ellipse narrower than this is seen obliquely.
OBLIQUE_ASPECT = 0.90


class ScaleSource(StrEnum):
    """Where metres come from."""

    PLATE = "plate"
    HEIGHT = "height"
    KNOWN_DISTANCE = "known_distance"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Scale:
    """Metres per pixel.

    Parameters
    ----------
    metres_per_px
        NaN if not known.
    source
        Where it comes from.
    uncertainty_pct
        Standard deviation in %; NaN if there is no scale.
    """

    metres_per_px: MaybeNan
    source: ScaleSource
    uncertainty_pct: MaybeNan

    @property
    def known(self) -> bool:
        """Whether there are metres."""
        return self.source is not ScaleSource.NONE


NO_SCALE = Scale(float("nan"), ScaleSource.NONE, float("nan"))


@dataclass(frozen=True, slots=True)
class KnownDistance:
    """Two points of the picture, in the plane of the movement, and how far apart they really are.

    Parameters
    ----------
    first_px, second_px
        x, y in pixels of the upright frame.
    metres
        Their distance.

    Raises
    ------
    ValueError
        If the points coincide or the distance is not positive.
    """

    first_px: tuple[float, float]
    second_px: tuple[float, float]
    metres: float

    def __post_init__(self) -> None:
        if not self.metres > 0:
            raise ValueError(f"a known distance must be positive, not {self.metres} m")
        if self.pixels < 1:
            raise ValueError("the two points of a known distance must lie apart")

    def scaled(self, factor: float) -> KnownDistance:
        """Return the same in pictures that are `factor` times as large."""
        (x1, y1), (x2, y2) = self.first_px, self.second_px
        return KnownDistance((x1 * factor, y1 * factor), (x2 * factor, y2 * factor), self.metres)

    @property
    def pixels(self) -> float:
        """Distance in the image."""
        return float(np.hypot(*np.subtract(self.first_px, self.second_px)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the user knows about sizes; all may be left out.

    Parameters
    ----------
    plate_m
        Diameter of the plates, metres.
    height_m
        Height of the lifter, metres.
    known_distance
        A measured distance in the plane of the movement.

    Raises
    ------
    ValueError
        If a size is not possible.
    """

    plate_m: float | None = None
    height_m: float | None = None
    known_distance: KnownDistance | None = None

    def __post_init__(self) -> None:
        if self.plate_m is not None and not PLATE_M[0] <= self.plate_m <= PLATE_M[1]:
            raise ValueError(f"a plate of {self.plate_m} m is not possible; give metres (0.45)")
        if self.height_m is not None and not HEIGHT_M[0] <= self.height_m <= HEIGHT_M[1]:
            raise ValueError(f"a height of {self.height_m} m is not possible; give metres (1.78)")


@dataclass(frozen=True, slots=True)
class Scales:
    """The scales of one recording, and what to tell the user about them.

    Parameters
    ----------
    bar
        In the plane of the plate or point that was followed.
    body
        In the plane of the body's landmarks.
    warnings
        One line each.
    """

    bar: Scale
    body: Scale
    warnings: tuple[str, ...] = ()


def find_scales(track: BarTrack, calibration: Calibration) -> Scales:
    """Choose the best scale for the bar and for the body."""
    if calibration.known_distance is not None:
        distance = calibration.known_distance
        scale = Scale(distance.metres / distance.pixels, ScaleSource.KNOWN_DISTANCE, DISTANCE_PCT)
        return Scales(scale, scale)
    body = _height_scale(track.stature_px, calibration.height_m)
    if track.bar is None:
        return Scales(NO_SCALE, body)
    if track.bar.source is not PointSource.PLATE:
        return Scales(_at_the_end(body, 1.0), body)
    return _with_plate(track, calibration, body)


def _with_plate(track: BarTrack, calibration: Calibration, body: Scale) -> Scales:
    assert track.bar is not None
    share, aspect = track.plate_share_of_stature, track.bar.aspect
    oblique_pct = OBLIQUE_PCT * max(0.0, 1 - aspect)
    diameter_px = 2 * track.bar.typical_radius_px
    if not np.isfinite(diameter_px):
        return Scales(_of_body(body, track.bar), body)
    if calibration.plate_m is not None and share < LEAST_OF_PLATE * calibration.plate_m / USUAL_M:
        warning = "what was followed looks too small for plates of the size given: it is not used"
        return Scales(_of_body(body, track.bar), body, (warning,))
    if calibration.plate_m is not None:
        pct = float(np.hypot(PLATE_PCT, oblique_pct))
        return Scales(Scale(calibration.plate_m / diameter_px, ScaleSource.PLATE, pct), body)
    if share >= (FULL_SIZE_ENDS_FROM if track.bar.both_ends else FULL_SIZE_FROM):
        pct = float(np.hypot(ASSUMED_PLATE_PCT, oblique_pct))
        warnings = [
            "the plate was taken for a full-size one (0.45 m); if it is not, give --plate-m"
        ]
        if share > FULL_SIZE_TO:
            warnings.append("the plate looks larger than it can be; check --plate-m")
        scale = Scale(FULL_SIZE_PLATE_M / diameter_px, ScaleSource.PLATE, pct)
        return Scales(scale, body, tuple(warnings))
    warning = "the plate is smaller than a full-size one; give its diameter with --plate-m"
    return Scales(_of_body(body, track.bar), body, (warning,))


def _height_scale(stature_px: float, height_m: float | None) -> Scale:
    if height_m is None or not np.isfinite(stature_px):
        return NO_SCALE
    return Scale(height_m / stature_px, ScaleSource.HEIGHT, HEIGHT_PCT)


def _of_body(body: Scale, bar: MovingPoint) -> Scale:
    """Return the body's scale as it is at the plate, or between both."""
    if bar.both_ends and body.known:
        total = float(np.hypot(body.uncertainty_pct, MIDDLE_PCT))
        return Scale(body.metres_per_px, ScaleSource.HEIGHT, total)
    return _at_the_end(body, bar.aspect)


def _at_the_end(body: Scale, aspect: float) -> Scale:
    """Return the body's scale as it is at the end of the bar, nearer to the camera or farther."""
    if not body.known:
        return NO_SCALE
    factor, pct = (
        (NEAR_END_FACTOR, NEAR_END_PCT)
        if aspect >= OBLIQUE_ASPECT
        else (OBLIQUE_END_FACTOR, OBLIQUE_END_PCT)
    )
    total = float(np.hypot(body.uncertainty_pct, pct))
    return Scale(body.metres_per_px / factor, ScaleSource.HEIGHT, total)
