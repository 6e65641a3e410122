"""The catalogue of exercises: the shipped files, and a user's own that add or override."""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from lastrep.environment import EXERCISES_VARIABLE
from lastrep.errors import ExerciseError
from lastrep.exercises.definition import ExerciseDefinition, load_definition, normal_name
from lastrep.exercises.faults import SHARED_FAULTS
from lastrep.exercises.standards import STANDARDS

Catalogue = Mapping[str, ExerciseDefinition]

#: Name that asks lastrep to find out what is done.
AUTO = "auto"

_SHIPPED = Path(__file__).with_name("catalogue")


def catalogue(extra: Path | None = None) -> Catalogue:
    """Every exercise by name, in alphabetical order.

    Parameters
    ----------
    extra
        A folder of the user's own TOML files; None for the one that the environment names, if it
        names one. A file with a new name adds an exercise, one with a known name replaces the
        shipped one; its aliases win over shipped ones.

    Raises
    ------
    ExerciseError
        If a file is invalid, two exercises claim one name, or the folder holds no exercise.
    """
    extra = extra or own_folder()
    return _shipped() if extra is None else _with_own(extra, _digest(extra))


def own_folder() -> Path | None:
    """Return the folder of the user's own exercises that the environment names, if it does."""
    name = os.environ.get(EXERCISES_VARIABLE)
    return Path(name) if name else None


def own_digest() -> str:
    """Return a checksum of the user's own exercises, empty if there are none."""
    folder = own_folder()
    return "" if folder is None else _digest(folder)


@cache
def shipped_digest() -> str:
    """Return a checksum of the shipped exercises, their shared faults, and the standards."""
    return _digest(_SHIPPED, SHARED_FAULTS, STANDARDS)


def _digest(folder: Path, *more: Path) -> str:
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob("*.toml")), *more):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def _with_own(extra: Path, digest: str) -> Catalogue:
    """Return the shipped exercises and a folder's own; the digest makes changed files read anew."""
    if not extra.is_dir():
        raise ExerciseError(f"{extra}: no such folder of exercise files")
    own = _read(extra)
    if not own:
        raise ExerciseError(f"{extra}: holds no exercise file (*.toml)")
    claimed = {*own, *(alias for exercise in own.values() for alias in exercise.aliases)}
    shipped = {
        name: exercise.model_copy(
            update={"aliases": tuple(a for a in exercise.aliases if a not in claimed)}
        )
        for name, exercise in _shipped().items()
    }
    return _ordered({**shipped, **own})


def find(name: str, exercises: Catalogue | None = None) -> ExerciseDefinition:
    """Return the exercise of this name or alias; case, spaces and hyphens do not matter.

    Raises
    ------
    ExerciseError
        If there is none; the message suggests the nearest name.
    """
    known = catalogue() if exercises is None else exercises
    wanted = normal_name(name)
    if wanted in known:
        return known[wanted]
    spoken = {alias: e.name for e in known.values() for alias in e.aliases}
    if wanted in spoken:
        return known[spoken[wanted]]
    near = difflib.get_close_matches(wanted, [*known, *spoken], n=1, cutoff=0.5)
    hint = f"did you mean '{spoken.get(near[0], near[0])}'? " if near else ""
    raise ExerciseError(
        f"unknown exercise '{name}': {hint}'lastrep exercises' lists all {len(known)}"
    )


def resolved(exercise: ExerciseDefinition | str | None) -> ExerciseDefinition | None:
    """Return the exercise that is meant: a definition, a name or alias; None or "auto" for none.

    Raises
    ------
    ExerciseError
        If there is none of this name; the message suggests the nearest.
    """
    if isinstance(exercise, str):
        return None if exercise == AUTO else find(exercise)
    return exercise


@cache
def _shipped() -> Catalogue:
    return _ordered(_read(_SHIPPED))


def _read(folder: Path) -> dict[str, ExerciseDefinition]:
    found: dict[str, ExerciseDefinition] = {}
    for path in sorted(folder.glob("*.toml")):
        exercise = load_definition(path)
        if exercise.name in found:
            raise ExerciseError(
                f"{path}: key 'name': '{exercise.name}' is taken by another file of the folder"
            )
        found[exercise.name] = exercise
    return found


def _ordered(exercises: Mapping[str, ExerciseDefinition]) -> Catalogue:
    claimed: dict[str, str] = {name: name for name in exercises}
    for exercise in exercises.values():
        for alias in exercise.aliases:
            owner = claimed.setdefault(alias, exercise.name)
            if owner != exercise.name:
                raise ExerciseError(
                    f"{exercise.name}.toml: key 'aliases': '{alias}' already means '{owner}'"
                )
    return MappingProxyType(dict(sorted(exercises.items())))
