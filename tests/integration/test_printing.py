"""Save, then print: a standard output that is closed, full or plain ASCII costs no result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lastrep.training.history import History
from unit.batch.batch_tasks import write_poses

WORDS = ("-e", "back_squat", "--athlete", "ann", "--format", "json,csv", "-o", "out")


def analyse(
    tmp_path: Path, *more: str, stdout: int | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    clip = write_poses(tmp_path / "squat.npz", 3)
    command = [sys.executable, "-m", "lastrep", "analyze", "--poses", str(clip), *WORDS, *more]
    own = {
        "LASTREP_HISTORY": str(tmp_path / "history.sqlite3"),
        "LASTREP_SETTINGS": str(tmp_path / "none.toml"),
    }
    return subprocess.run(
        command,
        cwd=tmp_path,
        stdout=stdout if stdout is not None else subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **own, **environment},
        timeout=120,
        check=False,
    )


def assert_saved(tmp_path: Path) -> None:
    document = json.loads((tmp_path / "out" / "squat" / "analysis.json").read_text("utf-8"))
    assert document["sets"][0]["attempts"] == 3
    with History(tmp_path / "history.sqlite3") as history:
        assert len(history.sets()) == 1


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_reader_that_has_gone(tmp_path: Path, more: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    process = analyse(tmp_path, *more, stdout=write)
    os.close(write)
    assert_saved(tmp_path)
    assert b"Traceback" not in process.stderr
    assert b"BrokenPipe" not in process.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_full_disk_behind_standard_output(tmp_path: Path, more: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        process = analyse(tmp_path, *more, stdout=full.fileno())
    assert_saved(tmp_path)
    assert b"Traceback" not in process.stderr
    assert b"standard output cannot be written" in process.stderr


def test_a_terminal_that_knows_only_ascii(tmp_path: Path) -> None:
    process = analyse(tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert process.returncode == 0, process.stderr
    assert_saved(tmp_path)
    assert b"good reps" in process.stdout


def test_a_document_is_utf8_whatever_the_terminal_knows(tmp_path: Path) -> None:
    process = analyse(tmp_path, "--json", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert process.returncode == 0, process.stderr
    assert json.loads(process.stdout.decode("utf-8"))["sets"][0]["attempts"] == 3
