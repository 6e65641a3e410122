"""What becomes of each set of a live session: files, history, advice."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from lastrep.analysis.landmarks import Landmarks, checksum
from lastrep.analysis.options import AnalyzeOptions
from lastrep.analysis.pipeline import analyze_landmarks
from lastrep.analysis.recording import AnalyzedRecording
from lastrep.errors import LastrepError
from lastrep.exercises import catalogue
from lastrep.exercises.library import AUTO
from lastrep.live.recorder import RecordedVideo, Recorder, set_folder
from lastrep.live.screen import PlannedSet, SetFeedback
from lastrep.output.results_folder import write_results
from lastrep.output.writers import Progress
from lastrep.pose import PoseSequence
from lastrep.sets.criteria import Past
from lastrep.sets.live.live_set import LiveSet
from lastrep.sets.offline import Search
from lastrep.sets.results import SetReport
from lastrep.training.history import Recording
from lastrep.training.history_writer import HistoryWriter, keep_sets, live_set_name
from lastrep.training.record import Declared, SetRecord, summarise
from lastrep.training.rest import Goal
from lastrep.training.review import SetReview, review_set
from lastrep.training.settings import Settings
from lastrep.velocity.options import BarOptions
from lastrep.video.writing import TIME_BASE

#: Formats that are written at once; the others, and the bar, wait for the end of the session.
QUICK_FORMATS = ("json", "csv", "poses", "movement")


@dataclass(frozen=True, slots=True)
class WrittenSet:
    """One set's files, and how to make what waits for the end of the session."""

    folder: Path
    whole: Callable[[], AnalyzedRecording]


@dataclass(frozen=True, slots=True)
class SessionContext:
    """What the lifter says of a session.

    Parameters
    ----------
    declared
        Of each set; its load holds where the plan names none.
    goal
        Of the plan.
    rests_seen
        Whether the rests between sets are those of the session; they are not in several recordings.
    """

    declared: Declared
    goal: Goal | None = None
    rests_seen: bool = True


class SetFiles:
    """Keeps the sets of one session.

    Nothing here may end the session: what cannot be written is said in `problems`.

    Parameters
    ----------
    folder
        Where the files go; None writes none.
    model
        Pose model, for provenance.
    user
        Settings, for what can be loaded.
    context
        What the lifter says of the session.
    writer
        Whose history the sets are added to; None for nobody's.
    past
        The lifter's earlier reps, for the judgement.
    recorder
        Records video; None records none. With it, landmarks are kept too.
    bar
        How speed is measured.
    """

    def __init__(
        self,
        folder: Path | None,
        model: str,
        user: Settings,
        context: SessionContext,
        *,
        writer: HistoryWriter | None = None,
        past: Past | None = None,
        recorder: Recorder | None = None,
        bar: BarOptions = BarOptions(),  # noqa: B008 - frozen
    ) -> None:
        self._context = context
        self.problems: list[str] = []
        self._folder, self._model, self._user = folder, model, user
        self._writer, self._recorder, self._past = writer, recorder, past
        self._bar = bar
        self._source = f"live:{uuid.uuid4()}"
        self._began: datetime | None = None
        self._done: list[tuple[SetReport, Declared]] = []
        self._records: list[SetRecord] = []
        self._number = 0
        self._files: list[Future[WrittenSet]] = []
        self._writing = ThreadPoolExecutor(1, "files")

    def __call__(self, planned: PlannedSet, report: SetReport, engine: LiveSet) -> SetFeedback:
        """Keep a set that is over, and say what it means; the files come a little later."""
        self._number += 1
        if engine.problem:
            self.problems.append(f"set {self._number}: {engine.problem}")
        video = self._recorder.take() if self._recorder else None
        kept = self._writer is not None and report.exercise in catalogue()
        name = live_set_name(self._source, len(self._done) + 1) if kept else None
        if self._folder is not None:
            self._files.append(
                self._writing.submit(self._file, self._number, planned, engine, video, name)
            )
        if report.exercise not in catalogue():
            return SetFeedback()
        try:
            review = self._review(planned, report)
        except LastrepError as error:
            self.problems.append(str(error))
            return SetFeedback()
        return SetFeedback(review.lines(), float(review.rest.seconds))

    def finish(self, formats: Sequence[str], progress_of: Callable[[str], Progress]) -> list[Path]:
        """Write what takes long, and return the folders of the sets."""
        if self._recorder is not None:
            self._recorder.discard()
            if self._recorder.problem:
                self.problems.append(self._recorder.problem)
        folders = []
        for future in self._files:
            try:
                filed = future.result()
                folders.append(filed.folder)
                write_results(filed.whole(), formats, filed.folder, progress_of)
            except LastrepError as error:
                self.problems.append(str(error))
            except Exception as error:  # a defect of ours: the other sets are still written
                self.problems.append(f"internal error: {type(error).__name__}: {error}")
        self._writing.shutdown()
        return folders

    def _review(self, planned: PlannedSet, report: SetReport) -> SetReview:
        """Judge the set by the ones before it; add it to the history if there is one."""
        if self._began is None:
            self._began = datetime.now(UTC) - timedelta(seconds=report.end_s)
        said = planned.prescription
        load = (said.load if said else None) or self._context.declared.load
        rested_s = None
        if self._done and self._context.rests_seen:
            rested_s = max(report.start_s - self._done[-1][0].end_s, 0.0)
        declared = Declared(load, said, rested_s)
        self._done.append((report, declared))
        athlete = self._writer.athlete if self._writer else "you"
        performed_at = self._began + timedelta(seconds=report.start_s)
        earlier = tuple(self._records)
        self._records.append(summarise(report, athlete, performed_at, declared))
        if self._writer is not None:
            name = f"live {self._began:%F %R}"
            seen = self._context.rests_seen
            recording = Recording(athlete, self._source, name, self._began, seen)
            return keep_sets(recording, self._done, self._user, self._context.goal)[-1]
        exercise, goal = catalogue()[report.exercise], self._context.goal
        return review_set(self._records[-1], earlier, exercise, self._user.equipment, goal)

    def _file(
        self,
        number: int,
        planned: PlannedSet,
        engine: LiveSet,
        video: RecordedVideo | None,
        history: str | None,
    ) -> WrittenSet:
        """Write the same files as for a recording of the set, on the recording's own time."""
        assert self._folder is not None
        folder = set_folder(self._folder, number)
        poses = self._poses(engine, video)
        options = AnalyzeOptions(
            exercise=planned.exercise.name if planned.exercise else AUTO,
            criteria=planned.criteria,
            model=self._model,
            bar=self._bar,
        )
        start_s = self._start_s(engine, video)
        taken_back = [
            one.model_copy(update={"at_s": max(one.at_s - start_s, 0.0)})
            for one in engine.corrections
        ]
        path = video.path if video else None
        read = Landmarks(
            poses, poses.content_sha256 if path is None else checksum(path), history=history
        )
        whole = partial(
            analyze_landmarks,
            read,
            options,
            planned.exercise,
            name=path or folder,
            past=self._past,
            search=Search(stopped=engine.stopped, corrections=tuple(taken_back)),
        )
        # Looking for the bar in the video takes too long between two sets.
        write_results(whole(video=None), QUICK_FORMATS, folder, lambda name: lambda share: None)
        return WrittenSet(folder, partial(whole, video=path))

    @staticmethod
    def _start_s(engine: LiveSet, video: RecordedVideo | None) -> float:
        return video.start_s if video else float(engine.sequence.t_s[0])

    def _poses(self, engine: LiveSet, video: RecordedVideo | None) -> PoseSequence:
        """The set's poses, timed from the beginning of its recording and by the file's clock."""
        start_s = self._start_s(engine, video)
        seen = engine.sequence
        kept = seen.t_s >= start_s
        return PoseSequence(
            np.round((seen.t_s[kept] - start_s) / float(TIME_BASE)) * float(TIME_BASE),
            seen.image_px[kept],
            seen.world_m[kept],
            seen.visibility[kept],
            seen.width_px,
            seen.height_px,
            self._model,
        )
