"""A recording that was analysed: the document, and the movement that pictures are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.track import BarTrack
from lastrep.pose import PoseSequence
from lastrep.sets.corrections import Correction
from lastrep.sets.offline import Refusal
from lastrep.sets.results import Analysis

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SetMovement:
    """How a set moved.

    Parameters
    ----------
    t_s, fraction
        shape = (n,) each: concentric fraction (0 most stretched end, 1 lockout) over time.
    bar
        The bar over the set.
    """

    t_s: Array
    fraction: Array
    bar: BarTrack


@dataclass(frozen=True, slots=True, eq=False)
class AnalyzedRecording:
    """A finished analysis with what is needed to draw it, and to measure it again.

    Parameters
    ----------
    analysis
        The result document.
    poses
        The lifter's landmarks, in the video's own pixels and times.
    movements
        Of the sets, in the order of `analysis.sets`.
    video
        The video file, or None when only landmarks were analysed.
    slowmo
        The slow-motion factor by which the video's times were divided.
    corrections, refused
        What it was judged with, and what of that could not be heeded.
    """

    analysis: Analysis
    poses: PoseSequence
    movements: tuple[SetMovement, ...]
    video: Path | None
    slowmo: float = 1.0
    corrections: tuple[Correction, ...] = ()
    refused: tuple[Refusal, ...] = ()
