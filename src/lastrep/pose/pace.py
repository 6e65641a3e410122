"""Spend the pose model where it tells something: not on every frame of high-rate video."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from lastrep.pose.sequence import Landmarks, Pose

#: Frames closer to the last one looked at are passed over. Ordinary video (24 to 30 frames/s) is
#: looked at whole; of 50, 60, 120 or 240 frames/s 25 to 34 are looked at, and never fewer than 19.
#: Joint angles of lifts hold nothing above 6 Hz (Winter 2009), for which 15 frames/s are enough.
LEAST_INTERVAL_S = 0.026


class Pace:
    """Says which frames are worth looking at, and remembers the others."""

    def __init__(self) -> None:
        #: Times of the frames passed over.
        self.passed_s: list[float] = []
        self._last_s = -math.inf

    def is_due(self, t_s: float) -> bool:
        """Whether to look at the frame of this time; times must increase."""
        due = t_s - self._last_s >= LEAST_INTERVAL_S
        if due:
            self._last_s = t_s
        else:
            self.passed_s.append(t_s)
        return due


def filled(poses: Sequence[Pose], passed_s: Iterable[float], cuts_s: Iterable[float]) -> list[Pose]:
    """Put poses between those of the frames looked at, for the frames passed over.

    They move evenly from one to the next. They are missing where either is, and from one shot of
    the camera to another.

    Parameters
    ----------
    poses
        Of the frames looked at, in order of time.
    passed_s
        Times of the frames passed over.
    cuts_s
        Times of frames looked at that begin another shot.
    """
    times_s, cuts = np.array([p.t_s for p in poses]), frozenset(cuts_s)
    between = []
    for t_s in passed_s:
        after = int(np.searchsorted(times_s, t_s))
        if 0 < after < len(poses) and times_s[after] not in cuts:
            between.append(_between(poses[after - 1], poses[after], t_s))
        else:
            between.append(Pose.missing(t_s))
    return sorted([*poses, *between], key=lambda pose: pose.t_s)


def _between(before: Pose, after: Pose, t_s: float) -> Pose:
    share = (t_s - before.t_s) / (after.t_s - before.t_s)

    def mixed(a: Landmarks, b: Landmarks) -> Landmarks:
        return np.asarray((1 - share) * a + share * b, np.float32)

    return Pose(
        t_s,
        mixed(before.image_px, after.image_px),
        mixed(before.world_m, after.world_m),
        mixed(before.visibility, after.visibility),
    )
