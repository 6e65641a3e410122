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
from lastrep.velocity.parameters import DEFAULT_VELOCITY, ScaleOptions, VelocityOptions

#: Sizes that can be true, metres: of plates, and of lifters.
PLATE_M, HEIGHT_M = (0.05, 1.0), (1.0, 2.5)


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


def find_scales(
    track: BarTrack, calibration: Calibration, options: VelocityOptions = DEFAULT_VELOCITY
) -> Scales:
    """Choose the best scale for the bar and for the body.

    Parameters
    ----------
    track
        The bar over the set.
    calibration
        What the user knows of sizes.
    options
        Parameters of bar speed.
    """
    limits = options.scale
    if calibration.known_distance is not None:
        distance = calibration.known_distance
        scale = Scale(
            distance.metres / distance.pixels, ScaleSource.KNOWN_DISTANCE, limits.distance_pct
        )
        return Scales(scale, scale)
    body = _height_scale(track.stature_px, calibration.height_m, limits)
    if track.bar is None:
        return Scales(NO_SCALE, body)
    if track.bar.source is not PointSource.PLATE:
        return Scales(_at_the_end(body, 1.0, limits), body)
    return _with_plate(track, calibration, body, options)


def _with_plate(
    track: BarTrack, calibration: Calibration, body: Scale, options: VelocityOptions
) -> Scales:
    assert track.bar is not None
    limits = options.scale
    share, aspect = track.plate_share_of_stature, track.bar.aspect
    oblique_pct = limits.oblique_pct * max(0.0, 1 - aspect)
    diameter_px = 2 * track.bar.typical_radius_px
    if not np.isfinite(diameter_px):
        return Scales(_of_body(body, track.bar, limits), body)
    plate_m = calibration.plate_m
    if plate_m is not None and share < limits.min_plate_share * plate_m / limits.usual_height_m:
        warning = "what was followed looks too small for plates of the size given: it is not used"
        return Scales(_of_body(body, track.bar, limits), body, (warning,))
    if plate_m is not None:
        pct = float(np.hypot(limits.plate_pct, oblique_pct))
        return Scales(Scale(plate_m / diameter_px, ScaleSource.PLATE, pct), body)
    if share >= (limits.full_size_ends_from if track.bar.both_ends else limits.full_size_from):
        pct = float(np.hypot(limits.assumed_plate_pct, oblique_pct))
        plate_m = options.standards.full_size_plate_m
        warnings = [
            f"the plate was taken for a full-size one ({plate_m:.2f} m); "
            "if it is not, give --plate-m"
        ]
        if share > limits.full_size_to:
            warnings.append("the plate looks larger than it can be; check --plate-m")
        scale = Scale(plate_m / diameter_px, ScaleSource.PLATE, pct)
        return Scales(scale, body, tuple(warnings))
    warning = "the plate is smaller than a full-size one; give its diameter with --plate-m"
    return Scales(_of_body(body, track.bar, limits), body, (warning,))


def _height_scale(stature_px: float, height_m: float | None, limits: ScaleOptions) -> Scale:
    if height_m is None or not np.isfinite(stature_px):
        return NO_SCALE
    return Scale(height_m / stature_px, ScaleSource.HEIGHT, limits.height_pct)


def _of_body(body: Scale, bar: MovingPoint, limits: ScaleOptions) -> Scale:
    """Return the body's scale as it is at the plate, or between both."""
    if bar.both_ends and body.known:
        total = float(np.hypot(body.uncertainty_pct, limits.middle_pct))
        return Scale(body.metres_per_px, ScaleSource.HEIGHT, total)
    return _at_the_end(body, bar.aspect, limits)


def _at_the_end(body: Scale, aspect: float, limits: ScaleOptions) -> Scale:
    """Return the body's scale as it is at the end of the bar, nearer to the camera or farther."""
    if not body.known:
        return NO_SCALE
    factor, pct = (
        (limits.near_end_factor, limits.near_end_pct)
        if aspect >= limits.oblique_aspect
        else (limits.oblique_end_factor, limits.oblique_end_pct)
    )
    total = float(np.hypot(body.uncertainty_pct, pct))
    return Scale(body.metres_per_px / factor, ScaleSource.HEIGHT, total)
