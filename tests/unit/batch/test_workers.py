"""Workers that die, hang or wear out: the other clips never notice."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from lastrep.batch.running import run_jobs
from lastrep.batch.workers import WorkerPool
from unit.batch.batch_tasks import Silent, job_for, misbehave, tell_process, tried


def test_one_bad_clip_fails_alone_after_its_second_try(tmp_path: Path) -> None:
    names = ["fine-1", "killed", "fine-2", "once", "segfault", "fine-3", "fine-4"]
    jobs = [job_for(name, tmp_path) for name in names]
    pool, watcher = WorkerPool(2), Silent()
    outcomes = dict(run_jobs(jobs, pool, watcher, misbehave))
    pool.close()
    errors = {names[i]: outcome.error or "" for i, outcome in outcomes.items()}
    assert [name for name in names if errors[name] == name.split("-")[0]] == [
        *("fine-1", "fine-2", "once", "fine-3", "fine-4")
    ]
    assert "killed, or out of memory; tried 2 times" in errors["killed"]
    assert "crashed (Segmentation fault); tried 2 times" in errors["segfault"]
    assert str(jobs[1].source) in errors["killed"]
    assert {name: tried(job) for name, job in zip(names, jobs, strict=True)} == {
        **dict.fromkeys(names, 1),
        **dict.fromkeys(("killed", "once", "segfault"), 2),
    }
    assert sorted(watcher.over) == sorted(names)


def test_a_hung_clip_is_stopped_but_not_a_slow_one(tmp_path: Path) -> None:
    jobs = [job_for(name, tmp_path, stall_s=1.5) for name in ("hang", "slow")]
    pool = WorkerPool(2)
    outcomes = dict(run_jobs(jobs, pool, Silent(), misbehave))
    pool.close()
    assert "made no progress" in (outcomes[0].error or "")
    assert tried(jobs[0]) == 2
    assert (outcomes[1].error, tried(jobs[1])) == ("slow", 1)


def test_workers_are_replaced_when_worn_out_and_start_few_threads(tmp_path: Path) -> None:
    jobs = [job_for(str(i), tmp_path) for i in range(5)]
    pool = WorkerPool(1, clips_per_worker=2)
    told = [(one.error or "").split() for _, one in run_jobs(jobs, pool, Silent(), tell_process)]
    pool.close()
    processes = [int(words[0]) for words in told]
    assert processes[0] == processes[1] != processes[2] == processes[3] != processes[4]
    assert os.getpid() not in processes
    assert {tuple(words[1:]) for words in told} == {("1", "1")}


def test_closing_ends_workers_in_the_middle_of_a_clip(tmp_path: Path) -> None:
    pool = WorkerPool(1)
    (asked,) = run_jobs([job_for("0", tmp_path)], pool, Silent(), tell_process)
    process = int((asked[1].error or "").split()[0])
    os.kill(process, 0)  # it is there
    pool.submit(misbehave, job_for("hang", tmp_path))
    while not (tmp_path / "hang.tried").exists():
        time.sleep(0.05)
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_ctrl_c_reaches_the_batch_and_not_its_workers(tmp_path: Path) -> None:
    pool = WorkerPool(1)
    (asked,) = run_jobs([job_for("0", tmp_path)], pool, Silent(), tell_process)
    process = int((asked[1].error or "").split()[0])
    os.kill(process, signal.SIGINT)
    (again,) = run_jobs([job_for("1", tmp_path)], pool, Silent(), tell_process)
    pool.close()
    assert int((again[1].error or "").split()[0]) == process
