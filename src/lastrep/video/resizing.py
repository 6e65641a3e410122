"""Make images smaller at little cost."""

from __future__ import annotations

import cv2
import numpy as np

from lastrep.video.orientation import Image


def halved(image: Image, out: Image | None = None) -> Image:
    """Return an image, or a plane of one, at half its size: each pixel the mean of four.

    Parameters
    ----------
    image
        shape = (height, width) or (height, width, 3)
    out
        Where to put it, if it is of that size.

    Returns
    -------
    ndarray
        shape = (height // 2, width // 2, ...), rounded half to even where a side is odd.
    """
    small = cv2.resize(image, None, out, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def resized(
    image: Image, size: tuple[int, int], *, by_area: bool = False, out: Image | None = None
) -> Image:
    """Return an image, or a plane of one, at another size (width, height).

    It is halved while it is at least twice as large, and interpolated the rest of the way: a third
    of the time that FFmpeg's scaler or OpenCV's mean over areas takes, which are sharper than what
    looks at most images needs.

    Parameters
    ----------
    image
        shape = (height, width) or (height, width, 3)
    size
        Width and height of the result, pixels.
    by_area
        Whether the rest of the way goes by means over areas: no texture changes as it moves.
    out
        Where to put it.
    """
    while image.shape[1] >= 2 * size[0] and image.shape[0] >= 2 * size[1]:
        image = halved(image, out)
    if image.shape[1::-1] != size:
        way = cv2.INTER_AREA if by_area else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(image, size, out, interpolation=way), np.uint8)
    if out is not None and image is not out:
        out[:] = image
        return out
    return image
