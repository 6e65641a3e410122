"""Files of all kinds come out upright, in colour, at their true times."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from checks import some
from lastrep.video.reading import VideoFile
from unit.video.video_clips import MakeVideo, red_corner

STEADY_MS = tuple(range(0, 1000, 40))
UNEVEN_MS = (0, 30, 50, 200, 250, 600, 620, 1000)


def times_ms(path: Path, slowmo: float = 1.0) -> list[float]:
    with VideoFile(path, slowmo=slowmo) as video:
        return [frame.t_s * 1000 for frame in video.frames()]


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("h264.mp4", "libx264", "yuv420p"),
        ("h264.mov", "libx264", "yuv420p"),
        ("h264.mkv", "libx264", "yuv420p"),
        ("h264.ts", "libx264", "yuv420p"),
        ("hevc.mp4", "libx265", "yuv420p"),
        ("hevc_10_bit.mp4", "libx265", "yuv420p10le"),
        ("vp8.webm", "libvpx", "yuv420p"),
        ("vp9.webm", "libvpx-vp9", "yuv420p"),
        ("av1.mp4", "libsvtav1", "yuv420p"),
        ("mjpeg.avi", "mjpeg", "yuvj420p"),
        ("mpeg4.avi", "mpeg4", "yuv420p"),
    ],
)
def test_codecs_and_containers(make_video: MakeVideo, name: str, codec: str, pixels: str) -> None:
    quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    path = make_video(name, codec=codec, pixels=pixels, options=quiet)
    with VideoFile(path) as video:
        frames = list(video.frames())
    assert (video.info.width_px, video.info.height_px) == (96, 64)
    assert [f.t_s * 1000 for f in frames] == pytest.approx(STEADY_MS, abs=0.6)
    for frame in frames:
        assert frame.rgb.dtype == np.uint8
        assert frame.rgb.flags.c_contiguous
        assert red_corner(frame.rgb) == "top left"
    assert not video.warnings
    assert video.info.duration_s == pytest.approx(1.0, abs=0.05)


def test_gif(make_video: MakeVideo) -> None:
    path = make_video("moving.gif", codec="gif", pixels="rgb8", stamps_ms=(0, 100, 400, 500))
    assert times_ms(path) == pytest.approx([0, 100, 400, 500])


def test_colours_are_kept(make_video: MakeVideo) -> None:
    with VideoFile(make_video()) as video:
        picture = next(video.frames()).rgb
    np.testing.assert_allclose(picture[16, 24], (220, 30, 30), atol=6)
    np.testing.assert_allclose(picture[48, 72], (110, 110, 110), atol=4)


@pytest.mark.parametrize("name", ["uneven.mp4", "uneven.webm", "uneven.mkv"])
def test_variable_frame_rate(make_video: MakeVideo, name: str) -> None:
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    assert times_ms(make_video(name, codec=codec, stamps_ms=UNEVEN_MS)) == pytest.approx(
        UNEVEN_MS, abs=0.6
    )


@pytest.mark.parametrize("name", ["late.mp4", "late.mkv", "late.ts"])
def test_times_count_from_the_first_frame(make_video: MakeVideo, name: str) -> None:
    late_ms = [5000 + t for t in STEADY_MS]
    assert times_ms(make_video(name, stamps_ms=late_ms)) == pytest.approx(STEADY_MS, abs=0.6)


def test_missing_time_stamps_follow_at_the_usual_rate(make_video: MakeVideo) -> None:
    path = make_video("bare.h264")
    found_ms = times_ms(path)
    assert len(found_ms) == len(STEADY_MS)
    steps = {round(b - a, 6) for a, b in pairwise(found_ms)}
    assert len(steps) == 1


def test_slow_motion(make_video: MakeVideo) -> None:
    path = make_video()
    assert times_ms(path, slowmo=8.0) == pytest.approx([t / 8 for t in STEADY_MS], abs=0.1)
    assert VideoFile(path, slowmo=8.0).info.fps == pytest.approx(200)
    assert VideoFile(path, slowmo=8.0).info.duration_s == pytest.approx(0.125)


def test_slow_motion_must_be_positive(make_video: MakeVideo) -> None:
    with pytest.raises(ValueError, match="positive"):
        VideoFile(make_video(), slowmo=0)


@pytest.mark.parametrize("name", ["phone.mp4", "phone.mov"])
@pytest.mark.parametrize(
    ("rotation_deg", "size", "corner"),
    [
        (90, (64, 96), "bottom left"),
        (180, (96, 64), "bottom right"),
        (270, (64, 96), "top right"),
    ],
)
def test_rotation_is_applied(
    make_video: MakeVideo, name: str, rotation_deg: int, size: tuple[int, int], corner: str
) -> None:
    # The display rotation counts anticlockwise.
    with VideoFile(make_video(name, rotation_deg=rotation_deg)) as video:
        picture = next(video.frames()).rgb
    assert (video.info.width_px, video.info.height_px) == size
    assert picture.shape == (size[1], size[0], 3)
    assert red_corner(picture) == corner
    assert picture.flags.c_contiguous


@pytest.mark.parametrize("rotation_deg", [None, 90, 180, 270])
def test_lazy_frames_give_the_same_images(make_video: MakeVideo, rotation_deg: int | None) -> None:
    path = make_video(size=(192, 128), rotation_deg=rotation_deg)
    with VideoFile(path, max_short_side_px=64) as video:
        frames, stored = list(video.frames()), list(video.frames(lazy=True))
    assert [one.t_s for one in stored] == [one.t_s for one in frames]
    for one, frame in zip(some(stored), frames, strict=True):
        np.testing.assert_array_equal(one.rgb, frame.rgb)
        # Brightness is stored as 16 to 235.
        full = (one.grey.astype(float) - 16) * 255 / 219
        np.testing.assert_allclose(full, frame.grey.astype(float), atol=12)
        assert one.size_bytes < 0.6 * frame.size_bytes


def test_threads_may_make_pictures_of_one_video_at_once(make_video: MakeVideo) -> None:
    # FFmpeg's scaler waits for ever if it is used by two at once.
    with VideoFile(make_video()) as video:
        stored = list(video.frames(lazy=True)) * 20
    expected = [one.rgb for one in stored]
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda one: one.rgb, stored, timeout=60))
    assert len(pictures) == 20 * len(STEADY_MS)
    assert all((a == b).all() for a, b in zip(pictures, expected, strict=True))


def test_odd_sizes(make_video: MakeVideo) -> None:
    path = make_video("odd.mp4", size=(97, 63), pixels="yuv444p")
    with VideoFile(path) as video:
        picture = next(video.frames()).rgb
    assert picture.shape == (63, 97, 3)
    assert red_corner(picture) == "top left"


def test_pixels_become_square(make_video: MakeVideo) -> None:
    with VideoFile(make_video(pixel_aspect=Fraction(2))) as video:
        assert next(video.frames()).rgb.shape == (64, 192, 3)
    assert (video.info.width_px, video.info.height_px) == (192, 64)


def test_large_pictures_are_scaled_down_upright(make_video: MakeVideo) -> None:
    path = make_video(size=(192, 128), rotation_deg=90, stamps_ms=(0, 40))
    with VideoFile(path, max_short_side_px=64) as video:
        pictures = [f.rgb for f in video.frames()]
    assert [p.shape for p in pictures] == [(96, 64, 3)] * 2
    assert red_corner(pictures[0]) == "bottom left"
    assert (video.info.source_width_px, video.info.source_height_px) == (128, 192)


def test_small_pictures_stay_as_they_are(make_video: MakeVideo) -> None:
    assert VideoFile(make_video()).info.source_width_px == VideoFile(make_video()).info.width_px


def test_a_picture_that_changes_size_is_brought_to_the_first(tmp_path: Path) -> None:
    path = tmp_path / "resized.mjpeg"
    with av.open(str(path), "w", format="mjpeg") as out:
        stream = out.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuvj420p"
        for size in ((96, 64), (48, 32)):
            still = av.CodecContext.create("mjpeg", "w")
            still.width, still.height, still.pix_fmt = *size, "yuvj420p"
            still.time_base = Fraction(1, 25)
            picture = np.full((size[1], size[0], 3), 200, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="yuvj420p")
            for packet in [*still.encode(frame), *still.encode(None)]:
                packet.stream = stream
                out.mux(packet)
    with VideoFile(path) as video:
        assert {f.rgb.shape for f in video.frames()} == {(64, 96, 3)}


def test_a_colon_in_the_name_is_no_protocol(make_video: MakeVideo) -> None:
    assert VideoFile(make_video("set 1: squats.mp4")).info.width_px == 96


def test_leaving_early_stops_the_decoder(make_video: MakeVideo) -> None:
    before = threading.active_count()
    with VideoFile(make_video()) as video:
        assert next(video.frames()).t_s == 0.0
        assert threading.active_count() > before
    assert threading.active_count() == before


def test_frames_can_be_read_twice(make_video: MakeVideo) -> None:
    with VideoFile(make_video()) as video:
        assert [f.t_s for f in video.frames()] == [f.t_s for f in video.frames()]


def test_frames_that_are_not_wanted_are_left_out_but_the_last(make_video: MakeVideo) -> None:
    path = make_video("h264.mp4")
    with VideoFile(path) as video:
        some = [frame.t_s for frame in video.frames(lambda t_s: 0.19 < t_s < 0.41)]
        every = [frame.t_s for frame in video.frames()]
    assert some == pytest.approx([0.20, 0.24, 0.28, 0.32, 0.36, 0.40, every[-1]])
    assert not video.warnings
