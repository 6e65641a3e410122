"""What a lifter sets once: who lifts, in which unit, and with which plates.

::

    athlete = "anna"                # whose history analyses are added to
    unit = "kg"                     # or "lb"

    [equipment]                     # in that unit; what is left out is as in a gym
    bar = 20
    pairs = [20, 10, 5, 5, 2.5, 1.25]   # one plate of each pair
    dumbbell_step = 2
    machine_step = 5
    belt_step = 1.25
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lastrep.environment import SETTINGS_VARIABLE
from lastrep.errors import SettingsError
from lastrep.training.loads import GYM, Barbell, Equipment, LoadUnit, Steps

#: A name that fits on a line: a lifter's own, or a number or nickname in its place.
AthleteName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]


@dataclass(frozen=True, slots=True)
class Settings:
    """A lifter's settings.

    Parameters
    ----------
    athlete
        Default for `--athlete`; None adds nothing to the history unless it is given.
    unit
        Unit of loads.
    equipment
        What can be loaded.
    """

    athlete: str | None = None
    unit: LoadUnit = LoadUnit.KG
    equipment: Equipment = GYM[LoadUnit.KG]


_Weight = Annotated[float, Field(ge=0.1, le=500, allow_inf_nan=False)]


class _EquipmentFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    bar: _Weight | None = None
    # Thirty pairs are more than any bar holds.
    pairs: tuple[_Weight, ...] | None = Field(default=None, max_length=30)
    dumbbell_step: _Weight | None = None
    machine_step: _Weight | None = None
    belt_step: _Weight | None = None


class _SettingsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    athlete: AthleteName | None = None
    unit: LoadUnit = LoadUnit.KG
    equipment: _EquipmentFile = _EquipmentFile()


def settings_folder() -> Path:
    """Return the folder of the user's own files, by the platform's convention."""
    import typer  # only for this; it is there wherever the command is

    return Path(typer.get_app_dir("lastrep"))


def settings_path() -> Path:
    """Return where the settings are, whether there are any or not."""
    return Path(os.environ.get(SETTINGS_VARIABLE) or settings_folder() / "settings.toml")


def load_settings(path: Path) -> Settings:
    """Read the settings file; without one, the defaults hold.

    Raises
    ------
    SettingsError
        Naming the file and the key.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML ({error})") from error
    try:
        file = _SettingsFile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{path}: key '{key}': {first['msg']}") from error
    return Settings(file.athlete, file.unit, _equipment(file.equipment, file.unit))


def _equipment(file: _EquipmentFile, unit: LoadUnit) -> Equipment:
    gym = GYM[unit]

    def steps(step: float | None, usual: Steps) -> Steps:
        return Steps(unit, step) if step else usual

    return Equipment(
        barbell=Barbell(
            unit,
            file.bar or gym.barbell.bar,
            gym.barbell.pairs if file.pairs is None else file.pairs,
        ),
        dumbbells=steps(file.dumbbell_step, gym.dumbbells),
        machine=steps(file.machine_step, gym.machine),
        belt=steps(file.belt_step, gym.belt),
    )
