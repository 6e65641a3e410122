"""How the subject looks: colours of the clothing, and a history of the last seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastrep.pose.landmarks import Landmark
from lastrep.pose.sequence import Pose
from lastrep.pose.subject.gating import BodyPosition, Gate, GateOptions
from lastrep.video.frames import Frame
from lastrep.video.orientation import Image

#: shape = (lines, 3): 0..255, see `clothing_colours`.
Colours = NDArray[np.float32]

#: Points along each line of `_LINES` whose colours are averaged.
_COLOUR_POINTS = np.linspace(0.2, 0.8, 7)[:, np.newaxis]

#: Trunk (across and along), thighs, shanks, upper arms.
_LINES = np.array(
    [
        (Landmark.LEFT_SHOULDER, Landmark.RIGHT_HIP),
        (Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP),
        (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP),
        (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP),
        (Landmark.LEFT_HIP, Landmark.LEFT_KNEE),
        (Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE),
        (Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE),
        (Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE),
        (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW),
        (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_ELBOW),
    ]
)


@dataclass(frozen=True, slots=True)
class AppearanceOptions:
    """What is remembered of the subject, and when somebody resembles them.

    Where no measurement is named, a number was set by hand.

    Parameters
    ----------
    history_s
        Observations are kept for this long.
    settle_s
        Observations younger than this do not count yet, or a person who walks past would drag the
        gate along.
    min_interval_s
        Observations of the subject closer in time than this add nothing.
    continuity_s, continuity_gate
        Within this time the same person moves on by less than this share of the gate.
    similar_levels
        Colours that differ by fewer grey levels may be one person's. In 45 clips of real training
        95 of 100 poses were this near to their person's usual colours, and 17 of 100 pairs of
        different people.
    """

    history_s: float = 4.0
    settle_s: float = 0.7
    min_interval_s: float = 0.1
    continuity_s: float = 0.25
    continuity_gate: float = 0.5
    similar_levels: float = 30.0


def clothing_colours(rgb: Image, pose: Pose) -> Colours:
    """Return the mean colours along the trunk and limbs: what somebody wears, roughly.

    Parameters
    ----------
    rgb
        shape = (height, width, 3)
    pose
        Of a person in it; points outside of the image take the colour of its border.

    Returns
    -------
    ndarray
        shape = (lines, 3): 0..255.
    """
    height, width = rgb.shape[:2]
    ends = pose.image_px[_LINES, :2]
    points = ends[:, :1] * (1 - _COLOUR_POINTS) + ends[:, 1:] * _COLOUR_POINTS
    x = np.clip(points[..., 0], 0, width - 1).astype(np.intp)
    y = np.clip(points[..., 1], 0, height - 1).astype(np.intp)
    mean: Colours = rgb[y, x].mean(axis=1, dtype=np.float32)
    return mean


def colour_difference(a: Colours, b: Colours) -> float:
    """Return by how many grey levels colours differ: the median over the lines.

    So the worse half of the lines, which may be hidden or beside the body, is ignored.

    Parameters
    ----------
    a, b
        shape = (lines, 3) each.
    """
    return float(np.median(np.abs(a - b).mean(axis=1)))


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """The subject in one frame.

    Parameters
    ----------
    t_s
        Time of the frame, seconds.
    position
        Where the subject is.
    colours
        See `clothing_colours`.
    """

    t_s: float
    position: BodyPosition
    colours: Colours


class AppearanceHistory:
    """Where the subject was in the last seconds, and in which colours.

    Parameters
    ----------
    options, gate_options
        What is remembered; and how far outside of it the subject may be.
    """

    def __init__(
        self,
        options: AppearanceOptions = AppearanceOptions(),
        gate_options: GateOptions = GateOptions(),  # noqa: B008 - frozen
    ) -> None:
        self._options = options
        self._gate_options = gate_options
        self._observations: deque[Observation] = deque()

    def add(self, frame: Frame, pose: Pose) -> None:
        """Remember the subject in this frame; times must increase."""
        t_s = frame.t_s
        last_s = self._observations[-1].t_s if self._observations else -np.inf
        if t_s - last_s < self._options.min_interval_s:
            return
        colours = clothing_colours(frame.rgb, pose)
        self._observations.append(Observation(t_s, BodyPosition.of(pose), colours))
        while self._observations[0].t_s < t_s - self._options.history_s:
            self._observations.popleft()

    def clear(self) -> None:
        """Forget everything."""
        self._observations.clear()

    def gate(self, t_s: float) -> Gate | None:
        """Return where the subject can be at a time; None if nothing is known."""
        settled = self._settled(t_s)
        if not settled:
            return None
        return Gate.around([o.position for o in settled], self._gate_options)

    def colours(self, t_s: float) -> Colours | None:
        """Return the median of the subject's colours before a time; None if nothing is known."""
        settled = self._settled(t_s)
        if not settled:
            return None
        return np.median(np.stack([o.colours for o in settled]), axis=0).astype(np.float32)

    def is_continuous(self, t_s: float, position: BodyPosition) -> bool:
        """Whether the subject can have moved here from where they were seen a moment ago."""
        options = self._options
        if not self._observations or t_s - self._observations[-1].t_s > options.continuity_s:
            return False
        gate = Gate.around([self._observations[-1].position], self._gate_options)
        return gate.gate_distance(position) < options.continuity_gate

    def revoke(self, t_s: float, intruder: Colours) -> float:
        """Forget the last observations, which were another person already.

        Parameters
        ----------
        t_s
            Time at which that was noticed.
        intruder
            Colours of the other person.

        Returns
        -------
        float
            When the subject was seen last; `t_s` if that is not known.
        """
        usual = self.colours(t_s)
        while self._observations and usual is not None:
            last = self._observations[-1]
            if colour_difference(last.colours, intruder) >= colour_difference(last.colours, usual):
                return last.t_s
            self._observations.pop()
        return t_s

    def _settled(self, t_s: float) -> list[Observation]:
        settled = [o for o in self._observations if o.t_s <= t_s - self._options.settle_s]
        return settled or list(self._observations)[:1]
