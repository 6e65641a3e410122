"""Parameters of detecting, measuring and tracking a plate.

Lengths in statures are shares of the lifter's height in the image, lengths in radii are shares of
the vertical semi-axis of the disc in question. Values without a source were set on the rendered and
real development clips.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lastrep.bar.images.options import CornerTrackingOptions


@dataclass(frozen=True, slots=True)
class RimFitOptions:
    """Fit of an ellipse to the edges along rays from its centre."""

    #: Rays inside the image that an ellipse of unknown shape needs.
    min_rays_inside: int = 30
    #: The same for one of known shape: a quarter of the rim places it.
    min_rays_inside_known_shape: int = 18
    #: Rays with an edge that hold a fit.
    min_rays_with_edge: int = 18
    #: Grey levels over two samples from which a step is an edge, for discs not known yet ...
    min_edge_unknown: float = 14.0
    #: ... and for a disc whose place and size are known already.
    min_edge_known: float = 8.0
    #: Samples along a ray, per pixel.
    samples_per_px: float = 1.5
    #: Samples along a ray, at least.
    min_samples: int = 9
    #: Radii: a ray supports the fit if its edge is this near ...
    tolerance_radii: float = 0.035
    #: ... or this near in pixels, whichever is more.
    tolerance_px: float = 1.2
    #: Pixels: half-width of the band in which edges are looked for, at least.
    min_band_px: float = 2.5
    #: Shares of the band: standard deviation of the prior that prefers edges near the start.
    prior_sd_bands: float = 0.6
    #: Radii: the centre moves at most this far in one round.
    max_shift_radii: float = 0.3
    #: Share: a semi-axis changes at most this much in one round.
    max_stretch: float = 0.2
    #: Pixels: least spread of residuals in Tukey's weights.
    min_spread_px: float = 0.4
    #: Spreads beyond which Tukey's weight is 0.
    tukey_spreads: float = 4.0
    #: Rounds of reweighted least squares.
    reweightings: int = 3


@dataclass(frozen=True, slots=True)
class DiscCandidateOptions:
    """Discs in one image: gradient voting, then a rim fit."""

    #: Horizontal over vertical axis of the ellipses voted for; the fit finds what lies between.
    aspects: tuple[float, ...] = (1.0, 0.82, 0.64, 0.46)
    #: Statures: radius of usual plates (a far 450 mm plate measures 0.11, a near one 0.2) ...
    usual_radii: tuple[float, float] = (0.10, 0.24)
    #: ... and of small ones.
    small_radii: tuple[float, float] = (0.045, 0.11)
    #: Statures: how far from the bar proxy a plate may be sideways (a bar is 2.2 m long) ...
    reach_x: float = 0.95
    #: ... and up or down.
    reach_y: float = 0.50
    #: Pixels: smallest side of the region that is searched.
    min_region_px: int = 40
    #: Pixels: height of the lifter in the reduced image in which votes are cast.
    vote_stature_px: float = 140.0
    #: Pixels: standard deviation of the blur before edges are taken.
    blur_px: float = 1.0
    #: Radii voted for over the usual range.
    radius_steps: int = 15
    #: Radii voted for over any range, at least.
    min_radius_steps: int = 3
    #: Groups of radii, each with its own winners, so that hubs do not hide rims.
    radius_groups: int = 3
    #: Winners of each group.
    winners_per_group: int = 3
    #: Pixels: side of the Gaussian kernel that smooths votes.
    vote_kernel_px: int = 5
    #: Pixels: standard deviation of that kernel.
    vote_blur_px: float = 1.2
    #: Statures: standard deviation of the prior on the height of a plate beside the proxy.
    vote_height_sd: float = 0.25
    #: Radii: votes this near to a winner are suppressed.
    suppressed_radii: float = 0.3
    #: Share: radii of discs of about the same size, plus and minus.
    similar_radius: float = 0.25
    #: Aspects to vote for when looking for discs of about the same shape.
    similar_aspects: int = 1
    #: Share of all pixels that an edge is stronger than.
    edge_quantile: float = 0.82
    #: Sobel gradient that an edge has at least (8 times grey levels per pixel).
    min_gradient: float = 40.0
    #: Radii: band of the rim fit.
    fit_band: float = 0.16
    #: Rounds of the rim fit.
    fit_rounds: int = 2
    #: Share of the rim that must be an edge.
    min_support: float = 0.3
    #: Candidates kept in an image.
    max_candidates: int = 14
    #: Horizontal over vertical axis that a plate can have.
    aspect_range: tuple[float, float] = (0.25, 1.2)
    #: Factors on the least and greatest radius searched, for what the fit gives.
    radius_slack: tuple[float, float] = (0.9, 1.1)
    #: Share of `reach_y` in which the centre must be.
    centre_reach_share: float = 0.9
    #: Radii: discs whose centres are nearer may be the same ...
    duplicate_distance: float = 0.15
    #: ... and are, if their radii differ by a smaller share.
    duplicate_radius: float = 0.12
    #: Share of an edge's gradient: it is static if it differs less from that in another image.
    static_difference: float = 0.35
    #: Sobel gradient: a smaller difference is none.
    min_static_difference: float = 10.0


@dataclass(frozen=True, slots=True)
class PlateDetectionOptions:
    """Which disc is the plate: the chain of discs that moves with the bar proxy."""

    #: Score from which a chain of usual size is a plate.
    min_score: float = 0.20
    #: The same for small discs, which are easier to satisfy by chance.
    min_score_small: float = 0.26
    #: Key images that a chain must have ...
    min_chain: int = 3
    #: ... and the share of all key images.
    min_chain_share: float = 0.25
    #: Share of the rim that is an edge by chance; the excess is evidence.
    chance_support: float = 0.40
    #: Statures: radius whose rim counts as its support says; evidence grows with the root.
    typical_radius: float = 0.13
    #: Statures: two images between which the proxy moves this far have full weight.
    full_weight_move: float = 0.15
    #: Weight of two images between which nothing moves.
    min_pair_weight: float = 0.3
    #: Statures: how far the plate may be from where the proxy's movement puts it, sideways, at
    #: rest ...
    slack_x: float = 0.05
    #: ... and per stature of movement (landmarks are off, and a bar's ends move differently).
    slack_x_per_move: float = 0.5
    #: Statures: the same up or down, at rest ...
    slack_y: float = 0.03
    #: ... and per stature of vertical movement.
    slack_y_per_move: float = 0.25
    #: Logarithm: spread of the radius between images.
    slack_log_radius: float = 0.06
    #: Spread of the aspect between images.
    slack_aspect: float = 0.12
    #: Statures: a disc that stays within this while the proxy moves belongs to the background ...
    static_sd: float = 0.012
    #: ... if the proxy moved more than this (statures) ...
    static_from_move: float = 0.03
    #: ... and wholly so if it moved this much more.
    static_ramp_move: float = 0.06
    #: Share of the movement's weight that is counted as in view, at least.
    min_view_share: float = 0.4
    #: Likelihood from which a disc joins the chain.
    min_link: float = 0.06
    #: Statures: how far sideways from the proxy a plate usually is.
    usual_beside: float = 0.6
    #: Statures: how far above the hands a plate usually is.
    usual_above_hands: float = 0.25
    #: Statures: how far below the hands a plate usually is.
    usual_below_hands: float = 0.25
    #: Statures: how far above the shoulders; a camera at hip height sees them below the bar.
    usual_above_shoulders: float = 0.20
    #: Statures: how far below the shoulders: a low bar lies 0.03 below them, more for a plate near
    #: to a camera that is higher.
    usual_below_shoulders: float = 0.08
    #: Statures: a plate this far sideways is beside the lifter, and may have another beyond.
    beside: float = 0.15
    #: Support from which a rim in one image is looked for in all others.
    whole_rim_support: float = 0.9
    #: Such rims, at most.
    max_whole_rims: int = 2
    #: Every n-th key image is searched for discs of every size and shape.
    full_search_every: int = 3
    #: Statures: static edges can be told if the proxy moved this far between two images.
    min_static_move: float = 0.08
    #: Statures: a disc this near to the head is the head ...
    head_distance: float = 0.06
    #: ... if its mean radius is at most this.
    max_head_radius: float = 0.115
    #: Statures: width of the hips in a side view (from the front 0.12).
    side_view_hips: float = 0.055
    #: Discs nearer to the body's middle than this times the hips' excess over a side view belong to
    #: the body (from the front the plates are 0.39 statures from the middle).
    body_per_hips: float = 1.8


@dataclass(frozen=True, slots=True)
class PlateRefinementOptions:
    """One size and shape for all images, and which of them are key frames for tracking."""

    #: Statures: largest radius that a plate can have.
    max_radius: float = 0.25
    #: Radii: where the ring profile begins.
    profile_from: float = 0.5
    #: Radii: where it ends, at least.
    profile_to: float = 1.1
    #: Pixels: blur before the profile is taken.
    profile_blur_px: float = 0.8
    #: Grey levels: edges are clipped here, so that one bright arc does not make a ring.
    profile_clip: float = 25.0
    #: Radii: the surroundings that a ring must rise above.
    profile_around: float = 0.10
    #: Share of the strongest ring's rise from which a ring counts ...
    min_ring_share: float = 0.22
    #: ... and grey levels.
    min_ring_rise: float = 1.5
    #: Radii: a ring nearer to the rim than this is the rim.
    max_inner_ring: float = 0.95
    #: Radii: band of the fits that measure the shape.
    free_band: float = 0.08
    #: Radii: band of the fits with the common shape.
    fixed_band: float = 0.06
    #: Rounds of either.
    fit_rounds: int = 3
    #: Support that the rim needs in a key frame.
    min_seed_support: float = 0.5
    #: Share: largest deviation of the radius from the median in a key frame.
    max_seed_radius_deviation: float = 0.06
    #: Share: largest deviation of the width.
    max_seed_width_deviation: float = 0.12
    #: Radii: a rim of fixed shape that is this far from the free one is none.
    max_seed_shift: float = 0.08
    #: Share of the median support: less clear images are left to tracking.
    min_seed_support_share: float = 0.75
    #: Images that must agree on a size.
    min_seeds: int = 2


@dataclass(frozen=True, slots=True)
class OuterRingOptions:
    """The outermost ring of a plate, from its edges accumulated in rectified coordinates."""

    #: Grey levels per rectified pixel from which a thin step is an edge; it may be faint, as how
    #: frequent it is tells a ring from noise.
    min_edge_per_px: float = 2.0
    #: Rectified pixels: standard deviation of an edge's place.
    blur_px: float = 1.2
    #: Images that must show a place.
    min_images: int = 3
    #: Of 255: share of the images that must have an edge where a ray meets a ring.
    min_frequency: float = 90.0
    #: Rectified pixels: edges this near to the border of the image are its border.
    border_px: int = 2
    #: Rectified pixels: blur before edges are taken, at least ...
    min_smoothing_px: float = 0.8
    #: ... and per image pixel of a rectified one, where the image is reduced.
    smoothing_per_scale: float = 0.6
    #: Radii: largest ring looked for.
    max_radius: float = 1.45
    #: Factor from one radius looked for to the next.
    radius_step: float = 1.065
    #: Radii: how far from the detected ring's centre that of the larger may be.
    centre_offset: float = 0.12
    #: Horizontal over vertical axis of the larger ring, in those of the detected one.
    aspects: tuple[float, ...] = (0.82, 1.0, 1.2)
    #: Radii: band of the fits of candidates.
    candidate_band: float = 0.12
    #: Radii: band of the fit of the detected ring.
    reference_band: float = 0.05
    #: Radii: band of the fits in the images with a new ring.
    moved_band: float = 0.08
    #: Radii: band of the fits in the images with the final ring.
    final_band: float = 0.06
    #: Rounds of the fits of candidates.
    candidate_rounds: int = 3
    #: Rounds of all other fits.
    fit_rounds: int = 2
    #: Share of the detected ring's support that a candidate needs.
    min_candidate_support_share: float = 0.8
    #: Factor from which a ring is larger, up or across: less is the plate's thickness.
    min_growth: float = 1.05
    #: Radii: the larger ring may cut this far into the detected one, which may rest on both.
    max_overlap: float = 0.04
    #: Share of the detected ring's clearness, and of its support in each image, that a larger ring
    #: needs if its shape is similar ...
    min_clearness_share: float = 0.9
    #: ... and if it is another.
    min_clearness_share_other_shape: float = 1.0
    #: Logarithm of the aspects' quotient below which shapes are similar.
    similar_log_aspect: float = 0.08
    #: Support that the larger ring needs.
    min_support: float = 0.88
    #: Horizontal over vertical axis that a plate can have.
    aspect_range: tuple[float, float] = (0.25, 1.15)
    #: Radii: candidates nearer than this in place and size are the same.
    duplicate_radii: float = 0.03
    #: Radii: a disc moves at most this far onto its image's edges.
    max_shift: float = 0.08
    #: Candidates that are examined one by one.
    max_examined: int = 8
    #: Rings beyond rings that are looked for.
    max_rings: int = 3


@dataclass(frozen=True, slots=True)
class PlateThicknessOptions:
    """Correction of the height for the thickness of a plate seen obliquely."""

    #: Images in which the correction is measured, about.
    images: int = 8
    #: Images that it needs.
    min_images: int = 4
    #: Smallest correction: less is a misfit.
    min_factor: float = 0.93
    #: Radii: band in which rim points are taken.
    band: float = 0.06
    #: Rim points that a fit needs.
    min_points: int = 36
    #: Pixels: distance from the outline from which an edge counts less.
    outlier_px: float = 0.2
    #: Rounds of the fit, at most.
    max_rounds: int = 60
    #: Radii: step of the numerical derivatives.
    derivative_step: float = 1e-6
    #: Radii: the move that ends the fit.
    converged: float = 1e-5


@dataclass(frozen=True, slots=True)
class PlateTrackingOptions:
    """Tracking between key frames: optical flow predicts, the rim corrects."""

    #: Corners on the disc.
    corners: CornerTrackingOptions = field(
        default_factory=lambda: CornerTrackingOptions(
            max_corners=70,
            min_corners=6,
            quality=0.01,
            spacing_px=3,
            max_return_px=0.7,
            max_residual_px=1.0,
        )
    )
    #: Inliers with which a disc without a rim is tracked on.
    min_carrying_corners: int = 12
    #: Radii: corners are taken within this; those at the rim show the background too.
    corner_radius: float = 0.95
    #: Share: a plate neither grows nor shrinks faster between two frames.
    max_growth: float = 0.08
    #: Support with which the rim corrects the prediction.
    min_support: float = 0.38
    #: Support with which the shape is measured.
    min_shape_support: float = 0.55
    #: Frames between measurements of the shape, which changes slowly.
    shape_every: int = 4
    #: Shapes that are fitted at once.
    shapes_at_once: int = 32
    #: Radii: band of the fits of the shape.
    shape_band: float = 0.06
    #: Rounds of the fits of the shape.
    shape_rounds: int = 2
    #: Share by which the measured height may differ from the plate's.
    max_shape_deviation: float = 0.10
    #: Support with which the rim alone says where the plate is, without corners.
    rim_only_support: float = 0.65
    #: Radii: how near it must be then to where the last move puts it.
    rim_only_gate: float = 0.08
    #: Radii: band of the fit where the rim or corners were tracked.
    near_band: float = 0.12
    #: Rounds of that fit.
    near_rounds: int = 2
    #: Radii: band of the fit where the plate is predicted without corners.
    far_band: float = 0.25
    #: Rounds of that fit.
    far_rounds: int = 3
    #: Radii: how far the rim may correct the prediction ...
    gate: float = 0.30
    #: ... when the plate is lost ...
    lost_gate: float = 0.6
    #: ... more for every lost frame ...
    lost_gate_per_frame: float = 0.03
    #: ... and at most.
    max_lost_gate: float = 1.2
    #: Support with which a lost plate is found again.
    regained_support: float = 0.50
    #: Support that a disc is given that is tracked by its corners only, at least.
    carried_support: float = 0.2
    #: Frames that a lost plate coasts before it is predicted from the bar proxy.
    coast_frames: int = 3
    #: Frames after which a lost plate is left to the next key frame.
    max_lost_frames: int = 45
    #: Share of the velocity that is kept in a lost frame.
    lost_velocity_share: float = 0.7
    #: Weight of a new move in the velocity.
    velocity_gain: float = 0.4
    #: Radii and pixels around the disc in which corners are tracked: sum of both.
    flow_margin_radii: float = 0.6
    #: See `flow_margin_radii`.
    flow_margin_px: int = 16
    #: Pixels: smallest side of that region.
    min_flow_region_px: int = 24
    #: Statures: half-width of the grid on which a lost plate is searched around the prediction.
    grid_x: float = 0.07
    #: Statures: half-height of the grid.
    grid_y: float = 0.14
    #: Statures: step of the grid.
    grid_step: float = 0.035
    #: Radii: where the rim may be at each place of the grid.
    grid_rim: tuple[float, float] = (0.9, 1.1)
    #: Radii: band of the fit at the best place.
    grid_band: float = 0.15
    #: Rounds of that fit.
    grid_rounds: int = 3
    #: Radii: a segment closes if tracking arrives this near to the next key frame's disc.
    max_closure: float = 0.12


@dataclass(frozen=True, slots=True)
class UserSeedOptions:
    """The disc that the user points at."""

    #: Radii: how near to the disc's centre the user must point.
    max_distance: float = 0.5
    #: Support that its rim needs.
    min_support: float = 0.7
    #: Statures: radius around the point within which corners are tracked, if there is no disc.
    point_radius: float = 0.04
    #: Confidence that a point without a disc is the bar.
    point_confidence: float = 0.7


@dataclass(frozen=True, slots=True)
class PlateOptions:
    """All that concerns the plate's disc."""

    rim_fit: RimFitOptions = field(default_factory=RimFitOptions)
    candidates: DiscCandidateOptions = field(default_factory=DiscCandidateOptions)
    detection: PlateDetectionOptions = field(default_factory=PlateDetectionOptions)
    refinement: PlateRefinementOptions = field(default_factory=PlateRefinementOptions)
    outer_ring: OuterRingOptions = field(default_factory=OuterRingOptions)
    thickness: PlateThicknessOptions = field(default_factory=PlateThicknessOptions)
    tracking: PlateTrackingOptions = field(default_factory=PlateTrackingOptions)
    user_seed: UserSeedOptions = field(default_factory=UserSeedOptions)


DEFAULT_PLATE = PlateOptions()
