"""The tracker on drawn scenes: found by itself, followed, and honest when there is nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastrep.bar.options import BarTrackingOptions, WindowOptions
from lastrep.bar.track import BarTrack, PointSource
from lastrep.bar.tracker import BarTracker
from unit.bar.scenes import Scene, lifts, tracked

REPS = Scene(lifts((0.5,), 0.55, 0.8), duration_s=2.8)
TWO_REPS = replace(REPS, height=lifts((0.5, 2.6), 0.55, 0.8), duration_s=4.8)


def error_px(track: BarTrack, scene: Scene) -> np.ndarray:
    """Distance from the true place in the room, constant offset removed."""
    assert track.bar is not None
    off = track.bar.stabilised_px - scene.centre
    return np.asarray(np.linalg.norm(off - np.nanmedian(off, axis=0), axis=1))


@pytest.mark.parametrize(
    "scene",
    [
        REPS,
        replace(REPS, aspect=0.7, seed=4),
        replace(REPS, colour=(170, 35, 35), seed=5),
        replace(REPS, fps=60.0, seed=6),
    ],
    ids=["side", "oblique", "red", "60 fps"],
)
def test_the_plate_is_found_and_followed_to_a_third_of_a_pixel(scene: Scene) -> None:
    track = tracked(scene)
    assert track.bar is not None
    assert track.bar.source is PointSource.PLATE
    assert track.bar.confidence.min() > 0.8
    assert track.bar.seen.mean() > 0.98
    assert np.sqrt(np.nanmean(error_px(track, scene) ** 2)) < 0.33
    radius_px = 0.225 * scene.px_per_m
    assert track.bar.typical_radius_px == pytest.approx(radius_px, rel=0.012)
    assert track.bar.aspect == pytest.approx(scene.aspect, abs=0.05)
    assert track.plate_share_of_stature == pytest.approx(0.25, abs=0.02)


def test_a_hand_held_camera_is_taken_out() -> None:
    scene = replace(REPS, shake_px=8.0, seed=7)
    track = tracked(scene)
    assert track.bar is not None
    assert track.camera_known.mean() > 0.95
    assert track.camera_shift_px.max() > 6
    assert track.bar.seen.mean() > 0.9
    assert np.sqrt(np.nanmean(error_px(track, scene) ** 2)) < 0.6


def test_a_dark_plate_in_a_dark_room_is_found() -> None:
    scene = replace(REPS, light=0.15, colour=(70, 70, 75), seed=8)
    track = tracked(scene)
    assert track.bar is not None
    assert track.bar.confidence.min() > 0.8
    assert track.bar.seen.mean() > 0.9
    assert np.sqrt(np.nanmean(error_px(track, scene) ** 2)) < 1.0


def test_a_plate_is_followed_while_less_than_half_of_it_is_in_the_picture() -> None:
    scene = replace(TWO_REPS, height=lifts((0.5, 2.6), 1.2, 0.8), size=(240, 200), seed=9)
    out = scene.centre[:, 1] < -0.1 * 0.225 * scene.px_per_m
    assert out.sum() > 10
    track = tracked(scene)
    assert track.bar is not None
    assert track.bar.confidence.min() > 0.8
    assert track.bar.seen[out].mean() > 0.9
    assert np.nanmax(error_px(track, scene)[out]) < 1.5


def test_windows_of_little_memory_give_the_same_track() -> None:
    whole = tracked(TWO_REPS)
    frame_bytes = TWO_REPS.size[0] * TWO_REPS.size[1] * 3
    small = BarTrackingOptions(window=WindowOptions(max_bytes=80 * frame_bytes))
    parts = tracked(TWO_REPS, options=small)
    assert whole.bar is not None
    assert parts.bar is not None
    both = whole.bar.seen & parts.bar.seen
    assert both.mean() > 0.95
    apart = np.linalg.norm(whole.bar.stabilised_px[both] - parts.bar.stabilised_px[both], axis=1)
    assert np.percentile(apart, 95) < 0.3


def test_no_plate_is_no_bar_or_not_believed() -> None:
    track = tracked(replace(REPS, plate=False))
    assert len(track.t_s) == len(REPS.t_s)
    assert track.bar is None or track.bar.confidence.max() < 0.3
    assert track.proxies["both"].seen.all()


def test_a_plate_that_leaves_the_picture_is_lost_there_and_found_again() -> None:
    high = lifts((0.5, 2.7), 1.0, 0.9)
    scene = Scene(high, duration_s=5.0, size=(240, 150))
    track = tracked(scene)
    assert track.bar is not None
    out = scene.centre[:, 1] < -0.6 * 0.225 * scene.px_per_m
    assert out.sum() > 10
    assert not track.bar.seen[out].any()
    inside = scene.centre[:, 1] > 1.2 * 0.225 * scene.px_per_m
    assert track.bar.seen[inside].mean() > 0.9
    assert np.nanpercentile(error_px(track, scene)[inside], 95) < 1.0


def test_the_user_points_at_the_plate() -> None:
    x, y = REPS.centre[0] + (4, -5)
    track = tracked(REPS, bar_px=(float(x), float(y)))
    assert track.bar is not None
    assert track.bar.source is PointSource.PLATE
    assert track.bar.seen.mean() > 0.9
    assert np.sqrt(np.nanmean(error_px(track, REPS) ** 2)) < 0.4


@pytest.mark.parametrize(
    "across_m",
    [
        0.10,
        pytest.param(
            0.06, marks=pytest.mark.xfail(strict=True, reason="7 pixels: lost in the second frame")
        ),
    ],
)
def test_the_user_points_at_a_bar_end_without_a_plate(across_m: float) -> None:
    scene = replace(REPS, plate_m=across_m, colour=(20, 20, 20))
    track = tracked(scene, bar_px=tuple(scene.centre[0]))
    assert track.bar is not None
    assert track.bar.source is PointSource.POINT
    assert not np.isfinite(track.bar.typical_radius_px)
    assert track.bar.seen.mean() > 0.9
    assert np.nanmax(error_px(track, scene)) < 4.0


def test_nobody_in_the_picture() -> None:
    tracker = BarTracker()
    for frame, pose in replace(REPS, duration_s=0.5).frames():
        tracker.update(frame, type(pose).missing(pose.t_s))
    track = tracker.finish()
    assert len(track.t_s) == 15
    assert track.bar is None
    assert not np.isfinite(track.stature_px)


def test_no_frames_at_all() -> None:
    track = BarTracker("wrist").finish()
    assert len(track.t_s) == 0
    assert track.bar is None
