"""The body part that stands in for the bar, from the landmarks alone."""

from __future__ import annotations

import numpy as np

from lastrep.bar.camera_path import CameraPath
from lastrep.bar.lifter import (
    TRAVEL_LANDMARKS,
    Proxy,
    clearly_seen,
    side_weights,
    stature_px,
)
from lastrep.bar.track import Array, BarTrack, MovingPoint, PointSource, Side
from lastrep.bar.window import apply

#: A hand or shoulder is 0.15 to 0.3 m beside the middle of the body: seen from the side, 3 to 4 m
#: away, the near one looks so much larger.
NEAR_SIDE = 0.07
#: Sides of the body that a landmark may stand for.
SIDES: tuple[Side, ...] = ("both", "left", "right")


def landmark_track(
    t_s: Array, points: Array, visibility: Array, proxy: Proxy, camera: CameraPath, middle: Array
) -> BarTrack:
    """Return what the landmarks say of the bar: where its stand-in was.

    Parameters
    ----------
    t_s
        shape = (n,)
    points
        shape = (n, 33, 3): landmarks, pixels.
    visibility
        shape = (n, 33): 0..1
    proxy
        The body part.
    camera
        Where the camera was, in these pixels.
    middle
        shape = (2,): middle of the pictures, pixels.
    """
    to_room = camera.to_room(t_s)
    middles = np.broadcast_to(middle, (len(t_s), 2))
    return BarTrack(
        t_s=t_s,
        bar=None,
        proxies={side: landmark_point(points, visibility, proxy, to_room, side) for side in SIDES},
        proxy_name=proxy,
        stature_px=stature_px(points),
        camera_known=camera.known_at(t_s),
        camera_shift_px=np.linalg.norm(apply(to_room, middles) - middles, axis=1),
    )


def landmark_point(
    points: Array, visibility: Array, proxy: Proxy, to_room: Array, side: Side = "both"
) -> MovingPoint:
    """Return a body part's landmarks, or both sides together, as a moving point.

    A side that is hidden is a guess: it counts as little as it is seen. What is left of the near
    side alone is nearer to the camera than the body's middle, whose scale is used: `nearness`.

    Parameters
    ----------
    points
        shape = (n, 33, 3): landmarks, pixels.
    visibility
        shape = (n, 33): 0..1
    to_room
        shape = (n, 2, 3): as `CameraMotion.update` gives them.
    """
    left, right = TRAVEL_LANDMARKS[proxy]
    sides = {"both": (left, right), "left": (left,), "right": (right,)}[side]
    weights = side_weights(visibility, [part[0] for part in sides])
    image_px = sum(
        weight * points[:, part, :2].mean(axis=1)
        for weight, part in zip(weights, sides, strict=True)
    )
    clear = clearly_seen(visibility, [part[0] for part in sides])
    image_px = np.where(clear[:, None], image_px, np.nan)
    seen = np.isfinite(image_px[:, 0]).astype(np.float64)
    nothing = np.full(len(points), np.nan)
    return MovingPoint(
        PointSource.LANDMARK,
        image_px,
        apply(to_room, image_px),
        nothing,
        seen,
        seen,
        nearness=1 + NEAR_SIDE * float(np.ptp(weights)),
    )
