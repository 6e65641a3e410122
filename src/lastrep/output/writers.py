"""One small writer per result file: JSON document, CSV of reps, annotated video."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol
from uuid import uuid4
from xml.etree.ElementTree import tostring

import cv2

from lastrep.analysis.movement_file import save_movements
from lastrep.analysis.recording import AnalyzedRecording
from lastrep.errors import OutputError
from lastrep.exercises import catalogue
from lastrep.files import replacing
from lastrep.output.bar_path import BarPath
from lastrep.output.drawing import Image
from lastrep.output.evidence import PICTURES, draw, evidence
from lastrep.output.overlay import Overlay, SetTrack
from lastrep.output.velocity_chart import draw_sets
from lastrep.pose.pose_file import save_poses
from lastrep.sets.results import Analysis
from lastrep.video.reading import VideoFile
from lastrep.video.writing import VideoWriter

#: Called with the share (0..1) of a long job that is done.
Progress = Callable[[float], None]


class ResultWriter(Protocol):
    """Writes one kind of result file."""

    filename: str

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Write the file at `path`; raises OutputError if that cannot be done."""
        ...


def to_json(analysis: Analysis) -> str:
    """Return the result document as indented JSON; what was measured takes a line a set."""
    document = analysis.model_dump(mode="json")
    lines = {}
    for report in document["sets"]:
        token = uuid4().hex
        lines[token] = json.dumps(report["measurements"], allow_nan=False)
        report["measurements"] = token
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    for token, line in lines.items():
        text = text.replace(f'"{token}"', line)
    return text


def tracks_of(recording: AnalyzedRecording) -> tuple[SetTrack, ...]:
    """Return the sets of a recording with their movement, for drawing."""
    known = catalogue()
    return tuple(
        SetTrack(
            report,
            moved.t_s,
            moved.fraction,
            known[report.exercise].title if report.exercise in known else "Unknown exercise",
            BarPath.of(moved.bar, report),
        )
        for report, moved in zip(recording.analysis.sets, recording.movements, strict=True)
    )


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


#: What the last cells of a row are called.
LAST_COLUMNS = ("bar_source", "corrected")


class CsvWriter:
    """One row a rep, for spreadsheets."""

    filename = "reps.csv"

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Write the table."""
        text = io.StringIO(newline="")
        rows = csv.writer(text)
        rows.writerow(("set", "exercise", *REP_COLUMNS, *BAR_COLUMNS[:-1], *LAST_COLUMNS))
        for number, report in enumerate(recording.analysis.sets, start=1):
            for rep in report.reps:
                values = rep.model_dump(mode="json", include=set(REP_COLUMNS))
                bar = rep.bar.model_dump(mode="json", include=set(BAR_COLUMNS))
                cells = [values[c] for c in REP_COLUMNS] + [bar[c] for c in BAR_COLUMNS]
                rows.writerow((number, report.exercise, *cells, rep.corrected))
        write_text(path, text.getvalue())


class AnnotatedVideoWriter:
    """The video with skeleton, count and verdict drawn in (H.264, plays in a browser)."""

    filename = "annotated.mp4"

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Decode the video once more, draw, encode. Nothing is written for landmarks alone."""
        if recording.video is None:
            return
        overlay = Overlay(tracks_of(recording))
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
        svg = draw_sets([(track.report, track.title) for track in tracks_of(recording)])
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


class PosesWriter:
    """The lifter's landmarks: the clip can be analysed again without the pose model."""

    filename = "poses.npz"

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Write the landmarks."""
        analysis = recording.analysis
        save_poses(
            path,
            recording.poses,
            clip_sha256=analysis.source.sha256,
            model_sha256=analysis.provenance.model_sha256,
        )
        progress(1.0)


class MovementWriter:
    """How the sets and the bar moved: a correction is measured and drawn from it."""

    filename = "movement.npz"

    def write(self, recording: AnalyzedRecording, path: Path, progress: Progress) -> None:
        """Write the movements."""
        save_movements(path, recording.movements, recording.analysis.source.sha256)
        progress(1.0)


WRITERS: dict[str, type[ResultWriter]] = {
    "json": JsonWriter,
    "csv": CsvWriter,
    "video": AnnotatedVideoWriter,
    "evidence": EvidenceWriter,
    "velocity": VelocityWriter,
    "poses": PosesWriter,
    "movement": MovementWriter,
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
