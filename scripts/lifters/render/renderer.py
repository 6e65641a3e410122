"""A small shadow-mapped OpenGL renderer; Mesa's software rasteriser on EGL is enough.

With a fixed camera the room is drawn once, lit and in shadow; each frame then only decides which
of the two shows, and draws what moves on top.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import moderngl
import numpy as np
from numpy.typing import NDArray

from lifters.geometry import Array, X, frame, rotation, unit
from lifters.render.people import Colour
from lifters.render.scene import Solid
from lifters.render.shaders import (
    BACKDROP_FRAGMENT,
    BACKDROP_VERTEX,
    BODY_FRAGMENT,
    BODY_VERTEX,
    PLACE_FRAGMENT,
    PLACE_VERTEX,
    SHADOW_FRAGMENT,
    SHADOW_VERTEX,
)
from lifters.render.shapes import Mesh

Image = NDArray[np.uint8]
Surface = NDArray[np.floating]

SHADOW_SIZE = 1024
MAX_TEXTURE_PX = 1024
SUN = np.array([0.55, 1.3, 0.75])
# Half-width of the box that throws shadows, and how far the sun's eye is away.
SHADOW_HALF_M, SHADOW_DISTANCE_M, SHADOW_DEPTH_M = 2.0, 4.0, 8.0
NEAR_M, FAR_M = 0.2, 30.0


def projection(axes: Array, eye: Array, focal_px: float, width: int, height: int) -> Array:
    """4 x 4 matrix of a pinhole camera; `axes` has rows right, up, backward."""
    p = np.zeros((4, 4))
    p[0, 0], p[1, 1] = 2 * focal_px / width, 2 * focal_px / height
    p[2, 2] = -(FAR_M + NEAR_M) / (FAR_M - NEAR_M)
    p[2, 3], p[3, 2] = -2 * FAR_M * NEAR_M / (FAR_M - NEAR_M), -1
    m = np.eye(4)
    m[:3, :3], m[:3, 3] = axes, -axes @ eye
    return np.asarray(p @ m)


class Drawable:
    """A mesh on the graphics side, with its place in the world."""

    def __init__(self, renderer: Renderer, solid: Solid, texture: moderngl.Texture | None) -> None:
        ctx, mesh = renderer.ctx, solid.mesh
        self.colour, self.shine = solid.colour, solid.shine
        self.throws_shadow = solid.throws_shadow
        self.texture = texture
        self.model = np.eye(4)
        self._points = ctx.buffer(_interleaved(mesh.vertices, mesh.normals), dynamic=True)
        uv = ctx.buffer(mesh.uv.astype("f4").tobytes())
        triangles = ctx.buffer(mesh.triangles.astype("i4").tobytes())
        full = [(self._points, "3f 3f", "pos", "nrm"), (uv, "2f", "uv")]
        bare = [(self._points, "3f 12x", "pos"), (uv, "2f", "uv")]
        self.arrays = {
            p: ctx.vertex_array(p, full if p is renderer.body else bare, triangles)
            for p in (renderer.body, renderer.shadow, renderer.place)
        }

    def update(self, vertices: Surface, normals: Surface) -> None:
        """Replace vertices and normals."""
        self._points.write(_interleaved(vertices, normals))


class Renderer:
    """Draws frames of one clip.

    Parameters
    ----------
    width, height : int
        Image size in pixels.
    gain : float
        Exposure.
    light_yaw_deg : float
        Turns the sun with the room.
    centre : (3,)
        Middle of what throws shadows.
    """

    def __init__(
        self, width: int, height: int, gain: float, light_yaw_deg: float, centre: Array
    ) -> None:
        self.width, self.height, self.gain = width, height, gain
        # The stubs of moderngl take the backend's name for a dictionary.
        backend: dict[str, Any] = {"backend": "egl"}
        self.ctx = ctx = moderngl.create_standalone_context(require=330, **backend)
        self.body = ctx.program(BODY_VERTEX, BODY_FRAGMENT)
        self.shadow = ctx.program(SHADOW_VERTEX, SHADOW_FRAGMENT)
        self.place = ctx.program(PLACE_VERTEX, PLACE_FRAGMENT)
        self.backdrop = ctx.program(BACKDROP_VERTEX, BACKDROP_FRAGMENT)
        size = (width, height)
        self._multi = ctx.framebuffer(
            [ctx.renderbuffer(size, 4, samples=4)], ctx.depth_renderbuffer(size, samples=4)
        )
        self._out = ctx.framebuffer([ctx.renderbuffer(size, 4)])
        self._depth = ctx.depth_texture((SHADOW_SIZE, SHADOW_SIZE))
        self._depth.compare_func = "<="
        self._depth.repeat_x = self._depth.repeat_y = False
        self._shadows = ctx.framebuffer(depth_attachment=self._depth)
        self._white = ctx.texture((1, 1), 4, b"\xff" * 4)
        corners = np.array([-1, -1, 1, -1, -1, 1, 1, 1], "f4")
        self._screen = ctx.vertex_array(
            self.backdrop, [(ctx.buffer(corners.tobytes()), "2f", "at")]
        )
        self._sun = unit(rotation([0.0, 1.0, 0.0], light_yaw_deg) @ SUN)
        self._light = _light_matrix(self._sun, np.asarray(centre, float))
        self._textures: dict[Path, moderngl.Texture] = {}
        self._room: list[Drawable] = []
        self._movers: list[Drawable] = []
        self._cache: list[moderngl.Texture] | None = None

    def add_static(self, solid: Solid) -> None:
        """Something that stays where it is."""
        texture = self._upload(solid.texture) if solid.texture is not None else None
        self._room.append(Drawable(self, solid, texture))

    def add_moving(
        self, mesh: Mesh, colour: Colour, shine: float, texture: Path | None = None
    ) -> Drawable:
        """Something to be moved or reshaped from frame to frame."""
        picture = self._load(texture) if texture else None
        drawable = Drawable(self, Solid(mesh, colour, None, shine), picture)
        self._movers.append(drawable)
        return drawable

    def draw(self, camera: Array, eye: Array, fixed: bool) -> Image:
        """One frame, RGB.

        Parameters
        ----------
        camera : (4, 4)
            Projection of the camera.
        eye : (3,)
            Its place.
        fixed : bool
            Whether camera and eye are the same in every frame.
        """
        ctx = self.ctx
        ctx.enable(moderngl.DEPTH_TEST)
        self._draw_shadows(self._room + self._movers)
        if fixed and self._cache is None:
            self._cache = self._draw_cache(camera, eye)
        self._multi.use()
        self._multi.clear(0.55, 0.56, 0.58, 1, depth=1.0)
        if fixed and self._cache is not None:
            for unit_, texture in enumerate(self._cache):
                texture.use(unit_ + 2)
            self._depth.use(1)
            self._screen.render(moderngl.TRIANGLE_STRIP)
            self._draw_lit(self._movers, camera, eye, 2)
        else:
            self._draw_lit(self._room + self._movers, camera, eye, 2)
        return self._read()

    # -- passes

    def _draw_shadows(self, drawables: list[Drawable]) -> None:
        self._shadows.use()
        self._shadows.clear(depth=1.0)
        _set_matrix(self.shadow, "light_mvp", self._light)
        self._draw([d for d in drawables if d.throws_shadow], self.shadow)

    def _draw_lit(self, drawables: list[Drawable], camera: Array, eye: Array, mode: int) -> None:
        p = self.body
        _set_matrix(p, "mvp", camera)
        _set_matrix(p, "light_mvp", self._light)
        p["shadow"], p["gain"], p["mode"] = 1, self.gain, mode
        p["eye"], p["sun"] = tuple(eye), tuple(self._sun)
        self._depth.use(1)
        for d in drawables:
            p["colour"], p["shine"] = d.colour, d.shine
            self._draw([d], p)

    def _draw(self, drawables: list[Drawable], program: moderngl.Program) -> None:
        program["tex"] = 0
        for d in drawables:
            (d.texture or self._white).use(0)
            program["use_tex"] = d.texture is not None
            _set_matrix(program, "model", d.model)
            d.arrays[program].render()

    def _draw_cache(self, camera: Array, eye: Array) -> list[moderngl.Texture]:
        """The room in full light, in full shadow, and where each pixel is for the sun."""
        ctx, size = self.ctx, (self.width, self.height)
        out = []
        for mode in (1, 0):
            self._multi.use()
            self._multi.clear(0.55, 0.56, 0.58, 1, depth=1.0)
            self._draw_lit(self._room, camera, eye, mode)
            picture = ctx.texture(size, 4)
            ctx.copy_framebuffer(ctx.framebuffer([picture]), self._multi)
            out.append(picture)
        place = ctx.texture(size, 4, dtype="f4")
        where = ctx.framebuffer([place], ctx.depth_renderbuffer(size))
        where.use()
        where.clear(0.0, 0.0, 0.0, 1.0, depth=1.0)
        _set_matrix(self.place, "mvp", camera)
        _set_matrix(self.place, "light_mvp", self._light)
        self._draw(self._room, self.place)
        out.append(place)
        b = self.backdrop
        b["shadow"], b["lit"], b["dark"], b["place"] = 1, 2, 3, 4
        return out

    def _read(self) -> Image:
        self.ctx.copy_framebuffer(self._out, self._multi)
        raw = np.frombuffer(self._out.read(components=3), np.uint8)
        return np.asarray(raw.reshape(self.height, self.width, 3)[::-1])

    # -- textures

    def _load(self, path: Path) -> moderngl.Texture:
        if path not in self._textures:
            read = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
            if read is None:
                raise FileNotFoundError(f"{path}: not a picture")
            code = cv2.COLOR_BGRA2RGBA if read.shape[2] == 4 else cv2.COLOR_BGR2RGBA
            picture = np.asarray(cv2.cvtColor(read, code), np.uint8)
            longest = max(picture.shape[:2])
            if longest > MAX_TEXTURE_PX:
                k = MAX_TEXTURE_PX / longest
                smaller = cv2.resize(picture, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
                picture = np.asarray(smaller, np.uint8)
            self._textures[path] = self._upload(picture)
        return self._textures[path]

    def _upload(self, picture: Image) -> moderngl.Texture:
        flipped = np.ascontiguousarray(picture[::-1])
        texture = self.ctx.texture(picture.shape[1::-1], picture.shape[2], flipped.tobytes())
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = True
        return texture


def _light_matrix(sun: Array, centre: Array) -> Array:
    """Orthographic view from the sun."""
    axes = frame(-sun, X)
    rows = np.stack([axes[:, 1], axes[:, 2], -axes[:, 0]])
    view = np.eye(4)
    view[:3, :3], view[:3, 3] = rows, -rows @ (centre + sun * SHADOW_DISTANCE_M)
    k = 1 / SHADOW_HALF_M
    scale = np.diag([k, k, -2 / SHADOW_DEPTH_M, 1.0])
    scale[2, 3] = -1.0
    return np.asarray(scale @ view)


def _interleaved(vertices: Surface, normals: Surface) -> bytes:
    return np.concatenate([vertices, normals], 1).astype("f4").tobytes()


def _set_matrix(program: moderngl.Program, name: str, matrix: Array) -> None:
    uniform = program[name]
    assert isinstance(uniform, moderngl.Uniform)
    uniform.write(np.ascontiguousarray(matrix.T, "f4").tobytes())
