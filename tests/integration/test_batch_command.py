"""`lastrep batch` end to end: real clips, and every way a long run can be cut short."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from checks import some
from integration.samples import SAMPLES, Run, write_landmarks
from lastrep.batch.running import run_jobs
from lastrep.video.reading import VideoFile
from lastrep.video.writing import VideoWriter
from lifters import lifting_set
from unit.batch.batch_tasks import Silent, job_for, misbehave, tried

#: Clips in the folder that runs are cut short on.
MANY = 10


def cut(source: Path, target: Path, seconds: float) -> None:
    """Write the start of a video as a new one."""
    with (
        VideoFile(source, max_short_side_px=240) as video,
        VideoWriter(target, width_px=video.info.width_px, height_px=video.info.height_px) as out,
    ):
        for frame in video.frames():
            if frame.t_s > seconds:
                break
            out.write(frame.rgb, frame.t_s)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record many small clips of different length, one of them broken."""
    folder = tmp_path_factory.mktemp("many") / "clips"
    folder.mkdir()
    for number in range(MANY - 1):
        reps = 2 + number % 3
        write_landmarks(folder / f"clip{number}.npz", lifting_set(reps, seed=reps))
    (folder / "broken.npz").write_bytes(b"no landmarks")
    return folder


@pytest.fixture(scope="session")
def whole(many: Path, lastrep: Run) -> Path:
    """Grade them without any interruption."""
    done = lastrep("batch", many, "-o", "whole", "-e", "squat", "--workers", 2, cwd=many.parent)
    assert done.returncode == 1, done.stderr
    return many.parent / "whole"


@contextmanager
def started(*words: str | Path, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a command in a process group of its own; end it afterwards whatever happens."""
    process = subprocess.Popen(
        [sys.executable, *map(str, words)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def batch_words(many: Path, out: Path) -> tuple[str | Path, ...]:
    return ("-m", "lastrep", "batch", many, "-o", out, "-e", "squat")


def wait_for(what: Callable[[], object], timeout_s: float = 120.0) -> None:
    end_s = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < end_s, "it did not happen"
        time.sleep(0.02)


def finished(out: Path) -> list[Path]:
    return sorted(path.parent for path in out.glob("clip*/grade.json"))


def are_finished(out: Path, count: int) -> bool:
    return len(finished(out)) >= count


def descendants(process: int) -> list[int]:
    """Return the processes that this one started, and those that they did."""
    try:
        tasks = Path(f"/proc/{process}/task").iterdir()
        words = " ".join((task / "children").read_text() for task in tasks)
    except FileNotFoundError:
        return []
    return [child for word in words.split() for child in (int(word), *descendants(int(word)))]


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def are_gone(processes: list[int]) -> bool:
    return not any(map(alive, processes))


def graders(process: int) -> list[int]:
    """Return the processes below this one that analyse: those that have loaded NumPy."""
    return [child for child in descendants(process) if "numpy" in maps(child)]


def maps(process: int) -> str:
    try:
        return Path(f"/proc/{process}/maps").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def assert_same(out: Path, whole: Path) -> None:
    """Compare all files, but for the Parquet table, whose metadata may differ."""
    files = set(some(p.relative_to(whole) for p in whole.rglob("*") if p.is_file()))
    assert {p.relative_to(out) for p in out.rglob("*") if p.is_file()} == files
    for name in files:
        if name.suffix != ".parquet":
            assert (out / name).read_bytes() == (whole / name).read_bytes(), name


def rows(out: Path) -> dict[str, dict[str, str]]:
    with (out / "grades.csv").open(newline="") as file:
        return {Path(row["clip"]).name: row for row in csv.DictReader(file)}


def test_real_clips_with_a_manifest_and_broken_ones_among_them(
    lastrep: Run, tmp_path: Path
) -> None:
    uploads = tmp_path / "uploads"
    (uploads / "ann").mkdir(parents=True)
    sample = min(SAMPLES.glob("*.mp4"))
    cut(sample, uploads / "ann" / "one.mp4", 1.5)
    shutil.copy(uploads / "ann" / "one.mp4", uploads / "same again.mp4")
    (uploads / "cut short.mp4").write_bytes(sample.read_bytes()[:2000])
    (uploads / "manifest.csv").write_text(
        "clip,athlete,exercise,load_kg\nann/one.mp4,Ann,back squat,80\nlost.mp4,Bob,,\n"
    )
    words = ("batch", "uploads", "--manifest", "uploads/manifest.csv", "--model", "lite")
    done = lastrep(*words, "--workers", 2, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    table = rows(tmp_path / "graded")
    assert {name: row["status"] == "failed" for name, row in table.items()} == {
        "one.mp4": False,
        "same again.mp4": False,
        "cut short.mp4": True,
        "lost.mp4": True,
    }
    assert "no such file" in table["lost.mp4"]["error"]
    assert "4 clips: " in done.stdout
    assert "2 failed" in done.stdout
    assert done.stdout.count("cut short.mp4: not a video") == 1
    assert (table["one.mp4"]["athlete"], table["one.mp4"]["load_kg"]) == ("Ann", "80.0")
    document = json.loads((tmp_path / "graded/ann__one/analysis.json").read_text())
    assert document["provenance"]["model"] == "litert/lite"
    assert document["provenance"]["options"]["exercise"] == "back_squat"
    assert document["source"]["frames_with_pose"] > 20
    assert {p.name for p in (tmp_path / "graded/same again").iterdir()} >= {
        *("analysis.json", "reps.csv", "annotated.mp4", "grade.json")
    }


def test_what_was_done_is_not_done_again(many: Path, whole: Path, lastrep: Run) -> None:
    before = {path: path.stat().st_mtime_ns for path in whole.glob("*/grade.json")}
    again = lastrep("batch", many, "-o", "whole", "-e", "squat", cwd=many.parent)
    assert again.returncode == 1
    assert f"{MANY - 1} were done before" in again.stdout
    assert again.stderr.count("(was done)") == MANY - 1
    assert {path: path.stat().st_mtime_ns for path in whole.glob("*/grade.json")} == before


def test_a_killed_worker_costs_nothing(many: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "graded"
    killed = 0
    with started(*batch_words(many, out), "--workers", "2", cwd=tmp_path) as process:
        for done_before in (1, 4):
            wait_for(partial(are_finished, out, done_before))
            wait_for(lambda: graders(process.pid) or process.poll() is not None)
            for worker in graders(process.pid)[:1]:
                os.kill(worker, signal.SIGKILL)
                killed += 1
        said, _ = process.communicate(timeout=200)
    assert killed == 2
    assert process.returncode == 1, said
    assert_same(out, whole)


def test_a_killed_run_goes_on_where_it_was(many: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "graded"
    kept: dict[Path, int] = {}
    for done_before in (2, 6):
        with started(*batch_words(many, out), "--workers", "2", cwd=tmp_path) as process:
            wait_for(partial(are_finished, out, done_before))
            workers = descendants(process.pid)
            os.kill(process.pid, signal.SIGKILL)
            wait_for(partial(are_gone, workers))  # none stays behind
        assert kept.items() <= stamps(out).items()
        kept = stamps(out)
    with started(*batch_words(many, out), cwd=tmp_path) as process:
        said, _ = process.communicate(timeout=200)
    assert process.returncode == 1, said
    assert_same(out, whole)
    assert kept.items() <= stamps(out).items()


def stamps(out: Path) -> dict[Path, int]:
    return {folder: (folder / "grade.json").stat().st_mtime_ns for folder in finished(out)}


def test_ctrl_c_stops_cleanly(many: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "graded"
    with started(*batch_words(many, out), "--workers", "2", cwd=tmp_path) as process:
        wait_for(lambda: len(finished(out)) >= 1)
        workers = descendants(process.pid)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process
        said, _ = process.communicate(timeout=60)
        wait_for(lambda: not any(map(alive, workers)))  # helpers of the interpreter end after it
    assert process.returncode == 130, said
    assert "the same command goes on" in said
    assert "Traceback" not in said
    assert not (out / ".running").exists()
    assert len(rows(out)) < MANY  # the last ones done may not have been reported yet
    with started(*batch_words(many, out), cwd=tmp_path) as process:
        process.communicate(timeout=200)
    assert_same(out, whole)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Start a scheduler and two workers on loopback; gives the address and the workers' keeper."""
    pytest.importorskip("distributed")
    places = tmp_path / "scheduler.json"
    words = ("--scheduler-file", places, "--no-dashboard")
    loopback = ("--host", "127.0.0.1")
    with started("-m", "dask", "scheduler", *loopback, "--port", "0", *words, cwd=tmp_path):
        wait_for(places.exists)
        address = json.loads(places.read_text())["address"]
        with started(
            *("-m", "dask", "worker", address, *loopback, "--nworkers", "2", "--nthreads", "1"),
            *("--no-dashboard", "--local-directory", tmp_path / "dask"),
            cwd=tmp_path,
        ) as workers:
            yield address, workers.pid


def test_a_cluster_gives_the_same_result_even_if_a_worker_dies(
    many: Path, whole: Path, tmp_path: Path, cluster: tuple[str, int]
) -> None:
    address, keeper = cluster
    out = tmp_path / "graded"
    words = (*batch_words(many, out), "--scheduler", address)
    with started(*words, cwd=tmp_path) as process:
        wait_for(lambda: len(finished(out)) >= 3)
        worker = max(descendants(keeper), key=cpu_ticks)
        os.kill(worker, signal.SIGKILL)
        said, _ = process.communicate(timeout=200)
    assert process.returncode == 1, said
    assert not alive(worker)
    assert_same(out, whole)


def test_a_clip_that_ends_cluster_workers_fails_alone(
    tmp_path: Path, cluster: tuple[str, int]
) -> None:
    from lastrep.batch.cluster import ClusterPool

    names = ["fine-1", "killed", "fine-2", "hang", "once", "fine-3"]
    jobs = [job_for(name, tmp_path, stall_s=2.0) for name in names]
    pool = ClusterPool(cluster[0])
    outcomes = dict(run_jobs(jobs, pool, Silent(), misbehave))
    pool.close()
    errors = {name: outcomes[index].error or "" for index, name in enumerate(names)}
    assert [name for name in names if errors[name] == name.split("-")[0]] == [
        *("fine-1", "fine-2", "once", "fine-3")
    ]
    assert "killed, or out of memory; tried 2 times" in errors["killed"]
    assert "made no progress" in errors["hang"]
    counts = dict(zip(names, map(tried, jobs), strict=True))
    assert (counts["killed"], counts["hang"], counts["once"]) == (2, 2, 2)


def cpu_ticks(process: int) -> int:
    """Return how long a process has computed: among dask's helpers, the one that grades."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return -1
    return int(fields[11])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "name at least one folder"),
        (("empty",), "holds no video"),
        (("clips", "--manifest", "bad.csv"), "bad.csv, line 2: load_kg"),
        (("clips", "-e", "bakc squat"), "back"),
        (("clips", "--format", "pdf"), "--format pdf"),
        (("clips", "--workers", "2", "--scheduler", "tcp://x:1"), "exclude each other"),
        (("clips", "--strictness", "soft"), "--strictness soft"),
        (("clips", "--scheduler", "tcp://127.0.0.1:9"), "no scheduler answers"),
    ],
)
def test_wrong_usage(lastrep: Run, tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "a.mp4").write_bytes(b"x")
    (tmp_path / "bad.csv").write_text("clip,load_kg\na.mp4,heavy\n")
    done = lastrep("batch", *words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert says in re.sub(r"\s+", " ", done.stderr)
    assert not (tmp_path / "graded").exists()
