"""What every pose model looks like from outside."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame


class PoseEstimator(Protocol):
    """Finds the people in the frames of one video or camera, given in order of time.

    One estimator serves one stream: it may carry what it saw from frame to frame.
    """

    @property
    def name(self) -> str:
        """Backend and model, for provenance: "mediapipe/full"."""
        ...

    @property
    def busy_s(self) -> float:
        """Seconds spent inside the pose model so far."""
        ...

    def estimate(self, frame: Frame) -> tuple[Pose, ...]:
        """Return the people found in a frame, the most certain first; empty if there are none."""
        ...

    def restart(self) -> None:
        """Forget whom it follows: the next frame is searched afresh."""
        ...

    def close(self) -> None:
        """Release the model."""
        ...

    def __enter__(self) -> Self:
        """Return the estimator, which is closed at the end of the block."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the estimator."""
        ...
