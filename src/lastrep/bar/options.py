"""Every parameter of bar tracking, passed down from the entry points as one argument."""

from __future__ import annotations

from dataclasses import dataclass, field

from lastrep.bar.camera import CameraOptions
from lastrep.bar.confidence import ConfidenceOptions
from lastrep.bar.images.options import ImageOptions
from lastrep.bar.lifter import LifterOptions
from lastrep.bar.plate.options import PlateOptions
from lastrep.bar.sleeves.options import SleeveOptions


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """The windows of frames in which the bar is detected and tracked, one after the other."""

    #: Bytes that waiting frames may take.
    max_bytes: int = 256 * 2**20
    #: Frames that make a window.
    min_frames: int = 8
    #: Key frames: half of them even in time, half even in the height of the bar proxy.
    key_frames: int = 18
    #: The same if the plate is known from the window before.
    key_frames_known: int = 10
    #: Frames in which sleeves are detected, even in the height of the bar proxy.
    level_frames: int = 18
    #: Percentiles of positions between which they count as movement, against outliers.
    travel_percentiles: tuple[float, float] = (2, 98)
    #: Statures: with less movement of the bar proxy there is nothing to detect.
    min_travel: float = 0.06
    #: The same for sleeves, in units of what landmarks may miss the bar by: else what stands still
    #: could be aligned with itself.
    min_sleeve_travel_slacks: float = 2
    #: Statures: hips this far apart are seen from the front or from behind (0.115 to 0.13; 30
    #: degrees beside it 0.10): there sleeves are detected first.
    min_front_hips: float = 0.105
    #: Confidence with which no other way of detection is tried.
    sure_confidence: float = 0.8
    #: Score of a disc with which no other bar proxy is tried: plates reach 0.2 to 0.65, discs that
    #: are none at most 0.3.
    sure_score: float = 0.35


@dataclass(frozen=True, slots=True)
class BarTrackingOptions:
    """Every parameter of bar tracking, by stage.

    Parameters
    ----------
    lifter
        Body proportions, and when landmarks are trusted.
    images
        Size and brightness of the images.
    camera
        The background's movement.
    plate
        The plate's disc.
    sleeves
        The plates on both sleeves, seen from the front.
    window
        Windows of frames.
    confidence
        Confidence that what was tracked is the bar.
    """

    lifter: LifterOptions = field(default_factory=LifterOptions)
    images: ImageOptions = field(default_factory=ImageOptions)
    camera: CameraOptions = field(default_factory=CameraOptions)
    plate: PlateOptions = field(default_factory=PlateOptions)
    sleeves: SleeveOptions = field(default_factory=SleeveOptions)
    window: WindowOptions = field(default_factory=WindowOptions)
    confidence: ConfidenceOptions = field(default_factory=ConfidenceOptions)


DEFAULT_OPTIONS = BarTrackingOptions()
