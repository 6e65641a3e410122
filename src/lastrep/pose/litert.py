"""Pose estimation with LiteRT: BlazePose on all cores; where to look is decided here.

Frames never leave the process: the LiteRT runtime opens no network connection.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from lastrep.errors import ModelError
from lastrep.machine import inference_threads
from lastrep.pose.blazepose.detector import Detector
from lastrep.pose.blazepose.landmark_model import LandmarkModel, LandmarkOutput
from lastrep.pose.blazepose.roi import RoiBox
from lastrep.pose.blazepose.smoothing import Smoother, SmoothingOptions
from lastrep.pose.models import DEFAULT_MODEL, find_model, model_label
from lastrep.pose.quiet import quiet_stderr
from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame
from lastrep.video.orientation import Image

#: Members of a model bundle.
DETECTOR_FILE = "pose_detector.tflite"
LANDMARKS_FILE = "pose_landmarks_detector.tflite"


@dataclass(frozen=True, slots=True)
class RoiTrackingOptions:
    """How people are followed from the box of one frame to the next.

    Parameters
    ----------
    same_person_overlap
        Boxes that overlap by more (intersection over union) hold the same person.
    max_gap_s
        After a longer gap between frames, seconds, the person is searched afresh: where they were
        tells nothing any more.
    """

    same_person_overlap: float = 0.5
    max_gap_s: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """The two networks of a model bundle, ready to run. Several estimators may take turns."""

    name: str
    detector: Detector
    landmark_model: LandmarkModel

    @classmethod
    def load(cls, model: str = DEFAULT_MODEL, threads: int | None = None) -> Self:
        """Load a bundle.

        Parameters
        ----------
        model
            ``lite``, ``full``, ``heavy``, or the path of a ``.task`` bundle.
        threads
            How many to use (default: `inference_threads`). The landmarks do not depend on it.

        Raises
        ------
        ModelError
            If the model is missing or damaged.
        """
        path = find_model(model)
        threads = inference_threads() if threads is None else threads
        try:
            with zipfile.ZipFile(path) as bundle, quiet_stderr():
                return cls(
                    f"litert/{model_label(path)}",
                    Detector(bundle.read(DETECTOR_FILE), threads),
                    LandmarkModel(bundle.read(LANDMARKS_FILE), threads),
                )
        except (zipfile.BadZipFile, KeyError, ValueError, RuntimeError, OSError) as error:
            raise ModelError(f"{path}: not a usable pose model; replace it") from error


class LitertEstimator:
    """The BlazePose landmarker, run on LiteRT.

    Parameters
    ----------
    model
        ``lite``, ``full``, ``heavy``, the path of a ``.task`` bundle, or networks that are loaded
        already.
    people
        How many people to look for. More than one costs a search of the whole frame each time
        fewer are found, and their landmarks are not smoothed.
    tracking
        Follow people from frame to frame (cheaper, steadier); otherwise each frame is searched
        afresh, as a still image.
    smoothing
        Filters of the landmarks of one person who is followed, and of the box in which the next
        frame is looked at; None to have the landmarks as they come from the network.
    options
        How people are followed.

    Raises
    ------
    ModelError
        If the model is missing or damaged.
    """

    def __init__(
        self,
        model: str | Path | Networks = DEFAULT_MODEL,
        *,
        people: int = 1,
        tracking: bool = True,
        smoothing: SmoothingOptions | None = SmoothingOptions(),  # noqa: B008 - frozen
        options: RoiTrackingOptions = RoiTrackingOptions(),
    ) -> None:
        self._networks = model if isinstance(model, Networks) else Networks.load(str(model))
        self.name = self._networks.name
        self.busy_s = 0.0
        self._people = people
        self._tracking = tracking
        self._options = options
        self._smoothing = smoothing if tracking and people == 1 else None
        self._smoother: Smoother | None = None
        self._rois: list[RoiBox] = []
        self._last_s = -np.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the model."""
        self.restart()

    def estimate(self, frame: Frame) -> tuple[Pose, ...]:
        """Return the people found in a frame; their times are the frame's own."""
        start_s = time.perf_counter()
        if not 0 < frame.t_s - self._last_s <= self._options.max_gap_s:
            self.restart()
        self._last_s = frame.t_s
        people = self._run(frame.rgb)
        if not people:
            self._smoother = None
        elif self._smoothing is not None:
            self._smoother = self._smoother or Smoother(self._smoothing)
            people = [self._smoother(frame.t_s, people[0])]
        if self._tracking:
            self._rois = [RoiBox.around(person.circle_px) for person in people]
        self.busy_s += time.perf_counter() - start_s
        return tuple(
            Pose(
                frame.t_s,
                person.image_px.astype(np.float32),
                person.world_m.astype(np.float32),
                person.visibility.astype(np.float32),
            )
            for person in people
        )

    def restart(self) -> None:
        """Forget whom it follows: the next frame is searched afresh."""
        self._rois = []
        self._smoother = None

    def _run(self, rgb: Image) -> list[LandmarkOutput]:
        """Return the people in an image, not smoothed."""
        rois = self._rois
        if len(rois) < self._people:
            found = self._networks.detector.detect(rgb)
            same = self._options.same_person_overlap
            rois = without_overlaps([*rois, *found], same) if self._tracking else found
        landmark_model = self._networks.landmark_model
        outputs = [landmark_model.estimate(rgb, roi) for roi in rois[: self._people]]
        return [output for output in outputs if output is not None]


def without_overlaps(rois: Iterable[RoiBox], same_person_overlap: float) -> list[RoiBox]:
    """Return the boxes of different people: of two around the same one the later.

    Parameters
    ----------
    same_person_overlap
        As in `RoiTrackingOptions`.
    """
    people: list[RoiBox] = []
    for roi in rois:
        people = [p for p in people if p.overlap(roi) <= same_person_overlap]
        people.append(roi)
    return people
