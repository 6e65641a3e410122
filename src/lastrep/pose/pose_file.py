"""Landmark files: a pose sequence in an .npz file, exact to the last bit."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from lastrep.errors import PoseFileError
from lastrep.files import replacing
from lastrep.pose.sequence import PoseSequence

#: Version of the file's layout; a reader refuses versions it does not know.
FORMAT = 1

_ARRAYS = {
    "t_s": np.float64,
    "image_px": np.float32,
    "world_m": np.float32,
    "visibility": np.float32,
}
#: What NumPy raises for files that are no .npz, are damaged, or hold pickled objects.
_NOT_NPZ = (ValueError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error)

_FIX = "record it again with --save-poses"


def save_poses(path: str | Path, poses: PoseSequence) -> None:
    """Write a sequence to a file, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with replacing(Path(path)) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            format=FORMAT,
            t_s=poses.t_s,
            image_px=poses.image_px,
            world_m=poses.world_m,
            visibility=poses.visibility,
            width_px=poses.width_px,
            height_px=poses.height_px,
            model=poses.model,
        )


def load_poses(path: str | Path) -> PoseSequence:
    """Read a sequence from a file.

    Raises
    ------
    PoseFileError
        If the file is missing or is not one that `save_poses` wrote.
    """
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            fields = dict(file)
    except FileNotFoundError as error:
        raise PoseFileError(f"{path}: no such file; check the name") from error
    except OSError as error:
        raise PoseFileError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except _NOT_NPZ as error:
        raise PoseFileError(f"{path}: not a file of recorded landmarks; {_FIX}") from error
    try:
        version = int(fields["format"])
        if version != FORMAT:
            raise PoseFileError(f"{path}: layout {version} is not known; use a newer lastrep")
        arrays = {name: fields[name].astype(kind) for name, kind in _ARRAYS.items()}
        return PoseSequence(
            **arrays,
            width_px=int(fields["width_px"]),
            height_px=int(fields["height_px"]),
            model=str(fields["model"]),
        )
    except KeyError as error:
        raise PoseFileError(f"{path}: holds no {error.args[0]}; {_FIX}") from error
    except (ValueError, TypeError) as error:
        raise PoseFileError(f"{path}: malformed ({error}); {_FIX}") from error
