"""Simple solids and textures for the room and its equipment."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from lifters.geometry import Array


@dataclass(frozen=True, slots=True)
class Mesh:
    """Vertices, normals (n, 3), texture coordinates (n, 2) and triangles (t, 3)."""

    vertices: Array
    normals: Array
    uv: Array
    triangles: NDArray[np.int32]

    def moved(self, by: ArrayLike) -> Mesh:
        """The same solid elsewhere."""
        return Mesh(self.vertices + np.asarray(by, float), self.normals, self.uv, self.triangles)

    def turned(self, rotation: Array) -> Mesh:
        """The same solid turned about the origin."""
        return Mesh(self.vertices @ rotation.T, self.normals @ rotation.T, self.uv, self.triangles)


def cylinder(radius: float, x0: float, x1: float, around: int = 40) -> Mesh:
    """Cylinder along X with end caps."""
    a = np.linspace(0, 2 * np.pi, around + 1)
    ring = np.stack([np.zeros_like(a), np.cos(a), np.sin(a)], 1)
    parts, normals, triangles = [], [], []
    for x in (x0, x1):
        parts.append(ring * radius + [x, 0, 0])
        normals.append(ring)
    k = around + 1
    for i in range(around):
        triangles += [(i, k + i, i + 1), (i + 1, k + i, k + i + 1)]
    for x, sign in ((x0, -1.0), (x1, 1.0)):
        start = sum(len(p) for p in parts)
        parts += [ring * radius + [x, 0, 0], np.array([[x, 0, 0]])]
        normals += [np.tile([sign, 0, 0], (k, 1)), np.array([[sign, 0, 0]])]
        triangles += [(start + i, start + i + 1, start + k) for i in range(around)]
    vertices = np.concatenate(parts)
    return Mesh(
        vertices, np.concatenate(normals), np.zeros((len(vertices), 2)),
        np.array(triangles, np.int32),
    )  # fmt: skip


def box(low: ArrayLike, high: ArrayLike) -> Mesh:
    """Axis-parallel box."""
    ends = np.array([low, high], float)
    vertices: list[NDArray[np.float64]] = []
    normals: list[NDArray[np.float64]] = []
    triangles: list[tuple[int, int, int]] = []
    for axis in range(3):
        others = [(axis + 1) % 3, (axis + 2) % 3]
        for far in (0, 1):
            normal = np.zeros(3)
            normal[axis] = 2 * far - 1
            start = len(vertices)
            for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
                corner = np.empty(3)
                corner[axis] = ends[far, axis]
                corner[others] = ends[u, others[0]], ends[v, others[1]]
                vertices.append(corner)
                normals.append(normal)
            triangles += [(start, start + 1, start + 2), (start, start + 2, start + 3)]
    return Mesh(
        np.array(vertices), np.array(normals), np.zeros((len(vertices), 2)),
        np.array(triangles, np.int32),
    )  # fmt: skip


def quad(corners: ArrayLike, normal: ArrayLike, tile_m: float) -> Mesh:
    """Rectangle covered with a texture that shows `tile_m` by `tile_m` metres."""
    c = np.array(corners, float)
    u, v = np.linalg.norm(c[1] - c[0]) / tile_m, np.linalg.norm(c[3] - c[0]) / tile_m
    uv = np.array([[0, 0], [u, 0], [u, v], [0, v]])
    return Mesh(
        c,
        np.tile(np.asarray(normal, float), (4, 1)),
        uv,
        np.array([[0, 1, 2], [0, 2, 3]], np.int32),
    )


def noise_texture(
    rng: np.random.Generator,
    colour: tuple[int, int, int],
    blotch: float,
    speckle: float = 0.0,
    rows: int = 0,
    size: int = 512,
) -> NDArray[np.uint8]:
    """Mottled RGB texture: rubber floor with bright specks, or a wall in `rows` of blocks."""
    image = np.full((size, size, 3), colour, float)
    for k in (4, 16, 64):
        coarse = rng.standard_normal((k, k)).astype(np.float32)
        fine = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
        image *= 1 + blotch * fine[..., None]
    image[rng.random((size, size)) < speckle] += 45
    for i in range(rows):
        y = i * size // rows
        image[y : y + 3] *= 0.82
        for x in (0, size // 2):
            x = (x + (i % 2) * size // 4) % size
            image[y : y + size // rows, x : x + 3] *= 0.82
    return np.asarray(np.clip(image, 0, 255), np.uint8)
