"""The option for a folder of the user's own exercises."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from lastrep.exercises.library import EXERCISES_VARIABLE


def _use(folder: Path | None) -> Path | None:
    """Let this process, and those it starts, know the folder's exercises."""
    from lastrep.errors import ExerciseError
    from lastrep.exercises import catalogue

    if folder is not None:
        try:
            catalogue(folder)
        except ExerciseError as error:
            raise typer.BadParameter(str(error)) from error
        os.environ[EXERCISES_VARIABLE] = str(folder.absolute())
    return folder


ExercisesFolder = Annotated[
    Path | None,
    typer.Option(
        "--exercises",
        metavar="DIR",
        envvar=EXERCISES_VARIABLE,
        callback=_use,
        is_eager=True,
        help="Folder of your own exercise files, which add to or replace the shipped ones.",
    ),
]
