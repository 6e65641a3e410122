"""The bar from the front: both sleeves detected, tracked and measured, refused where missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastrep.bar.sleeves.alignment import (
    align_images,
    crop_at,
    edges_down,
    match_template,
    subpixel_peak,
)
from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from unit.bar.front_scenes import FrontScene
from unit.bar.scenes import Scene, lifts, tracked

LIFT = FrontScene(lifts((0.5,), 0.55, 0.9), duration_s=3.2)


def both_ends(track: BarTrack) -> MovingPoint:
    assert track.bar is not None
    assert track.bar.both_ends
    assert track.bar.source is PointSource.PLATE
    assert track.bar.seen.mean() > 0.9
    return track.bar


def height_error_px(bar: MovingPoint, scene: FrontScene) -> np.ndarray:
    """Distance from the true height, constant offset removed."""
    off = -bar.stabilised_px[:, 1] - scene.rise_px
    return np.abs(off - np.nanmedian(off))


@pytest.mark.parametrize(
    "scene",
    [
        LIFT,
        replace(LIFT, colour=(170, 35, 35), seed=1),
        replace(LIFT, thick_m=0.12, seed=2),
        replace(LIFT, landmark_noise_px=3.0, seed=3),
        replace(LIFT, fps=60.0, seed=4),
    ],
    ids=["one plate", "red", "many plates", "trembling landmarks", "60 fps"],
)
def test_both_sleeves_are_detected_and_tracked_to_a_third_of_a_pixel(scene: FrontScene) -> None:
    bar = both_ends(tracked(scene))
    assert bar.confidence.min() > 0.8
    assert bar.seen.mean() > 0.98
    assert np.sqrt(np.nanmean(height_error_px(bar, scene) ** 2)) < 0.33
    assert np.nanmax(np.abs(bar.image_px - scene.centre)) < 2.5
    assert bar.typical_radius_px == pytest.approx(0.225 * scene.px_per_m, rel=0.02)
    assert bar.aspect < 0.65
    assert bar.tilt_deg is not None
    assert np.nanmax(np.abs(bar.tilt_deg)) < 0.4


@pytest.mark.parametrize("most_deg", [-4.0, 4.0, 8.0])
def test_tilt_is_measured_with_its_sign(most_deg: float) -> None:
    scene = replace(LIFT, tilt_deg=lambda t_s: most_deg * np.sin(2 * t_s), seed=5)
    bar = both_ends(tracked(scene))
    assert bar.confidence.min() > 0.8
    assert bar.tilt_deg is not None
    error = bar.tilt_deg - scene.tilt_deg(scene.t_s)
    assert np.nanmean(np.abs(error)) < 0.25


@pytest.mark.parametrize("most_deg", [-14.0, 14.0])
def test_a_bar_that_tips_over_for_a_moment_is_seen_throughout(most_deg: float) -> None:
    tips = replace(
        LIFT, tilt_deg=lambda t_s: most_deg * np.exp(-(((t_s - 0.95) / 0.2) ** 2)), seed=9
    )
    bar = both_ends(tracked(tips))
    assert bar.confidence.min() > 0.8
    assert bar.seen.all()
    assert bar.tilt_deg is not None
    assert np.nanmax(np.abs(bar.tilt_deg)) == pytest.approx(abs(most_deg), abs=1.0)
    assert np.sqrt(np.nanmean(height_error_px(bar, tips) ** 2)) < 0.6


def test_a_bar_that_goes_away_from_the_camera_rises_as_far_as_it_does() -> None:
    scene = replace(LIFT, seed=6)
    scene = replace(scene, away=lambda t_s: 0.10 * scene.height(t_s) / 0.55)
    bar = both_ends(tracked(scene))
    seen = -bar.image_px[:, 1]
    assert np.nanmax(seen) - np.nanmin(seen) < 0.95 * np.ptp(scene.rise_px)
    # Where it was measured it was half as far away.
    there = np.ptp(bar.stabilised_px[bar.seen, 1]) / bar.typical_radius_px * 0.225
    assert there == pytest.approx(0.55, rel=0.025)


def test_where_one_sleeve_is_hidden_the_other_one_tells() -> None:
    scene = replace(LIFT, hidden_s=(0.9, 1.5), seed=7)
    bar = both_ends(tracked(scene))
    assert bar.confidence.min() > 0.8
    hidden = (scene.t_s >= 0.95) & (scene.t_s < 1.45)
    assert bar.seen[hidden].all()
    assert np.nanmax(height_error_px(bar, scene)[hidden]) < 1.0


@pytest.mark.parametrize(
    "scene",
    [
        replace(LIFT, plates=(0.0, 0.0)),
        replace(LIFT, plates=(0.225, 0.0)),
        replace(LIFT, plates=(0.225, 0.12)),
        replace(LIFT, still_plates=True),
        replace(LIFT, still_plates=True, height=lifts((0.5,), 0.13, 0.9), plates=(0.2, 0.2)),
        replace(LIFT, plate_at_m=0.28, thick_m=0.05, plates=(0.09, 0.09)),
    ],
    ids=["bare bar", "one plate", "two sizes", "stored plates", "near stored plates", "dumbbells"],
)
def test_what_is_no_loaded_bar_is_not_believed(scene: FrontScene) -> None:
    track = tracked(scene)
    assert len(track.t_s) == len(scene.t_s)
    bar = track.bar
    assert bar is None or not bar.both_ends or bar.confidence.max() < 0.3


def test_from_the_side_no_sleeves_are_detected() -> None:
    bar = tracked(Scene(lifts((0.5,), 0.55, 0.8), duration_s=2.8)).bar
    assert bar is not None
    assert not bar.both_ends


@pytest.mark.parametrize("seed", range(5))
def test_images_are_aligned_to_a_fraction_of_a_pixel(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = replace(LIFT, duration_s=2.0, seed=seed)
    frames = list(scene.frames())
    keys = np.linspace(15, 42, 12).astype(int)
    true = scene.centre[keys] + np.array([-0.70, 0.0]) * scene.px_per_m
    off = rng.uniform(-3, 3, true.shape)
    images = [frames[k][0].rgb for k in keys]
    aligned = align_images(images, true + off, (41, 81), (6, 6))
    left = aligned.centres - true
    assert np.ptp(left[:, 1]) < 0.5
    assert aligned.down.shape == (81, 41, 3)


@pytest.mark.parametrize("move", [(0.0, 0.0), (1.0, -2.0), (-1.5, 2.25), (0.4, 0.7)])
def test_the_template_matches_where_the_edges_were_moved_to(move: tuple[float, float]) -> None:
    frame, _ = next(LIFT.frames())
    at = LIFT.centre[0] - (0.70 * LIFT.px_per_m, 0)
    sought = edges_down(crop_at(frame.rgb, at, (31, 71)))
    moved = edges_down(crop_at(frame.rgb, at - np.array(move), (39, 79)))
    found, likeness = match_template(moved, sought)
    assert found[1] == pytest.approx(move[1], abs=0.15)
    assert likeness > 0.9


@pytest.mark.parametrize("true", [-0.5, -0.2, 0.0, 0.3, 0.5])
def test_the_peak_of_a_parabola_is_found_exactly(true: float) -> None:
    at = np.arange(7.0)
    assert subpixel_peak(-((at - 3 - true) ** 2), 3) == pytest.approx(true)
    assert subpixel_peak(at, 6) == 0.0
    assert subpixel_peak(np.zeros(7), 3) == 0.0
