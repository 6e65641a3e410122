"""Size of the images in which the bar is tracked."""

from __future__ import annotations

import numpy as np

from lastrep.bar.images.options import DEFAULT_IMAGES, ImageOptions
from lastrep.bar.lifter import stature_px
from lastrep.pose.estimate_video import CACHE_SIZE_ASKED_S
from lastrep.pose.sequence import PoseSequence


def work_short_side_px(poses: PoseSequence, options: ImageOptions = DEFAULT_IMAGES) -> int:
    """Return the short side of the images in which the bar is tracked, pixels.

    The size is chosen from the first half second and kept while the lifter's height in the image
    stays within `kept_stature_range_px`, so that images of this size can be cached while the file
    is first read: it is reconsidered each time that the recording has become twice as long.

    Parameters
    ----------
    poses
        The lifter so far.
    options
        Limits of the size.
    """
    short_px = min(poses.width_px, poses.height_px)
    work_px = most_px = float(min(options.max_short_side_px, short_px))
    lowest_px, highest_px = options.kept_stature_range_px
    length_s = CACHE_SIZE_ASKED_S
    while True:
        so_far = poses.between(0.0, length_s)
        tall = stature_px(so_far.image_px[so_far.found].astype(np.float64)) / short_px
        # An unknown stature (NaN) changes nothing.
        if tall * work_px > highest_px or (tall * work_px < lowest_px < tall * most_px):
            work_px = most_px
            while tall * work_px > options.max_stature_px:
                work_px *= options.size_step
        if len(so_far) == len(poses):
            return round(work_px)
        length_s *= 2
