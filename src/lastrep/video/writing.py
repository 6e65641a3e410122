"""Write H.264 video that browsers play, with true times, while the caller goes on working."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import av.error
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace

from lastrep.errors import OutputError
from lastrep.files import replacing
from lastrep.video.orientation import Image

#: Larger images are scaled down to this short side: encoding 1080p takes longer than the pose.
MAX_WRITTEN_SHORT_SIDE_PX = 720

#: The clock of MPEG containers: exact for all usual frame rates.
TIME_BASE = Fraction(1, 90_000)


@dataclass(frozen=True, slots=True)
class EncodingOptions:
    """How videos are encoded.

    Parameters
    ----------
    crf
        Quality of libx264, lower is better: at 25 there is no visible loss on drawn lines.
    preset
        Of libx264: "veryfast" would make files a third smaller, in half as much time again.
    queue_frames
        Frames that wait for the encoder, at most.
    """

    crf: int = 25
    preset: str = "superfast"
    queue_frames: int = 8

    @property
    def x264(self) -> dict[str, str]:
        """The options as libx264 takes them.

        No B-frames: with uneven times the container would name the time of the last frame decoded,
        not shown, as its length.
        """
        return {"crf": str(self.crf), "preset": self.preset, "bf": "0"}


class VideoWriter:
    """Writes an .mp4 file in a thread of its own.

    Use it as a context manager: the file appears when the block ends without an exception, and an
    existing file of that name stays untouched until then.

    Parameters
    ----------
    path
        The file to write; its folder must exist.
    width_px, height_px
        Size of the images that will be given. An odd last row or column is cut off (the format
        wants even sizes).
    max_short_side_px
        Larger images are scaled down to this short side.
    options
        How it is encoded.

    Raises
    ------
    OutputError
        If the file cannot be written: on entering, writing or leaving.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        width_px: int,
        height_px: int,
        max_short_side_px: int = MAX_WRITTEN_SHORT_SIDE_PX,
        options: EncodingOptions = EncodingOptions(),
    ) -> None:
        self._options = options
        self._path = Path(path)
        self._given = width_px, height_px
        scale = min(1.0, max_short_side_px / min(width_px, height_px))
        self._smaller = scale < 1
        self.width_px, self.height_px = (_even(side * scale) for side in self._given)
        self._last_stamp = -1
        self._frames: queue.Queue[VideoFrame | None] = queue.Queue(options.queue_frames)
        self._error: Exception | None = None
        self._stack = contextlib.ExitStack()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        temporary = self._stack.enter_context(replacing(self._path))
        self._thread = threading.Thread(
            target=self._encode, args=(temporary,), name="video-writer", daemon=True
        )
        self._thread.start()
        return self

    @property
    def behind(self) -> bool:
        """Whether `write` would have to wait for the encoder."""
        return self._frames.full()

    def write(self, rgb: Image, t_s: float) -> None:
        """Queue one image; waits while the encoder is behind.

        Parameters
        ----------
        rgb
            shape = (height, width, 3): uint8 of the size given; it may be changed afterwards.
        t_s
            Its time in the file, seconds from the start, increasing. Images closer together
            than the file's clock can tell (11 microseconds) are moved apart.
        """
        if self._error is not None:
            raise self._error
        if rgb.shape != (self._given[1], self._given[0], 3):
            raise ValueError(f"image of shape {rgb.shape}, expected size {self._given}")
        frame = VideoFrame.from_ndarray(self._stored(rgb), "yuv420p")
        self._last_stamp = max(round(t_s / TIME_BASE), self._last_stamp + 1)
        frame.pts, frame.time_base = self._last_stamp, TIME_BASE
        self._frames.put(frame)

    def _stored(self, rgb: Image) -> Image:
        """Return the planes of an image as they are stored; OpenCV is the fastest at that."""
        size = self.width_px, self.height_px
        image = rgb[: self.height_px, : self.width_px]
        if self._smaller:
            image = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420), np.uint8)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._thread is not None
        self._frames.put(None)
        self._thread.join()
        if error is None and self._error is not None:
            with self._stack:
                raise self._error
        self._stack.__exit__(kind, error, trace)

    def _encode(self, path: Path) -> None:
        frames = iter(self._frames.get, None)
        try:
            self._encode_frames(frames, path)
        except Exception as error:
            self._error = error
            if isinstance(error, av.error.FFmpegError) and not isinstance(error, OSError):
                self._error = OutputError(f"{self._path}: cannot be encoded ({error})")
            # Go on taking frames, so that the caller does not wait for ever.
            for _ in frames:
                pass

    def _encode_frames(self, frames: Iterator[VideoFrame], path: Path) -> None:
        with av.open(f"file:{path}", "w", format="mp4", options={"movflags": "+faststart"}) as out:
            stream = out.add_stream("libx264", options=self._options.x264)
            stream.width, stream.height, stream.pix_fmt = self.width_px, self.height_px, "yuv420p"
            stream.codec_context.time_base = TIME_BASE
            # What OpenCV makes of RGB.
            stream.codec_context.colorspace = Colorspace.ITU601
            for frame in frames:
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        if self._last_stamp < 0:
            raise OutputError(f"{self._path}: not written, there is no picture to write")


def _even(side_px: float) -> int:
    """Return the even number of pixels at or below a size."""
    return max(2, int(side_px) // 2 * 2)
