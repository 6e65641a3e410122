"""Sparse optical flow: corners detected in one image and tracked to another, there and back."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.arrays import Image, Mask
from lastrep.bar.images.options import CornerTrackingOptions

Corners = NDArray[np.float32]


def detect_corners(grey: Image, mask: Image, options: CornerTrackingOptions) -> Corners:
    """Return Shi-Tomasi corners where `mask` is not 0, shape = (n, 2), pixels; n may be 0."""
    found = cv2.goodFeaturesToTrack(
        grey, options.max_corners, options.quality, options.spacing_px, mask=mask
    )
    return np.zeros((0, 2), np.float32) if found is None else np.float32(found).reshape(-1, 2)


def track_corners(
    before: Image,
    now: Image,
    start: Corners,
    options: CornerTrackingOptions,
    guess: Corners | None = None,
) -> tuple[Corners, Mask]:
    """Track corners from one image to another by pyramidal Lucas-Kanade.

    Parameters
    ----------
    before, now
        shape = (h, w)
    start
        shape = (n, 2), n > 0: corners in `before`, pixels.
    options
        Window, pyramid, and the largest forward-backward error.
    guess
        shape = (n, 2): about where they are in `now`, pixels; None if not known.

    Returns
    -------
    end
        shape = (n, 2): where they are in `now`.
    good
        shape = (n,): True if tracking back from `end` returned to `start`.
    """
    flags = 0 if guess is None else cv2.OPTFLOW_USE_INITIAL_FLOW
    levels = options.pyramid_levels if guess is None else options.pyramid_levels_guided
    window = (options.window_px, options.window_px)
    first = start if guess is None else guess
    end, there, _ = cv2.calcOpticalFlowPyrLK(
        before, now, start, first.copy(), winSize=window, maxLevel=levels, flags=flags
    )
    back, here, _ = cv2.calcOpticalFlowPyrLK(
        now, before, end, start.copy(), winSize=window, maxLevel=levels, flags=flags
    )
    returned = np.linalg.norm(start - cast(Corners, back), axis=1) < options.max_return_px
    good = (np.ravel(there) == 1) & (np.ravel(here) == 1) & returned
    return cast(Corners, end), np.asarray(good, np.bool_)


def fit_similarity(
    start: Corners, end: Corners, max_residual_px: float
) -> tuple[NDArray[np.float64], int] | None:
    """Fit the shift, rotation and zoom that most corners share (RANSAC).

    Parameters
    ----------
    start, end
        shape = (n, 2): corners before and after, pixels.
    max_residual_px
        Corners farther from the fit are outliers, pixels.

    Returns
    -------
    The transform, shape = (2, 3), and the number of inliers; None if no fit is possible.
    """
    transform, inliers = cv2.estimateAffinePartial2D(
        start, end, method=cv2.RANSAC, ransacReprojThreshold=max_residual_px
    )
    if transform is None or inliers is None or not np.isfinite(transform).all():
        return None
    return np.asarray(transform, np.float64), int(np.count_nonzero(inliers))
