"""A dressed, rigged body at rest: what there is to draw, and its proportions."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifters.body import Proportions
from lifters.geometry import Array
from lifters.render.makehuman import (
    Garment,
    Polygon,
    data_folder,
    macro_targets,
    read_garment,
    read_obj,
    read_target,
    triangulate,
    vertex_normals,
)
from lifters.render.people import Colour, Person

SKIN: Colour = (0.72, 0.50, 0.40)
HAIR: Colour = (0.09, 0.06, 0.05)
SHOES: Colour = (0.75, 0.75, 0.72)
DEFAULT_SHIRT: Colour = (0.10, 0.20, 0.42)
DEFAULT_SHORTS: Colour = (0.05, 0.05, 0.06)
# Bones of the spine from the hips up; they share out the turn from pelvis to chest evenly.
SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")


@dataclass(slots=True)
class Part:
    """One drawable at rest: vertices, normals, skin weights, texture coordinates, triangles."""

    vertices: Array
    normals: Array
    weights: NDArray[np.float32]
    uv: Array
    triangles: NDArray[np.int32]
    colour: Colour
    texture: Path | None = None
    shine: float = 0.1


class Figure:
    """A CC0 body in metres, standing on y = 0, facing +Z, dressed.

    Parameters
    ----------
    person : Person
        Shape and outfit.
    stature_m : float
        Height from the soles to the crown.
    assets : Path, optional
        Folder of skins, clothes and hair; without it the body wears painted garments.

    Raises
    ------
    MissingDataError
        If the body data are not installed.
    """

    def __init__(self, person: Person, stature_m: float, assets: Path | None = None) -> None:
        root = data_folder()
        base, self._uv, self._faces = read_obj(root / "3dobjs/base.obj")
        shape = macro_targets(person.gender, person.muscle, person.weight, person.height)
        for name, w in shape.items():
            path = root / "targets" / f"{name}.target.gz"
            if path.exists():
                base = base + w * read_target(path, len(base))
        groups = json.loads((root / "mesh_metadata/basemesh_vertex_groups.json").read_text())
        skin = np.zeros(len(base), bool)
        for a, b in groups["body"]:
            skin[a : b + 1] = True
        low, high = base[skin, 1].min(), base[skin, 1].max()
        self.stature_m = stature_m
        self._base = (base - [0, low, 0]) * (stature_m / (high - low))
        self._read_rig(root / "rigs/standard")
        self.parts: list[Part] = []
        self._dress(person, assets)
        self._stand()
        self.proportions = self._measure()

    def head_of(self, bone: str) -> Array:
        """Where a bone starts, at rest."""
        return np.asarray(self.heads[self.index[bone]])

    # -- rig

    def _read_rig(self, folder: Path) -> None:
        rig = json.loads((folder / "rig.default.json").read_text())
        rig = rig.get("bones", rig)
        weights = json.loads((folder / "weights.default.json").read_text())["weights"]
        cubes: dict[str, set[int]] = {}
        for group, polygon in self._faces:
            if group.startswith("joint-"):
                cubes.setdefault(group, set()).update(v for v, _ in polygon)

        def place(where: dict[str, Any]) -> Array:
            if where["strategy"] == "CUBE":
                return np.asarray(self._base[sorted(cubes[where["cube_name"]])].mean(0))
            if where["strategy"] == "VERTEX":
                return np.asarray(self._base[where["vertex_index"]])
            return np.asarray(self._base[where["vertex_indices"]].mean(0))

        order: list[str] = []
        while len(order) < len(rig):  # parents before children
            order += [
                b
                for b, r in rig.items()
                if b not in order and (not r["parent"] or r["parent"] in order)
            ]
        self.bones = order
        self.index = {b: i for i, b in enumerate(order)}
        self.parents = [self.index.get(rig[b]["parent"], -1) for b in order]
        self.heads = np.array([place(rig[b]["head"]) for b in order])
        self.tails = np.array([place(rig[b]["tail"]) for b in order])
        w = np.zeros((len(self._base), len(order)), np.float32)
        for bone, pairs in weights.items():
            if bone in self.index and pairs:
                vertices, values = zip(*pairs, strict=True)
                w[list(vertices), self.index[bone]] = values
        total = w.sum(1, keepdims=True)
        w = np.where(total > 0, w / np.maximum(total, 1e-9), 0)
        w[total[:, 0] == 0, 0] = 1
        self._weights = w.astype(np.float32)

    # -- clothes

    def _dress(self, person: Person, assets: Path | None) -> None:
        garments = [read_garment(assets / path) for path in person.wear] if assets else []
        hidden = frozenset().union(*(g.hides for g in garments))
        shirt = person.shirt is not None or not assets
        bare = [
            q
            for group, q in self._faces
            if group == "body"
            and not all(v in hidden for v, _ in q)
            and not (shirt and self._under_shirt(q))
        ]
        texture = assets / person.skin if assets and person.skin else None
        base = (
            person.tint
            if texture
            else tuple(float(a * b) for a, b in zip(SKIN, person.tint, strict=True))
        )
        self._add(bare, (base[0], base[1], base[2]), texture=texture, shine=0.12)
        if shirt:
            self._paint(person)
        if not assets:
            self._paint_head_and_feet()
        self.parts += [self._fit(g) for g in garments]

    def _middle(self, polygon: Polygon) -> Array:
        return np.asarray(self._base[[v for v, _ in polygon]].mean(0))

    def _under_shirt(self, polygon: Polygon) -> bool:
        """Whether skin is covered for good: drawn, it would poke through at the armpits."""
        m = self._middle(polygon)
        hip, shoulder = self.head_of("upperleg01.L"), self.head_of("upperarm01.L")
        reach = 0.78 * self.head_of("lowerarm01.L")[0]
        top = shoulder[1] + 0.03 if abs(m[0]) < 0.08 else np.inf
        return bool(hip[1] + 0.08 < m[1] < top and abs(m[0]) < reach)

    def _paint(self, person: Person) -> None:
        """Shirt and shorts cut from the base mesh's helper suit, pushed out a little."""
        suit = [q for group, q in self._faces if group == "helper-tights"]
        hip_y, knee_y = self.head_of("upperleg01.L")[1], self.head_of("lowerleg01.L")[1]
        elbow = self.head_of("lowerarm01.L")
        middles = [self._middle(q) for q in suit]
        shorts = [
            q
            for q, m in zip(suit, middles, strict=True)
            if knee_y + 0.07 < m[1] <= hip_y + 0.10 and abs(m[0]) < elbow[0] * 0.62
        ]
        shirt = [
            q
            for q, m in zip(suit, middles, strict=True)
            if m[1] > hip_y - 0.03 and abs(m[0]) < elbow[0] * 0.86 and m[1] > elbow[1] - 0.30
        ]
        self._add(shorts, person.shorts or DEFAULT_SHORTS, out_m=0.006, shine=0.03)
        self._add(shirt, person.shirt or DEFAULT_SHIRT, out_m=0.010, shine=0.03)

    def _paint_head_and_feet(self) -> None:
        suit = [q for group, q in self._faces if group == "helper-tights"]
        crown = self.head_of("head")[1] + 0.06
        hair = [q for g, q in self._faces if g == "helper-hair" and self._middle(q)[1] > crown]
        self._add([q for q in suit if self._middle(q)[1] < 0.075], SHOES, out_m=0.004)
        self._add(hair, HAIR)
        for side in "lr":
            eye = [q for group, q in self._faces if group == f"helper-{side}-eye"]
            self._add(eye, (0.35, 0.28, 0.24))

    def _add(
        self,
        polygons: list[Polygon],
        colour: Colour,
        out_m: float = 0.0,
        texture: Path | None = None,
        shine: float = 0.1,
    ) -> None:
        if not polygons:
            return
        vertices, uv, triangles = triangulate(polygons)
        v = self._base[vertices]
        n = vertex_normals(v, triangles, vertices)
        self.parts.append(
            Part(
                v + out_m * n, n, self._weights[vertices], self._uv[uv], triangles, colour,
                texture, shine,
            )
        )  # fmt: skip

    def _fit(self, garment: Garment) -> Part:
        scale = np.ones(3)
        for axis, (a, b, distance) in garment.scale_by.items():
            scale[axis] = abs(self._base[a, axis] - self._base[b, axis]) / distance
        on_body = (self._base[garment.corners] * garment.shares[..., None]).sum(1)
        v = on_body + garment.offsets * scale
        share = np.clip(garment.shares, 0, None)
        share = share / np.maximum(share.sum(1, keepdims=True), 1e-9)
        w = (self._weights[garment.corners] * share[..., None]).sum(1)
        _, uv, faces = read_obj(garment.mesh)
        vertices, uvs, triangles = triangulate(q for _, q in faces)
        return Part(
            v[vertices],
            vertex_normals(v[vertices], triangles, vertices),
            w[vertices].astype(np.float32),
            uv[uvs],
            triangles,
            (1.0, 1.0, 1.0),
            garment.texture,
            0.04,
        )

    # -- size

    def _stand(self) -> None:
        """Put the soles of the shoes on the floor."""
        floor = np.array([0, min(p.vertices[:, 1].min() for p in self.parts), 0])
        for part in self.parts:
            part.vertices = part.vertices - floor
        self.heads, self.tails = self.heads - floor, self.tails - floor

    def _measure(self) -> Proportions:
        j = self.head_of
        average = Proportions.of_stature(self.stature_m)
        hips = (j("upperleg01.L") + j("upperleg01.R")) / 2
        shoulders = (j("upperarm01.L") + j("upperarm01.R")) / 2
        # The spine's bones turn by 1/5, 2/5, ... of the way from pelvis to chest; to first order
        # that is a pelvis part and a chest part of each.
        joints = [*SPINE, "neck01"]
        lumbar, thorax = j(SPINE[0]) - hips, shoulders - j("neck01")
        for i, (a, b) in enumerate(itertools.pairwise(joints)):
            turned = (i + 1) / len(SPINE)
            lumbar = lumbar + (1 - turned) * (j(b) - j(a))
            thorax = thorax + turned * (j(b) - j(a))
        points = np.concatenate([p.vertices for p in self.parts])
        torso = points[
            (abs(points[:, 0]) < 0.14)
            & (points[:, 1] > hips[1] + 0.12)
            & (points[:, 1] < shoulders[1] + 0.02)
        ]
        at_bar = points[
            (abs(points[:, 0]) < 0.12) & (abs(points[:, 1] - shoulders[1] - 0.015) < 0.02)
        ]

        def length(a: str, b: str) -> float:
            return float(np.linalg.norm(j(b) - j(a)))

        toe = self.tails[self.index["toe2-3.L"]]
        knuckle = j("finger3-1.L") - j("wrist.L")
        return Proportions(
            stature_m=self.stature_m,
            thigh_m=length("upperleg01.L", "lowerleg01.L"),
            shank_m=length("lowerleg01.L", "foot.L"),
            upper_arm_m=length("upperarm01.L", "lowerarm01.L"),
            forearm_m=length("lowerarm01.L", "wrist.L"),
            palm_m=float(np.linalg.norm(knuckle)),
            hip_half_m=float(j("upperleg01.L")[0]),
            shoulder_half_m=float(j("upperarm01.L")[0]),
            clavicle_m=float(j("upperarm01.L")[0] - j("clavicle.L")[0]),
            lumbar_m=tuple(lumbar),
            thorax_m=tuple(thorax),
            ankle_height_m=float(j("foot.L")[1]),
            foot_m=float(toe[2] - j("foot.L")[2]),
            heel_m=average.heel_m,
            head_m=average.head_m,
            chest_depth_m=float(torso[:, 2].max() - shoulders[2]),
            back_depth_m=float(shoulders[2] - at_bar[:, 2].min()) + 0.004,
            lying_m=float(shoulders[2] - torso[:, 2].min()),
        )
