"""Pose estimation with MediaPipe Tasks.

Frames never leave the process: the pinned MediaPipe versions open no network connection.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any, Self

import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions
from mediapipe.tasks.python.vision import (
    PoseLandmarker,
    PoseLandmarkerOptions,
    PoseLandmarkerResult,
    RunningMode,
)

from lastrep.errors import ModelError
from lastrep.pose.models import DEFAULT_MODEL, find_model, model_label
from lastrep.pose.quiet import quiet_stderr
from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame
from lastrep.video.orientation import Image

#: Where MediaPipe's clock starts, milliseconds. At 0 its smoother would assume 1/30 s for the first
#: step.
CLOCK_START_MS = 1000

#: Nothing to see: makes the tracker lose whom it follows.
_BLANK = np.zeros((64, 64, 3), np.uint8)


class MediapipeEstimator:
    """The BlazePose landmarker.

    Parameters
    ----------
    model
        ``lite``, ``full``, ``heavy``, or the path of a ``.task`` bundle.
    people
        How many people to look for. More than one costs a search of the whole frame each time
        fewer are found, and MediaPipe does not smooth their landmarks.
    tracking
        Follow people from frame to frame (cheaper, steadier); otherwise each frame is searched
        afresh, as a still image.

    Raises
    ------
    ModelError
        If the model is missing or damaged.
    """

    def __init__(
        self, model: str = DEFAULT_MODEL, *, people: int = 1, tracking: bool = True
    ) -> None:
        path = find_model(model)
        self.name = f"mediapipe/{model_label(path)}"
        self.busy_s = 0.0
        self._tracking = tracking
        self._last_ms = CLOCK_START_MS - 1
        self._found_someone = False
        options = PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)),
            running_mode=RunningMode.VIDEO if tracking else RunningMode.IMAGE,
            num_poses=people,
        )
        try:
            with quiet_stderr():
                self._landmarker = PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"{path}: not a usable pose model; replace it") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the model."""
        self._landmarker.close()

    def estimate(self, frame: Frame) -> tuple[Pose, ...]:
        """Return the people found in a frame; their times are the frame's own."""
        # MediaPipe wants whole, strictly increasing milliseconds, and steers its smoother by
        # them: they must follow the true time.
        stamp_ms = max(CLOCK_START_MS + round(frame.t_s * 1000), self._last_ms + 1)
        height, width = frame.rgb.shape[:2]
        # The first search and the first person found log, too.
        with contextlib.nullcontext() if self._found_someone else quiet_stderr():
            result = self._landmarks(frame.rgb, stamp_ms)
        self._found_someone |= bool(result.pose_landmarks)
        # Depth comes in the scale of x.
        scale = np.array([width, height, width], np.float32)
        return tuple(
            Pose(
                frame.t_s,
                _array(image, "x", "y", "z") * scale,
                _array(world, "x", "y", "z"),
                _array(image, "visibility")[:, 0],
            )
            for image, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
        )

    def restart(self) -> None:
        """Forget whom it follows: the next frame is searched afresh.

        A blank frame does it for a tenth of what a new landmarker costs.
        """
        if self._tracking:
            self._landmarks(_BLANK, self._last_ms + 1)

    def _landmarks(self, rgb: Image, stamp_ms: int) -> PoseLandmarkerResult:
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
        self._last_ms = stamp_ms
        start_s = time.perf_counter()
        try:
            if self._tracking:
                return self._landmarker.detect_for_video(image, stamp_ms)
            return self._landmarker.detect(image)
        finally:
            self.busy_s += time.perf_counter() - start_s


def _array(landmarks: list[Any], *fields: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the fields of one person's landmarks, shape = (33, fields)."""
    return np.array([[getattr(p, f) for f in fields] for p in landmarks], np.float32)
