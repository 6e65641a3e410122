"""The exercise's own joint angle over time: which reading of it this view allows, and how far off.

Side on, a joint bends in the picture, and the picture is the best measure. From elsewhere it
bends towards the camera: the picture then reads hips and knees up to 60 degrees too straight, and
the model's world landmarks, weak as their depth is, are much nearer. Elbows are read from the
picture in every view: the model guesses the depth of hands badly.

An offset by joint and view was fitted as well (the model reads deep flexion too straight), on all
rendered lifters, or exercises, but one and checked on that one: from one exercise to another it
did more harm than good, so none is applied; the uncertainty says what remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastrep.motion.filters import lowpass
from lastrep.motion.measures import MEASURES
from lastrep.motion.planes import PlanarLandmarks
from lastrep.motion.track import Track
from lastrep.motion.view import ViewName
from lastrep.pose import PoseSequence
from lastrep.sets.measures.options import MeasureOptions

Array = NDArray[np.float64]
AngleSide = Literal["left", "right", "mean"]

#: Root-mean-square error against the true angle over the reps of rendered lifters
#: (`scripts/evaluate.py accuracy`), degrees: side on, oblique, from in front or behind. Plates in
#: front of the joints make side views no better than the rest.
UNCERTAINTY_DEG = {
    "knee": (21.0, 17.0, 19.0),
    "hip": (21.0, 20.0, 28.0),
    "elbow": (24.0, 23.0, 25.0),
    "shoulder": (24.0, 10.0, 8.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class AngleTrack:
    """A joint angle over the recording, degrees, NaN where not seen; shape = (n,) each.

    Parameters
    ----------
    window_s
        Time over which an angle is read.
    """

    t_s: Array
    angle_deg: Array
    window_s: float

    def near(self, t_s: float) -> float | None:
        """Median angle around a time; None where it was not seen."""
        around = self.angle_deg[np.abs(self.t_s - t_s) <= self.window_s / 2 + 1e-9]
        seen = around[np.isfinite(around)]
        return float(np.median(seen)) if len(seen) else None


def angle_track(
    poses: PoseSequence,
    joint: str,
    side: AngleSide,
    view: ViewName,
    options: MeasureOptions = MeasureOptions(),  # noqa: B008 - frozen
) -> AngleTrack:
    """Return a joint angle, filtered without delay, on an even grid.

    Parameters
    ----------
    joint
        A measure for `angle` of `motion.measures`.
    side
        One side of the body, or the mean of both (front and back views).
    view
        From where the camera sees the lifter.
    options
        Filter and window.
    """
    rate_hz = 1.0 / poses.frame_s if len(poses) > 1 else 30.0
    by_world = joint in options.world_joints and view != "side"
    in_world = by_world and bool(np.isfinite(poses.world_m).any())
    track = Track.of_world(poses, rate_hz) if in_world else Track.of(poses, rate_hz)
    measure, body = MEASURES[joint], PlanarLandmarks(track.points[..., : 3 if in_world else 2])
    if side == "mean":
        raw = (measure.of(body, "left") + measure.of(body, "right")) / 2
    else:
        raw = measure.of(body, side)
    filtered = lowpass(raw, rate_hz, options.angle_cutoff_hz)
    return AngleTrack(track.t_s, filtered, options.end_window_s)


def angle_uncertainty_deg(joint: str, view: ViewName) -> float | None:
    """How far off such an angle is, degrees (root mean square); None where that is not known."""
    known = UNCERTAINTY_DEG.get(joint)
    if known is None:
        return None
    return known[{"side": 0, "oblique": 1}.get(view, 2)]
