"""Tiny video files of every kind, written with libav into a test's own folder."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import pytest

from unit.video.video_clips import MakeVideo, marked_picture

#: Clock of the written files.
MILLISECOND = Fraction(1, 1000)


@pytest.fixture
def make_video(tmp_path: Path) -> MakeVideo:
    """Write a video of the marked picture and return its path."""

    def make(
        name: str = "clip.mp4",
        *,
        codec: str = "libx264",
        pixels: str = "yuv420p",
        size: tuple[int, int] = (96, 64),
        stamps_ms: Sequence[int] = tuple(range(0, 1000, 40)),
        rotation_deg: int | None = None,
        pixel_aspect: Fraction | None = None,
        options: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", options=options or {}) as out:
            # The container and the encoder each take the options that they know.
            stream = out.add_stream(codec, rate=25, options=options or {})
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height = size
            stream.pix_fmt = pixels
            stream.codec_context.time_base = MILLISECOND
            if rotation_deg is not None:
                stream.set_display_rotation(rotation_deg)
            if pixel_aspect is not None:
                stream.codec_context.sample_aspect_ratio = pixel_aspect
            picture = av.VideoFrame.from_ndarray(marked_picture(*size), "rgb24")
            for stamp_ms in stamps_ms:
                frame = picture.reformat(format=pixels)
                frame.pts, frame.time_base = stamp_ms, MILLISECOND
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return path

    return make
