"""A clip's result as it lies in its folder, ready to be judged again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lastrep.analysis.again import with_corrections
from lastrep.analysis.checksums import content_sha256
from lastrep.analysis.movement_file import load_movements
from lastrep.analysis.recording import AnalyzedRecording, SetMovement
from lastrep.errors import ExerciseError, ResultError
from lastrep.output.corrections_file import DOCUMENT_FILE, read_corrections
from lastrep.output.results_folder import (
    DRAWN,
    kept_formats,
    load_document,
    read_manifest,
    settle_results,
)
from lastrep.output.writers import WRITERS
from lastrep.pose import PoseSequence
from lastrep.pose.pose_file import load_pose_file
from lastrep.sets.corrections import Correction
from lastrep.sets.offline import Refusal
from lastrep.sets.results import Analysis, SetReport


@dataclass(frozen=True, slots=True)
class Kept:
    """A clip's result as it was kept.

    Parameters
    ----------
    document
        The file of the document, from the root.
    analysis
        What it says.
    corrections
        A coach's word on the clip so far.
    """

    document: Path
    analysis: Analysis
    corrections: tuple[Correction, ...]

    @classmethod
    def load(cls, path: Path) -> Kept:
        """Read a result: its folder, or its document.

        Raises
        ------
        ResultError
            If there is none.
        """
        path = path.absolute()
        document = path / DOCUMENT_FILE if path.is_dir() else path
        settle_results(document.parent)
        analysis = load_document(document)
        said = read_corrections(document.parent, analysis.source.sha256)
        known = {one.key for one in said}
        judged = (one for report in analysis.sets for one in report.corrections)
        return cls(document, analysis, (*said, *(one for one in judged if one.key not in known)))

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.document.parent

    @property
    def is_whole(self) -> bool:
        """Whether it is a clip's folder, rather than a document that was copied somewhere."""
        return self.document.name == DOCUMENT_FILE

    def rep(self, set_number: int, rep: int) -> tuple[SetReport, float]:
        """Return a set, and the moment that stands for one of its reps.

        Raises
        ------
        ResultError
            If there is no such set or rep.
        """
        report = self.set(set_number)
        found = next((one for one in report.reps if one.number == rep), None)
        if found is None:
            raise ResultError(
                f"{self.document}: rep {rep}: the set has reps 1 to {len(report.reps)}"
            )
        return report, found.turn_s

    def set(self, set_number: int) -> SetReport:
        """Return a set; raises ResultError if there is none of this number."""
        if not 1 <= set_number <= len(self.analysis.sets):
            raise ResultError(
                f"{self.document}: has {len(self.analysis.sets)} sets, not {set_number}"
            )
        return self.analysis.sets[set_number - 1]

    def judged_with(
        self, corrections: Sequence[Correction], video: Path | None = None
    ) -> AnalyzedRecording:
        """Return the result as these corrections, in the place of the earlier ones, make it.

        Parameters
        ----------
        video
            Where the clip is now; None: where it was.

        Raises
        ------
        ResultError
            If one of them makes no sense here, or the folder lacks what it takes.
        """
        try:
            recording = self._recording(video)
            self._check_drawable(recording)
            return with_corrections(recording, corrections)
        except (ValueError, ExerciseError) as error:
            raise ResultError(f"{self.document}: {error}") from error

    def _recording(self, video: Path | None) -> AnalyzedRecording:
        poses, movements = self._poses(), self._movements()
        unfit = "could not be heeded"
        refused = tuple(
            Refusal(one, text.partition(f"{unfit}: ")[2].removesuffix("; it is kept"))
            for one in self.corrections
            for text in self.analysis.warnings
            if unfit in text and f"({one.says})" in text
        )
        return AnalyzedRecording(
            self.analysis,
            poses,
            movements,
            self._video(video),
            float(self.analysis.provenance.options.get("slowmo") or 1.0),
            self.corrections,
            refused,
        )

    def _poses(self) -> PoseSequence:
        """Return the landmarks beside the document; none where they are not of this clip."""
        path = self.folder / WRITERS["poses"].filename
        nobody = PoseSequence.of([], width_px=1, height_px=1)
        if not path.exists():
            return nobody
        file = load_pose_file(path)
        clip = self.analysis.source.sha256
        return (
            nobody
            if None not in (clip, file.clip_sha256) and clip != file.clip_sha256
            else (file.poses)
        )

    def _movements(self) -> tuple[SetMovement, ...]:
        path = self.folder / WRITERS["movement"].filename
        if not path.exists():
            return ()
        clip, movements = load_movements(path)
        known = self.analysis.source.sha256
        return () if None not in (clip, known) and clip != known else movements

    def _check_drawable(self, recording: AnalyzedRecording) -> None:
        """Refuse before anything changes where pictures could not be made anew."""
        drawn = set(kept_formats(self.folder)) & DRAWN if self.is_whole else set()
        if not drawn:
            return
        name = WRITERS[min(drawn)].filename
        if not len(recording.poses) or not recording.movements:
            raise ValueError(
                f"{name} beside it cannot be made anew without poses.npz and movement.npz of this "
                "clip; analyse the clip again into this folder"
            )
        filmed = Path(self.analysis.source.path).suffix.lower() != ".npz"
        if filmed and recording.video is None and drawn - {"velocity"}:
            raise ValueError(
                f"{name} beside it is drawn on {self.analysis.source.path}, which is not there any "
                "more; put it back, or name it with --video"
            )

    def _video(self, named: Path | None) -> Path | None:
        """Return the clip itself, if it is still what it was; raises ResultError if it is not."""
        clip = self.analysis.source.sha256
        if named is not None:
            try:
                same = content_sha256(named) == clip
            except OSError as error:
                raise ResultError(f"{named}: cannot be read ({error.strerror})") from error
            if not same:
                raise ResultError(f"{named}: is not the clip of {self.document}; name that one")
            return named
        manifest = read_manifest(self.folder)
        places = [Path(self.analysis.source.path)]
        if manifest is not None and manifest.video is not None:
            places.insert(0, Path(manifest.video))
        for place in places:
            with suppress(OSError):
                if place.suffix.lower() != ".npz" and content_sha256(place) == clip:
                    return place
        return None
