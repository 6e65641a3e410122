"""Where the camera was during a recording: watched while the frames are read for the lifter."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.camera_motion import CameraMotion
from lastrep.bar.lifter import moving_box
from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame
from lastrep.video.resizing import resized

Array = NDArray[np.float64]

#: Long side of the pictures in which the camera is watched.
LONG_SIDE_PX = 400
#: A look at this little after a time still belongs to it, seconds.
SAME_TIME_S = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class CameraPath:
    """Where the camera was at some times of a recording.

    Parameters
    ----------
    t_s
        shape = (m,): when it was looked at, increasing.
    places
        shape = (m, 2, 3): moves points of the picture to where the first one shows them, pixels.
    known
        shape = (m,): whether the place is known; if not, it is the one before.
    """

    t_s: Array = field(default_factory=lambda: np.zeros(0))
    places: Array = field(default_factory=lambda: np.zeros((0, 2, 3)))
    known: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def to_room(self, t_s: Array) -> Array:
        """Return what moves points of pictures to where the first of these shows them.

        Between two looks the camera moves evenly. Before the first and after the last, and without
        any, it is taken for still.

        Parameters
        ----------
        t_s
            shape = (n,): times of the pictures.

        Returns
        -------
        shape = (n, 2, 3)
        """
        square = np.tile(np.eye(3), (len(t_s), 1, 1))
        if len(self.t_s) and len(t_s):
            columns = [np.interp(t_s, self.t_s, c) for c in self.places.reshape(-1, 6).T]
            square[:, :2] = np.stack(columns, axis=1).reshape(-1, 2, 3)
            square = np.linalg.inv(square[0]) @ square
        return square[:, :2]

    def known_at(self, t_s: Array) -> NDArray[np.bool_]:
        """Return whether the camera's place was known when it was last looked at, shape = (n,)."""
        if not len(self.t_s):
            return np.zeros(len(t_s), np.bool_)
        last = np.searchsorted(self.t_s, t_s + SAME_TIME_S, side="right") - 1
        return self.known[np.maximum(last, 0)]

    def scaled(self, factor: float) -> CameraPath:
        """Return the same in pictures that are `factor` times as large."""
        places = self.places.copy()
        places[:, :, 2] *= factor
        return replace(self, places=places)


class CameraWatch:
    """Watches the camera, frame after frame; begun anew when the time goes back.

    Parameters
    ----------
    long_side_px
        It looks at pictures made as small as this.
    """

    def __init__(self, long_side_px: int = LONG_SIDE_PX) -> None:
        self._long_side_px = long_side_px
        self._begin()

    def _begin(self) -> None:
        self._camera = CameraMotion()
        self._t_s: list[float] = []
        self._places: list[Array] = []
        self._known: list[bool] = []

    def __call__(self, frame: Frame, pose: Pose, width_px: int | None = None) -> None:
        """Take the next frame, and the lifter in it.

        Parameters
        ----------
        width_px
            Width of the picture that the pose's pixels are of (default: the frame's).
        """
        if self._t_s and frame.t_s <= self._t_s[-1]:
            self._begin()
        if not self._camera.is_due(frame.t_s):
            return
        grey = frame.grey
        height, width = grey.shape
        scale = min(1.0, self._long_side_px / max(width, height))
        small = resized(grey, (round(scale * width), round(scale * height)), by_area=True)
        factor = small.shape[1] / (width_px or width)
        place = self._camera.update(small, moving_box(factor * pose.image_px))
        place[:, 2] /= factor
        self._t_s.append(frame.t_s)
        self._places.append(place)
        self._known.append(self._camera.known)

    @property
    def path(self) -> CameraPath:
        """Where the camera was so far."""
        places = np.array(self._places, np.float64).reshape(-1, 2, 3)
        return CameraPath(np.array(self._t_s), places, np.array(self._known, np.bool_))
