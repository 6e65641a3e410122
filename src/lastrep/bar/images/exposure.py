"""Gamma correction of dark clips: a plate's rim must stand out in grey levels to be detected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lastrep.bar.arrays import Array, Image
from lastrep.bar.images.options import ImageOptions


def brightening_table(
    images: Sequence[Image], boxes: Sequence[Array | None], options: ImageOptions
) -> Image | None:
    """Return the look-up table that brightens a clip that is dark around the lifter.

    Parameters
    ----------
    images
        Samples of the clip, each of shape = (h, w, 3).
    boxes
        Around the lifter in each, as (left, top, right, bottom), pixels; None if not detected.
    options
        When a clip is dark, and how much it may be brightened.

    Returns
    -------
    shape = (256,): new level of each grey level; None if the clip is not dark, or if the lifter was
    never detected.
    """
    dark = options.dark_below_grey
    levels = []
    for image, box in zip(images, boxes, strict=True):
        if box is not None:
            height, width = image.shape[:2]
            left, top, right, bottom = np.clip(box, 0, (width, height, width, height)).astype(int)
            # Coloured light counts as light: the brightest channel of each pixel.
            levels.append(image[top:bottom, left:right].max(axis=2).ravel())
    pixels = np.concatenate(levels) if levels else np.zeros(0)
    middle = float(np.median(pixels)) if len(pixels) else dark
    if middle >= dark:
        return None
    gamma = np.log(dark / 255) / np.log(max(middle, 1.0) / 255)
    table = 255 * np.linspace(0, 1, 256) ** max(float(gamma), options.min_gamma)
    return np.rint(table).astype(np.uint8)
