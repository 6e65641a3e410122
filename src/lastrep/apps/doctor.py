"""`lastrep doctor`: what lastrep runs on, and what is missing for what."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import lastrep
from lastrep.errors import LastrepError

#: Optional packages: the extra that brings them, and what they are for.
EXTRAS = {
    "pygame-ce": ("live", "window and sound of `lastrep live`"),
    "pyarrow": ("parquet", "Parquet tables of `lastrep batch`"),
    "distributed": ("cluster", "`lastrep batch` on a cluster"),
}


def doctor() -> None:
    """Say what lastrep runs on: versions, pose models and what runs them."""
    sys.stdout.write("".join(f"{line}\n" for line in findings()))


def findings() -> Iterator[str]:
    """Yield what there is to say, line by line."""
    yield f"lastrep {lastrep.__version__}, Python {sys.version.split()[0]}"
    for package in ("numpy", "opencv-python-headless", "av"):
        yield f"  {package} {version(package)}"
    yield from _pose()
    for package, (extra, use) in EXTRAS.items():
        try:
            yield f"  {package} {version(package)} ({use})"
        except PackageNotFoundError:
            yield f'  {package} is missing ({use}): pip install "lastrep[{extra}]"'
    yield from _live()


def _pose() -> Iterator[str]:
    from lastrep.machine import inference_threads
    from lastrep.pose.backends import BACKENDS, DEFAULT_BACKEND, check_backend
    from lastrep.pose.models import MODEL_NAMES, find_model

    for backend in BACKENDS:
        try:
            used = f", the default, {inference_threads()} threads" * (backend == DEFAULT_BACKEND)
            yield f"  backend {backend}: {check_backend(backend)}{used}"
        except LastrepError as error:
            yield f"  backend {error}"
    for model in MODEL_NAMES:
        try:
            yield f"  model {model}: {find_model(model)}"
        except LastrepError as error:
            yield f"  model {model}: {error}"


def _live() -> Iterator[str]:
    from lastrep.output.sound import SPEAKER

    found = shutil.which(SPEAKER)
    yield f"  spoken cues: {found or f'install {SPEAKER} to hear them'}"
    if sys.platform == "linux":
        cameras = sorted(path.name for path in Path("/dev").glob("video*"))
        yield f"  cameras: {', '.join(cameras) or 'none found'}"
