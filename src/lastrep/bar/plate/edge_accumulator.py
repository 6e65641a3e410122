"""Edges of several images accumulated in the plate's rectified coordinates.

A plate has many rings: its rim, a lip, paint, a smaller plate in front. Which of them was detected
first is chance. Warped so that the detected rings coincide, the images show all of the plate's
rings at the same places, but the background each time another edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lastrep.bar.arrays import Array, Image, Mask, Pixels
from lastrep.bar.images.gradient import SOBEL_GAIN, strongest_gradient
from lastrep.bar.plate.ellipse import Ellipse, ellipse_table
from lastrep.bar.plate.options import DEFAULT_PLATE, OuterRingOptions, PlateOptions, RimFitOptions
from lastrep.bar.plate.rim_fit import RAY_ANGLES, RayEdges, along_rays

#: Radius of the detected ring in rectified coordinates, pixels, and how far they reach, radii.
RECTIFIED_RADIUS, RECTIFIED_REACH = 48, 1.7

RECTIFIED_CENTRE = round(RECTIFIED_REACH * RECTIFIED_RADIUS)
_SIZE = 2 * RECTIFIED_CENTRE + 1
_Y, _X = np.mgrid[:_SIZE, :_SIZE].astype(np.float32)
#: The detected ring in rectified coordinates.
REFERENCE_RING = Ellipse(RECTIFIED_CENTRE, RECTIFIED_CENTRE, RECTIFIED_RADIUS, RECTIFIED_RADIUS)


@dataclass(frozen=True, slots=True, eq=False)
class RectifiedEdges:
    """How frequent an edge is at each place of a plate.

    Parameters
    ----------
    xx, xy, yy
        shape = (n, n): share of the images with an edge here, 0..1, times the products of its unit
        gradient (structure tensor). A ring takes part only as far as it lies along the edge.
    image_count
        shape = (n, n): how many images show this place.
    options
        Parameters of the accumulator.
    rim_fit
        Parameters of the rays along which it is read.
    """

    xx: Pixels
    xy: Pixels
    yy: Pixels
    image_count: Pixels
    options: OuterRingOptions
    rim_fit: RimFitOptions

    @classmethod
    def accumulate(
        cls, discs: Sequence[tuple[Image, Ellipse]], options: PlateOptions = DEFAULT_PLATE
    ) -> RectifiedEdges:
        """Warp images so that the ellipse in each becomes `REFERENCE_RING`, and add up."""
        o = options.outer_ring
        products = [np.zeros((_SIZE, _SIZE), np.float32) for _ in range(3)]
        count = np.zeros((_SIZE, _SIZE), np.float32)
        for image, e in discs:
            thin, ux, uy, inside = _thin_edges(image, e, o)
            for total, product_of in zip(products, (ux * ux, ux * uy, uy * uy), strict=True):
                total += thin * product_of
            count += inside
        # A line of single pixels keeps the height of 1 when it is blurred.
        height = o.blur_px * np.sqrt(2 * np.pi) / np.maximum(count, 1)
        xx, xy, yy = (
            np.asarray(cv2.GaussianBlur(q, (0, 0), o.blur_px) * height, np.float32)
            for q in products
        )
        return cls(xx, xy, yy, count, o, options.rim_fit)

    def rays(self, _: Sequence[int], table: Array, low: Array, high: Array) -> RayEdges:
        """Read how frequent edges are along the rays of ellipses, of 255 (for `fit_edges`)."""
        x, y, step, samples = along_rays(table, low, high, self.rim_fit)
        flat = x.reshape(-1, x.shape[2]), y.reshape(-1, x.shape[2])
        xx, xy, yy, count = (
            cv2.remap(q, *flat, cv2.INTER_LINEAR).reshape(x.shape)
            for q in (self.xx, self.xy, self.yy, self.image_count)
        )
        normal = np.stack([np.cos(RAY_ANGLES) * table[:, 3:], np.sin(RAY_ANGLES) * table[:, 2:3]])
        nx, ny = (normal / np.linalg.norm(normal, axis=0)).astype(np.float32)[..., None]
        frequency = xx * nx**2 + 2 * xy * nx * ny + yy * ny**2
        inner = np.arange(x.shape[2]) < samples[:, None] - 1
        inner[:, 0] = False
        edges = np.clip(255 * frequency, 0, 255).astype(np.uint8) * inner[:, None]
        within = np.arange(x.shape[2]) < samples[:, None]
        inside = np.all((count >= self.options.min_images) | ~within[:, None], axis=2)
        return RayEdges(step, edges, np.asarray(inside, np.bool_))

    def clearness(self, ring: Ellipse) -> float:
        """How frequent the edge of a ring is, mean over its circumference, 0..1."""
        slack = self.rim_fit.tolerance_radii
        rays = self.rays([0], ellipse_table([ring]), np.array([1 - slack]), np.array([1 + slack]))
        frequency = rays.edges[0].max(axis=1)[rays.inside[0]]
        return float(frequency.mean()) / 255 if len(frequency) else 0.0


def to_image(ring: Ellipse, disc: Ellipse) -> Ellipse:
    """Return where a ring of rectified coordinates is in the image of a disc."""
    x, y = (ring.centre - RECTIFIED_CENTRE) / RECTIFIED_RADIUS
    return Ellipse(
        disc.x + x * disc.a,
        disc.y + y * disc.b,
        disc.a * ring.a / RECTIFIED_RADIUS,
        disc.b * ring.b / RECTIFIED_RADIUS,
    )


def _thin_edges(
    image: Image, e: Ellipse, options: OuterRingOptions
) -> tuple[Pixels, Pixels, Pixels, Mask]:
    """Return an image's thin edges (0 or 1) in rectified coordinates.

    Their unit gradients too, x and y, and where the image is; each of shape = (n, n).
    """
    scale = np.array([[e.a], [e.b]]) / RECTIFIED_RADIUS
    corner = e.centre[:, None] - RECTIFIED_CENTRE * scale
    blur_px = max(options.min_smoothing_px, options.smoothing_per_scale * scale[1, 0])
    smooth = cv2.GaussianBlur(image, (0, 0), blur_px)
    rectified = cv2.warpAffine(
        smooth,
        np.hstack([np.diag(scale[:, 0]), corner]),
        (_SIZE, _SIZE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    at, last = corner + scale * np.arange(_SIZE), np.array(image.shape[1::-1])[:, None] - 1
    border = options.border_px * scale
    in_x, in_y = (at >= border) & (at <= last - border)
    inside = np.logical_and.outer(in_y, in_x)
    gx, gy, size = strongest_gradient(np.asarray(rectified, np.uint8))
    ux, uy = (np.asarray(g / (size + 1e-6), np.float32) for g in (gx, gy))
    ahead, behind = (
        cv2.remap(size, _X + sign * ux, _Y + sign * uy, cv2.INTER_LINEAR)
        for sign in (np.float32(1), np.float32(-1))
    )
    # An enlarged image has fainter steps for the same edge.
    least = SOBEL_GAIN * options.min_edge_per_px * min(1.0, scale[1, 0])
    thin = (size >= ahead) & (size >= behind) & (size > least) & inside
    return np.asarray(thin, np.float32), ux, uy, inside
