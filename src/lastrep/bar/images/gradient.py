"""Image gradients."""

from __future__ import annotations

import cv2
import numpy as np

from lastrep.bar.arrays import Image, Pixels

#: Sobel response to a ramp of one grey level a pixel (sum of the positive kernel weights times 2).
SOBEL_GAIN = 8


def gradient(grey: Image) -> tuple[Pixels, Pixels]:
    """Return the Sobel gradient of a grey image, x and y, each of shape = (h, w)."""
    x, y = (
        np.asarray(cv2.Sobel(grey, cv2.CV_32F, *d, ksize=3), np.float32) for d in ((1, 0), (0, 1))
    )
    return x, y


def strongest_gradient(image: Image) -> tuple[Pixels, Pixels, Pixels]:
    """Return the Sobel gradient of the channel in which it is largest.

    Parameters
    ----------
    image
        shape = (h, w, 3)

    Returns
    -------
    x, y, magnitude
        Each of shape = (h, w); `SOBEL_GAIN` times grey levels per pixel.
    """
    x, y, magnitude = (np.zeros(image.shape[:2], np.float32) for _ in range(3))
    for channel in cv2.split(image):
        gx, gy = gradient(np.asarray(channel, np.uint8))
        size = cv2.magnitude(gx, gy)
        larger = cv2.compare(size, magnitude, cv2.CMP_GT)
        for strongest, here in ((x, gx), (y, gy), (magnitude, size)):
            cv2.copyTo(here, larger, strongest)
    return x, y, magnitude
