"""The history's file: opening, checking, migrating and backing up an SQLite database.

A database in write-ahead mode survives the death of its process at any moment: a transaction is
there whole or not at all. What is left to do is to notice a file that something else damaged.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from lastrep.errors import HistoryError
from lastrep.files import replacing

#: How long to wait for another process that is writing.
BUSY_TIMEOUT_S = 30.0
#: A good copy is made after a write when the last one is older than this.
BACKUP_EVERY_S = 24 * 3600.0

_SCHEMA = Path(__file__).with_name("schema")
_SIDE_FILES = ("", "-wal", "-shm")


def migrations() -> tuple[str, ...]:
    """Return the shipped migrations: the n-th script leads to version n of the schema."""
    return tuple(p.read_text(encoding="utf-8") for p in sorted(_SCHEMA.glob("[0-9]*.sql")))


def open_database(path: Path, scripts: Sequence[str] | None = None) -> sqlite3.Connection:
    """Open a database, or make a new one, at the newest version of its schema.

    Parameters
    ----------
    path
        The file; its folder is made.
    scripts
        Migrations; the shipped ones by default.

    Returns
    -------
    A connection without implicit transactions: use `writing`.

    Raises
    ------
    HistoryError
        If the file cannot be opened, is damaged, is not a history, or comes from a newer lastrep.
        A damaged file is left as it is and copied; it is never replaced.
    """
    scripts = migrations() if scripts is None else scripts
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        emptied = path.exists() and path.stat().st_size == 0 and backup_path(path).exists()
    except OSError as error:
        raise HistoryError(f"{path}: cannot be opened ({error.strerror})") from error
    if emptied:
        raise HistoryError(f"{path}: is damaged (it is empty); {_way_out(path)}")
    with sql_errors(path):
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    try:
        with sql_errors(path):  # a damaged file is copied before closing writes to it
            connection.row_factory = sqlite3.Row
            _check(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # outlives a power cut too
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is gone
            migrate(connection, scripts, path)
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, scripts: Sequence[str], path: Path) -> None:
    """Bring a database to version `len(scripts)`, each step whole or not at all.

    Raises
    ------
    HistoryError
        If the file is of a newer version, or holds something else.
    """
    while (version := _version(connection)) != len(scripts):
        if version > len(scripts):
            raise HistoryError(
                f"{path}: was written by a newer lastrep (version {version} of the schema, "
                f"this one knows {len(scripts)}); update lastrep"
            )
        with writing(connection):
            if _version(connection) != version:
                continue  # another process was faster
            tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
            if version == 0 and connection.execute(tables).fetchone()[0]:
                raise HistoryError(f"{path}: is a database, but not a training history")
            for statement in _statements(scripts[version]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Make a block one transaction, the only writer of the file while it lasts."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def sql_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite reports into one line that says what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise HistoryError(
                f"{path}: another process has been writing for {BUSY_TIMEOUT_S:.0f} s; try again"
            ) from error
        raise HistoryError(f"{path}: cannot be opened or written ({error})") from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise HistoryError(f"{path}: is damaged ({error}); {_way_out(path)}") from error


def backup_path(path: Path) -> Path:
    """Return where the last good copy of a history is kept."""
    return path.with_name(f"{path.name}.bak")


def back_up(connection: sqlite3.Connection, path: Path, *, even_if_recent: bool = False) -> None:
    """Copy a healthy database, unless that was done lately."""
    backup = backup_path(path)
    recent = backup.exists() and time.time() - backup.stat().st_mtime < BACKUP_EVERY_S
    if recent and not even_if_recent:
        return
    with replacing(backup) as temporary, closing(sqlite3.connect(temporary)) as copy:
        connection.backup(copy)


def restore_backup(path: Path) -> Path:
    """Put the last good copy in the place of a history; return where that was moved to.

    Raises
    ------
    HistoryError
        If there is no copy, or it is damaged too.
    """
    backup = backup_path(path)
    if not backup.exists():
        raise HistoryError(f"{backup}: no copy of the history is kept there")
    with sql_errors(backup), closing(sqlite3.connect(backup)) as connection:
        _check(connection)
    aside = path.with_name(f"{path.name}.replaced-{int(time.time())}")
    try:
        for suffix in _SIDE_FILES:
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        with replacing(path) as temporary:
            shutil.copyfile(backup, temporary)
    except OSError as error:
        raise HistoryError(f"{path}: cannot be replaced ({error.strerror})") from error
    return aside


def _check(connection: sqlite3.Connection) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(" ".join(str(found).split()))


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """Split a script: `executescript` would commit the transaction it runs in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _way_out(path: Path) -> str:
    """Keep a copy of a damaged file and say what can be done."""
    kept = _keep_copy(path)
    backup = backup_path(path)
    way_out = (
        f"'lastrep history restore' brings back the copy of {_day(backup)}"
        if backup.exists()
        else "no earlier copy exists; move the file away to start a new history"
    )
    return f"nothing was changed{kept}; {way_out}"


def _keep_copy(path: Path) -> str:
    """Copy a damaged file and what belongs to it, once for each state of it."""
    try:
        content = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        copy = path.with_name(f"{path.name}.damaged-{content}")
        if not copy.exists():
            for suffix in _SIDE_FILES[:2]:
                part = path.with_name(path.name + suffix)
                if part.exists():
                    shutil.copyfile(part, copy.with_name(copy.name + suffix))
    except OSError:
        return ""  # no space for a copy must not hide that the file is damaged
    return f", a copy is kept as {copy.name}"


def _day(path: Path) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(path.stat().st_mtime))
