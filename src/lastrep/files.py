"""Writing result files whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from lastrep.errors import OutputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the path of a temporary file that takes the place of `path` once all went well.

    After an error in the block, or a crash, `path` is as it was before. The temporary file stands
    in the same folder and is removed on failure.

    Raises
    ------
    OutputError
        If the file cannot be written; `OSError` in the block is reported as such too.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".part")
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"{path}: cannot be written ({reason}); choose another place or free some space"
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def readable(text: str | Path) -> str:
    """Return a name that can be written as UTF-8: what is not, is marked.

    File names need not be UTF-8; Python keeps their other bytes in a form that no text file takes.
    """
    return os.fsencode(text).decode("utf-8", "replace")


def _umask() -> int:
    """Return the permissions that new files do not get (mkstemp gives the owner's only)."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


#: Where finished files wait inside a folder for the moment in which they take their places.
_COMMIT = ".lastrep-commit"
_MOVES = "moves.json"


@dataclass(frozen=True, slots=True)
class Staged:
    """Finished files that are to take the places of older ones, all of them or none.

    Parameters
    ----------
    stage
        A folder that holds them, on the same disk as `folder`.
    folder
        Where they go, by the same names; it need not exist.
    elsewhere
        Further files of the stage, by name, and their places outside the folder.
    removes
        Names in the folder that go.
    then
        What belongs to the change besides the files, by a name that `settle` is given.
    """

    stage: Path
    folder: Path
    elsewhere: Mapping[str, Path] = field(default_factory=dict)
    removes: tuple[str, ...] = ()
    then: str = ""


def commit(staged: Staged) -> None:
    """Let staged files take their places.

    From one instant on the change counts as made: before it everything is as it was, after it
    `settle`, which every command calls before it reads or writes the folder, completes what a
    killed process left undone. The caller ends with `settle` too.

    Raises
    ------
    OutputError
        If the folder cannot be written; then nothing has changed.
    """
    folder = staged.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        settle(folder)
        names = sorted(
            str(path.relative_to(staged.stage))
            for path in staged.stage.rglob("*")
            if path.is_file()
        )
        # Relative to the folder, which may be moved, or be named from elsewhere, before `settle`.
        places = {
            name: os.path.relpath(staged.elsewhere.get(name, folder / name), folder)
            for name in names
        }
        moves = {"places": places, "removes": list(staged.removes), "then": staged.then}
        (staged.stage / _MOVES).write_text(json.dumps(moves), encoding="utf-8")
        for path in staged.stage.rglob("*"):
            if path.is_file():
                _flush(path)
        staged.stage.rename(folder / _COMMIT)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written ({error.strerror or error}); choose another place or "
            "free some space"
        ) from error


def settle(folder: Path, then: Mapping[str, Callable[[], bool]] = MappingProxyType({})) -> bool:
    """Complete a change of a folder that was committed; return whether there was one.

    Parameters
    ----------
    then
        What may belong to a change besides the files, by name; it is done last, says whether it
        is, and is done again by the next call if it is not.

    Raises
    ------
    OutputError
        If a file cannot be moved; the next call tries again.
    """
    stage = folder / _COMMIT
    if not stage.is_dir():
        return False
    try:
        if not (stage / _MOVES).exists():  # all was done but clearing away
            shutil.rmtree(stage)
            return True
        moves = json.loads((stage / _MOVES).read_text(encoding="utf-8"))
        for name, place in moves["places"].items():
            if (stage / name).exists():
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                (stage / name).replace(folder / place)
        for name in moves["removes"]:
            (folder / name).unlink(missing_ok=True)
        if moves["then"] in then and not then[moves["then"]]():
            return True
        shutil.rmtree(stage)
    except (OSError, ValueError, KeyError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise OutputError(f"{folder}: a change could not be completed ({reason})") from error
    return True


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
