"""What the machine offers, and how much of it one clip shall use."""

from __future__ import annotations

import os

from lastrep.environment import THREADS_VARIABLE
from lastrep.errors import SettingsError

#: More threads than this share the work of so small a network badly.
MOST_THREADS = 4


def usable_cores() -> int:
    """Return the number of processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def inference_threads() -> int:
    """Return how many threads the pose model of one clip uses.

    Raises
    ------
    SettingsError
        If the environment asks for something that is no number of threads.
    """
    asked = os.environ.get(THREADS_VARIABLE)
    if asked is None:
        return min(usable_cores(), MOST_THREADS)
    if not asked.isdecimal() or int(asked) < 1:
        raise SettingsError(f"{THREADS_VARIABLE}={asked}: not a number of threads; give 1 or more")
    return int(asked)
