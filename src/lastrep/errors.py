"""The errors a user can cause. Each message is one line: which file, what is wrong, what to do."""

from __future__ import annotations


class LastrepError(Exception):
    """Base of every error that lastrep reports instead of showing a traceback."""


class VideoError(LastrepError):
    """A video or camera cannot be read, or holds nothing to analyse."""


class PoseFileError(LastrepError):
    """A recorded-landmarks file is missing or malformed."""


class ModelError(LastrepError):
    """A pose model is missing or damaged."""


class ExerciseError(LastrepError):
    """An exercise name is unknown, or an exercise file is invalid."""


class OutputError(LastrepError):
    """A result file cannot be written."""


class PlanError(LastrepError):
    """A prescription or a training plan makes no sense, or its file is invalid."""


class SettingsError(LastrepError):
    """The user's settings, in their file or the environment, are invalid."""


class HistoryError(LastrepError):
    """The training history cannot be opened, read or written."""


class BatchError(LastrepError):
    """A batch of clips cannot be graded as asked, or a clip of it was given up."""


class ResultError(LastrepError):
    """A result document cannot be read, or does not hold what was asked for."""


class DisplayError(LastrepError):
    """There is no screen to show a window on, or what draws it is not installed."""
