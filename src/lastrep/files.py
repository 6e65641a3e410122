"""Writing result files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
