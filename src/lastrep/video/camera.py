"""A camera: the newest frame, and plain words when it is missing, busy, unplugged or frozen."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from lastrep.errors import VideoError
from lastrep.video.frames import Frame
from lastrep.video.live_source import Clock, LiveSource, clock
from lastrep.video.orientation import Image
from lastrep.video.reading import MAX_SHORT_SIDE_PX


@dataclass(frozen=True, slots=True)
class CameraOptions:
    """What is asked of a camera, and when it has failed.

    Parameters
    ----------
    width_px, height_px, fps
        Size and rate that suit pose estimation.
    fourcc
        MJPG, because few cameras give 720p at 30 frames/s uncompressed over USB.
    retry_s
        A camera that fails is opened again after this time, until it is back.
    frozen_s
        The very same image for this long: the camera is frozen (a real one always has noise).
    frozen_step_px
        Distance of the pixels that are compared to tell that, in both directions.
    """

    width_px: int = 1280
    height_px: int = 720
    fps: float = 30
    fourcc: str = "MJPG"
    retry_s: float = 1.0
    frozen_s: float = 2.0
    frozen_step_px: int = 16


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that is used."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether the device is open."""
        ...

    def read(self) -> tuple[bool, ArrayLike | None]:
        """Wait for the next frame, BGR."""
        ...

    def release(self) -> None:
        """Close the device."""
        ...


class Camera(LiveSource):
    """A camera by its number.

    Once it has delivered a frame, a failure is a `problem` and no error: the camera is opened
    again until it is back.

    Parameters
    ----------
    number
        0 is the first.
    open_capture
        Opens the device.
    now
        The clock.
    options
        What is asked of it, and when it has failed.

    Raises
    ------
    VideoError
        On `read`, if the camera never was there: missing, not permitted, or busy.
    """

    def __init__(
        self,
        number: int = 0,
        *,
        open_capture: Callable[[int], Capture] | None = None,
        now: Clock = clock,
        options: CameraOptions = CameraOptions(),
    ) -> None:
        super().__init__(f"camera {number}")
        self._number = number
        self._options = options
        self._open = open_capture or partial(open_device, options=options)
        self._now = now
        self._began_s: float | None = None

    def _capture(self) -> None:
        while not self._stop.is_set():
            device = self._open(self._number)
            try:
                if device.isOpened():
                    self._deliver(device)
            finally:
                device.release()
            if self._stop.is_set():
                return
            if self._began_s is None:
                raise VideoError(self._why_missing())
            self._problem = f"{self.name} is gone; plug it in again, nothing is lost"
            self._stop.wait(self._options.retry_s)

    def _deliver(self, device: Capture) -> None:
        """Offer frames until the camera fails."""
        last: Image | None = None
        step = self._options.frozen_step_px
        changed_s = self._now()
        while not self._stop.is_set():
            got, image = device.read()
            captured_s = self._now()
            if not got or image is None:
                return
            image_bgr = np.asarray(image, np.uint8)
            sample = image_bgr[::step, ::step]
            if last is None or not np.array_equal(sample, last):
                last, changed_s = sample.copy(), captured_s
            if captured_s - changed_s >= self._options.frozen_s:
                self._problem = f"{self.name} shows the same picture all the time; plug it in again"
                continue
            if self._began_s is None:
                self._began_s = captured_s
            self._offer(Frame(captured_s - self._began_s, _upright_rgb(image_bgr)), captured_s)

    def _why_missing(self) -> str:
        if not sys_devices():
            return (
                f"{self.name}: no camera found; plug one in, "
                "or play a file as if it were one: --source FILE"
            )
        path = Path(f"/dev/video{self._number}")
        if not path.exists():
            others = ", ".join(str(n) for n in sys_devices())
            return f"{self.name}: not there; try --camera with one of: {others}"
        if not os.access(path, os.R_OK | os.W_OK):
            return f"{self.name}: no permission for {path}; add yourself to the group 'video'"
        return f"{self.name}: gives no picture; close other programs that use it"


def sys_devices() -> tuple[int, ...]:
    """Numbers of the video devices of this computer."""
    names = (p.name.removeprefix("video") for p in Path("/dev").glob("video*"))
    return tuple(sorted(int(n) for n in names if n.isdigit()))


def open_device(number: int, options: CameraOptions) -> Capture:
    """Open a camera at the size and rate that are asked for."""
    if number not in sys_devices():  # OpenCV would write warnings of its own
        return cv2.VideoCapture()
    device = cv2.VideoCapture(number, cv2.CAP_V4L2)
    device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*options.fourcc))
    device.set(cv2.CAP_PROP_FRAME_WIDTH, options.width_px)
    device.set(cv2.CAP_PROP_FRAME_HEIGHT, options.height_px)
    device.set(cv2.CAP_PROP_FPS, options.fps)
    device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return device


def _upright_rgb(image_bgr: NDArray[np.uint8]) -> Image:
    height, width = image_bgr.shape[:2]
    scale = MAX_SHORT_SIDE_PX / min(height, width)
    if scale < 1:
        size = round(width * scale), round(height * scale)
        image_bgr = np.asarray(cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB), np.uint8)
