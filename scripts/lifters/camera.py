"""The pinhole camera: where things are in the image."""

from __future__ import annotations

import numpy as np

from lifters.description import Camera
from lifters.geometry import Array, Y, apply, rotation, unit

SHAKE_HZ = (0.31, 0.73, 1.37)


class View:
    """A placed camera.

    Parameters
    ----------
    camera : Camera
        The description.
    default_aim_m : tuple of float
        Where to look if the camera does not say.
    seed : int
        Phase of the hand-held shake.
    """

    def __init__(
        self, camera: Camera, default_aim_m: tuple[float, float, float], seed: int = 0
    ) -> None:
        self.camera = camera
        self.aim = np.array(camera.aim_m or default_aim_m, float)
        half = np.radians(camera.vertical_fov_deg) / 2
        self.focal_px = camera.height_px / 2 / np.tan(half)
        self._phase = np.random.default_rng([seed, 2]).uniform(0, 2 * np.pi, (3, len(SHAKE_HZ)))

    def eye(self, t_s: Array) -> Array:
        """Position of the camera at each time, ``(n, 3)`` metres."""
        a = np.radians(self.camera.yaw_deg)
        d = self.camera.distance_m
        still = np.array([np.sin(a) * d, self.camera.height_m, np.cos(a) * d])
        still[[0, 2]] += self.aim[[0, 2]]
        angle = 2 * np.pi * np.multiply.outer(np.asarray(t_s, float), SHAKE_HZ)
        sway = [np.sin(angle + p).sum(-1) for p in self._phase]
        size_m = self.camera.shake_m * np.sqrt(2 / len(SHAKE_HZ))
        return np.asarray(still + size_m * np.stack(sway, -1))

    def axes(self, t_s: Array) -> Array:
        """Camera axes at each time, rows right, up and backward, ``(n, 3, 3)``."""
        forward = unit(self.aim - self.eye(t_s))
        right = unit(np.cross(forward, Y))
        up = np.cross(right, forward)
        axes = np.stack([right, up, -forward], -2)
        roll = rotation([0.0, 0.0, 1.0], -self.camera.roll_deg)
        return roll @ axes

    def to_camera(self, points: Array, t_s: Array) -> Array:
        """Points ``(n, ..., 3)`` in camera axes: right, up, backward."""
        eye, axes = self.eye(t_s), self.axes(t_s)
        extra = points.ndim - 2
        eye = eye.reshape(eye.shape[0], *([1] * extra), 3)
        axes = axes.reshape(axes.shape[0], *([1] * extra), 3, 3)
        return apply(axes, points - eye)

    def project(self, points: Array, t_s: Array) -> Array:
        """Image position and depth of points.

        Parameters
        ----------
        points : (n, ..., 3)
            World positions, metres.
        t_s : (n,)
            Time of each row.

        Returns
        -------
        (n, ..., 3)
            x to the right and y down in pixels, and the distance along the optical axis in metres.
        """
        c = self.to_camera(points, t_s)
        depth = -c[..., 2]
        x = self.camera.width_px / 2 + self.focal_px * c[..., 0] / depth
        y = self.camera.height_px / 2 - self.focal_px * c[..., 1] / depth
        return np.stack([x, y, depth], -1)
