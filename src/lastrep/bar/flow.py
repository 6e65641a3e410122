"""Corners followed from one picture to another, there and back."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Corners = NDArray[np.float32]

#: Window and pyramid levels of the optical flow (Lucas-Kanade), without and with a guess.
WINDOW, LEVELS, LEVELS_GUESSED = (15, 15), 3, 1


def corners(picture: Grey, mask: Grey, count: int, quality: float, apart_px: float) -> Corners:
    """Return good corners to follow, shape = (n, 2); n may be 0."""
    found = cv2.goodFeaturesToTrack(picture, count, quality, apart_px, mask=mask)
    return np.zeros((0, 2), np.float32) if found is None else np.float32(found).reshape(-1, 2)


def follow_corners(
    before: Grey, now: Grey, start: Corners, return_px: float, guess: Corners | None = None
) -> tuple[Corners, NDArray[np.bool_]]:
    """Follow corners from `before` to `now`.

    Parameters
    ----------
    start
        shape = (n, 2), n > 0
    return_px
        Following back must end this near to the start.
    guess
        shape = (n, 2): about where they are now.

    Returns
    -------
    end
        shape = (n, 2)
    good
        shape = (n,): which of them came back.
    """
    flags = 0 if guess is None else cv2.OPTFLOW_USE_INITIAL_FLOW
    levels = LEVELS if guess is None else LEVELS_GUESSED
    first = start if guess is None else guess
    end, there, _ = cv2.calcOpticalFlowPyrLK(
        before, now, start, first.copy(), winSize=WINDOW, maxLevel=levels, flags=flags
    )
    back, here, _ = cv2.calcOpticalFlowPyrLK(
        now, before, end, start.copy(), winSize=WINDOW, maxLevel=levels, flags=flags
    )
    returned = np.linalg.norm(start - cast(Corners, back), axis=1) < return_px
    good = (np.ravel(there) == 1) & (np.ravel(here) == 1) & returned
    return cast(Corners, end), np.asarray(good, np.bool_)


def common_move(
    start: Corners, end: Corners, agree_px: float
) -> tuple[NDArray[np.float64], int] | None:
    """Return the shift, turn and zoom most corners share, shape = (2, 3), and how many do."""
    move, agree = cv2.estimateAffinePartial2D(
        start, end, method=cv2.RANSAC, ransacReprojThreshold=agree_px
    )
    if move is None or agree is None or not np.isfinite(move).all():
        return None
    return np.asarray(move, np.float64), int(np.count_nonzero(agree))
