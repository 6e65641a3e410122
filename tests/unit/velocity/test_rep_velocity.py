"""Speeds of tracks with known motion, and what is not said when it cannot be known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks import known, some
from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.exercises.library import find
from lastrep.reps.types import RepSpan
from lastrep.velocity.fatigue import fatigue, reps_in_reserve, velocity_loss_pct
from lastrep.velocity.rep_velocity import measure_reps
from lastrep.velocity.scale import NO_SCALE, Calibration, Scale, Scales, ScaleSource, find_scales
from lastrep.velocity.types import SetVelocity

PX_PER_M = 100.0
PLATE = Scales(
    Scale(1 / PX_PER_M, ScaleSource.PLATE, 1.5), Scale(1.1 / PX_PER_M, ScaleSource.HEIGHT, 5.0)
)
UNKNOWN = Scales(NO_SCALE, NO_SCALE)


@dataclass(frozen=True)
class Lifting:
    """Squats that take `lasts_s` each for the way up, over `rise_m`; 1 s down, 0.2 s below."""

    lasts_s: tuple[float, ...] = (0.8, 0.9, 1.0, 1.25)
    rise_m: float = 0.6
    fps: float = 30.0
    noise_px: float = 0.05
    stall: float = 0.0
    drift_m: float = 0.0

    @property
    def spans(self) -> list[RepSpan]:
        out, t = [], 1.0
        for lasts in self.lasts_s:
            down, up, end = t + 1.0, t + 1.2, t + 1.2 + lasts
            out.append(RepSpan(t, (down + up) / 2, end, t, down, up, end, True, 1.0))
            t = end + 0.6
        return out

    @property
    def t_s(self) -> np.ndarray:
        return np.arange(0, self.spans[-1].end_s + 1.0, 1 / self.fps)

    def path(self) -> np.ndarray:
        """Pixels, y down; the bar bows forward by `drift_m` on the way up."""
        depth = np.zeros(len(self.t_s))
        bow = np.zeros(len(self.t_s))
        for span in self.spans:
            falling, stuck = (
                _half(self.t_s, *span.eccentric_s),
                _half(self.t_s, *span.concentric_s, self.stall),
            )
            depth += falling - stuck
            bow += np.sin(np.pi * stuck)
        x = 50 + PX_PER_M * self.drift_m * bow
        y = 100 + PX_PER_M * self.rise_m * depth
        noise = np.random.default_rng(1).normal(0, self.noise_px, (len(x), 2))
        return np.stack([x, y], axis=1) + noise


def _half(t_s: np.ndarray, start_s: float, end_s: float, stall: float = 0.0) -> np.ndarray:
    u = np.linspace(0, 1, 2001)
    speed = (u * (1 - u)) ** 1.4 * (1 - stall * np.exp(-(((u - 0.45) / 0.12) ** 2)))
    way = np.concatenate([[0], np.cumsum(speed[1:] + speed[:-1])])
    return np.asarray(np.interp((t_s - start_s) / (end_s - start_s), u, way / way[-1]))


def point(path: np.ndarray, source: PointSource, confidence: float = 1.0) -> MovingPoint:
    n = len(path)
    plate = source is PointSource.PLATE
    return MovingPoint(
        source, path, path, np.full(n, 22.5 if plate else np.nan), np.ones(n),
        np.full(n, confidence), 1.0 if plate else float("nan"),
    )  # fmt: skip


def track_of(lifting: Lifting, path: np.ndarray | None = None, confidence: float = 1.0) -> BarTrack:
    body = point(lifting.path() * (1, 0.9), PointSource.LANDMARK)
    bar = point(lifting.path() if path is None else path, PointSource.PLATE, confidence)
    n = len(lifting.t_s)
    return BarTrack(
        lifting.t_s, bar, dict.fromkeys(("both", "left", "right"), body), "shoulder",
        180.0, np.ones(n, bool), np.zeros(n),
    )  # fmt: skip


def measured(
    lifting: Lifting, track: BarTrack | None = None, scales: Scales = PLATE
) -> SetVelocity:
    return measure_reps(track or track_of(lifting), lifting.spans, scales, find("back_squat"))


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0, 120.0])
def test_mean_velocity_and_displacement(fps: float) -> None:
    lifting = Lifting(fps=fps)
    for rep, lasts in zip(measured(lifting).reps, lifting.lasts_s, strict=True):
        assert rep.source is PointSource.PLATE
        assert rep.mean_m_s is not None
        assert rep.mean_m_s.value == pytest.approx(0.6 / lasts, rel=0.04)
        assert abs(rep.mean_m_s.value - 0.6 / lasts) < 2.5 * rep.mean_m_s.uncertainty
        assert rep.displacement_m is not None
        assert rep.displacement_m.value == pytest.approx(0.6, abs=0.008)
        assert rep.eccentric_m_s is not None
        assert rep.eccentric_m_s.value == pytest.approx(0.6, rel=0.06)


def test_peak_velocity_and_its_time() -> None:
    rep = measured(Lifting(lasts_s=(1.0,), fps=60.0)).reps[0]
    u = np.linspace(0, 1, 2001)
    shape = (u * (1 - u)) ** 1.4
    assert rep.peak_m_s is not None
    assert rep.peak_m_s.value == pytest.approx(0.6 * shape.max() / shape.mean(), rel=0.03)
    assert rep.time_to_peak_s == pytest.approx(0.5, abs=0.05)


def test_no_peak_from_few_frames_or_from_the_body() -> None:
    quick = measured(Lifting(lasts_s=(0.4, 0.4), fps=30.0))
    assert [rep.peak_m_s for rep in quick.reps] == [None, None]
    lifting = Lifting(fps=60.0)
    body = measured(lifting, replace(track_of(lifting), bar=None))
    assert all(rep.peak_m_s is None and rep.mean_m_s is not None for rep in some(body.reps))


@settings(max_examples=20, deadline=None)
@given(frame=st.integers(5, 60), off=st.sampled_from([-80.0, 40.0, 300.0]))
def test_one_bad_frame_makes_no_peak(frame: int, off: float) -> None:
    lifting = Lifting(lasts_s=(0.9,), fps=30.0)
    path = lifting.path()
    path[frame] += off
    clean = measured(lifting).reps[0]
    rep = measured(lifting, track_of(lifting, path)).reps[0]
    assert clean.peak_m_s is not None
    assert rep.peak_m_s is not None
    assert rep.peak_m_s.value == pytest.approx(clean.peak_m_s.value, rel=0.06)
    assert known(rep.mean_m_s).value == pytest.approx(known(clean.mean_m_s).value, rel=0.06)


def test_velocity_loss_is_against_the_fastest_rep() -> None:
    result = measured(Lifting(lasts_s=(1.0, 0.8, 0.9, 1.2)))
    tired = fatigue(result.reps, [True] * 4, None)
    assert tired.velocity_loss_pct is not None
    assert tired.velocity_loss_pct.value == pytest.approx(100 * (1 - 0.8 / 1.2), abs=3)
    assert max(known(share) for share in tired.relative) == 1.0
    assert tired.relative[1] == 1.0


def test_without_a_scale_speeds_are_relative_only() -> None:
    result = measured(Lifting(), scales=UNKNOWN)
    assert all(rep.mean_m_s is None and rep.displacement_m is None for rep in some(result.reps))
    tired = fatigue(result.reps, [True] * len(result.reps), None)
    assert tired.relative[-1] == pytest.approx(0.8 / 1.25, abs=0.03)
    assert any("relative" in warning for warning in result.warnings)
    assert tired.velocity_loss_pct is not None


def test_a_doubtful_bar_is_not_used_and_a_half_sure_one_is_said() -> None:
    lifting = Lifting()
    doubtful = measured(lifting, track_of(lifting, confidence=0.2))
    assert {rep.source for rep in doubtful.reps} == {PointSource.LANDMARK}
    assert any("body" in warning for warning in doubtful.warnings)
    half = measured(lifting, track_of(lifting, confidence=0.5))
    assert {rep.source for rep in half.reps} == {PointSource.PLATE}
    assert any("surely" in warning for warning in half.warnings)


def test_a_rep_whose_bar_was_lost_takes_the_body_calibrated_by_the_others() -> None:
    lifting = Lifting(lasts_s=(0.8, 0.8, 0.8))
    path = lifting.path()
    start, end = lifting.spans[1].concentric_s
    path[(lifting.t_s > start + 0.2) & (lifting.t_s < end - 0.1)] = np.nan
    rep = measured(lifting, track_of(lifting, path)).reps[1]
    assert rep.source is PointSource.LANDMARK
    assert rep.mean_m_s is not None
    # The body moves 0.9 times as far in the picture; the other reps say so.
    assert rep.mean_m_s.value == pytest.approx(0.6 / 0.8, rel=0.05)


def test_a_gap_of_two_frames_is_bridged() -> None:
    lifting = Lifting(lasts_s=(0.9,))
    path = lifting.path()
    middle = round(np.mean(lifting.spans[0].concentric_s) * lifting.fps)
    path[middle : middle + 2] = np.nan
    rep = measured(lifting, track_of(lifting, path)).reps[0]
    assert rep.source is PointSource.PLATE
    assert known(rep.mean_m_s).value == pytest.approx(0.6 / 0.9, rel=0.04)


def test_a_camera_that_moved_unseen_gives_no_metres() -> None:
    lifting = Lifting()
    n = len(lifting.t_s)
    moved = replace(
        track_of(lifting), camera_shift_px=np.full(n, 12.0), camera_known=np.zeros(n, bool)
    )
    result = measured(lifting, moved)
    assert all(rep.mean_m_s is None for rep in some(result.reps))
    assert any("camera" in note for note in result.reps[0].notes)
    told = replace(moved, camera_known=np.ones(n, bool))
    for still, shaken in zip(
        some(measured(lifting).reps), measured(lifting, told).reps, strict=True
    ):
        assert known(shaken.mean_m_s).uncertainty > known(still.mean_m_s).uncertainty


def test_too_few_frames_a_second_for_metres() -> None:
    result = measured(Lifting(fps=15.0))
    assert all(rep.mean_m_s is None for rep in some(result.reps))
    assert any("too few" in warning for warning in result.warnings)


def test_sticking_region() -> None:
    stuck = measured(Lifting(lasts_s=(1.8,), stall=0.8)).reps[0].sticking
    assert stuck is not None
    assert stuck.depth > 0.4
    assert stuck.height == pytest.approx(0.4, abs=0.12)
    assert measured(Lifting(lasts_s=(1.0,))).reps[0].sticking is None


def test_tilt_is_told_from_how_the_bar_usually_lies() -> None:
    lifting = Lifting()
    track = track_of(lifting)
    assert track.bar is not None
    assert all(rep.tilt_deg is None for rep in some(measured(lifting, track).reps))
    tilt_deg = np.full(len(lifting.t_s), 2.0)  # the camera is not level
    tilt_deg -= 3.0 * np.sin(np.pi * _half(lifting.t_s, *lifting.spans[1].concentric_s))
    tilt_deg[::7] = np.nan
    tilted = replace(track, bar=replace(track.bar, tilt_deg=tilt_deg))
    first, second, *_ = (rep.tilt_deg for rep in measured(lifting, tilted).reps)
    assert first == pytest.approx(0.0, abs=0.05)
    assert second == pytest.approx(-3.0, abs=0.2)


def test_sideways_path() -> None:
    bowed = measured(Lifting(drift_m=0.08))
    assert bowed.reps[0].horizontal_deviation_m is not None
    assert bowed.reps[0].horizontal_deviation_m.value == pytest.approx(0.08, abs=0.01)
    assert bowed.reps[3].path_repeatability == pytest.approx(0.0, abs=0.01)
    straight = Lifting()
    path = straight.path()
    last = straight.spans[3]
    up = (straight.t_s > last.concentric_s[0]) & (straight.t_s < last.concentric_s[1])
    path[up, 0] += 9 * np.sin(np.pi * _half(straight.t_s, *last.concentric_s))[up]
    odd = measured(straight, track_of(straight, path))
    assert known(odd.reps[3].path_repeatability) > 0.05


def test_lifts_that_pull_down_are_lifts_too() -> None:
    """Pushdowns move the load's handle down in the concentric."""
    lifting = Lifting(lasts_s=(0.8, 0.8))
    path = lifting.path() * (1, -1)
    result = measure_reps(track_of(lifting, path), lifting.spans, PLATE, None)
    assert known(result.reps[0].mean_m_s).value == pytest.approx(0.75, rel=0.04)


def test_nothing_seen_says_so() -> None:
    lifting = Lifting(lasts_s=(0.8,))
    empty = np.full_like(lifting.path(), np.nan)
    body = point(empty, PointSource.LANDMARK)
    nowhere = replace(track_of(lifting, empty), proxies={"both": body, "left": body, "right": body})
    rep = measured(lifting, nowhere).reps[0]
    assert rep.source is None
    assert rep.mean_m_s is None
    assert rep.notes


def test_the_plates_own_size_scales_each_rep() -> None:
    """A lifter who steps nearer makes everything larger in the picture."""
    lifting = Lifting(lasts_s=(0.8, 0.8))
    factor = np.where(lifting.t_s > lifting.spans[1].start_s - 0.2, 1.2, 1.0)
    standing = np.array([50.0, 100.0])
    path = standing + (lifting.path() - standing) * factor[:, None]
    track = track_of(lifting, path)
    bar = replace(known(track.bar), radius_px=22.5 * factor)
    scales = find_scales(replace(track, bar=bar), Calibration(plate_m=0.45))
    first, second = measured(lifting, replace(track, bar=bar), scales).reps
    rises_m = [known(rep.displacement_m).value for rep in (first, second)]
    assert rises_m[1] == pytest.approx(rises_m[0], rel=0.02)
    # The sudden step towards the camera also disturbs the rest before the lift.
    assert known(second.mean_m_s).value == pytest.approx(known(first.mean_m_s).value, rel=0.04)


def test_velocity_loss_by_hand() -> None:
    assert velocity_loss_pct([0.60, 0.36]) == pytest.approx(40)
    assert velocity_loss_pct([0.5, 0.6, 0.6]) == pytest.approx(0)
    assert velocity_loss_pct([0.5]) is None


@pytest.mark.parametrize(
    ("reps", "loss_pct", "band"),
    [(2, 30.0, None), (8, 48.0, (0, 1)), (5, 20.0, (2, 10)), (6, 38.0, (0, 3))],
)
def test_reserve_bands_from_velocity_loss(
    reps: int, loss_pct: float, band: tuple[int, int] | None
) -> None:
    assert reps_in_reserve(reps, loss_pct, find("back_squat")) == band


def test_reserve_takes_the_wider_of_two_ways() -> None:
    squat = find("back_squat")
    alone = reps_in_reserve(8, 48.0, squat)
    both = reps_in_reserve(8, 48.0, squat, (known(squat.minimum_velocity_m_s) + 0.05, 0.02))
    assert alone == (0, 1)
    assert both == (0, 5) or both == (0, 10)
    assert reps_in_reserve(8, 48.0, find("lateral_raise")) is None


def test_a_disc_of_another_size_is_not_the_bar() -> None:
    # A rendered curl whose plate was lost for something half as large read 1.15 m, 0.79 m true.
    lifting = Lifting()
    last = lifting.spans[-1]
    track = track_of(lifting)
    assert track.bar is not None
    radius_px = np.where(lifting.t_s >= last.start_s, 11.0, 22.5)
    *others, lost = measured(
        lifting, replace(track, bar=replace(track.bar, radius_px=radius_px))
    ).reps
    assert [rep.source for rep in others] == [PointSource.PLATE] * 3
    assert lost.source is PointSource.LANDMARK
    assert lost.displacement_m is not None
    assert lost.displacement_m.value == pytest.approx(0.6, abs=0.02)
    assert any("not the bar" in note for note in lost.notes)
