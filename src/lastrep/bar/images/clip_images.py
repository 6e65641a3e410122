"""The images of one window of frames, converted when they are asked for and cached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import overload

import cv2
import numpy as np

from lastrep.bar.arrays import Array, Image
from lastrep.bar.images.exposure import brightening_table
from lastrep.bar.images.options import DEFAULT_IMAGES, ImageOptions
from lastrep.bar.lifter import moving_box
from lastrep.video.frames import Frame


class ClipImages(Sequence[Image]):
    """Colour images, brightened if the clip is dark. Not thread-safe.

    Parameters
    ----------
    frames
        What they are converted from.
    points
        shape = (n, 33, 3): the lifter's landmarks in them, pixels; NaN where not detected.
    options
        Brightness and size of the cache.
    """

    def __init__(
        self, frames: Sequence[Frame], points: Array, options: ImageOptions = DEFAULT_IMAGES
    ) -> None:
        self._frames = frames
        self._max_cached = options.cached_images
        last = options.exposure_samples - 1
        some = [k * (len(frames) - 1) // last for k in range(last + 1) if frames]
        self._brightening = brightening_table(
            [frames[k].rgb for k in some], [moving_box(points[k]) for k in some], options
        )
        self._cache: dict[int, Image] = {}
        self._pending: dict[int, Future[Image]] = {}
        self._converter = ThreadPoolExecutor(1, "images")

    def __len__(self) -> int:
        return len(self._frames)

    @overload
    def __getitem__(self, number: int) -> Image: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Image]: ...
    def __getitem__(self, number: int | slice) -> Image | Sequence[Image]:
        if isinstance(number, slice):
            return [self[k] for k in range(*number.indices(len(self)))]
        if number not in self._cache:
            if len(self._cache) >= self._max_cached:
                del self._cache[next(iter(self._cache))]
            begun = self._pending.pop(number, None)
            self._cache[number] = self._convert(number) if begun is None else begun.result()
        return self._cache[number]

    def prefetch(self, numbers: Iterable[int]) -> None:
        """Start to convert images that will be asked for next, in another thread."""
        for number in numbers:
            if number not in self._cache and number not in self._pending:
                self._pending[number] = self._converter.submit(self._convert, number)

    def _convert(self, number: int) -> Image:
        return self._brightened(self._frames[number].rgb)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of all images, pixels."""
        height, width = self[0].shape[:2]
        return width, height

    def grey(self, number: int) -> Image:
        """Return an image in grey, shape = (h, w)."""
        return self._brightened(self._frames[number].grey)

    def _brightened(self, image: Image) -> Image:
        if self._brightening is None:
            return image
        # As rows of numbers: twice as fast as one plane.
        rows = image.reshape(len(image), -1)
        return np.asarray(cv2.LUT(rows, self._brightening), np.uint8).reshape(image.shape)
