"""Frame sampling: spend the pose model where it tells something, not on every frame of a video."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.pose.sequence import Landmarks, Pose


@dataclass(frozen=True, slots=True)
class SamplingOptions:
    """How often the pose is estimated.

    Parameters
    ----------
    max_interval_s
        Sampled frames are not farther apart: of 30, 60, 120 or 240 frames/s 15 are sampled, of 50
        17, of 24 or 25 all. Joint angles of lifts hold nothing above 6 Hz (Winter 2009), for which
        15 a second are enough. Two milliseconds more, as containers round times to whole ones, and
        what phones call 30 has 29.1 to 30.
    """

    max_interval_s: float = 1 / 15 + 0.002


class FrameSampler:
    """Says in which frames the pose is estimated, and remembers the others.

    Parameters
    ----------
    options
        How often that is.

    Attributes
    ----------
    skipped_s
        Times of the frames that were skipped.
    """

    def __init__(self, options: SamplingOptions = SamplingOptions()) -> None:
        self.skipped_s: list[float] = []
        self._options = options
        self._sampled_s = -math.inf
        self._before_s = -math.inf

    def is_due(self, t_s: float) -> bool:
        """Whether to sample the frame of this time; times must increase.

        A frame is skipped if the one after it, at the step between the last two, will still be in
        time.
        """
        next_s = 2 * t_s - self._before_s
        self._before_s = t_s
        due = next_s - self._sampled_s > self._options.max_interval_s
        if due:
            self._sampled_s = t_s
        else:
            self.skipped_s.append(t_s)
        return due


def with_interpolated(
    poses: Sequence[Pose], skipped_s: Iterable[float], cuts_s: Iterable[float]
) -> list[Pose]:
    """Interpolate the poses of skipped frames between those of sampled ones.

    Landmarks move on smooth curves from one to the next (cubics through the two poses on either
    side, Catmull-Rom). They are missing where the pose before or after is, and from one shot of
    the camera to another.

    Parameters
    ----------
    poses
        Of the sampled frames, in order of time.
    skipped_s
        Times of the skipped frames; those that were sampled all the same are ignored.
    cuts_s
        Times of sampled frames that begin another shot.

    Returns
    -------
    list of Pose
        Of all frames, in order of time.
    """
    t_s = np.array([pose.t_s for pose in poses])
    skipped = np.setdiff1d(np.array(list(skipped_s), np.float64), t_s)
    after = np.searchsorted(t_s, skipped)
    inside = (after > 0) & (after < len(t_s))
    made = [Pose.missing(float(at_s)) for at_s in skipped[~inside]]
    if inside.any():
        new_shot = np.isin(t_s, np.array(list(cuts_s), np.float64))[1:]

        def curves(samples: list[Landmarks]) -> Landmarks:
            at = skipped[inside], after[inside] - 1
            return _catmull_rom(t_s, np.stack(samples), new_shot, *at)

        image = curves([pose.image_px for pose in poses])
        world = curves([pose.world_m for pose in poses])
        visibility = curves([pose.visibility[:, None] for pose in poses])[..., 0].clip(0, 1)
        made += map(Pose, skipped[inside].tolist(), image, world, visibility)
    return sorted([*poses, *made], key=lambda pose: pose.t_s)


def _catmull_rom(
    t_s: NDArray[np.float64],
    x: Landmarks,
    new_shot: NDArray[np.bool_],
    at_s: NDArray[np.float64],
    before: NDArray[np.intp],
) -> Landmarks:
    """Return the values at `at_s` of cubics through samples.

    Parameters
    ----------
    t_s
        shape = (n,): times of the samples.
    x
        shape = (n, points, components): the samples.
    new_shot
        shape = (n - 1,): between which samples nothing can be said.
    at_s, before
        shape = (m,): times, and the number of the sample before each.

    Returns
    -------
    ndarray
        shape = (m, points, components): NaN where a sample on either side is NaN.
    """
    step_s = np.diff(t_s)[:, None, None]
    speed = np.diff(x, axis=0) / step_s
    speed[new_shot] = np.nan
    # The speed at a sample is that of the parabola through its neighbours; with one, that one's.
    nothing = np.full_like(speed[:1], np.nan)
    earlier, later = np.concatenate([nothing, speed]), np.concatenate([speed, nothing])
    wait_s = np.pad(step_s, ((1, 1), (0, 0), (0, 0)), mode="edge")
    slope = (earlier * wait_s[1:] + later * wait_s[:-1]) / (wait_s[1:] + wait_s[:-1])
    slope = np.where(np.isnan(slope), np.where(np.isnan(earlier), later, earlier), slope)
    length_s = step_s[before]
    share = (at_s - t_s[before])[:, None, None] / length_s
    straight = speed[before] * length_s
    start, end = (slope[i] * length_s - straight for i in (before, before + 1))
    bend = share * (1 - share) * ((1 - share) * start - share * end)
    return np.asarray(x[before] + share * straight + bend, np.float32)
