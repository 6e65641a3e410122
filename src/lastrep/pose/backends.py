"""The runtimes of the pose model, by name: what is installed, and subject trackers on each."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from lastrep.errors import ModelError
from lastrep.pose.models import DEFAULT_MODEL
from lastrep.pose.subject.gating import Gate
from lastrep.pose.subject.tracker import SubjectTracker

#: The runtimes, and the package of each.
BACKENDS = {"litert": "ai-edge-litert", "mediapipe": "mediapipe"}

#: Faster by half, and runs on more machines. The landmarks are the same (within 0.05 px).
DEFAULT_BACKEND = "litert"

#: People detected in a frame, at most: the lifter, a spotter, a passer-by.
MAX_PEOPLE = 3


def make_subject_tracker(
    model: str = DEFAULT_MODEL,
    backend: str = DEFAULT_BACKEND,
    *,
    gate: Gate | None = None,
) -> SubjectTracker:
    """Return what follows the lifter: a tracker of one person, and a detector of everybody.

    Parameters
    ----------
    model
        ``lite``, ``full``, ``heavy``, or the path of a ``.task`` bundle.
    backend
        One of `BACKENDS`.
    gate
        Where the lifter is, if that is known beforehand.

    Raises
    ------
    ModelError
        If there is no such backend, it is not installed, or the model is missing or damaged.
    """
    # Imported when needed: each takes a tenth of a second, and either may not be installed.
    check_backend(backend)
    if backend == "mediapipe":
        from lastrep.pose.mediapipe import MediapipeEstimator

        return SubjectTracker(
            MediapipeEstimator(model),
            lambda: MediapipeEstimator(model, people=MAX_PEOPLE, tracking=False),
            gate=gate,
        )
    from lastrep.pose.litert import LitertEstimator, Networks

    networks = Networks.load(model)
    return SubjectTracker(
        LitertEstimator(networks),
        lambda: LitertEstimator(networks, people=MAX_PEOPLE, tracking=False),
        gate=gate,
    )


def check_backend(backend: str) -> str:
    """Return the version of a backend's package.

    Raises
    ------
    ModelError
        If there is no such backend, or it is not installed.
    """
    if backend not in BACKENDS:
        raise ModelError(f"{backend}: no such backend; use {' or '.join(BACKENDS)}")
    package = BACKENDS[backend]
    try:
        return version(package)
    except PackageNotFoundError as error:
        fix = "install lastrep again"
        if backend != DEFAULT_BACKEND:
            fix = f'pip install "lastrep[{backend}]"'
        raise ModelError(f"{backend}: not installed; {fix}") from error
