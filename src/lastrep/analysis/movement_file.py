"""How the sets of a clip moved, in an .npz file: what a correction is measured from again."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from lastrep.analysis.recording import SetMovement
from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.errors import ResultError
from lastrep.files import replacing

#: Version of the file's layout; a reader refuses versions it does not know.
FORMAT = 1
#: What NumPy and `json` raise for files that are not what they should be.
_DAMAGED = (
    ValueError, TypeError, KeyError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def save_movements(
    path: Path, movements: Sequence[SetMovement], clip_sha256: str | None = None
) -> None:
    """Write the movements of a clip's sets, whole or not at all; raises OutputError."""
    arrays: dict[str, Any] = {}
    plain: list[dict[str, Any]] = []
    for number, one in enumerate(movements):
        prefix = f"set{number}"
        arrays[f"{prefix}.t_s"], arrays[f"{prefix}.fraction"] = one.t_s, one.fraction
        points = {"bar": one.bar.bar} | {f"proxies.{s}": p for s, p in one.bar.proxies.items()}
        track = _split(one.bar, f"{prefix}.track", arrays, leave={"bar", "proxies"})
        plain.append(
            {
                "track": track,
                "points": {
                    name: _split(point, f"{prefix}.{name}", arrays)
                    for name, point in points.items()
                    if point is not None
                },
            }
        )
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file, format=FORMAT, clip_sha256=clip_sha256 or "", plain=json.dumps(plain), **arrays
        )


def load_movements(path: Path) -> tuple[str | None, tuple[SetMovement, ...]]:
    """Read the checksum of a clip, None where it is not known, and the movements of its sets.

    Raises
    ------
    ResultError
        If the file is missing or is not one that `save_movements` wrote.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        if int(arrays["format"]) != FORMAT:
            raise ResultError(f"{path}: layout not known; use a newer lastrep")
        plain = json.loads(str(arrays["plain"]))
        clip = str(arrays.get("clip_sha256", "")) or None
        return clip, tuple(_read(f"set{i}", one, arrays) for i, one in enumerate(plain))
    except OSError as error:
        raise ResultError(f"{path}: cannot be read ({error.strerror})") from error
    except _DAMAGED as error:
        raise ResultError(f"{path}: damaged; analyse the clip again") from error


def _split(
    value: BarTrack | MovingPoint,
    prefix: str,
    arrays: dict[str, Any],
    leave: frozenset[str] | set[str] = frozenset(),
) -> dict[str, Any]:
    """Put the arrays of a track or point among `arrays`, and return the rest of it."""
    plain: dict[str, Any] = {}
    for field in fields(value):
        if field.name in leave:
            continue
        content = getattr(value, field.name)
        if isinstance(content, np.ndarray):
            arrays[f"{prefix}.{field.name}"] = content
        else:
            plain[field.name] = content
    return plain


def _read(prefix: str, plain: dict[str, Any], arrays: dict[str, Any]) -> SetMovement:
    def values(name: str, rest: dict[str, Any]) -> dict[str, Any]:
        start = f"{prefix}.{name}."
        own = {key[len(start) :]: a for key, a in arrays.items() if key.startswith(start)}
        return own | rest

    points = {
        name: MovingPoint(**values(name, {**rest, "source": PointSource(rest["source"])}))
        for name, rest in plain["points"].items()
    }
    proxies = {
        name.removeprefix("proxies."): point
        for name, point in points.items()
        if name.startswith("proxies.")
    }
    track = BarTrack(**values("track", plain["track"]), bar=points.get("bar"), proxies=proxies)
    return SetMovement(arrays[f"{prefix}.t_s"], arrays[f"{prefix}.fraction"], track)
