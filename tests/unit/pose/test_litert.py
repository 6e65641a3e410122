"""The LiteRT backend: MediaPipe's landmarks from our own pipeline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lastrep.environment import THREADS_VARIABLE
from lastrep.errors import ModelError, SettingsError
from lastrep.machine import inference_threads
from lastrep.pose import backends
from lastrep.pose.blazepose.smoothing import SmoothingOptions
from lastrep.pose.litert import LitertEstimator, Networks
from lastrep.pose.mediapipe import MediapipeEstimator
from lastrep.pose.models import SHIPPED_MODELS
from lastrep.pose.sequence import Pose
from lastrep.video.frames import Frame
from lastrep.video.reading import VideoFile

SMOOTHING = {True: SmoothingOptions(), False: None}
SAMPLES = ("squat_clean", "bench_press", "push_up_sagging")


@pytest.fixture(scope="module")
def stills(sample_video: Path) -> list[Frame]:
    """A frame each second or so of people standing, lying and on all fours."""
    frames = []
    for name in SAMPLES:
        with VideoFile(sample_video.with_name(f"{name}.mp4")) as video:
            frames += [f for i, f in enumerate(video.frames()) if i in (10, 40, 70)]
    return frames


def estimated(frames: list[Frame], **options: object) -> list[tuple[Pose, ...]]:
    with LitertEstimator("lite", **options) as estimator:  # type: ignore[arg-type]
        return [estimator.estimate(frame) for frame in frames]


@pytest.mark.parametrize("model", SHIPPED_MODELS)
def test_still_pictures_give_mediapipes_landmarks(model: str, stills: list[Frame]) -> None:
    with (
        LitertEstimator(model, tracking=False) as ours,
        MediapipeEstimator(model, tracking=False) as theirs,
    ):
        pairs = [(ours.estimate(f), theirs.estimate(f)) for f in stills]
    assert [len(a) for a, _ in pairs] == [len(b) for _, b in pairs]
    poses = [(a[0], b[0]) for a, b in pairs if a]
    assert len(poses) >= 6
    apart_px = np.array([np.hypot(*(a.image_px - b.image_px)[11:, :2].T) for a, b in poses])
    assert np.median(apart_px) < 0.05
    assert np.percentile(apart_px, 95) < 1
    apart_m = np.array([np.abs(a.world_m - b.world_m) for a, b in poses])
    assert np.median(apart_m) < 0.0005
    depth_px = np.array([np.abs(a.image_px - b.image_px)[:, 2] for a, b in poses])
    assert np.median(depth_px) < 0.5
    unlike = np.array([np.abs(a.visibility - b.visibility) for a, b in poses])
    assert np.percentile(unlike, 95) < 0.01


def test_a_followed_person_is_smoothed_as_with_mediapipe(clip_frames: list[Frame]) -> None:
    """With the next square as unsteady as MediaPipe's, until that makes rounding errors grow."""
    smoothing = SmoothingOptions(roi_cutoff_hz=1e12, roi_beta=0.0)
    ours = estimated(clip_frames[:5], smoothing=smoothing)
    with MediapipeEstimator("lite") as estimator:
        theirs = [estimator.estimate(frame) for frame in clip_frames[:5]]
    pairs = [(a[0], b[0]) for a, b in zip(ours, theirs, strict=True)]
    apart_px = [np.hypot(*(a.image_px - b.image_px)[11:, :2].T) for a, b in pairs]
    assert np.median(apart_px) < 0.3
    unlike = [np.abs(a.visibility - b.visibility) for a, b in pairs]
    assert np.percentile(unlike, 95) < 0.02


def test_a_change_that_nobody_sees_moves_nothing(clip_frames: list[Frame]) -> None:
    """One grey level in a corner of the first picture; the unsteady square makes pixels of it."""
    changed = clip_frames[0].rgb.copy()
    changed[200:204, 300:304] ^= 1
    moved_px = {}
    for steady in (True, False):
        first = estimated(clip_frames, smoothing=SMOOTHING[steady])
        second = estimated([Frame(0.0, changed), *clip_frames[1:]], smoothing=SMOOTHING[steady])
        moved_px[steady] = np.median(
            [
                np.hypot(*(a[0].image_px - b[0].image_px)[11:, :2].T)
                for a, b in zip(first, second, strict=True)
            ][10:]
        )
    assert moved_px[True] < 0.5
    assert moved_px[True] < 0.5 * moved_px[False]


def test_landmarks_do_not_depend_on_the_number_of_threads(clip_frames: list[Frame]) -> None:
    tracks = []
    for threads in (1, 2, 3):
        with LitertEstimator(Networks.load("lite", threads)) as estimator:
            tracks.append([estimator.estimate(frame)[0].image_px for frame in clip_frames[:15]])
    np.testing.assert_array_equal(tracks[0], tracks[1])
    np.testing.assert_array_equal(tracks[0], tracks[2])


def test_the_environment_sets_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(THREADS_VARIABLE, raising=False)
    assert inference_threads() >= 1
    monkeypatch.setenv(THREADS_VARIABLE, "3")
    assert inference_threads() == 3
    for wrong in ("0", "many", "-1", ""):
        monkeypatch.setenv(THREADS_VARIABLE, wrong)
        with pytest.raises(SettingsError, match=f"{THREADS_VARIABLE}={wrong}: not a number"):
            inference_threads()


def test_smoothing_steadies_and_can_be_switched_off(clip_frames: list[Frame]) -> None:
    """Frame to frame acceleration of the landmarks of somebody who hardly moves."""
    shake = {}
    for steady in (True, False):
        track = np.array(
            [p[0].image_px[11:, :2] for p in estimated(clip_frames, smoothing=SMOOTHING[steady])]
        )
        shake[steady] = np.abs(np.diff(track[:15], n=2, axis=0)).mean()
    assert shake[True] < 0.8 * shake[False]


@pytest.mark.parametrize("shift_s", [-100.0, 1.0])
def test_after_a_jump_in_time_the_person_is_searched_afresh(
    clip_frames: list[Frame], shift_s: float
) -> None:
    """Back in time or after a gap, somebody stands elsewhere: no trace of where they were."""
    blank = np.full_like(clip_frames[0].rgb, 90)
    left = [Frame(f.t_s, np.hstack([f.rgb, blank])) for f in clip_frames[:10]]
    there = np.hstack([blank, clip_frames[10].rgb])
    moved = estimated([*left, Frame(left[-1].t_s + shift_s, there)])[-1]
    (fresh,) = estimated([Frame(0.0, there)])
    np.testing.assert_array_equal(moved[0].image_px, fresh[0].image_px)


def test_estimators_may_share_networks(clip_frames: list[Frame]) -> None:
    networks = Networks.load("lite")
    tracker = LitertEstimator(networks)
    looker = LitertEstimator(networks, people=3, tracking=False)
    shared: list[Pose] = []
    for frame in clip_frames[:6]:
        shared += tracker.estimate(frame)
        assert len(looker.estimate(frame)) == 1
    for ours, (alone,) in zip(shared, estimated(clip_frames[:6]), strict=True):
        np.testing.assert_array_equal(ours.image_px, alone.image_px)


def test_backends_are_checked_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert backends.check_backend("litert")
    with pytest.raises(ModelError, match="torch: no such backend; use litert or mediapipe"):
        backends.make_subject_tracker(backend="torch")
    monkeypatch.setitem(backends.BACKENDS, "mediapipe", "not-installed-anywhere")
    with pytest.raises(ModelError, match=r'not installed; pip install "lastrep\[mediapipe\]"'):
        backends.make_subject_tracker(backend="mediapipe")
