"""The bar proxy's movement, from the landmarks alone: a body part in place of the bar."""

from __future__ import annotations

import numpy as np

from lastrep.bar.arrays import Array
from lastrep.bar.camera import CameraPath, stabilise
from lastrep.bar.lifter import (
    DEFAULT_LIFTER,
    TRAVEL_LANDMARKS,
    BarProxy,
    LifterOptions,
    clearly_visible,
    side_weights,
    stature_px,
)
from lastrep.bar.track import BarTrack, MovingPoint, PointSource, Side

#: Sides of the body whose landmark may be the bar proxy.
SIDES: tuple[Side, ...] = ("both", "left", "right")


def proxy_track(
    t_s: Array,
    points: Array,
    visibility: Array,
    proxy: BarProxy,
    camera: CameraPath,
    image_centre: Array,
    options: LifterOptions = DEFAULT_LIFTER,
) -> BarTrack:
    """Return the track of the bar proxy, without a bar.

    Parameters
    ----------
    t_s
        shape = (n,), seconds.
    points
        shape = (n, 33, 3): landmarks, pixels; NaN where not detected.
    visibility
        shape = (n, 33): of the landmarks, 0..1.
    proxy
        The body part.
    camera
        The camera's path, in these pixels.
    image_centre
        shape = (2,): centre of the images, pixels.
    options
        Body proportions, and when landmarks are trusted.
    """
    stabilising = camera.stabilising(t_s)
    centres = np.broadcast_to(image_centre, (len(t_s), 2))
    return BarTrack(
        t_s=t_s,
        bar=None,
        proxies={
            side: proxy_point(points, visibility, proxy, stabilising, side, options)
            for side in SIDES
        },
        bar_proxy=proxy,
        stature_px=stature_px(points, options),
        camera_known=camera.known_at(t_s),
        camera_shift_px=np.linalg.norm(stabilise(stabilising, centres) - centres, axis=1),
    )


def proxy_point(
    points: Array,
    visibility: Array,
    proxy: BarProxy,
    stabilising: Array,
    side: Side = "both",
    options: LifterOptions = DEFAULT_LIFTER,
) -> MovingPoint:
    """Return the landmarks of one body part, or the mean of both sides, as a moving point.

    A hidden side is a guess: sides are weighted by their visibility. If the near side has most of
    the weight, the point is nearer to the camera than the body's middle, whose scale is used; see
    `MovingPoint.perspective_scale`.

    Parameters
    ----------
    points
        shape = (n, 33, 3): landmarks, pixels; NaN where not detected.
    visibility
        shape = (n, 33): of the landmarks, 0..1.
    proxy
        The body part.
    stabilising
        shape = (n, 2, 3): as `CameraPath.stabilising` gives them.
    side
        The side of the body, or both.
    options
        When landmarks are trusted.
    """
    left, right = TRAVEL_LANDMARKS[proxy]
    sides = {"both": (left, right), "left": (left,), "right": (right,)}[side]
    weights = side_weights(visibility, [part[0] for part in sides], options)
    image_px = sum(
        weight * points[:, part, :2].mean(axis=1)
        for weight, part in zip(weights, sides, strict=True)
    )
    clear = clearly_visible(visibility, [part[0] for part in sides], options)
    image_px = np.where(clear[:, None], image_px, np.nan)
    seen = np.isfinite(image_px[:, 0]).astype(np.float64)
    return MovingPoint(
        PointSource.LANDMARK,
        image_px,
        stabilise(stabilising, image_px),
        radius_px=np.full(len(points), np.nan),
        support=seen,
        confidence=seen,
        perspective_scale=1 + options.near_side_enlargement * float(np.ptp(weights)),
    )
