"""Every backend: landmarks in pixels at true times, quiet, and it can start afresh."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from checks import some
from lastrep.errors import ModelError
from lastrep.pose import Landmark
from lastrep.pose.backends import BACKENDS
from lastrep.pose.estimator import PoseEstimator
from lastrep.pose.litert import LitertEstimator
from lastrep.pose.mediapipe import MediapipeEstimator
from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame

Estimator = Callable[..., PoseEstimator]

ESTIMATORS: dict[str, Estimator] = {"litert": LitertEstimator, "mediapipe": MediapipeEstimator}


def run(make: Estimator, frames: list[Frame], **options: object) -> list[tuple[Pose, ...]]:
    with make("lite", **options) as estimator:
        return [estimator.estimate(frame) for frame in frames]


@pytest.fixture(scope="module", params=BACKENDS)
def make(request: pytest.FixtureRequest) -> Estimator:
    return ESTIMATORS[request.param]


@pytest.fixture(scope="module")
def tracked(make: Estimator, clip_frames: list[Frame]) -> list[tuple[Pose, ...]]:
    return run(make, clip_frames)


def test_landmarks_are_pixels_of_the_upright_frame(
    make: Estimator, clip_frames: list[Frame], tracked: list[tuple[Pose, ...]]
) -> None:
    height, width = clip_frames[0].rgb.shape[:2]
    for frame, people in zip(clip_frames, tracked, strict=True):
        (pose,) = people
        assert pose.t_s == frame.t_s
        x, y = pose.image_px[11:, 0], pose.image_px[11:, 1]
        assert np.all((x > -0.1 * width) & (x < 1.1 * width))
        assert np.all((y > -0.1 * height) & (y < 1.1 * height))
        assert np.ptp(y) > 0.2 * height, "normalised coordinates would be below 1"
        assert np.all((pose.visibility >= 0) & (pose.visibility <= 1))
        hips = pose.world_m[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
        np.testing.assert_allclose(hips, 0, atol=0.05)


def test_the_same_frames_give_the_same_landmarks(
    make: Estimator, clip_frames: list[Frame], tracked: list[tuple[Pose, ...]]
) -> None:
    for first, second in zip(some(tracked[:15]), run(make, clip_frames[:15]), strict=True):
        np.testing.assert_array_equal(first[0].image_px, second[0].image_px)


def test_time_is_the_frames_own_not_their_number(
    make: Estimator, clip_frames: list[Frame], tracked: list[tuple[Pose, ...]]
) -> None:
    """The smoother follows the clock: the same frames a hundred times faster would lag."""
    hurried = [Frame(f.t_s / 100, f.rgb) for f in clip_frames]
    pairs = zip(tracked[5:], run(make, hurried)[5:], strict=True)
    moved_px = [np.abs(a[0].image_px[11:, :2] - b[0].image_px[11:, :2]).mean() for a, b in pairs]
    assert np.mean(moved_px) > 0.5


def test_times_closer_than_a_millisecond_are_told_apart(
    make: Estimator, clip_frames: list[Frame]
) -> None:
    times_s = [0.0, 0.0001, 0.0002, 0.0002001, 0.01]
    frames = [Frame(t_s, f.rgb) for t_s, f in zip(times_s, clip_frames, strict=False)]
    assert [people[0].t_s for people in run(make, frames)] == times_s


def test_late_start(make: Estimator, clip_frames: list[Frame]) -> None:
    late = [Frame(f.t_s + 3_000_000, f.rgb) for f in clip_frames[:3]]
    assert [len(people) for people in run(make, late)] == [1, 1, 1]


def test_nobody(make: Estimator, clip_frames: list[Frame]) -> None:
    empty = [Frame(i / 30, np.full_like(clip_frames[0].rgb, 90)) for i in range(3)]
    assert run(make, empty) == [(), (), ()]


def side_by_side(frame: Frame) -> Frame:
    return Frame(frame.t_s, np.ascontiguousarray(np.hstack([frame.rgb] * 2)))


@pytest.mark.parametrize("tracking", [False, True])
def test_several_people(make: Estimator, clip_frames: list[Frame], tracking: bool) -> None:
    width = clip_frames[0].rgb.shape[1]
    frames = [side_by_side(f) for f in clip_frames[:4]]
    for people in some(run(make, frames, people=2, tracking=tracking)):
        left, right = sorted(p.image_px[[23, 24], 0].mean() for p in people)
        assert left < width < right


def test_after_a_restart_the_frame_is_searched_afresh(
    make: Estimator, clip_frames: list[Frame]
) -> None:
    """Whom it followed on the left has gone; without a restart the old place is looked at."""
    width = clip_frames[0].rgb.shape[1]
    blank = np.full_like(clip_frames[0].rgb, 90)
    left = [Frame(f.t_s, np.hstack([f.rgb, blank])) for f in clip_frames[:10]]
    right = Frame(clip_frames[10].t_s, np.hstack([blank, clip_frames[10].rgb]))
    with make("lite") as estimator:
        for frame in left:
            estimator.estimate(frame)
        estimator.restart()
        (moved,) = estimator.estimate(right)
    (fresh,) = run(make, [Frame(0.0, right.rgb)])[0]
    assert moved.image_px[23, 0] > width
    np.testing.assert_allclose(moved.image_px[11:, :2], fresh.image_px[11:, :2], atol=1.0)


def test_it_is_quiet(
    make: Estimator, clip_frames: list[Frame], capfd: pytest.CaptureFixture[str]
) -> None:
    run(make, clip_frames[:3])
    run(make, clip_frames[:3], people=2, tracking=False)
    assert capfd.readouterr() == ("", "")


def test_standard_error_is_given_back(
    make: Estimator, clip_frames: list[Frame], capfd: pytest.CaptureFixture[str]
) -> None:
    run(make, clip_frames[:1])
    os.write(2, b"still here")
    assert capfd.readouterr().err == "still here"


def test_time_inside_the_model_is_measured(make: Estimator, clip_frames: list[Frame]) -> None:
    with make("lite") as estimator:
        assert estimator.busy_s == 0
        estimator.estimate(clip_frames[0])
        once_s = estimator.busy_s
        estimator.estimate(clip_frames[1])
        assert 0 < once_s < estimator.busy_s
        assert estimator.name in ("litert/lite", "mediapipe/lite")


def test_a_file_that_is_no_model(make: Estimator, tmp_path: Path) -> None:
    path = tmp_path / "mine.task"
    path.write_bytes(b"not a bundle")
    with pytest.raises(ModelError, match="not a usable pose model"):
        make(str(path))
