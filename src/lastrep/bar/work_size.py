"""How large the pictures are in which the bar is followed."""

from __future__ import annotations

import numpy as np

from lastrep.bar.lifter import stature_px
from lastrep.pose.estimate_video import CACHE_SIZE_ASKED_S
from lastrep.pose.sequence import PoseSequence

#: The bar is followed in pictures of at most this short side, in which the lifter is at most this
#: tall: more costs time and gives nothing. Smaller ones are smaller by so many steps.
WORK_SHORT_SIDE_PX, WORK_STATURE_PX, WORK_STEP = 480, 320.0, 3 / 4
#: Pictures in which the lifter turns out to be so tall need not be made larger or smaller.
STATURES_PX = (215.0, 360.0)


def work_short_side_px(poses: PoseSequence) -> int:
    """Return the short side of the pictures in which the bar is followed, pixels.

    It is chosen early and kept while the lifter stays of about that size, so that the pictures of
    this size can be kept while the file is read: the choice is looked at anew each time that the
    recording has got twice as long.
    """
    short_px = min(poses.width_px, poses.height_px)
    work_px = most_px = float(min(WORK_SHORT_SIDE_PX, short_px))
    length_s = CACHE_SIZE_ASKED_S
    while True:
        so_far = poses.between(0.0, length_s)
        tall = stature_px(so_far.image_px[so_far.found].astype(np.float64)) / short_px
        # An unknown stature (NaN) changes nothing.
        if tall * work_px > STATURES_PX[-1] or (tall * work_px < STATURES_PX[0] < tall * most_px):
            work_px = most_px
            while tall * work_px > WORK_STATURE_PX:
                work_px *= WORK_STEP
        if len(so_far) == len(poses):
            return round(work_px)
        length_s *= 2
