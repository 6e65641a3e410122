"""The pictures of a stretch of video, made from its frames when they are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import overload

import cv2
import numpy as np

from lastrep.bar.ellipse import Array, Image
from lastrep.bar.exposure import brightening
from lastrep.bar.lifter import moving_box
from lastrep.video.frames import Frame

#: So many pictures show how dark a recording is.
SAMPLES = 5
#: So many pictures are remembered: following looks at one after the other in some stretches at
#: once, and at each more than once.
REMEMBERED = 48


class Pictures(Sequence[Image]):
    """Pictures in colour, brighter if they were dark; for the use of one thread.

    Parameters
    ----------
    frames
        What they are made from.
    points
        shape = (n, 33, 3): the lifter's landmarks in them, pixels.
    """

    def __init__(self, frames: Sequence[Frame], points: Array) -> None:
        self._frames = frames
        some = [k * (len(frames) - 1) // (SAMPLES - 1) for k in range(SAMPLES) if frames]
        self._brightening = brightening(
            [frames[k].rgb for k in some], [moving_box(points[k]) for k in some]
        )
        self._made: dict[int, Image] = {}
        self._in_work: dict[int, Future[Image]] = {}
        self._maker = ThreadPoolExecutor(1, "pictures")

    def __len__(self) -> int:
        return len(self._frames)

    @overload
    def __getitem__(self, number: int) -> Image: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Image]: ...
    def __getitem__(self, number: int | slice) -> Image | Sequence[Image]:
        if isinstance(number, slice):
            return [self[k] for k in range(*number.indices(len(self)))]
        if number not in self._made:
            if len(self._made) >= REMEMBERED:
                del self._made[next(iter(self._made))]
            begun = self._in_work.pop(number, None)
            self._made[number] = self._picture(number) if begun is None else begun.result()
        return self._made[number]

    def prepare(self, numbers: Iterable[int]) -> None:
        """Begin to make pictures that will be asked for next."""
        for number in numbers:
            if number not in self._made and number not in self._in_work:
                self._in_work[number] = self._maker.submit(self._picture, number)

    def _picture(self, number: int) -> Image:
        return self._brightened(self._frames[number].rgb)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of all of them, pixels."""
        height, width = self[0].shape[:2]
        return width, height

    def grey(self, number: int) -> Image:
        """Return a picture in grey, shape = (h, w)."""
        return self._brightened(self._frames[number].grey)

    def _brightened(self, image: Image) -> Image:
        if self._brightening is None:
            return image
        # As rows of numbers: twice as fast as one plane.
        rows = image.reshape(len(image), -1)
        return np.asarray(cv2.LUT(rows, self._brightening), np.uint8).reshape(image.shape)
