"""Clips made from a clip: longer, larger, with more people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import av
import cv2
import numpy as np

from lastrep.video.orientation import Image
from lastrep.video.reading import VideoFile

#: Frames a second of the clips that are encoded anew.
FPS = 30


def looped(video: Path, seconds: float, folder: Path) -> Path:
    """Return the video, or its packets repeated until it lasts so long."""
    with av.open(video) as source:
        stream = source.streams.video[0]
        length = stream.duration
        if length * stream.time_base >= seconds:
            return video
        out_path = folder / f"{video.stem}-{seconds:.0f}s{video.suffix}"
        with av.open(out_path, "w") as out:
            copy = out.add_stream_from_template(stream)
            shift = 0
            while shift * stream.time_base < seconds:
                source.seek(0)
                for packet in source.demux(stream):
                    if packet.dts is None:
                        continue
                    packet.pts += shift
                    packet.dts += shift
                    packet.stream = copy
                    out.mux(packet)
                shift += length
    return out_path


def scaled(video: Path, height_px: int, seconds: float, folder: Path) -> Path:
    """Return the video at this height."""

    def resized(image: Image) -> Image:
        width_px = round(image.shape[1] * height_px / image.shape[0])
        return np.asarray(cv2.resize(image, (width_px, height_px)), np.uint8)

    return _encoded(video, seconds, resized, folder / f"{video.stem}-{height_px}p.mp4")


def crowded(video: Path, people: int, seconds: float, folder: Path) -> Path:
    """Return a video of the same size with so many copies of the picture side by side."""

    def tiled(image: Image) -> Image:
        height, width = image.shape[:2]
        small = cv2.resize(image, (width // people, height // people))
        tile = np.full((height, width // people, 3), 90, np.uint8)
        tile[-small.shape[0] :] = small
        return np.hstack([tile] * people)

    return _encoded(video, seconds, tiled, folder / f"{video.stem}-{people}.mp4")


def _encoded(video: Path, seconds: float, change: Callable[[Image], Image], path: Path) -> Path:
    frames = round(seconds * FPS)
    with av.open(path, "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "21"})
        stream.pix_fmt = "yuv420p"
        for image in islice(map(change, _pictures(video)), frames):
            height, width = (side // 2 * 2 for side in image.shape[:2])
            if not stream.codec_context.is_open:
                stream.width, stream.height = width, height
            picture = np.ascontiguousarray(image[:height, :width])
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(stream.encode(None))
    return path


def _pictures(video: Path) -> Iterator[Image]:
    """Yield the pictures of a video over and over, in full size."""
    for _ in cycle((None,)):
        with VideoFile(video, max_short_side_px=1 << 14) as source:
            for frame in source.frames():
                yield frame.rgb
