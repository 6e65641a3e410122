"""Images with discs of known axes."""

from __future__ import annotations

import cv2
import numpy as np

from lastrep.bar.plate.ellipse import Ellipse

#: Subpixels per pixel.
SHARP = 8


def drawn(*parts: tuple[Ellipse, int], apart_px: float = 0.0, size: int = 160) -> np.ndarray:
    """Grey image with filled ellipses, each two of them `apart_px` apart and joined (a drum)."""
    big = np.full((size * SHARP, size * SHARP), 170, np.uint8)
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    for e, grey in parts:
        outline = [
            np.stack([e.x + s * apart_px / 2 + e.a * np.cos(angle), e.y + e.b * np.sin(angle)], 1)
            for s in (-1, 1)
        ]
        points = (np.concatenate(outline) + 0.5) * SHARP - 0.5
        hull = cv2.convexHull(points.astype(np.float32))
        cv2.fillPoly(big, [np.round(hull * 256).astype(np.int32)], grey, shift=8)
    small = cv2.resize(big, (size, size), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)
