"""Parameters of the images that bar tracking works on, and of corner tracking in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """Size and brightness of the images in which the bar is tracked."""

    #: Pixels: longest short side of the images; larger ones cost time and gain nothing.
    max_short_side_px: int = 480
    #: Pixels: tallest lifter in the images, for the same reason.
    max_stature_px: float = 320.0
    #: Factor from one image size to the next smaller one.
    size_step: float = 3 / 4
    #: Pixels: while the lifter is this tall, the image size is kept, so that cached images serve.
    kept_stature_range_px: tuple[float, float] = (215.0, 360.0)
    #: Images whose brightness stands for the whole clip.
    exposure_samples: int = 5
    #: Grey level: a clip is dark if the median around the lifter is below; darker than lit gyms.
    dark_below_grey: float = 64.0
    #: Exponent of the strongest brightening: below it only noise is amplified.
    min_gamma: float = 0.5
    #: Images kept decoded: tracking looks at several segments at once, and twice at each image.
    cached_images: int = 48


@dataclass(frozen=True, slots=True)
class CornerTrackingOptions:
    """Shi-Tomasi corners tracked by pyramidal Lucas-Kanade, checked forwards and backwards.

    The defaults are those for the background behind the lifter.
    """

    #: Corners to detect.
    max_corners: int = 60
    #: Fewer tracked corners than this are no evidence.
    min_corners: int = 10
    #: Share of the strongest corner's quality that a corner needs (`goodFeaturesToTrack`).
    quality: float = 0.02
    #: Pixels between corners, at least.
    spacing_px: float = 8.0
    #: Pixels: tracking back must end this near to the start (forward-backward error).
    max_return_px: float = 0.5
    #: Pixels: corners farther from the common movement are outliers (RANSAC).
    max_residual_px: float = 0.8
    #: Pixels: side of the Lucas-Kanade window.
    window_px: int = 15
    #: Pyramid levels above the image without a guess of where corners are ...
    pyramid_levels: int = 3
    #: ... and with one.
    pyramid_levels_guided: int = 1


DEFAULT_IMAGES = ImageOptions()
