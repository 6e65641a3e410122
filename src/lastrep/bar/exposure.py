"""Dark pictures made brighter: a plate's rim must stand out in grey levels to be seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lastrep.bar.ellipse import Array, Image

#: The middle of all pixels around the lifter is at least so bright (grey levels, of the strongest
#: channel) in a picture that is left as it is: that is darker than gyms with the lights on.
DARK_BELOW = 64.0
#: The strongest brightening, as an exponent: more only shows the noise.
LEAST_GAMMA = 0.5


def brightening(images: Sequence[Image], boxes: Sequence[Array | None]) -> Image | None:
    """Return the level that each grey level becomes if it is dark around the lifter.

    It stretches the dark parts of pictures, of all alike.

    Parameters
    ----------
    images
        Some of the pictures, each of shape = (h, w, 3).
    boxes
        Around the lifter in each, as (left, top, right, bottom), pixels; None if not seen.

    Returns
    -------
    shape = (256,); None where it is not dark, or not known.
    """
    levels = []
    for image, box in zip(images, boxes, strict=True):
        if box is not None:
            height, width = image.shape[:2]
            left, top, right, bottom = np.clip(box, 0, (width, height, width, height)).astype(int)
            levels.append(image[top:bottom, left:right].max(axis=2).ravel())
    pixels = np.concatenate(levels) if levels else np.zeros(0)
    middle = float(np.median(pixels)) if len(pixels) else DARK_BELOW
    if middle >= DARK_BELOW:
        return None
    gamma = np.log(DARK_BELOW / 255) / np.log(max(middle, 1.0) / 255)
    table = 255 * np.linspace(0, 1, 256) ** max(float(gamma), LEAST_GAMMA)
    return np.rint(table).astype(np.uint8)
