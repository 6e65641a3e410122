"""The runtime of the pose model that a user can choose."""

from __future__ import annotations

from typing import Annotated

import typer

#: An option of the commands that run the pose model.
BackendOption = Annotated[
    str | None,
    typer.Option("--backend", help="What runs the model: litert (default) or mediapipe."),
]


def chosen_backend(name: str | None) -> str:
    """Return the backend of this name, the default for None; a usage error if it cannot be used."""
    from lastrep.errors import ModelError
    from lastrep.pose.backends import DEFAULT_BACKEND, check_backend

    chosen = DEFAULT_BACKEND if name is None else name
    try:
        check_backend(chosen)
    except ModelError as error:
        raise typer.BadParameter(f"--backend {error}") from error
    return chosen
