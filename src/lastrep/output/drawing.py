"""Text and panels on a frame, in sizes that follow the frame's own."""

from __future__ import annotations

from functools import cache, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

WHITE: Colour = (245, 245, 245)
GREY: Colour = (170, 175, 180)
GREEN: Colour = (70, 200, 110)
AMBER: Colour = (245, 175, 60)
RED: Colour = (235, 80, 70)
BLUE: Colour = (90, 170, 250)
INK: Colour = (18, 22, 28)

BOLD, REGULAR = 700, 400


@cache
def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")


@lru_cache(maxsize=256)
def text_width_px(text: str, size_px: int, weight: int = REGULAR) -> int:
    """Width that `text` takes on the frame."""
    _, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), _font(), size_px, weight)
    return int(width)


def put_text(
    image: Image,
    text: str,
    left: int,
    baseline: int,
    size_px: int,
    colour: Colour = WHITE,
    weight: int = REGULAR,
) -> None:
    """Write one line of text, anti-aliased, onto an RGB frame in place."""
    cv2.putText(image, text, (left, baseline), colour, _font(), size_px, weight)


def wrap(text: str, size_px: int, width_px: int) -> list[str]:
    """Break a sentence into lines no wider than `width_px` (a single long word may exceed it)."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_px(joined, size_px) <= width_px:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def panel(image: Image, left: int, top: int, right: int, bottom: int, opacity: float = 0.6) -> None:
    """Darken a rectangle in place so that light text on it can be read."""
    height, width = image.shape[:2]
    left, right = max(left, 0), min(right, width)
    top, bottom = max(top, 0), min(bottom, height)
    if left >= right or top >= bottom:
        return
    region = image[top:bottom, left:right]
    ink = np.full_like(region, INK)
    cv2.addWeighted(region, 1 - opacity, ink, opacity, 0, dst=region)
