"""Whatever kills the process, and whoever else writes: no set is lost, none is there twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from lastrep.training.database import backup_path
from lastrep.training.history import History, Query, Recording
from lastrep.training.record import Declared
from unit.training.lifter import MONDAY, report

SETS = 200

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")


@dataclass(frozen=True)
class Adding:
    """Another process that adds sets, and says so once each is in the history."""

    process: BaseProcess
    added: Connection

    @classmethod
    def start(cls, path: Path, athlete: str, first: int, last: int = SETS) -> Adding:
        # Forked, because importing takes longer than adding.
        context = multiprocessing.get_context("fork")
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=add_sets, args=(path, athlete, first, last, send))
        process.start()
        send.close()
        return cls(process, receive)

    def next(self) -> int | None:
        """The next set that is in, None when there are no more."""
        try:
            number: int = self.added.recv()
        except EOFError:
            return None
        return number

    def rest(self) -> list[int]:
        """Everything that was said until the end."""
        return list(iter(self.next, None))


def add_sets(path: Path, athlete: str, first: int, last: int, added: Connection) -> None:
    with History(path) as history:
        for n in range(first, last):
            sets = [(report(5), Declared()), (report(n % 12 + 1, start_s=90.0), Declared())]
            history.add(Recording(athlete, f"clip-{n}", f"{n}.mp4", MONDAY), sets)
            added.send(n)


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


def test_killed_at_random_moments(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    moments = random.Random(9)
    done = 0  # the next clip to add; one that was added unheard is added again
    kills = 0
    while done < SETS:
        adding = Adding.start(path, "anna", done)
        # Let it add some, then let it get anywhere inside of the next.
        heard = [adding.next() for _ in range(moments.randrange(1, 15))]
        time.sleep(moments.uniform(0, 0.01))
        assert adding.process.pid is not None
        os.kill(adding.process.pid, signal.SIGKILL)
        heard += adding.rest()
        adding.process.join()
        kills += adding.process.exitcode == -signal.SIGKILL
        done = max([done, *(n + 1 for n in heard if n is not None)])
        check_whole(path, at_least=done)
    assert kills >= 10
    with History(path) as history:
        sets = history.sets(Query(athlete="anna"))
    assert len(sets) == 2 * SETS
    seconds = [s.good_reps for s in sets if s.declared.rest_before_s is not None]
    assert Counter(seconds) == Counter(n % 12 + 1 for n in range(SETS))
    check_whole(backup_path(path), at_least=1)


def test_two_processes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    both = [Adding.start(path, athlete, 0, 60) for athlete in ("anna", "ben")]
    assert [adding.rest() for adding in both] == [list(range(60))] * 2
    for adding in both:
        adding.process.join()
        assert adding.process.exitcode == 0
    check_whole(path, at_least=120)
    with History(path) as history:
        assert [len(history.sets(Query(athlete=a))) for a in ("anna", "ben")] == [120, 120]
