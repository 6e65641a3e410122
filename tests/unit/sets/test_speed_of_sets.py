"""Bar speed added to judged sets: what the report then says, and an end that speed calls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastrep.bar.recording import track_landmarks
from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.exercises import catalogue, find
from lastrep.motion.view import ViewName, camera_view
from lastrep.output.bar_path import BarPath
from lastrep.pose import PoseSequence
from lastrep.sets import measurements
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.offline import FoundSet, find_sets, judge_found
from lastrep.sets.results import EndReason, SetReport
from lastrep.velocity.options import BarOptions, may_have_plates
from lastrep.velocity.scale import Calibration, KnownDistance
from lifters import Camera, Clip, landmark_recording, lifting_set
from lifters.landmarks import Recording

STATURE_M = 1.75
BY_HEIGHT = BarOptions(Calibration(height_m=STATURE_M))


@pytest.fixture(scope="module")
def recording() -> Recording:
    """Seven squats, each slower than the one before."""
    reps = lifting_set(7, seed=3, velocity_loss=0.45)
    return landmark_recording(Clip("t", "back_squat", reps, camera=Camera(yaw_deg=45.0)))


@pytest.fixture(scope="module")
def poses(recording: Recording) -> PoseSequence:
    return recording.poses


@pytest.fixture(scope="module")
def squats(poses: PoseSequence) -> FoundSet:
    (one,) = find_sets(poses, find("back_squat")).sets
    return one


def report_of(
    squats: FoundSet,
    poses: PoseSequence,
    options: BarOptions = BY_HEIGHT,
    criteria: SetCriteria | None = None,
    track: BarTrack | None = None,
) -> SetReport:
    track = track or track_landmarks(poses, "shoulder")
    return judge_found(squats, poses, track, criteria or SetCriteria(), bar=options).report


def test_every_rep_gets_a_speed_that_falls_as_the_true_one_does(
    squats: FoundSet, poses: PoseSequence, recording: Recording
) -> None:
    report = report_of(squats, poses)
    found = [rep.bar.mean_velocity_m_s for rep in report.reps]
    true = [rep.mean_concentric_velocity_m_s for rep in recording.truth.reps]
    assert None not in found
    # Two standard deviations of a shoulder, a third of it because these landmarks travel no farther
    # than the bar, as those of the pose model do (`bar_proxy_travel`).
    assert np.array(found) == pytest.approx(np.array(true), rel=0.3)
    loss = 100 * (1 - true[-1] / max(true))
    assert report.velocity_loss_pct == pytest.approx(loss, abs=4)
    assert report.scale.source == "height"
    assert {rep.bar.source for rep in report.reps} == {"landmark"}
    for rep in report.reps:
        assert rep.bar.peak_velocity_m_s is None  # a body part does not tell it
        assert rep.bar.mean_velocity_sd is not None


def test_without_a_scale_speeds_are_relative_only(squats: FoundSet, poses: PoseSequence) -> None:
    report = report_of(squats, poses, BarOptions())
    assert report.scale.metres_per_pixel is None
    assert report.scale.source == "none"
    shares = [rep.bar.relative_velocity for rep in report.reps]
    assert max(s for s in shares if s is not None) == 1.0
    for rep in report.reps:
        assert rep.bar.mean_velocity_m_s is None
        assert rep.bar.displacement_m is None


@pytest.mark.parametrize("options", [BY_HEIGHT, BarOptions()], ids=["metres", "relative"])
def test_a_velocity_cap_ends_the_set_at_the_first_rep_beyond_it(
    squats: FoundSet, poses: PoseSequence, options: BarOptions
) -> None:
    free = report_of(squats, poses, options)
    assert free.end.reason is not EndReason.VELOCITY_CAP
    capped = report_of(squats, poses, options, SetCriteria(velocity_cap_pct=20.0))
    assert capped.end.reason is EndReason.VELOCITY_CAP
    shares = [rep.bar.relative_velocity or 1.0 for rep in capped.reps]
    first = next(i for i, share in enumerate(shares) if share < 0.8)
    assert capped.end.t_s == capped.reps[first].end_s
    assert capped.good_reps == sum(rep.status == "good" for rep in capped.reps[: first + 1])
    assert "limit 20 %" in capped.end.explanation


def test_a_known_distance_scales_with_the_picture() -> None:
    known = KnownDistance((10, 20), (10, 120), 0.5)
    shown = BarOptions(Calibration(known_distance=known), (30, 40)).scaled(0.5)
    assert shown.bar_px == (15, 20)
    assert shown.calibration.known_distance is not None
    assert shown.calibration.known_distance.pixels == pytest.approx(50)


def test_plates_are_looked_for_where_there_may_be_any() -> None:
    with_plates = {name for name, lift in catalogue().items() if may_have_plates(lift)}
    assert {"back_squat", "deadlift", "bench_press", "biceps_curl"} <= with_plates
    assert with_plates.isdisjoint({"push_up", "pull_up", "bodyweight_squat", "goblet_squat"})
    # What is held at the shoulders may be a bar: only the family of what is recognised is sure.
    maybe = {name for name, lift in catalogue().items() if may_have_plates(lift, recognised=True)}
    assert maybe - with_plates == {"goblet_squat"}


def test_the_drawn_path_is_that_of_what_was_measured(squats: FoundSet, poses: PoseSequence) -> None:
    track = track_landmarks(poses, "shoulder")
    report = report_of(squats, poses)
    path = BarPath.of(track, report)
    assert path is not None
    assert path.image_px == pytest.approx(track.proxies["both"].image_px, abs=6)
    image = np.zeros((poses.height_px, poses.width_px, 3), np.uint8)
    path.draw(image, report, report.reps[1].turn_s)
    assert image.any()
    drawn = np.argwhere(image.any(axis=2))[:, ::-1]
    inside = (path.t_s >= report.reps[1].start_s) & (path.t_s <= report.reps[1].turn_s)
    assert drawn.min(axis=0) == pytest.approx(path.image_px[inside].min(axis=0), abs=8)
    assert drawn.max(axis=0) == pytest.approx(path.image_px[inside].max(axis=0), abs=8)
    image[:] = 0
    path.draw(image, report, report.reps[0].start_s - 0.5)
    assert not image.any()


@pytest.mark.parametrize(("view", "source"), [("front", "landmark"), ("side", "plate")])
def test_from_the_front_no_plate_shows_its_face(
    squats: FoundSet,
    poses: PoseSequence,
    view: ViewName,
    source: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    track = track_landmarks(poses, "shoulder")
    body, n = track.proxies["both"], len(track.t_s)
    sure = np.ones(n)
    disc = MovingPoint(
        PointSource.PLATE, body.image_px, body.stabilised_px, np.full(n, 25.0), sure, sure, 0.9
    )
    usual = camera_view(poses, squats.span.start_s, squats.span.end_s)
    assert usual is not None
    monkeypatch.setattr(measurements, "camera_view", lambda *_: replace(usual, name=view))
    report = report_of(squats, poses, track=replace(track, bar=disc))
    assert {rep.bar.source for rep in report.reps} == {source}


def test_a_plate_that_was_not_believed_is_not_drawn(squats: FoundSet, poses: PoseSequence) -> None:
    track = track_landmarks(poses, "shoulder")
    n = len(track.t_s)
    elsewhere = np.full((n, 2), 3.0)
    doubtful = MovingPoint(
        PointSource.PLATE, elsewhere, elsewhere, np.full(n, 20.0), np.ones(n), np.full(n, 0.1), 1.0
    )
    track = replace(track, bar=doubtful)
    report = report_of(squats, poses, track=track)
    path = BarPath.of(track, report)
    assert {rep.bar.source for rep in report.reps} == {"landmark"}
    assert path is not None
    assert path.image_px[n // 2, 0] > 20
