"""Clips, jobs and tasks that misbehave in every way, importable by worker processes."""

from __future__ import annotations

import faulthandler
import os
import signal
import time
from concurrent.futures import Future
from functools import cache
from pathlib import Path

import lastrep
from lastrep.analysis.options import AnalyzeOptions
from lastrep.batch.attempts import Progress
from lastrep.batch.jobs import Job, attempted
from lastrep.batch.records import ClipOutcome
from lastrep.batch.running import Task
from lastrep.pose import PoseSequence
from lastrep.pose.pose_file import save_poses
from lifters import Camera, Clip, landmark_recording, lifting_set


@cache
def squat_poses(reps: int) -> PoseSequence:
    """Return the landmarks of a squat set, seen from the side."""
    clip = Clip("squat", "back_squat", lifting_set(reps, seed=3), camera=Camera(yaw_deg=80))
    return landmark_recording(clip).poses


def write_poses(path: Path, reps: int = 3) -> Path:
    """Record the landmarks of a squat set in a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_poses(path, squat_poses(reps))
    return path


def job_for(name: str, tmp: Path, stall_s: float = 60.0) -> Job:
    """Return a job whose clip need not exist: the tasks here do not look at it."""
    work = tmp / "work"
    work.mkdir(exist_ok=True)
    return Job(
        source=tmp / f"{name}.mp4",
        folder=tmp / name,
        work=work,
        options=AnalyzeOptions(),
        formats=("json",),
        version=lastrep.__version__,
        resume=True,
        stall_s=stall_s,
    )


def misbehave(job: Job) -> ClipOutcome:
    """Do what the clip's name says, as `grade_clip` would meet it; note each attempt in a file."""

    def work(progress: Progress) -> ClipOutcome:
        count = job.source.with_suffix(".tried")
        tried = len(count.read_text()) if count.exists() else 0
        count.write_text("x" * (tried + 1))
        what = job.source.stem.split("-")[0]
        if what == "killed" or (what == "once" and not tried):
            os.kill(os.getpid(), signal.SIGKILL)
        elif what == "segfault":
            faulthandler._sigsegv()  # type: ignore[attr-defined]
        elif what == "hang":
            time.sleep(60)
        elif what == "slow":
            for _ in range(4):  # longer in all than may pass without progress
                time.sleep(0.6)
                progress(0.5)
        return ClipOutcome(None, what)

    return attempted(job, work)


def tried(job: Job) -> int:
    """Return how often `misbehave` began with a job."""
    return len(job.source.with_suffix(".tried").read_text())


def tell_process(job: Job) -> ClipOutcome:
    """Say which process this is, and what limits its threads have."""
    caps = [os.environ.get(name, "-") for name in ("OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")]
    return ClipOutcome(None, " ".join([str(os.getpid()), *caps]))


class Silent:
    """A watcher that only counts."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.over: list[str] = []

    def begun(self, job: Job) -> None:
        self.began.append(job.folder.name)

    def ended(self, job: Job, outcome: ClipOutcome) -> None:
        self.over.append(job.folder.name)

    def tick(self) -> None:
        pass


class InlinePool:
    """Runs jobs in this process, one at a time; Ctrl-C comes before job number `interrupt_at`."""

    losses: tuple[type[Exception], ...] = ()

    def __init__(self, interrupt_at: int | None = None) -> None:
        self.closed = False
        self._left = interrupt_at

    def slots(self) -> int:
        return 1

    def submit(self, task: Task, job: Job) -> Future[ClipOutcome]:
        if self._left is not None:
            if self._left == 0:
                raise KeyboardInterrupt
            self._left -= 1
        future: Future[ClipOutcome] = Future()
        future.set_result(task(job))
        return future

    def close(self) -> None:
        self.closed = True
