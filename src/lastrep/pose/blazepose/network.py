"""Run one LiteRT network on a region of interest of an image."""

from __future__ import annotations

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from lastrep.pose.blazepose.roi import RoiBox
from lastrep.video.orientation import Image

#: Images are sampled on a grid of 1/32 pixel.
GRID_BITS = 5
GRID = 1 << GRID_BITS

#: More bits while coordinates are added up; with those of the grid they leave room for images of
#: 8192 pixels.
_SPARE_BITS = 13
_LIMIT = 2**31 - 1


class RoiCropper:
    """Crops boxes out of images, bilinear, corners to corners.

    The grid of 1/32 pixel is that of OpenCV up to 4, which MediaPipe contains. Warping in OpenCV 5
    is finer, which would move landmarks away from MediaPipe's by 0.1 px.

    Parameters
    ----------
    pixels
        Side of the result, pixels.
    border
        OpenCV's border mode: what is outside the image.
    """

    def __init__(self, pixels: int, border: int) -> None:
        self._border = border
        self._steps = np.arange(pixels, dtype=np.float64)
        self._whole = np.empty((pixels, pixels, 2), np.int16)
        self._part = np.empty((pixels, pixels), np.uint16)
        self._crop = np.empty((pixels, pixels, 3), np.uint8)

    def __call__(self, rgb: Image, roi: RoiBox) -> Image:
        """Return the box's content, shape = (pixels, pixels, 3); overwritten by the next call."""
        step = roi.side_px / len(self._steps) * roi.rotation
        left, top = (roi.x_px, roi.y_px) - len(self._steps) / 2 * step.sum(axis=0)
        x = self._coordinates(step[0, 0], step[1, 0], left)
        y = self._coordinates(step[0, 1], step[1, 1], top)
        np.right_shift(x, GRID_BITS, out=self._whole[..., 0], casting="unsafe")
        np.right_shift(y, GRID_BITS, out=self._whole[..., 1], casting="unsafe")
        x &= GRID - 1
        y &= GRID - 1
        y <<= GRID_BITS
        np.bitwise_or(y, x, out=self._part, casting="unsafe")
        cv2.remap(
            rgb,
            self._whole,
            self._part,
            cv2.INTER_LINEAR,
            dst=self._crop,
            borderMode=self._border,
        )
        return self._crop

    def _coordinates(self, a_column: float, a_row: float, start: float) -> NDArray[np.int32]:
        """Return where each pixel of the result lies, in 1/32 pixel: x or y, rounded to nearest."""
        unit = GRID << _SPARE_BITS
        across = np.rint(unit * a_column * self._steps)
        down = np.rint(unit * (a_row * self._steps + start)) + (1 << (_SPARE_BITS - 1))
        # A box far outside the image must not wrap around.
        reach = _LIMIT - np.abs(across).max()
        down = np.clip(down, -reach, reach)
        grid: NDArray[np.int32] = np.add.outer(down.astype(np.int32), across.astype(np.int32))
        grid >>= _SPARE_BITS
        return grid


class Network:
    """A network that takes one square RGB image.

    Parameters
    ----------
    model
        A TensorFlow Lite file's content.
    threads
        How many to use; results do not depend on it.
    low, high
        What the values 0 and 255 of a pixel become.
    border
        OpenCV's border mode: what is outside the image.

    Raises
    ------
    ValueError
        If it is no such network.
    """

    def __init__(self, model: bytes, *, threads: int, low: float, high: float, border: int) -> None:
        self._interpreter = Interpreter(model_content=model, num_threads=threads)
        self._interpreter.allocate_tensors()
        (image,) = self._interpreter.get_input_details()
        self.pixels = int(image["shape"][1])
        self._image = self._interpreter.tensor(image["index"])
        self._outputs = {
            tuple(int(n) for n in output["shape"][1:]): self._interpreter.tensor(output["index"])
            for output in self._interpreter.get_output_details()
        }
        self._scale, self._offset = np.float32((high - low) / 255), np.float32(low)
        self._cropper = RoiCropper(self.pixels, border)

    def run(self, rgb: Image, roi: RoiBox) -> None:
        """Run the network on a box of an image, shape = (height, width, 3)."""
        crop = self._cropper(rgb, roi)
        target = self._image()[0]
        np.multiply(crop, self._scale, out=target)
        if self._offset:
            target += self._offset
        del target  # LiteRT refuses to run while a view of its memory is alive
        self._interpreter.invoke()

    def output(self, *shape: int) -> NDArray[np.float32]:
        """Return the output of this shape: a view, to be dropped before the next run."""
        output: NDArray[np.float32] = self._outputs[shape]()[0]
        return output
