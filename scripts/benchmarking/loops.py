"""Loops that are timed from inside: the stock one, and lastrep's up to the landmarks.

Each says how much of its time was spent inside the pose model, and when the first frame was done
(on the machine's clock). Only what a loop needs is imported, as start-up counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable

Figures = dict[str, float | str]


def stock(clip: str, bundle: str) -> Figures:
    """Run the loop that MediaPipe's own example shows."""
    start_s = time.perf_counter()
    import cv2
    import mediapipe
    from mediapipe.tasks.python import BaseOptions
    from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions, RunningMode

    options = PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=bundle), running_mode=RunningMode.VIDEO
    )
    capture = cv2.VideoCapture(clip)
    frames, model_s, last_ms, first_s = 0, 0.0, -1, 0.0
    with PoseLandmarker.create_from_options(options) as landmarker:
        while True:
            read, image_bgr = capture.read()
            if not read:
                break
            last_ms = max(round(capture.get(cv2.CAP_PROP_POS_MSEC)), last_ms + 1)
            image_rgb = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB)
            before_s = time.perf_counter()
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=image_rgb)
            landmarker.detect_for_video(image, last_ms)
            model_s += time.perf_counter() - before_s
            frames += 1
            first_s = first_s or time.perf_counter()
    wall_s = time.perf_counter() - start_s
    return {
        "loop": "stock",
        "frames": frames,
        "model_s": model_s,
        "wall_s": wall_s,
        "first_s": first_s,
    }


def landmarks(clip: str, model: str, backend: str) -> Figures:
    """Find the lifter's landmarks, as `lastrep analyze` does, with all that it imports before."""
    import lastrep.analysis.landmarks
    import lastrep.apps.cli  # noqa: F401 - imported for the time that it takes
    from lastrep.pose.estimate_video import estimate_video

    first_s = 0.0

    def progress(share: float) -> None:
        nonlocal first_s
        first_s = first_s or time.perf_counter()

    done = estimate_video(clip, model=model, backend=backend, progress=progress)
    return {
        "loop": backend,
        "frames": done.frames,
        "model_s": done.model_s,
        "wall_s": done.wall_s,
        "first_s": first_s,
    }


RUNS: dict[str, Callable[..., Figures]] = {"stock": stock, "landmarks": landmarks}
