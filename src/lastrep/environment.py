"""The environment variables that lastrep heeds; everything else is said on the command line."""

from __future__ import annotations

#: Folder of the user's own exercise files.
EXERCISES_VARIABLE = "LASTREP_EXERCISES"
#: Folder of further pose models.
MODELS_VARIABLE = "LASTREP_MODELS"
#: The settings file, and the history.
SETTINGS_VARIABLE, HISTORY_VARIABLE = "LASTREP_SETTINGS", "LASTREP_HISTORY"
#: Threads of the pose model.
THREADS_VARIABLE = "LASTREP_THREADS"
#: Shows tracebacks of defects.
DEBUG_VARIABLE = "LASTREP_DEBUG"
