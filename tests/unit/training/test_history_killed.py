"""Whatever kills the process, and whoever else writes: no set is lost, none is there twice."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from lastrep.training.database import backup_path
from lastrep.training.history import History, Query

SETS = 200
#: Adds sets from a number on, and says so once each is in the history.
ADD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from unit.training.lifter import report
from lastrep.training.history import History, Recording
from lastrep.training.record import Declared

path, athlete, first, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with History(path) as history:
    for n in range(first, last):
        clip = Recording(athlete, f"clip-{n}", f"{n}.mp4", datetime(2026, 1, 5, tzinfo=UTC))
        history.add(clip, [(report(5), Declared()), (report(n % 12 + 1, start_s=90.0), Declared())])
        print(n, flush=True)
"""


def adding(path: Path, athlete: str, first: int, last: int = SETS) -> subprocess.Popen[str]:
    tests = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", ADD, str(path), athlete, str(first), str(last)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tests,
    )


def check_whole(path: Path, at_least: int = 0) -> None:
    """No page damaged, no clip with a part of its two sets, none missing that was said to be in."""
    sets_of_clip = (
        "SELECT count(s.id) FROM recording r LEFT JOIN lifted_set s ON s.recording_id = r.id "
        "GROUP BY r.id"
    )
    with closing(sqlite3.connect(path)) as database:
        counts = [count for (count,) in database.execute(sets_of_clip)]
        assert set(counts) <= {2}
        assert len(counts) >= at_least
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_at_random_moments(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    moments = random.Random(9)
    done = 0  # the next clip to add; one whose end was not heard is added again
    kills = 0
    while done < SETS:
        process = adding(path, "anna", done)
        assert process.stdout is not None
        # Let it add some, then let it get anywhere inside of the next.
        for _ in range(moments.randrange(1, 25)):
            line = process.stdout.readline()
            if not line:
                break
            done = int(line) + 1
        time.sleep(moments.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        kills += process.returncode == -signal.SIGKILL
        done = max([done, *(int(line) + 1 for line in rest.split("\n")[:-1])])
        check_whole(path, at_least=done)
    assert kills >= 8
    with History(path) as history:
        sets = history.sets(Query(athlete="anna"))
        seconds = [s.good_reps for s in sets if s.declared.rest_before_s is not None]
    assert len(sets) == 2 * SETS
    assert Counter(seconds) == Counter(n % 12 + 1 for n in range(SETS))
    check_whole(backup_path(path))


def test_two_processes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    both = [adding(path, athlete, 0, 60) for athlete in ("anna", "ben")]
    assert [process.communicate()[0].count("\n") for process in both] == [60, 60]
    assert [process.returncode for process in both] == [0, 0]
    check_whole(path)
    with History(path) as history:
        assert [len(history.sets(Query(athlete=a))) for a in ("anna", "ben")] == [120, 120]
