"""The history keeps what it is given, and never loses or replaces what it has."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from checks import some
from lastrep.errors import HistoryError
from lastrep.sets.results import EndReason
from lastrep.training import database
from lastrep.training.database import backup_path, migrate, open_database, restore_backup
from lastrep.training.history import History, Query, Recording, content_hash
from lastrep.training.loads import Load, LoadUnit
from lastrep.training.prescription import parse_prescription
from lastrep.training.record import Declared, summarise
from unit.training.lifter import MONDAY, at, report

CLIP = Recording("anna", "sha256:1", "squat.mp4", MONDAY)
AMRAP = parse_prescription("AMRAP strict VL20 rest 90s").sets[0]
FULL = Declared(Load(225.0, LoadUnit.LB), AMRAP, 123.5, 9.5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "history.sqlite3"


def test_keeps_report_and_facts(path: Path) -> None:
    seen = report(9, EndReason.TECHNICAL_FAILURE, rir=(0, 1), first_m_s=0.5, start_s=4.0)
    with History(path) as history:
        (set_id,) = history.add(CLIP, [(seen, FULL)])
    with History(path) as history:
        assert history.report(set_id) == seen
        (found,) = history.sets()
        assert found == history.get(set_id)
    expected = summarise(seen, "anna", MONDAY + timedelta(seconds=4), FULL)
    assert found == replace(expected, set_id=set_id)
    assert (found.end_rep, found.fault_ids) == (10, ("hips_rise_first",))
    assert (found.first_velocity_m_s, found.estimated_rir) == (0.5, (0, 1))


def test_rest_within_a_recording_is_known(path: Path) -> None:
    sets = [(report(5), Declared()), (report(5, start_s=75.0), Declared())]
    with History(path) as history:
        history.add(CLIP, sets)
        assert [s.declared.rest_before_s for s in history.sets()] == [None, 60.0]


def test_the_same_clip_replaces_its_sets(path: Path) -> None:
    with History(path) as history:
        three = [(report(n, start_s=100.0 * n), Declared()) for n in (5, 6, 7)]
        first = history.add(CLIP, [(three[0][0], FULL), *three[1:]])
        other = history.add(replace(CLIP, athlete="ben"), three)
        again = history.add(
            replace(CLIP, athlete="ANNA", name="copy.mp4", recorded_at=at(9)),
            [(report(8), Declared(rpe=7.0)), three[1]],
        )
        assert again == first[:2]
        assert set(other).isdisjoint(first)
        changed, kept = history.sets(Query(athlete="anna"))
        assert (changed.good_reps, kept.good_reps) == (8, 6)
        # Seen anew; what was declared stays unless it is declared anew, and so does the date.
        assert changed.declared == replace(FULL, rpe=7.0)
        assert changed.performed_at == MONDAY
        assert len(history.sets(Query(athlete="ben"))) == 3


def test_queries(path: Path) -> None:
    with History(path) as history:
        for week in (1, 2, 3):
            for exercise in ("back_squat", "bench_press"):
                history.add(
                    Recording("anna", f"{week}{exercise}", "x", at(week)),
                    [(report(5 + week, exercise=exercise), Declared())],
                )
        found = history.sets(Query(exercise="back_squat", since=at(2), until=at(3)))
        assert [(s.exercise, s.good_reps) for s in found] == [("back_squat", 7)]
        assert [s.good_reps for s in history.sets(Query(latest=3))] == [7, 8, 8]
        assert history.sets(Query(athlete="zoe")) == ()
        assert history.athletes() == ("anna",)
        with pytest.raises(HistoryError, match="holds no set 99"):
            history.get(99)


def test_deletes_sets_and_athletes_for_good(path: Path) -> None:
    with History(path) as history:
        secret = replace(CLIP, athlete="Very Secret Name", source="secret-clip")
        history.add(secret, [(report(5), Declared())] * 2)
        mine = history.add(CLIP, [(report(5), Declared())] * 2)
        assert history.delete([mine[0], 12345]) == 1
        assert history.delete_athlete("very secret name") == 2
        assert [s.set_id for s in history.sets()] == [mine[1]]
        # Numbers are not used again, and nothing is left in any file.
        assert history.add(secret, []) == ()
        assert history.delete([mine[1]]) == 1
        assert history.add(replace(CLIP, source="new"), [(report(5), Declared())])[0] > mine[1]
        history.delete_athlete("very secret name")
    for file in some(path.parent.iterdir()):
        assert b"secret-clip" not in file.read_bytes(), file.name


def test_a_failing_add_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with History(path) as history:
        history.add(CLIP, [(report(5), Declared())])
        bad = report(6).model_copy(update={"view": None})  # breaks a rule of the table
        with pytest.raises(sqlite3.IntegrityError):
            history.add(CLIP, [(report(9), Declared()), (bad, Declared())])
        assert [s.good_reps for s in history.sets()] == [5]


def test_hash_tells_content_not_name(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in ("a.mp4", "b.mp4", "c.mp4"))
    one.write_bytes(b"clip")
    same.write_bytes(b"clip")
    other.write_bytes(b"clip!")
    assert content_hash(one) == content_hash(same) != content_hash(other)
    with pytest.raises(HistoryError, match="cannot be read"):
        content_hash(tmp_path / "none.mp4")


def fill(path: Path, sets: int = 40) -> None:
    with History(path) as history:
        for n in range(sets):
            history.add(Recording("anna", str(n), "x", at(1, minute=n)), [(report(10), Declared())])


def damage_header(path: Path) -> None:
    path.write_bytes(b"not a database at all" + path.read_bytes()[21:])


def damage_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x55" * (len(content) - 4096)
    path.write_bytes(content)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [damage_header, damage_middle, cut_short, empty])
def test_a_damaged_file_is_named_kept_and_not_replaced(path: Path, damage: object) -> None:
    fill(path)
    assert callable(damage)
    damage(path)
    content = path.read_bytes()
    for _ in range(2):
        with pytest.raises(HistoryError) as refused:
            History(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: is damaged (")
    assert "'lastrep history restore'" in message
    assert "\n" not in message
    assert path.read_bytes() == content
    copies = [p for p in path.parent.iterdir() if ".damaged-" in p.name and "wal" not in p.name]
    assert [p.read_bytes() for p in copies] == [content]

    # The copy of the last good state was made with the first set of the day.
    aside = restore_backup(path)
    assert aside.read_bytes() == content
    with History(path) as history:
        assert len(history.sets()) == 1


def test_what_a_killed_process_left_beside_a_damaged_file_is_kept_too(
    path: Path, tmp_path: Path
) -> None:
    killed = tmp_path / "killed" / path.name
    with History(killed) as history:  # as long as it is open, the log is there
        history.add(CLIP, [(report(5), Declared())] * 40)
        path.parent.mkdir()
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{killed}{suffix}", f"{path}{suffix}")
    with History(path) as history:
        assert len(history.sets()) == 40  # the log is part of the history
    path.write_bytes(path.read_bytes()[:5000] + b"\x55" * 20000)
    Path(f"{path}-wal").write_bytes(b"a log")
    content = path.read_bytes()
    with pytest.raises(HistoryError, match="is damaged"):
        History(path)
    copies = {p.name[-4:]: p.read_bytes() for p in path.parent.iterdir() if ".damaged-" in p.name}
    assert copies.pop("-wal") == b"a log"
    assert list(copies.values()) == [content]


def test_no_copy_to_restore(path: Path) -> None:
    with pytest.raises(HistoryError, match="no copy of the history"):
        restore_backup(path)


def test_a_copy_is_made_once_a_day(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(path, 3)
    backup = backup_path(path)
    monkeypatch.setattr(database, "BACKUP_EVERY_S", -1.0)
    fill(path, 5)
    with closing(open_database(backup)) as copy:
        assert copy.execute("SELECT count(*) FROM lifted_set").fetchone()[0] == 5


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("PRAGMA user_version = 99", "newer lastrep (version 99"),
        ("CREATE TABLE recipes (name)", "not a training history"),
    ],
)
def test_other_databases_are_left_alone(path: Path, statement: str, says: str) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute(statement)
        other.commit()
    content = path.read_bytes()
    with pytest.raises(HistoryError) as refused:
        History(path)
    assert says in str(refused.value)
    with closing(sqlite3.connect(path)) as other:
        tables = other.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    assert tables == ("CREATE" in statement)
    assert len(path.read_bytes()) == len(content)


NEXT = "ALTER TABLE recording ADD COLUMN place TEXT;\n-- a note\nCREATE TABLE more (x);\n"


def test_migrates_step_by_step_and_keeps_the_sets(path: Path) -> None:
    fill(path, 2)
    scripts = (*database.migrations(), NEXT)
    with closing(open_database(path, scripts)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(scripts)
        rows = connection.execute("SELECT place FROM recording").fetchall()
        assert [row["place"] for row in rows] == [None, None]
    with pytest.raises(HistoryError, match="newer lastrep"):
        History(path)


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    fill(path, 2)
    scripts = (*database.migrations(), NEXT + "INSERT INTO nowhere VALUES (1);")
    with pytest.raises(HistoryError, match="no such table: nowhere"):
        open_database(path, scripts)
    with History(path) as history:
        assert len(history.sets()) == 2


def test_a_migration_that_another_process_did_meanwhile_is_not_done_twice(path: Path) -> None:
    fill(path, 1)
    scripts = (*database.migrations(), NEXT)
    with closing(open_database(path)) as slow:
        open_database(path, scripts).close()
        migrate(slow, scripts, path)  # would fail on the column that is there
        assert slow.execute("PRAGMA user_version").fetchone()[0] == len(scripts)


def test_a_writer_that_never_ends_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(path, 1)
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, History(path) as history:
        other.execute("BEGIN IMMEDIATE")
        assert len(history.sets()) == 1  # readers do not wait
        with pytest.raises(HistoryError, match="another process has been writing"):
            history.add(CLIP, [(report(5), Declared())])


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HistoryError, match="cannot be opened"):
        History(tmp_path / "file" / "history.sqlite3")
    with pytest.raises(HistoryError, match="cannot be opened"):
        History(tmp_path)
