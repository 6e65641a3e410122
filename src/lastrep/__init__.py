"""lastrep: which rep of the set was the last good one.

>>> import lastrep
>>> result = lastrep.analyze("squat.mp4", exercise="back_squat")  # doctest: +SKIP
>>> result.sets[0].good_reps  # doctest: +SKIP
7
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lastrep.analysis.pipeline import analyze_poses
    from lastrep.api import analyze, review
    from lastrep.errors import LastrepError
    from lastrep.exercises import ExerciseDefinition
    from lastrep.exercises import find as find_exercise
    from lastrep.pose import Pose, PoseSequence
    from lastrep.pose.pose_file import load_poses, save_poses
    from lastrep.sets.corrections import Correction
    from lastrep.sets.criteria import SetCriteria, Strictness
    from lastrep.sets.judge import judge
    from lastrep.sets.live.live_set import LiveSet
    from lastrep.sets.results import Analysis
    from lastrep.velocity.options import BarOptions

__version__ = "0.2.0"

#: Public name -> the module it lives in, and its name there.
_HOME = {
    "Analysis": ("lastrep.sets.results", "Analysis"),
    "BarOptions": ("lastrep.velocity.options", "BarOptions"),
    "Correction": ("lastrep.sets.corrections", "Correction"),
    "ExerciseDefinition": ("lastrep.exercises", "ExerciseDefinition"),
    "LastrepError": ("lastrep.errors", "LastrepError"),
    "LiveSet": ("lastrep.sets.live.live_set", "LiveSet"),
    "Pose": ("lastrep.pose", "Pose"),
    "PoseSequence": ("lastrep.pose", "PoseSequence"),
    "SetCriteria": ("lastrep.sets.criteria", "SetCriteria"),
    "Strictness": ("lastrep.sets.criteria", "Strictness"),
    "analyze": ("lastrep.api", "analyze"),
    "analyze_poses": ("lastrep.analysis.pipeline", "analyze_poses"),
    "find_exercise": ("lastrep.exercises", "find"),
    "judge": ("lastrep.sets.judge", "judge"),
    "load_poses": ("lastrep.pose.pose_file", "load_poses"),
    "review": ("lastrep.api", "review"),
    "save_poses": ("lastrep.pose.pose_file", "save_poses"),
}

__all__ = [
    "Analysis",
    "BarOptions",
    "Correction",
    "ExerciseDefinition",
    "LastrepError",
    "LiveSet",
    "Pose",
    "PoseSequence",
    "SetCriteria",
    "Strictness",
    "analyze",
    "analyze_poses",
    "find_exercise",
    "judge",
    "load_poses",
    "review",
    "save_poses",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: `lastrep --version` need not load it all."""
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module 'lastrep' has no attribute '{name}'")
    module, there = _HOME[name]
    return getattr(import_module(module), there)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted([*__all__, "__version__"])
