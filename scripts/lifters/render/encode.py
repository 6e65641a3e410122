"""Writing H.264 files that browsers and phones play, with the true time of every frame."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from numpy.typing import NDArray

# Fine enough for any frame rate, coarse enough for 32-bit players.
TICKS_PER_S = 90_000


class FilmWriter:
    """Encodes RGB frames to an .mp4 file; use as a context manager.

    Parameters
    ----------
    path : Path
        The file.
    width, height : int
        Size, even numbers.
    fps : float
        Nominal frame rate; `write` decides the real times.
    crf : int
        x264 quality: lower is better.
    """

    def __init__(self, path: Path, width: int, height: int, fps: float, crf: int) -> None:
        self._container = av.open(str(path), "w", options={"movflags": "+faststart"})
        rate = Fraction(fps).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate)
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = "yuv420p"
        # One thread: the same frames give the same file.
        self._stream.options = {"crf": str(crf), "preset": "medium", "threads": "1"}
        self._stream.time_base = Fraction(1, TICKS_PER_S)
        self._stream.codec_context.time_base = Fraction(1, TICKS_PER_S)

    def write(self, image: NDArray[np.uint8], t_s: float) -> None:
        """Append a frame that is shown from `t_s` on."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame.pts = round(t_s * TICKS_PER_S)
        frame.time_base = Fraction(1, TICKS_PER_S)
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> FilmWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()
