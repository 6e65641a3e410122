"""How the camera moved: the room behind the lifter, followed from frame to frame.

Corners outside of the person are followed against a reference frame, not against the frame
before, so a camera that stands still gives no drift.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.ellipse import Image
from lastrep.bar.flow import Corners, common_move, corners, follow_corners

Array = NDArray[np.float64]

#: Corners in the room: wanted, and least for a trustworthy answer.
CORNERS, MIN_CORNERS = 60, 10
#: Share of the followed corners that must agree on one movement.
MIN_AGREEING = 0.5
#: A new reference is taken once fewer than this share of its corners are still followed, or once
#: so many pictures in a row could not be placed.
RENEW_BELOW, GIVE_UP_AFTER = 0.5, 5
#: How well corners must return on the way back (pixels).
FLOW_RETURN_PX = 0.5
#: Corners farther from the common movement than this do not belong to it (pixels).
AGREE_PX = 0.8
#: Corners that are so near to where they were (pixels) rest. If so many do, as a share of those
#: that agree on a movement, the camera rests, and what moves is people and their shadows.
RESTING_PX, RESTING_SHARE = 0.35, 0.5
#: The person's box is widened by this share of its height: bar, plates and shadow move too.
PERSON_MARGIN = 0.12

#: Time from one look to the next, seconds: hands shake a camera at up to 5 Hz. A camera that moved
#: less than so many pixels for so many looks is on a stand, and is looked at less until it moves.
LOOK_S, STAND_LOOK_S = 1 / 15, 4 / 30
STAND_PX, STAND_LOOKS = 0.3, 10
#: A frame this little too early is in time, seconds.
EARLY_S = 0.002


class CameraMotion:
    """Follows the room and says how each picture lies in the first one.

    Pictures that are not due need not be shown (see `CameraPath`).

    Attributes
    ----------
    known
        Whether the last picture's place is known; if not, the one before is repeated.
    """

    def __init__(self) -> None:
        self.known = False
        self._reference: Image | None = None
        self._reference_to_room = np.eye(3)
        self._to_room = np.eye(3)
        self._start: Corners = np.zeros((0, 2), np.float32)
        self._places = self._start
        self._wanted = 0
        self._failures = 0
        self._still_looks = 0
        self._looked_s = -math.inf

    def is_due(self, t_s: float) -> bool:
        """Whether it is time for a look; times must increase."""
        stands = self._still_looks >= STAND_LOOKS
        due = t_s - self._looked_s >= (STAND_LOOK_S if stands else LOOK_S) - EARLY_S
        if due:
            self._looked_s = t_s
        return due

    def update(self, grey: Image, person: Array | None) -> Array:
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
            self._renew(grey, person)
        else:
            self._look(grey, person)
        return self._to_room[:2].copy()

    def _look(self, picture: Image, person: Array | None) -> None:
        before = self._to_room
        followed = self._follow(picture) if len(self._start) >= MIN_CORNERS else 0
        self.known = followed > 0
        if self.known:
            self._failures = 0
            moved = np.linalg.norm(self._to_room[:2, 2] - before[:2, 2])
            away = np.linalg.norm(self._to_room[:2, 2])
            still = moved < STAND_PX and away < STAND_PX
            self._still_looks = self._still_looks + 1 if still else 0
        else:
            self._failures += 1
            self._still_looks = 0
        few = self.known and followed < RENEW_BELOW * self._wanted
        if few or self._failures > GIVE_UP_AFTER:
            self._renew(picture, person)

    def _follow(self, picture: Image) -> int:
        """Place the picture; returns how many corners were followed, 0 if it cannot be placed."""
        assert self._reference is not None
        end, good = follow_corners(
            self._reference, picture, self._start, FLOW_RETURN_PX, guess=self._places
        )
        if good.sum() < MIN_CORNERS:
            return 0
        common = common_move(end[good], self._start[good], AGREE_PX)
        agreeing = 0 if common is None else common[1]
        resting = np.linalg.norm(end[good] - self._start[good], axis=1) < RESTING_PX
        if resting.sum() >= max(MIN_CORNERS, RESTING_SHARE * agreeing):
            move = np.eye(2, 3)
        elif common is None or agreeing < max(MIN_CORNERS, MIN_AGREEING * good.sum()):
            return 0
        else:
            move = common[0]
        self._to_room = self._reference_to_room @ np.vstack([move, [0, 0, 1]])
        # Corners that were lost are looked for where the room's movement puts them.
        back = cv2.invertAffineTransform(move)
        predicted = self._start @ back[:, :2].T + back[:, 2]
        self._places = np.where(good[:, None], end, predicted).astype(np.float32)
        return int(good.sum())

    def _renew(self, picture: Image, person: Array | None) -> None:
        mask = np.full(picture.shape, 255, np.uint8)
        if person is not None and np.isfinite(person).all():
            left, top, right, bottom = person
            margin = PERSON_MARGIN * (bottom - top)
            box = np.clip([left - margin, top - margin, right + margin, bottom + margin], 0, None)
            x0, y0, x1, y1 = box.astype(int)
            mask[y0:y1, x0:x1] = 0
        self._reference = picture
        self._reference_to_room = self._to_room
        self._start = corners(picture, mask, CORNERS, 0.02, 8)
        self._places = self._start
        self._wanted = len(self._start)
        self._failures = 0
        self.known = self._wanted >= MIN_CORNERS
