"""Loads in kilograms or pounds, and which loads the plates at hand can make."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

#: The international pound, by definition.
KG_PER_LB = 0.45359237
#: Beyond any lift with a bar; a larger number is a slip of the keyboard.
HEAVIEST_KG = 1000.0


class LoadUnit(StrEnum):
    """Unit in which a lifter counts plates."""

    KG = "kg"
    LB = "lb"

    @property
    def kg(self) -> float:
        """One of this unit, in kilograms."""
        return KG_PER_LB if self is LoadUnit.LB else 1.0


@dataclass(frozen=True, slots=True)
class Load:
    """A load as the lifter says it.

    Parameters
    ----------
    value
        In `unit`; above 0, with three decimals at most.
    unit
        Kilograms or pounds.

    Raises
    ------
    ValueError
        If no lifter can mean this load.
    """

    value: float
    unit: LoadUnit = LoadUnit.KG

    def __post_init__(self) -> None:
        if not 0 < self.value * self.unit.kg <= HEAVIEST_KG:
            most = HEAVIEST_KG / self.unit.kg
            raise ValueError(
                f"a load must be above 0 and at most {most:.0f} {self.unit}, not {self.value:g}"
            )
        if round(self.value, 3) != self.value:
            raise ValueError(f"a load has three decimals at most, not {self.value!r}")

    @property
    def kg(self) -> float:
        """The load in kilograms."""
        return self.value * self.unit.kg

    def __str__(self) -> str:
        return f"{plain(self.value)}{self.unit}"


def plain(value: float) -> str:
    """Write a number with at most three decimals, and without trailing zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


class Implement(Protocol):
    """Something that can be loaded in steps."""

    @property
    def unit(self) -> LoadUnit:
        """Unit of its loads."""
        ...

    def loadable(self, heaviest: float) -> tuple[float, ...]:
        """Every load it can take up to `heaviest`, in its unit, in ascending order."""
        ...


@dataclass(frozen=True, slots=True)
class Barbell:
    """A bar and the pairs of plates at hand.

    Parameters
    ----------
    unit
        Unit of `bar` and `pairs`.
    bar
        Weight of the empty bar.
    pairs
        Weight of one plate of each pair; a size that is there several times is listed so often.
    """

    unit: LoadUnit
    bar: float
    pairs: tuple[float, ...]

    def loadable(self, heaviest: float) -> tuple[float, ...]:
        """Every total that some choice of pairs makes, up to `heaviest`, ascending."""
        totals = {round(self.bar, 3)}
        for plate in self.pairs:
            more = (round(total + 2 * plate, 3) for total in totals)
            totals |= {total for total in more if total <= heaviest}
        return tuple(sorted(total for total in totals if total <= heaviest))


@dataclass(frozen=True, slots=True)
class Steps:
    """Dumbbells, a weight stack or a belt: loads at even steps.

    Parameters
    ----------
    unit
        Unit of `step`.
    step
        Between two loads; also the lightest load.
    """

    unit: LoadUnit
    step: float

    def loadable(self, heaviest: float) -> tuple[float, ...]:
        """Every multiple of the step up to `heaviest`, ascending."""
        return tuple(
            round(i * self.step, 3) for i in range(1, int(heaviest / self.step + 1e-9) + 1)
        )


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a lifter can load.

    Parameters
    ----------
    barbell
        For barbell lifts.
    dumbbells
        Weight of one dumbbell.
    machine
        Weight stacks.
    belt
        Weight hung on the body for dips, pull-ups and the like.
    """

    barbell: Barbell
    dumbbells: Steps
    machine: Steps
    belt: Steps

    def of(self, implement: str) -> Implement:
        """Return what loads an exercise of this `implement` (see `exercises.Training`)."""
        by_name: dict[str, Implement] = {
            "barbell": self.barbell,
            "dumbbell": self.dumbbells,
            "machine": self.machine,
            "bodyweight": self.belt,
        }
        return by_name[implement]


#: A gym with enough of everything, the smallest plate as usual in that unit.
GYM: dict[LoadUnit, Equipment] = {
    LoadUnit.KG: Equipment(
        barbell=Barbell(LoadUnit.KG, 20.0, (25.0,) * 8 + (20.0, 15.0, 10.0, 5.0, 2.5, 1.25)),
        dumbbells=Steps(LoadUnit.KG, 2.0),
        machine=Steps(LoadUnit.KG, 5.0),
        belt=Steps(LoadUnit.KG, 1.25),
    ),
    LoadUnit.LB: Equipment(
        barbell=Barbell(LoadUnit.LB, 45.0, (45.0,) * 8 + (35.0, 25.0, 10.0, 10.0, 5.0, 2.5)),
        dumbbells=Steps(LoadUnit.LB, 5.0),
        machine=Steps(LoadUnit.LB, 10.0),
        belt=Steps(LoadUnit.LB, 2.5),
    ),
}


#: Loads closer than this are the same load said in two units.
SAME_LOAD_PCT = 0.5


def change_pct(load_kg: float, new: Load) -> float:
    """Return how much `new` is above (below: negative) a load, in % of it."""
    return 100 * (new.kg - load_kg) / load_kg


def nearest_change(
    load_kg: float, band_pct: tuple[float, float], implement: Implement
) -> Load | None:
    """Return the load that can be made and whose change fits a band best.

    Parameters
    ----------
    load_kg
        Present load; it need not be one that can be made.
    band_pct
        Smallest and largest wanted change, in %: both positive for more, both negative for less.
    implement
        What can be loaded.

    Returns
    -------
    The smallest step inside the band, or else the one that misses it by least; None if no load
    changes in the wanted direction.
    """
    small, large = (abs(pct) for pct in band_pct)
    sign = 1 if band_pct[0] > 0 else -1
    heaviest = load_kg / implement.unit.kg * 2 + _FIRST_STEP
    steps = [Load(load, implement.unit) for load in implement.loadable(heaviest)]
    sizes = ((sign * change_pct(load_kg, load), load) for load in steps)
    fits = [
        (round(max(small - size, 0.0, size - large), 6), size, load)
        for size, load in sizes
        if size > SAME_LOAD_PCT
    ]
    return min(fits, key=lambda fit: fit[:2])[2] if fits else None


#: Even the lightest load must find its next one: the first plates on an empty bar, either unit.
_FIRST_STEP = 50.0
