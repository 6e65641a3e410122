"""How the camera moved: the room behind the lifter, followed from frame to frame.

Corners outside of the person are followed against a reference frame, not against the frame
before, so a camera that stands still gives no drift.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.flow import common_move, corners, follow_corners

Array = NDArray[np.float64]
Grey = NDArray[np.uint8]

#: Corners in the room: wanted, and least for a trustworthy answer.
CORNERS, MIN_CORNERS = 60, 10
#: Share of the followed corners that must agree on one movement.
MIN_AGREEING = 0.5
#: A new reference is taken once fewer than this share of its corners are still followed.
RENEW_BELOW = 0.5
#: Pictures are shrunk to this long side: the room is large, and followed by many corners.
LONG_SIDE_PX = 400
#: How well corners must return on the way back (pixels).
FLOW_RETURN_PX = 0.5
#: Corners farther from the common movement than this do not belong to it (pixels).
AGREE_PX = 0.8
#: The person's box is widened by this share of its height: bar, plates and shadow move too.
PERSON_MARGIN = 0.12

STILL = np.eye(2, 3)


class CameraMotion:
    """Follows the room and says how each picture lies in the first one.

    Attributes
    ----------
    known
        Whether the last picture's place is known; if not, the one before is repeated.
    """

    def __init__(self) -> None:
        self.known = False
        self._shrink = 1.0
        self._reference: Grey | None = None
        self._reference_to_room = np.eye(3)
        self._corners = np.zeros((0, 2), np.float32)
        self._last_places = self._corners
        self._last_to_room = np.eye(3)

    def update(self, grey: Grey, person: Array | None) -> Array:
        """Take the next picture.

        Parameters
        ----------
        grey
            shape = (h, w)
        person
            Box of the moving things as (left, top, right, bottom), pixels; None if not known.

        Returns
        -------
        shape = (2, 3): moves points of this picture to where the first one shows them.
        """
        if self._reference is None:
            self._shrink = min(1.0, LONG_SIDE_PX / max(grey.shape))
        small = cv2.resize(
            grey, None, fx=self._shrink, fy=self._shrink, interpolation=cv2.INTER_AREA
        )
        picture = np.asarray(small, np.uint8)
        if self._reference is not None and len(self._corners) >= MIN_CORNERS:
            self._follow(picture)
        else:
            self.known = False
        if self._reference is None or len(self._last_places) < max(
            MIN_CORNERS, RENEW_BELOW * len(self._corners)
        ):
            self._renew(picture, person)
        scale = np.diag([1 / self._shrink, 1 / self._shrink, 1])
        full: Array = scale @ self._last_to_room @ np.linalg.inv(scale)
        return full[:2]

    def _follow(self, picture: Grey) -> None:
        assert self._reference is not None
        end, good = follow_corners(
            self._reference, picture, self._corners, FLOW_RETURN_PX, guess=self._last_places
        )
        self.known = False
        self._corners, self._last_places = self._corners[good], end[good]
        if len(self._corners) < MIN_CORNERS:
            return
        common = common_move(self._last_places, self._corners, AGREE_PX)
        if common is None:
            return
        move, agreeing = common
        if agreeing >= max(MIN_CORNERS, MIN_AGREEING * len(self._corners)):
            self.known = True
            self._last_to_room = self._reference_to_room @ np.vstack([move, [0, 0, 1]])

    def _renew(self, picture: Grey, person: Array | None) -> None:
        mask = np.full(picture.shape, 255, np.uint8)
        if person is not None and np.isfinite(person).all():
            left, top, right, bottom = person * self._shrink
            margin = PERSON_MARGIN * (bottom - top)
            box = np.clip([left - margin, top - margin, right + margin, bottom + margin], 0, None)
            x0, y0, x1, y1 = box.astype(int)
            mask[y0:y1, x0:x1] = 0
        self._reference = picture
        self._reference_to_room = self._last_to_room
        self._corners = corners(picture, mask, CORNERS, 0.02, 8)
        self._last_places = self._corners
        self.known = self.known or len(self._corners) >= MIN_CORNERS
