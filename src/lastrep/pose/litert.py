"""Pose estimation with LiteRT: BlazePose on all cores, and the choice of where to look is ours.

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
from lastrep.pose.blazepose.reader import LandmarkReader, Reading
from lastrep.pose.blazepose.smoothing import Smoother
from lastrep.pose.blazepose.square import Square
from lastrep.pose.models import DEFAULT_MODEL, find_model, model_label
from lastrep.pose.quiet import quiet_stderr
from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame
from lastrep.video.orientation import Image

#: Members of a model bundle.
DETECTOR_FILE = "pose_detector.tflite"
LANDMARKS_FILE = "pose_landmarks_detector.tflite"

#: Squares that overlap by more (intersection over union) hold the same person.
SAME_PERSON_OVERLAP = 0.5

#: After a gap in time the person is searched afresh: where they were tells nothing any more.
GAP_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """The two networks of a model bundle, ready to run. Several estimators may take turns."""

    name: str
    detector: Detector
    reader: LandmarkReader

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
                    LandmarkReader(bundle.read(LANDMARKS_FILE), threads),
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
        afresh, as a still picture.
    smoothing
        Steady the landmarks of one person who is followed, and where the next frame is looked at.
        Without, they are as the network reads them.

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
        smoothing: bool = True,
    ) -> None:
        self._networks = model if isinstance(model, Networks) else Networks.load(str(model))
        self.name = self._networks.name
        self.busy_s = 0.0
        self._people = people
        self._tracking = tracking
        self._smooths = smoothing and tracking and people == 1
        self._squares: list[Square] = []
        self._smoother = Smoother()
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
        if not 0 < frame.t_s - self._last_s <= GAP_S:
            self.restart()
        self._last_s = frame.t_s
        readings = self._read(frame.rgb)
        if not readings:
            self._smoother = Smoother()
        elif self._smooths:
            readings = [self._smoother(frame.t_s, readings[0])]
        if self._tracking:
            self._squares = [Square.around(reading.circle_px) for reading in readings]
        self.busy_s += time.perf_counter() - start_s
        return tuple(
            Pose(
                frame.t_s,
                reading.image_px.astype(np.float32),
                reading.world_m.astype(np.float32),
                reading.visibility.astype(np.float32),
            )
            for reading in readings
        )

    def restart(self) -> None:
        """Forget whom it follows: the next frame is searched afresh."""
        self._squares = []
        self._smoother = Smoother()

    def _read(self, image_rgb: Image) -> list[Reading]:
        """Return the people in a picture, not smoothed."""
        squares = self._squares
        if len(squares) < self._people:
            found = self._networks.detector.squares(image_rgb)
            squares = joined([*squares, *found]) if self._tracking else found
        readings = [self._networks.reader.read(image_rgb, s) for s in squares[: self._people]]
        return [reading for reading in readings if reading is not None]


def joined(squares: Iterable[Square]) -> list[Square]:
    """Return the squares of different people: of two around the same one the later."""
    people: list[Square] = []
    for square in squares:
        people = [p for p in people if p.overlap(square) <= SAME_PERSON_OVERLAP]
        people.append(square)
    return people
