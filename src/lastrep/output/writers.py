"""One small writer per result file: JSON document, CSV of reps, annotated video."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import tostring

import cv2

from lastrep.errors import OutputError
from lastrep.files import replacing
from lastrep.output.drawing import Image
from lastrep.output.evidence import PICTURES, draw, evidence
from lastrep.output.overlay import Overlay, SetTrack
from lastrep.output.velocity_chart import draw_sets
from lastrep.pose import PoseSequence
from lastrep.sets.results import Analysis
from lastrep.video.reading import VideoFile
from lastrep.video.writing import VideoWriter

#: Called with the share (0..1) of a long job that is done.
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class AnalyzedRecording:
    """A finished analysis with what is needed to draw it.

    Parameters
    ----------
    analysis
        The result document.
    poses
        The lifter's landmarks, in the video's own pixels and times.
    tracks
        The sets with their movement, in the order of `analysis.sets`.
    video
        The video file, or None when only landmarks were analysed.
    slowmo
        The slow-motion factor by which the video's times were divided.
    """

    analysis: Analysis
    poses: PoseSequence
    tracks: tuple[SetTrack, ...]
    video: Path | None
    slowmo: float = 1.0


class ResultWriter(Protocol):
    """Writes one kind of result file."""

    filename: str

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Write the file at `path`; raises OutputError if that cannot be done."""
        ...


def to_json(analysis: Analysis) -> str:
    """Return the result document as indented JSON."""
    return analysis.model_dump_json(indent=2)


class JsonWriter:
    """The whole result document."""

    filename = "analysis.json"

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Write the document."""
        write_text(path, to_json(recording.analysis) + "\n")


REP_COLUMNS = (
    "number",
    "status",
    "reason",
    "side",
    "start_s",
    "turn_s",
    "end_s",
    "eccentric_s",
    "pause_s",
    "concentric_s",
    "rom_deg",
    "rom_pct",
    "start_angle_deg",
    "turn_angle_deg",
    "coverage",
)
#: Of `Rep.bar`; those with another meaning than the rep's own keys.
BAR_COLUMNS = (
    "mean_velocity_m_s",
    "mean_velocity_sd",
    "peak_velocity_m_s",
    "eccentric_velocity_m_s",
    "displacement_m",
    "horizontal_deviation_m",
    "relative_velocity",
    "source",
)


class CsvWriter:
    """One row a rep, for spreadsheets."""

    filename = "reps.csv"

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Write the table."""
        text = io.StringIO(newline="")
        rows = csv.writer(text)
        rows.writerow(("set", "exercise", *REP_COLUMNS, *BAR_COLUMNS[:-1], "bar_source"))
        for number, report in enumerate(recording.analysis.sets, start=1):
            for rep in report.reps:
                values = rep.model_dump(mode="json", include=set(REP_COLUMNS))
                bar = rep.bar.model_dump(mode="json", include=set(BAR_COLUMNS))
                cells = [values[c] for c in REP_COLUMNS] + [bar[c] for c in BAR_COLUMNS]
                rows.writerow((number, report.exercise, *cells))
        write_text(path, text.getvalue())


class AnnotatedVideoWriter:
    """The video with skeleton, count and verdict drawn in (H.264, plays in a browser)."""

    filename = "annotated.mp4"

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Decode the video once more, draw, encode. Nothing is written for landmarks alone."""
        if recording.video is None:
            return
        overlay = Overlay(recording.tracks)
        poses = recording.poses
        with (
            VideoFile(recording.video, slowmo=recording.slowmo) as video,
            VideoWriter(path, width_px=video.info.width_px, height_px=video.info.height_px) as out,
        ):
            for frame in video.frames():
                overlay.annotate(frame.rgb, poses.at(frame.t_s))
                # The file plays at the speed of the source.
                out.write(frame.rgb, frame.t_s * recording.slowmo)
                progress(frame.t_s / max(poses.duration_s, frame.t_s, 1e-9))
        progress(1.0)


class VelocityWriter:
    """A chart of mean concentric velocity by rep; one picture below the other for several sets."""

    filename = "velocity.svg"

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Draw the chart; nothing where no speed was measured."""
        svg = draw_sets([(track.report, track.title) for track in recording.tracks])
        if svg is None:
            path.unlink(missing_ok=True)  # of an earlier analysis
        else:
            write_text(path, tostring(svg, encoding="unicode") + "\n")
        progress(1.0)


class EvidenceWriter:
    """A picture of each major fault at its worst, beside the same moment of a first rep."""

    filename = "evidence"

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Make a folder of pictures, in one pass over the video; none if there is no fault."""
        pictures = evidence(recording.analysis.sets)
        for old in path.glob(PICTURES):  # of an earlier analysis, with other verdicts
            old.unlink()
        if pictures:
            _make_folder(path)
            if recording.video is None:
                draw(pictures, recording.poses, None, lambda name, i: _save(path / name, i))
            else:
                with VideoFile(recording.video, slowmo=recording.slowmo) as video:
                    frames = ((f.t_s, f.rgb) for f in video.frames())
                    draw(pictures, recording.poses, frames, lambda name, i: _save(path / name, i))
        progress(1.0)


def _save(path: Path, image: Image) -> None:
    done, png = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    if not done:
        raise OutputError(f"{path}: cannot be made into a picture")
    with replacing(path) as temporary:
        temporary.write_bytes(png.tobytes())


WRITERS: dict[str, type[ResultWriter]] = {
    "json": JsonWriter,
    "csv": CsvWriter,
    "video": AnnotatedVideoWriter,
    "evidence": EvidenceWriter,
    "velocity": VelocityWriter,
}


def write_files(
    recording: AnalyzedRecording,
    formats: Iterable[str],
    folder: Path,
    progress_of: Callable[[str], Progress],
) -> tuple[str, ...]:
    """Write result files and return their names; without a video there is none to annotate.

    Parameters
    ----------
    formats
        Keys of `WRITERS`.
    folder
        Where to; it must exist.
    progress_of
        Called with each file's name; returns what to tell of its progress.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    written = []
    for name in formats:
        if name == "video" and recording.video is None:
            continue
        writer = WRITERS[name]()
        writer.write(recording, folder / writer.filename, progress_of(writer.filename))
        if (folder / writer.filename).exists():
            written.append(writer.filename)
    return tuple(written)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all; raises OutputError naming the file."""
    _make_folder(path.parent)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written ({error.strerror}); choose another --out"
        ) from error
