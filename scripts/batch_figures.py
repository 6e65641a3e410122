"""Measure `lastrep batch`: how fast it is, what it needs, and what kill -9 costs.

    python scripts/batch_figures.py throughput CLIP... [--model lite] [--workers 1 2] [--no-loop]
    python scripts/batch_figures.py many [--clips 1000] [--broken 0.2]
    python scripts/batch_figures.py kills [--clips 60] [--kills 10] [--runs 5] [--cluster]

`many` and `kills` grade recorded landmarks of made-up sets, so that most of the time goes into
what a batch does around a clip. Linux only: processes are looked up in /proc.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np

from lastrep.pose.pose_file import save_poses
from lastrep.video.reading import VideoFile
from lifters import Clip, landmark_recording, lifting_set

LASTREP = (sys.executable, "-m", "lastrep")
SAMPLE_S = 1.0
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6
Process = subprocess.Popen[bytes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("throughput", help="against a loop of analyze")
    command.add_argument("clip", type=Path, nargs="+")
    command.add_argument("--model", default="full")
    command.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    command.add_argument("--loop", action=argparse.BooleanOptionalAction, default=True)
    command.set_defaults(run=run_throughput)
    command = commands.add_parser("many", help="memory over many clips, some of them broken")
    command.add_argument("--clips", type=int, default=1000)
    command.add_argument("--broken", type=float, default=0.2, help="share of them")
    command.set_defaults(run=run_many)
    command = commands.add_parser("kills", help="workers and whole runs killed with kill -9")
    command.add_argument("--clips", type=int, default=60)
    command.add_argument("--kills", type=int, default=10, help="of workers")
    command.add_argument("--runs", type=int, default=5, help="that are killed before the last")
    command.add_argument("--cluster", action="store_true", help="on dask workers")
    command.set_defaults(run=run_kills)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        options.run(options, Path(name))


# -- throughput


def run_throughput(options: argparse.Namespace, folder: Path) -> None:
    length_s = sum(_length_s(clip) for clip in options.clip)
    print(f"{len(options.clip)} clips, {length_s:.0f} s of video, model {options.model}")
    clips = folder / "clips"
    clips.mkdir()
    for clip in options.clip:
        (clips / clip.name).symlink_to(clip.absolute())
    model = ("--model", options.model)
    words: list[Sequence[str | Path]]
    if options.loop:
        words = [
            (*LASTREP, "analyze", clip, *model, "--out", folder / "loop") for clip in options.clip
        ]
        _timed("loop of analyze", words, length_s)
    for workers in options.workers:
        out = folder / f"graded-{workers}"
        words = [(*LASTREP, "batch", clips, *model, "-o", out, "--workers", str(workers))]
        _timed(f"batch, {workers} workers", words, length_s)


def _length_s(clip: Path) -> float:
    with VideoFile(clip) as video:
        return video.info.duration_s or 0.0


def _timed(what: str, commands: Sequence[Sequence[str | Path]], length_s: float) -> None:
    before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    failed = sum(
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0
        for words in commands
    )
    wall_s, after = time.monotonic() - began_s, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"  {what:18} {wall_s:6.1f} s, {length_s / wall_s:5.2f} x real time, "
        f"{busy_s / wall_s:.2f} cores busy ({busy_s:.0f} s), {failed} failed",
        flush=True,
    )


# -- made-up clips


_HARMS: tuple[Callable[[bytes], bytes], ...] = (
    lambda whole: b"",
    lambda whole: whole[:2000],
    lambda whole: b"no landmarks" * 99,
    lambda whole: whole[: len(whole) // 2] + bytes(len(whole) // 2),
)


def write_clips(folder: Path, count: int, broken_share: float = 0.0) -> set[str]:
    """Write recorded landmarks that are all different; return the names of the broken ones."""
    folder.mkdir()
    sets = [
        landmark_recording(Clip("s", "back_squat", lifting_set(reps, seed=reps))).poses
        for reps in (2, 3, 4)
    ]
    harms = cycle(_HARMS)
    broken = set()
    for index, poses in zip(range(count), cycle(sets)):
        path = folder / f"clip-{index:04}.npz"
        save_poses(path, replace(poses, model=f"made-up-{index}"))
        if int((index + 1) * broken_share) > int(index * broken_share):
            path.write_bytes(next(harms)(path.read_bytes()))
            broken.add(path.name)
    return broken


def _words(clips: Path, out: Path, *more: str) -> list[str | Path]:
    return [*LASTREP, "batch", clips, "-o", out, "-e", "squat", "--format", "csv", *more]


def _table(out: Path) -> list[dict[str, str]]:
    with (out / "grades.csv").open(newline="") as file:
        return list(csv.DictReader(file))


# -- memory and broken files


def run_many(options: argparse.Namespace, folder: Path) -> None:
    broken = write_clips(folder / "clips", options.clips, options.broken)
    out = folder / "graded"
    began_s, samples = time.monotonic(), []
    with _started(_words(folder / "clips", out)) as process:
        while process.poll() is None:
            workers = [_rss_mb(pid) for pid in graders(process.pid)]
            done = sum(1 for _ in out.glob("*/grade.json"))
            samples.append((done, _rss_mb(process.pid), max(workers, default=0.0)))
            time.sleep(SAMPLE_S)
    wall_s = time.monotonic() - began_s
    print(f"{options.clips} clips in {wall_s:.0f} s ({60 * options.clips / wall_s:.0f} a minute)")
    print("clips done  parent MB  largest worker MB")
    for part in np.array_split(np.array(samples), 10):
        if len(part):
            print(f"{part[-1, 0]:10.0f} {part[:, 1].max():10.0f} {part[:, 2].max():18.0f}")
    rows = _table(out)
    failed = {Path(row["clip"]).name: row["error"] for row in rows if row["status"] == "failed"}
    named = sum(name in error for name, error in failed.items())
    print(f"exit status {process.returncode}; {len(rows)} rows, {len(failed)} failed")
    print(f"broken files: {len(broken)}, failed are {'the same' if {*failed} == broken else 'NOT'}")
    print(f"named in their error: {named} of {len(failed)}")
    for reason, count in Counter(_reason(error) for error in failed.values()).items():
        print(f"  {count:4} x {reason}")


def _reason(error: str) -> str:
    return error.partition(".npz: ")[2]


# -- kills


def run_kills(options: argparse.Namespace, folder: Path) -> None:
    clips = folder / "clips"
    write_clips(clips, options.clips)
    subprocess.run(_words(clips, folder / "whole"), capture_output=True, check=True)
    with _cluster(folder) if options.cluster else _here() as (more, keeper):
        out = folder / "worker-killed"
        killed = 0
        with _started(_words(clips, out, *more)) as process:
            for turn in range(options.kills):
                least = (turn + 1) * options.clips // (options.kills + 2)
                while process.poll() is None and _done(out) < least:
                    time.sleep(0.05)
                alive = graders(keeper or process.pid)
                if process.poll() is None and alive:
                    os.kill(random.choice(alive), signal.SIGKILL)
                    killed += 1
            process.wait()
        print(f"{killed} workers killed: {_compared(out, folder / 'whole')}")
        # What was hit twice is given up and named; the same command tries it again.
        subprocess.run(_words(clips, out, *more), capture_output=True, check=True)
        print(f"  the same command again: {_compared(out, folder / 'whole')}")
        out = folder / "run-killed"
        lost = 0
        for turn in range(options.runs):
            with _started(_words(clips, out, *more)) as process:
                least = (turn + 1) * options.clips // (options.runs + 1)
                while process.poll() is None and _done(out) < least:
                    time.sleep(0.05)
                before = _done(out)
                os.kill(process.pid, signal.SIGKILL)
            lost += before > _done(out)
        done = _done(out)
        last = subprocess.run(_words(clips, out, *more), capture_output=True, text=True)
        reused = last.stderr.count("(was done)")
    print(f"{options.runs} runs killed: {_compared(out, folder / 'whole')}")
    print(
        f"  results lost in {lost} of them; the last found {done} done and did {reused} not again"
    )


def _done(out: Path) -> int:
    return sum(1 for _ in out.glob("*/grade.json"))


def _compared(out: Path, whole: Path) -> str:
    rows, right = _table(out), _table(whole)
    failed = sum(row["status"] == "failed" for row in rows)
    same = sum(a == b for a, b in zip(rows, right, strict=False))
    left = [path.name for path in out.iterdir() if path.name.startswith(".")]
    return (
        f"{len(rows)} of {len(right)} clips in the table, {same} rows as undisturbed, "
        f"{failed} failed, {len(left)} unfinished folders left"
    )


@contextmanager
def _here() -> Iterator[tuple[tuple[str, ...], int | None]]:
    yield ("--workers", "2"), None


@contextmanager
def _cluster(folder: Path) -> Iterator[tuple[tuple[str, ...], int | None]]:
    """Start a scheduler with two workers; gives the option that names it, and their keeper."""
    places = folder / "scheduler.json"
    dask = (sys.executable, "-m", "dask")
    host = ("--host", "127.0.0.1", "--no-dashboard")
    scheduler: list[str | Path] = [
        *dask,
        "scheduler",
        *host,
        "--port",
        "0",
        "--scheduler-file",
        places,
    ]
    with _started(scheduler):
        while not places.exists():
            time.sleep(0.1)
        address = json.loads(places.read_text())["address"]
        workers: list[str | Path] = [
            *dask,
            "worker",
            address,
            *host,
            "--nworkers",
            "2",
            "--nthreads",
            "1",
        ]
        with _started([*workers, "--local-directory", folder / "dask"]) as keeper:
            yield ("--scheduler", address), keeper.pid


# -- processes


@contextmanager
def _started(words: Sequence[str | Path]) -> Iterator[Process]:
    """Start a process with a session of its own; all of it is gone afterwards."""
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def graders(parent: int) -> list[int]:
    """Return the processes below one that grade: not the helpers of multiprocessing."""
    found, left = [], [parent]
    while left:
        below = _children(left.pop())
        left += below
        found += [pid for pid in below if b"spawn_main" in _read(pid, "cmdline")]
    return found


def _children(pid: int) -> list[int]:
    """Return the children of a process, whichever of its threads started them."""
    threads = [path.name for path in Path(f"/proc/{pid}/task").glob("*")]
    return [int(w) for name in threads for w in _read(pid, f"task/{name}/children").split()]


def _rss_mb(pid: int) -> float:
    fields = _read(pid, "statm").split()
    return int(fields[1]) * PAGE_MB if len(fields) > 1 else 0.0


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


if __name__ == "__main__":
    main()
