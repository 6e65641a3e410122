"""A lifter who never saw a camera: sources and poses for tests of the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lastrep.pose import Pose, PoseSequence
from lastrep.video.frames import Frame
from lastrep.video.live_source import LiveSource, clock
from lifters import BLAZEPOSE_NOISE, Camera, Clip, Move, Rep, Sampling, landmark_recording

SIZE_PX = (1280, 720)


def poses_of(
    events: Sequence[Rep | Move], exercise: str = "back_squat", fps: float = 15.0
) -> PoseSequence:
    recording = landmark_recording(
        Clip(
            "t",
            exercise,
            tuple(events),
            camera=Camera(yaw_deg=75.0),
            noise=BLAZEPOSE_NOISE,
            sampling=Sampling(fps=fps),
        )
    )
    return replace(recording.poses, width_px=SIZE_PX[0], height_px=SIZE_PX[1])


class FakeLifter:
    """Gives the poses in place of a pose model, by the time of the frame."""

    name = "synthetic"

    def __init__(self, poses: PoseSequence) -> None:
        self._poses = poses

    def update(self, frame: Frame) -> Pose:
        return self._poses.at(frame.t_s)


class FakeCamera(LiveSource):
    """Hands out every frame the moment it is asked for; silent for so many reads at a time."""

    def __init__(self, times_s: Sequence[float], silences: dict[int, int] | None = None) -> None:
        super().__init__("camera 0")
        self._times_s, self._silences = list(times_s), dict(silences or {})
        self._next = 0
        self._picture = np.full((72, 128, 3), 90, np.uint8)

    def read(self, timeout_s: float):  # type: ignore[no-untyped-def]
        """Return the next frame, or nothing while silent."""
        if self._silences.get(self._next, 0) > 0:
            self._silences[self._next] -= 1
            self._problem = "camera 0 is gone; plug it in again, nothing is lost"
            return None
        self._problem = None
        if self._next >= len(self._times_s):
            self.ended = True
            return None
        t_s = self._times_s[self._next]
        self._next += 1
        from lastrep.video.live_source import Captured

        return Captured(Frame(t_s, self._picture), clock(), 0)
