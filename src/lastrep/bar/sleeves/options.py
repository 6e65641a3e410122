"""Parameters of detecting and tracking the plates on both sleeves, seen from the front.

Lengths in statures are shares of the lifter's height in the image. Values without a source were set
on the rendered and real development clips.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lastrep.bar.plate.options import DEFAULT_PLATE


@dataclass(frozen=True, slots=True)
class HandLineOptions:
    """The line through both wrists, along which the sleeves are looked for."""

    #: Tangent (25 degrees): a bar seldom leans more; what is steeper is a slip of a wrist.
    max_slope: float = 0.47
    #: Tangent: wrists tremble by this (99 % of level bars stay within 0.01 to 0.04). Only what is
    #: beyond is taken for tilt, wholly from twice as much on.
    tremble_slope: float = 0.05
    #: Frames over which the slope is smoothed: the line is drawn out to the bar's ends, which
    #: doubles its trembling.
    smoothed_frames: int = 9


@dataclass(frozen=True, slots=True)
class SleeveDetectionOptions:
    """Two tall, narrow blobs, one beside each hand."""

    #: Pixels: blur before edges are taken; below it is noise and compression.
    blur_px: float = 0.8
    #: Rounds in which images are aligned: landmarks miss the bar by a few pixels, and the first
    #: median is blurred by as much.
    align_rounds: int = 3
    #: Images that alignment needs.
    min_images: int = 3
    #: Columns that the region that is searched must have.
    min_columns: int = 12
    #: Statures: a plate is at least this far from the middle of the hands: the plates of a short
    #: bar are 0.7 m apart.
    min_out: float = 0.20
    #: Statures: a plate is at most this far from the middle of the hands: the plates of a long bar
    #: are 1.31 to 1.9 m apart, and the camera may make it a fifth more.
    max_out: float = 0.75
    #: Statures: a plate is this much farther out than the wrist.
    beyond_wrist: float = 0.05
    #: Statures: how far off the hands' height a plate's middle may be: a bar is held beside the
    #: wrist, and it tilts.
    max_height_offset: float = 0.10
    #: Statures: least and greatest half-height, the radius of the smallest and largest plates.
    half_heights: tuple[float, float] = (
        DEFAULT_PLATE.candidates.small_radii[0],
        DEFAULT_PLATE.candidates.usual_radii[1],
    )
    #: Statures: least and greatest half-width, one plate to a whole row.
    half_widths: tuple[float, float] = (0.018, 0.10)
    #: Half-widths that are tried.
    width_steps: int = 8
    #: Width over height, at most: what is rounder shows its face.
    max_aspect: float = 0.75
    #: Half-widths and half-heights: caps and sides are looked for this far inside of the corners,
    #: which are rounded.
    corner_share: float = 0.4
    #: Grey levels over two pixels at which an edge has its full weight.
    full_edge: float = DEFAULT_PLATE.rim_fit.min_edge_unknown
    #: Places are tried in steps of the stature over this.
    steps_per_stature: float = 160.0
    #: Blobs kept on each side.
    max_blobs: int = 40
    #: Steps by which blobs must differ.
    min_steps_apart: int = 3
    #: How similar both sleeves must be: logarithm of the height ...
    slack_log_height: float = 0.12
    #: ... of the width ...
    slack_log_width: float = 0.5
    #: ... of the distance from the hands (an end may be a sixth nearer to the camera) ...
    slack_log_distance: float = 0.2
    #: ... and statures of the level.
    slack_level: float = 0.06
    #: Statures: landmarks miss the bar by up to this sideways.
    landmark_slack_x: float = 0.04
    #: Statures: landmarks miss the bar by up to this up or down.
    landmark_slack_y: float = 0.05
    #: Pixels: least of either, sideways and up or down.
    min_landmark_slack_px: tuple[int, int] = (3, 4)
    #: Half-widths: the template for tracking reaches this far beyond the blob sideways.
    template_margin_x: float = 0.5
    #: Half-heights: it reaches this far beyond the blob up and down.
    template_margin_y: float = 0.2
    #: Rows from the best step of the search in which the edge of the blob is.
    edge_search_rows: int = 2
    #: Score from which sleeves are believed: from the front it is 0.73 and more; from 30 degrees
    #: on, where the caps of plates are round and taken for too low, 0.65 and less.
    min_score: float = 0.75

    def landmark_slack_px(self, stature_px: float) -> tuple[int, int]:
        """Return how far landmarks may miss the bar, sideways and up or down, pixels."""
        least_x, least_y = self.min_landmark_slack_px
        return (
            max(least_x, round(self.landmark_slack_x * stature_px)),
            max(least_y, round(self.landmark_slack_y * stature_px)),
        )


@dataclass(frozen=True, slots=True)
class SleeveTrackingOptions:
    """Template matching of both sleeves beside the hands."""

    #: Correlation of edges that are not the bar's (wrong blobs in clips without one: 0.1 to 0.5)
    #: ...
    chance_match: float = 0.40
    #: ... and what the bar's own at least usually have (0.7 to 0.95): support 0 and 1.
    clear_match: float = 0.70
    #: Correlation with which it is the bar.
    min_match: float = 0.45
    #: Frames over which the perspective scale is smoothed: half a second at 30 Hz.
    perspective_frames: int = 15
    #: Frames for which the bar's middle is known of one sleeve alone: then it may have tilted.
    max_one_sleeve_frames: int = 4


@dataclass(frozen=True, slots=True)
class SleeveOptions:
    """All that concerns the sleeves."""

    hand_line: HandLineOptions = field(default_factory=HandLineOptions)
    detection: SleeveDetectionOptions = field(default_factory=SleeveDetectionOptions)
    tracking: SleeveTrackingOptions = field(default_factory=SleeveTrackingOptions)


DEFAULT_SLEEVES = SleeveOptions()
