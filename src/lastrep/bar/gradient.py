"""Gradients of pictures."""

from __future__ import annotations

import cv2
import numpy as np

from lastrep.bar.ellipse import Image, Pixels

#: Sobel's gradient of a picture that changes by one grey level from a pixel to the next.
GREY_LEVEL_PER_PX = 8


def gradient(grey: Image) -> tuple[Pixels, Pixels]:
    """Return the gradient of a picture in grey, x and y, as Sobel's filter gives it."""
    x, y = (
        np.asarray(cv2.Sobel(grey, cv2.CV_32F, *d, ksize=3), np.float32) for d in ((1, 0), (0, 1))
    )
    return x, y


def strongest_gradient(image: Image) -> tuple[Pixels, Pixels, Pixels]:
    """Return the gradient of the channel in which it is largest: x, y, and its size.

    Parameters
    ----------
    image
        shape = (h, w, 3)

    Returns
    -------
    Each of shape = (h, w), as `gradient` gives it (`GREY_LEVEL_PER_PX`).
    """
    x, y, size = (np.zeros(image.shape[:2], np.float32) for _ in range(3))
    for channel in cv2.split(image):
        gx, gy = gradient(np.asarray(channel, np.uint8))
        own = cv2.magnitude(gx, gy)
        larger = cv2.compare(own, size, cv2.CMP_GT)
        for strongest, here in ((x, gx), (y, gy), (size, own)):
            cv2.copyTo(here, larger, strongest)
    return x, y, size
