"""Landmark files: a pose sequence in an .npz file, exact to the last bit."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class PoseFile:
    """Recorded landmarks, and what they were recorded from.

    Parameters
    ----------
    poses
        The landmarks.
    clip_sha256
        Checksum of the video; None where an older version did not keep it.
    model_sha256
        Checksum of the pose model; None where it is not known.
    """

    poses: PoseSequence
    clip_sha256: str | None = None
    model_sha256: str | None = None


def save_poses(
    path: str | Path,
    poses: PoseSequence,
    *,
    clip_sha256: str | None = None,
    model_sha256: str | None = None,
) -> None:
    """Write a sequence, whole or not at all.

    Parameters
    ----------
    clip_sha256, model_sha256
        Checksums of the video and of the pose model, so that the landmarks are known to belong
        to it.

    Raises
    ------
    OutputError
        If the file cannot be written.
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
            clip_sha256=clip_sha256 or "",
            model_sha256=model_sha256 or "",
        )


def load_poses(path: str | Path) -> PoseSequence:
    """Read a sequence; raises PoseFileError as `load_pose_file` does."""
    return load_pose_file(path).poses


def load_pose_file(path: str | Path) -> PoseFile:
    """Read a sequence with what is known of its origin.

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
        poses = PoseSequence(
            **arrays,
            width_px=int(fields["width_px"]),
            height_px=int(fields["height_px"]),
            model=str(fields["model"]),
        )
        return PoseFile(
            poses,
            str(fields.get("clip_sha256", "")) or None,
            str(fields.get("model_sha256", "")) or None,
        )
    except KeyError as error:
        raise PoseFileError(f"{path}: holds no {error.args[0]}; {_FIX}") from error
    except (ValueError, TypeError) as error:
        raise PoseFileError(f"{path}: malformed ({error}); {_FIX}") from error
