"""What `lastrep batch` shows while it runs (on standard error) and at the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.text import Text

from lastrep.batch.clips import Clip
from lastrep.batch.grading import Grade
from lastrep.batch.jobs import Job
from lastrep.batch.records import ClipOutcome, GradedSet
from lastrep.batch.session import Graded, size_bytes
from lastrep.batch.tables import Status, clip_status
from lastrep.files import readable

GRADE_STYLE: dict[Grade | None, str] = {
    Grade.A: "green",
    Grade.B: "green",
    Grade.C: "yellow",
    Grade.D: "yellow",
    Grade.F: "bold red",
    None: "dim",
}


class Terminal:
    """Shows one line for each clip that is done, and bars for what runs, where bars can be shown.

    Time left goes by the size of the files, a fair measure of their length.

    Parameters
    ----------
    clips
        The clips of the batch.
    """

    def __init__(self, clips: Sequence[Clip]) -> None:
        self._out = Console(highlight=False)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            console=self._err,
            transient=True,
            disable=not self._err.is_terminal,
        )
        self._clips = len(clips)
        self._bytes = sum(size_bytes(clip.source) for clip in clips)
        self._all = self._bars.add_task("", total=1.0)
        self._running: dict[Path, tuple[Job, TaskID]] = {}
        self._start_s = time.monotonic()
        self._done, self._done_bytes = 0, 0
        self._worked, self._worked_bytes = 0, 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def note(self, text: str) -> None:
        """Tell something in one line."""
        self._err.print(Text(f"lastrep: {text}"))

    def begun(self, job: Job) -> None:
        """Add a bar."""
        self._running[job.source] = job, self._bars.add_task(f"  {job.folder.name}", total=1.0)
        self.tick()

    def ended(self, job: Job, outcome: ClipOutcome) -> None:
        """Print a line in place of the bar."""
        self._bars.remove_task(self._running.pop(job.source)[1])
        size = size_bytes(job.source)
        self._done, self._done_bytes = self._done + 1, self._done_bytes + size
        if not outcome.reused:
            self._worked, self._worked_bytes = self._worked + 1, self._worked_bytes + size
        place = f"[{self._done}/{self._clips}] "
        if outcome.record is None:
            self._err.print(Text(readable(f"{place}lastrep: {outcome.error}"), style="red"))
        else:
            was = "  (was done)" if outcome.reused else f"  ({outcome.wall_s:.1f} s)"
            line = Text(f"{place}{job.folder.name}: ")
            words = [_in_words(one) for one in outcome.record.sets] or [Text("no set found")]
            line.append_text(Text("; ").join(words))
            self._err.print(line.append(was, style="dim"))

    def tick(self) -> None:
        """Move the bars."""
        working_bytes = 0.0
        for job, bar in self._running.values():
            share = job.attempts.share()
            working_bytes += share * size_bytes(job.source)
            self._bars.update(bar, completed=share)
        done_bytes = self._done_bytes + working_bytes
        elapsed_s = time.monotonic() - self._start_s
        words = [f"{self._done} of {self._clips} clips"]
        if not self._running and self._done < self._clips:
            words.append("waiting for workers")
        if self._worked:
            words.append(f"{60 * self._worked / elapsed_s:.1f} clips/min")
        pace = (self._worked_bytes + working_bytes) / max(elapsed_s, 1e-9)
        if pace:
            words.append(f"{_clock((self._bytes - done_bytes) / pace)} left")
        share = done_bytes / self._bytes if self._bytes else 0.0
        self._bars.update(self._all, description=", ".join(words), completed=share)

    def sum_up(self, graded: Graded, out: Path) -> None:
        """Print the summary on standard output."""
        elapsed_s = time.monotonic() - self._start_s
        fresh = [o for o in graded.outcomes if not o.reused]
        worked_s = sum(o.record.duration_s for o in fresh if o.record is not None)
        status = Counter(clip_status(outcome) for outcome in graded.outcomes)
        words = [f"{len(graded.outcomes)} clips: {status[Status.GRADED]} graded"]
        if status[Status.NO_SET]:
            words.append(f"{status[Status.NO_SET]} without a set")
        if status[Status.FAILED]:
            words.append(f"{status[Status.FAILED]} failed")
        if len(fresh) < len(graded.outcomes):
            words.append(f"{len(graded.outcomes) - len(fresh)} were done before")
        self._out.print(Text(", ".join(words), style="bold"))
        if fresh:
            self._out.print(
                f"{_clock(elapsed_s)} for {len(fresh)} clips "
                f"({60 * len(fresh) / elapsed_s:.1f} clips/min), "
                f"{_clock(worked_s)} of video ({worked_s / elapsed_s:.2f} x real time)"
            )
        grades = Counter(
            one.grade for o in graded.outcomes if o.record is not None for one in o.record.sets
        )
        if grades:
            line = Text("form grades: ")
            for grade in (*Grade, None):
                if grades[grade]:
                    name = "none" if grade is None else grade.value
                    line.append(f"{grades[grade]} {name}  ", GRADE_STYLE[grade])
            self._out.print(line)
        for outcome in graded.outcomes:
            if outcome.error is not None:
                self._out.print(
                    Text(readable(f"failed: {outcome.error}"), style="red"), soft_wrap=True
                )
        self._out.print(f"written to {out}/: {', '.join(graded.files)}", style="dim")


def _in_words(one: GradedSet) -> Text:
    grade = "no grade" if one.grade is None else one.grade.value
    text = Text(f"{one.title}, {one.good_reps} of {one.attempts} good, ")
    return text.append(grade, GRADE_STYLE[one.grade])


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(round(max(time_s, 0.0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
