"""lastrep: which rep of the set was the last good one.

>>> import lastrep
>>> result = lastrep.analyze("squat.mp4", exercise="back_squat")  # doctest: +SKIP
>>> result.sets[0].good_reps  # doctest: +SKIP
7
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lastrep.apps.analysis import analyze
    from lastrep.errors import LastrepError
    from lastrep.pose import Pose, PoseSequence
    from lastrep.sets.analyzer import SetAnalyzer
    from lastrep.sets.criteria import SetOptions
    from lastrep.sets.results import Analysis

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "LastrepError",
    "Pose",
    "PoseSequence",
    "SetAnalyzer",
    "SetOptions",
    "analyze",
]

_HOME = {
    "Analysis": "lastrep.sets.results",
    "LastrepError": "lastrep.errors",
    "Pose": "lastrep.pose",
    "PoseSequence": "lastrep.pose",
    "SetAnalyzer": "lastrep.sets.analyzer",
    "SetOptions": "lastrep.sets.criteria",
    "analyze": "lastrep.apps.analysis",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: `lastrep --version` need not load scipy."""
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module 'lastrep' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
