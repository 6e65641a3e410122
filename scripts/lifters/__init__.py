"""Synthetic strength training with exact truth.

One description (:class:`Clip`) feeds two generators: :func:`landmark_recording` makes the landmark
sequence a pose model would report, in milliseconds; :mod:`lifters.video` renders film for the
real pose model. Both come with the same :class:`Truth`.
"""

from lifters.description import (
    BLAZEPOSE_NOISE,
    NO_NOISE,
    Camera,
    Clip,
    Fault,
    Lifter,
    Load,
    Look,
    Move,
    Noise,
    Rep,
    Sampling,
)
from lifters.exercises import EXERCISES
from lifters.landmarks import Recording, landmark_recording
from lifters.sets import GrowingFault, SetScript, Tempo, lifting_set
from lifters.truth import RepTruth, SetEnd, Truth, write_truth

__all__ = [
    "BLAZEPOSE_NOISE",
    "EXERCISES",
    "NO_NOISE",
    "Camera",
    "Clip",
    "Fault",
    "GrowingFault",
    "Lifter",
    "Load",
    "Look",
    "Move",
    "Noise",
    "Recording",
    "Rep",
    "RepTruth",
    "Sampling",
    "SetEnd",
    "SetScript",
    "Tempo",
    "Truth",
    "landmark_recording",
    "lifting_set",
    "write_truth",
]
