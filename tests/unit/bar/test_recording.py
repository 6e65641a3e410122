"""The bar in a video file: only where somebody lifts, in the pixels of the landmarks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from lastrep.bar.camera import CameraPath
from lastrep.bar.images.work_size import work_short_side_px
from lastrep.bar.lifter import stature_px
from lastrep.bar.recording import Stretch, estimate_camera_path, track_file
from lastrep.bar.track import PointSource
from lastrep.errors import PoseFileError
from lastrep.pose import PoseSequence
from lastrep.pose.sampling import FrameSampler
from lastrep.video.cache import FrameCache
from lastrep.video.reading import VideoFile
from unit.bar.scenes import Scene, lifts

SCENE = Scene(height=lifts((1.5, 4.0), 0.5, 0.8), duration_s=6.5)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PoseSequence]:
    path = tmp_path_factory.mktemp("scene") / "scene.mp4"
    poses = []
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = *SCENE.size, "yuv420p"
        for frame, pose in SCENE.frames():
            poses.append(pose)
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame.rgb, "rgb24")):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    width, height = SCENE.size
    return path, PoseSequence.of(poses, width_px=width, height_px=height)


def test_a_stretch_is_followed_and_the_rest_is_not(clip: tuple[Path, PoseSequence]) -> None:
    path, poses = clip
    done: list[float] = []
    (track,) = track_file(path, poses, [Stretch(1.0, 3.6, "wrist")], progress=done.append)
    assert track.t_s[0] == pytest.approx(1.0, abs=0.034)
    assert track.t_s[-1] == pytest.approx(3.6, abs=0.034)
    assert track.bar is not None
    assert track.bar.source is PointSource.PLATE
    true = SCENE.centre[(SCENE.t_s >= 1.0 - 1e-6) & (SCENE.t_s <= 3.6 + 1e-6)]
    assert np.abs(track.bar.image_px - true).max() < 1.0
    assert done[-1] == pytest.approx(1.0)
    assert done == sorted(done)


def test_the_camera_is_watched_and_frames_are_kept_for_the_bar(
    clip: tuple[Path, PoseSequence],
) -> None:
    path, poses = clip
    recent, done = FrameCache(), list[float]()
    camera = estimate_camera_path(path, poses, keep=recent, progress=done.append)
    assert camera.known.all()
    assert camera.t_s[0] == 0.0
    assert np.diff(camera.t_s).max() < 0.15
    assert np.abs(camera.stabilising(poses.t_s) - np.eye(2, 3)).max() < 0.2
    with VideoFile(path, max_short_side_px=work_short_side_px(poses)) as video:
        assert recent.first_s(video.scaled_size(work_short_side_px(poses))) == 0.0
    assert done[-1] == pytest.approx(1.0)


def test_without_plates_the_video_is_not_read(clip: tuple[Path, PoseSequence]) -> None:
    _, poses = clip
    camera = CameraPath(np.zeros(1), np.eye(2, 3)[None], np.ones(1, np.bool_))
    stretches = [Stretch(0.5, 2.0, "wrist", find_plate=False), Stretch(3.0, 5.0, find_plate=False)]
    tracks = track_file(Path("nowhere.mp4"), poses, stretches, camera)
    for stretch, track in zip(stretches, tracks, strict=True):
        inside = poses.between(stretch.start_s, stretch.end_s)
        np.testing.assert_array_equal(track.t_s, inside.t_s)
        wrists = inside.image_px[:, [15, 16], :2].mean(axis=1)
        assert np.abs(track.proxies["both"].image_px - wrists).max() < 2.0
        assert track.bar is None
        assert track.camera_known.all()


def test_pictures_that_were_kept_give_the_same_track(clip: tuple[Path, PoseSequence]) -> None:
    path, poses = clip
    stretch = Stretch(1.0, 5.0, "wrist")
    with VideoFile(path) as video:
        width, height = size = video.scaled_size(work_short_side_px(poses))
        recent = FrameCache(max_bytes=120 * width * height * 3 // 2)
        recent.size = size
        for _ in video.frames(FrameSampler().is_due, fill=recent):
            pass
    first_s = recent.first_s(size)
    assert first_s is not None
    assert 1.0 < first_s < 5.0
    (again,) = track_file(path, poses, [stretch], recent=recent)
    (plain,) = track_file(path, poses, [stretch])
    assert plain.bar is not None
    assert again.bar is not None
    np.testing.assert_array_equal(again.bar.image_px, plain.bar.image_px)
    np.testing.assert_array_equal(again.camera_shift_px, plain.camera_shift_px)


def standing_poses(statures_px: list[float]) -> PoseSequence:
    """A lifter who stands there, of so many pixels for a second each, in 1280 x 720."""
    pose = next(iter(SCENE.frames()))[1]
    unit = pose.image_px / stature_px(pose.image_px[None].astype(np.float64))
    tall = np.repeat(statures_px, 30)
    poses = [replace(pose, t_s=k / 30, image_px=unit * px) for k, px in enumerate(tall)]
    return PoseSequence.of(poses, width_px=1280, height_px=720)


@pytest.mark.parametrize(
    ("statures_px", "short_side_px"),
    [
        ([300.0], 480),  # small: as large as pictures get
        ([600.0], 360),
        ([600.0] * 9, 360),
        ([600.0, 500.0, 500.0, 700.0], 360),  # near enough
        ([600.0] + [1200.0] * 9, 152),
        ([1200.0] + [400.0] * 9, 480),
    ],
)
def test_the_size_of_pictures_is_chosen_early_and_mostly_kept(
    statures_px: list[float], short_side_px: int
) -> None:
    assert work_short_side_px(standing_poses(statures_px)) == short_side_px


def test_landmarks_in_other_pixels_give_a_track_in_theirs(
    clip: tuple[Path, PoseSequence],
) -> None:
    path, poses = clip
    twice = PoseSequence(
        poses.t_s,
        poses.image_px * 2,
        poses.world_m,
        poses.visibility,
        poses.width_px * 2,
        poses.height_px * 2,
    )
    stretch = Stretch(1.0, 3.6, "wrist")
    small, large = (track_file(path, p, [stretch])[0] for p in (poses, twice))
    assert small.bar is not None
    assert large.bar is not None
    assert large.bar.image_px == pytest.approx(2 * small.bar.image_px, abs=0.2)
    assert large.bar.typical_radius_px == pytest.approx(2 * small.bar.typical_radius_px, rel=0.01)
    assert large.stature_px == pytest.approx(2 * small.stature_px, rel=1e-6)


def test_a_bar_that_is_shown_is_followed_from_the_first_frame(
    clip: tuple[Path, PoseSequence],
) -> None:
    path, poses = clip
    x, y = SCENE.centre[0]
    stretch = Stretch(1.0, 3.6, "wrist", find_plate=False)
    (plain,) = track_file(path, poses, [stretch])
    assert plain.bar is None
    (shown,) = track_file(path, poses, [replace(stretch, bar_px=(x + 3, y - 3))])
    assert shown.t_s[0] == 0.0
    assert shown.bar is not None
    error = shown.bar.image_px - SCENE.centre[: len(shown.t_s)]
    assert np.abs(error).max() < 1.5


def test_two_sets_give_two_tracks(clip: tuple[Path, PoseSequence]) -> None:
    path, poses = clip
    tracks = track_file(path, poses, [Stretch(1.0, 3.4, "wrist"), Stretch(3.6, 6.0, "wrist")])
    assert [round(float(t.t_s[0]), 1) for t in tracks] == [1.0, 3.6]
    for track in tracks:
        assert track.bar is not None


def test_landmarks_of_another_video_are_refused(clip: tuple[Path, PoseSequence]) -> None:
    path, poses = clip
    other = PoseSequence(poses.t_s, poses.image_px, poses.world_m, poses.visibility, 640, 480)
    with pytest.raises(PoseFileError, match="name that one"):
        track_file(path, other, [Stretch(1.0, 3.6)])
    with pytest.raises(PoseFileError, match="name that one"):
        estimate_camera_path(path, other)
