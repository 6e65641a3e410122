"""Where metres come from, and when there are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.velocity.scale import Calibration, KnownDistance, ScaleSource, find_scales


def track(
    radius_px: float | None = 30.0, *, stature_px: float = 240.0, aspect: float = 1.0
) -> BarTrack:
    path = np.zeros((4, 2))
    ones = np.ones(4)
    bar = None
    if radius_px is not None:
        radius = np.full(4, radius_px)
        bar = MovingPoint(PointSource.PLATE, path, path, radius, ones, ones, aspect)
    body = MovingPoint(PointSource.LANDMARK, path, path, np.full(4, np.nan), ones, ones)
    return BarTrack(
        np.arange(4.0), bar, dict.fromkeys(("both", "left", "right"), body), "wrist",
        stature_px, np.ones(4, bool), np.zeros(4),
    )  # fmt: skip


def test_a_given_plate() -> None:
    scale = find_scales(track(30.0), Calibration(plate_m=0.40)).bar
    assert scale.source is ScaleSource.PLATE
    assert scale.metres_per_px == pytest.approx(0.40 / 60)
    assert scale.uncertainty_pct == pytest.approx(1.5)


def test_a_full_size_plate_is_assumed_only_where_it_can_be_one() -> None:
    scales = find_scales(track(30.0), Calibration())
    assert scales.bar.metres_per_px == pytest.approx(0.45 / 60)
    assert "full-size" in scales.warnings[0]
    small = find_scales(track(15.0), Calibration())
    assert small.bar.source is ScaleSource.NONE
    assert "--plate-m" in small.warnings[0]


def test_too_large_a_plate_is_doubted() -> None:
    assert any("larger" in w for w in find_scales(track(60.0), Calibration()).warnings)


def test_oblique_plates_are_less_sure() -> None:
    side = find_scales(track(aspect=1.0), Calibration(plate_m=0.45)).bar
    oblique = find_scales(track(aspect=0.6), Calibration(plate_m=0.45)).bar
    assert oblique.uncertainty_pct > side.uncertainty_pct
    assert oblique.metres_per_px == side.metres_per_px


def test_the_lifters_height_scales_the_body_and_the_nearer_bar_differently() -> None:
    scales = find_scales(track(12.0), Calibration(height_m=1.80))
    assert scales.body.metres_per_px == pytest.approx(1.80 / 240)
    assert scales.bar.source is ScaleSource.HEIGHT
    assert scales.bar.metres_per_px < scales.body.metres_per_px
    assert scales.bar.uncertainty_pct > scales.body.uncertainty_pct


def test_between_both_ends_of_the_bar_the_scale_is_the_bodys() -> None:
    small = track(12.0, aspect=0.3)
    assert small.bar is not None
    ends = replace(small, bar=replace(small.bar, tilt_deg=np.zeros(4)))
    one, both = (find_scales(t, Calibration(height_m=1.80)).bar for t in (small, ends))
    assert both.metres_per_px == pytest.approx(1.80 / 240)
    assert both.uncertainty_pct < one.uncertainty_pct


def test_plates_at_both_ends_are_as_far_away_as_the_lifter() -> None:
    far = track(25.0, aspect=0.3)
    assert far.bar is not None
    ends = replace(far, bar=replace(far.bar, tilt_deg=np.zeros(4)))
    assert find_scales(far, Calibration()).bar.known
    assert not find_scales(ends, Calibration()).bar.known


def test_a_known_distance_goes_before_everything() -> None:
    known = KnownDistance((10, 10), (10, 210), 1.0)
    scales = find_scales(track(), Calibration(plate_m=0.45, height_m=1.8, known_distance=known))
    assert scales.bar.source is ScaleSource.KNOWN_DISTANCE
    assert scales.bar.metres_per_px == scales.body.metres_per_px == pytest.approx(0.005)


def test_nothing_known_no_metres() -> None:
    scales = find_scales(track(None), Calibration())
    assert not scales.bar.known
    assert not scales.body.known


@pytest.mark.parametrize(
    "make",
    [
        lambda: Calibration(plate_m=45),
        lambda: Calibration(height_m=178),
        lambda: KnownDistance((1, 1), (1, 1), 1.0),
        lambda: KnownDistance((1, 1), (9, 1), 0.0),
    ],
)
def test_impossible_sizes_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"plate|height|distance"):
        make()


def test_a_disc_too_small_for_the_plates_given_is_no_scale() -> None:
    fits = find_scales(track(30.0), Calibration(plate_m=0.45)).bar
    assert fits.source is ScaleSource.PLATE
    part = find_scales(track(12.0), Calibration(plate_m=0.45))
    assert not part.bar.known
    assert any("too small" in warning for warning in part.warnings)
    by_height = find_scales(track(12.0), Calibration(plate_m=0.45, height_m=1.8)).bar
    assert by_height.source is ScaleSource.HEIGHT
    assert find_scales(track(12.0), Calibration(plate_m=0.23)).bar.source is ScaleSource.PLATE
