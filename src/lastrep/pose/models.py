"""Where the pose models are: found by name from a checkout and from an installed wheel alike."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from lastrep.environment import MODELS_VARIABLE
from lastrep.errors import ModelError

#: In order of size; larger is slower and steadier.
MODEL_NAMES = ("lite", "full", "heavy")

#: The models that come with lastrep.
SHIPPED_MODELS = ("lite", "full")

#: The model used when none is asked for.
DEFAULT_MODEL = "full"

#: Checksums of the bundles lastrep knows, in the format of ``sha256sum``; stands beside them.
SUMS_FILE = "SHA256SUMS"


_REINSTALL = "install lastrep again, or run scripts/build_models.py in a checkout"
_PACKAGE = Path(__file__).resolve().parents[1]


def bundle_name(model: str) -> str:
    """Return the file name of a model's bundle."""
    return f"pose_landmarker_{model}.task"


def shipped_folder() -> Path:
    """Return the folder of the models that come with lastrep."""
    installed = _PACKAGE / "models"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "models"


def user_folder() -> Path:
    """Return the folder where a user adds models, by the XDG convention."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "lastrep" / "models"


def model_folders() -> list[Path]:
    """Return the folders that are searched for a model, in order."""
    chosen = os.environ.get(MODELS_VARIABLE)
    return [*([Path(chosen)] if chosen else []), shipped_folder(), user_folder()]


def find_model(model: str = DEFAULT_MODEL) -> Path:
    """Return the bundle of a model.

    Parameters
    ----------
    model
        ``lite``, ``full``, ``heavy``, or the path of a ``.task`` bundle.

    Raises
    ------
    ModelError
        If there is no such model, or a shipped one is damaged. Bundles that a user puts in
        place are taken as they are.
    """
    if model not in MODEL_NAMES:
        return _given_file(model)
    name = bundle_name(model)
    for folder in model_folders():
        if (folder / name).is_file():
            if folder == shipped_folder() and model in SHIPPED_MODELS:
                _check(folder / name)
            return folder / name
    if model not in SHIPPED_MODELS:
        fix = f"put {name} in {user_folder()} or in the folder named by {MODELS_VARIABLE}"
    else:
        fix = _REINSTALL
    raise ModelError(f"{name}: not found; {fix}")


def model_label(path: Path) -> str:
    """Return the short name of a bundle for provenance: "full", or the file's own name."""
    return next((m for m in MODEL_NAMES if path.name == bundle_name(m)), path.stem)


def read_sums(path: Path) -> Mapping[str, str]:
    """Read a checksum file: SHA-256 in hexadecimal by file name."""
    lines = (line.split(maxsplit=1) for line in path.read_text("utf-8").splitlines())
    return {name.lstrip("*"): digest for digest, name in lines}


def _given_file(model: str) -> Path:
    path = Path(model).expanduser()
    if path.is_file():
        return path
    raise ModelError(f"{model}: no such model; use {', '.join(MODEL_NAMES)} or a .task file")


def _check(path: Path) -> None:
    """Compare with the known checksum: some milliseconds, against obscure native errors."""
    expected = read_sums(shipped_folder() / SUMS_FILE).get(path.name)
    try:
        with path.open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
    if actual != expected:
        raise ModelError(f"{path}: damaged (SHA-256 {actual}, expected {expected}); {_REINSTALL}")
