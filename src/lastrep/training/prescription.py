"""What a lifter sets out to do, in the notation of the gym: `3x8-12@60kg + 1xAMRAP strict`.

A prescription is one or more groups joined by `+`. A group is `[SETS x] REPS [@ LOAD]`, then, in
any order, how it is judged and rested:

=================  ==============================================================================
`3x10`             three sets of ten
`3x8-12`           eight to twelve: more than twelve ends the set, fewer than eight is too few
`5x5@100kg`        with a load in kg or lb
`3xAMRAP`          as many good reps as possible: no target
`10RM`             the load with which the eleventh rep fails: goes to failure, judged against ten
`strict`           or `standard`, `lenient`: how soon bad reps end the set
`VL20`             the set ends when the bar has lost 20 % of its speed
`rest 2min`        or `rest 90s`, `rest 2:30`: after each set of the group
=================  ==============================================================================

Whatever is prescribed, technical failure ends a set.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from lastrep.errors import PlanError
from lastrep.sets.criteria import SetCriteria, Strictness
from lastrep.training.loads import Load, LoadUnit

#: More than this is a slip of the keyboard, not training.
MOST_SETS, MOST_REPS = 30, 200
#: Velocity loss that can end a set, in %: less is noise, more is past failure.
VELOCITY_CAPS_PCT = (5, 70)
#: A longer rest is another session.
LONGEST_REST_S = 3600


class SetMode(StrEnum):
    """What ends a set apart from failure, and what it is judged against."""

    TARGET = "target"
    AMRAP = "amrap"
    REP_MAX = "rep_max"


@dataclass(frozen=True, slots=True)
class SetPrescription:
    """One set.

    Parameters
    ----------
    mode
        Fixed or range target, as many as possible, or a repetition maximum.
    min_reps, max_reps
        Intended reps; equal but for a range, both None for AMRAP.
    load
        None if the lifter chooses.
    strictness
        None for the default.
    velocity_cap_pct
        Velocity loss that ends the set; None for no cap.
    rest_s
        Rest after this set; None for the default of exercise and goal.

    Raises
    ------
    ValueError
        If that makes no sense; the message says what and what would.
    """

    mode: SetMode
    min_reps: int | None = None
    max_reps: int | None = None
    load: Load | None = None
    strictness: Strictness | None = None
    velocity_cap_pct: int | None = None
    rest_s: int | None = None

    def __post_init__(self) -> None:
        if self.mode is SetMode.AMRAP:
            if self.min_reps is not None or self.max_reps is not None:
                raise ValueError("AMRAP has no number of reps")
        elif self.min_reps is None or self.max_reps is None:
            raise ValueError("the number of reps is missing, as in 3x10")
        else:
            for reps in (self.min_reps, self.max_reps):
                if not 1 <= reps <= MOST_REPS:
                    raise ValueError(f"reps must be 1 to {MOST_REPS}, not {reps}")
            if self.min_reps > self.max_reps:
                raise ValueError(
                    f"the range {self.min_reps}-{self.max_reps} is upside down: "
                    f"write {self.max_reps}-{self.min_reps}"
                )
            if self.mode is SetMode.REP_MAX and self.min_reps != self.max_reps:
                raise ValueError("a repetition maximum has one number, as in 10RM")
        low, high = VELOCITY_CAPS_PCT
        if self.velocity_cap_pct is not None and not low <= self.velocity_cap_pct <= high:
            raise ValueError(
                f"a velocity cap must be VL{low} to VL{high}, not VL{self.velocity_cap_pct}"
            )
        if self.rest_s is not None and not 0 <= self.rest_s <= LONGEST_REST_S:
            raise ValueError(f"rest must be 0 to {LONGEST_REST_S} s, not {self.rest_s} s")

    def criteria(self, otherwise: SetCriteria | None = None) -> SetCriteria:
        """How the engine has to judge the set. Only a fixed or range target ends it by count.

        Parameters
        ----------
        otherwise
            Holds for all that the prescription does not name, but for the target: that it has none
            is what AMRAP says. None: the defaults.
        """
        otherwise, cap_pct = otherwise or SetCriteria(), self.velocity_cap_pct
        return replace(
            otherwise,
            target_reps=self.max_reps if self.mode is SetMode.TARGET else None,
            strictness=self.strictness or otherwise.strictness,
            velocity_cap_pct=otherwise.velocity_cap_pct if cap_pct is None else cap_pct,
        )

    def __str__(self) -> str:
        return _write_group(1, self)


@dataclass(frozen=True, slots=True)
class Prescription:
    """The sets of one exercise, in order; `str()` gives it back in the notation.

    Raises
    ------
    ValueError
        If there is no set, or more than `MOST_SETS`.
    """

    sets: tuple[SetPrescription, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.sets) <= MOST_SETS:
            raise ValueError(f"there must be 1 to {MOST_SETS} sets, not {len(self.sets)}")

    def __str__(self) -> str:
        return " + ".join(_write_group(len(list(g)), s) for s, g in itertools.groupby(self.sets))


_GROUP = re.compile(
    r"""
    (?: (?P<sets>\d+) \s* [x×*] \s* )?
    (?: (?P<amrap>amrap) | (?P<low>\d+) (?: \s*[-–]\s* (?P<high>\d+) )? \s* (?P<rm>rm)? )
    (?: \s* @ \s* (?P<load>\d+(?:\.\d+)?) \s* (?P<unit>[a-z%]*) )?
    (?P<rest> (?: \s .* )? )
    """,  # noqa: RUF001 - people type a real times sign and a real dash
    re.VERBOSE | re.IGNORECASE,
)
_REST = re.compile(
    r"rest\s*(?:(?P<min>\d+):(?P<sec>[0-5]\d)|(?P<n>\d+)\s*(?P<unit>min|m|sec|s)?)(?=\s|$)", re.I
)
_VELOCITY_CAP = re.compile(r"vl\s*(?P<pct>\d+)\s*%?(?=\s|$)", re.I)
_STRICTNESS = re.compile(r"(?P<name>strict|standard|lenient)(?=\s|$)", re.I)
_EXAMPLES = "write it like 3x10, 3x8-12, 5x5@100kg, 3xAMRAP or 10RM"


def parse_prescription(text: str) -> Prescription:
    """Read a prescription in the notation above.

    Raises
    ------
    PlanError
        In one line: which part makes no sense and what would.
    """
    text = " ".join(text.split())
    sets: list[SetPrescription] = []
    for group in text.split("+"):
        try:
            count, prescribed = _read_group(group.strip())
            if not 1 <= count <= MOST_SETS:
                raise ValueError(f"there must be 1 to {MOST_SETS} sets, not {count}")
        except ValueError as error:
            raise PlanError(f"prescription '{text}': {error}") from error
        sets += [prescribed] * count
    try:
        return Prescription(tuple(sets))
    except ValueError as error:
        raise PlanError(f"prescription '{text}': {error}") from error


def _read_group(text: str) -> tuple[int, SetPrescription]:
    match = _GROUP.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is not a prescription: {_EXAMPLES}" if text else _EXAMPLES)
    if match["sets"] is None and not (match["amrap"] or match["rm"]):
        raise ValueError(f"'{text}' lacks the number of sets: write 1x{text} for one set")
    if match["amrap"]:
        mode, low, high = SetMode.AMRAP, None, None
    else:
        mode = SetMode.REP_MAX if match["rm"] else SetMode.TARGET
        low = int(match["low"])
        high = int(match["high"]) if match["high"] else low
    strictness, velocity_cap_pct, rest_s = _read_rest_of_group(match["rest"])
    return int(match["sets"] or 1), SetPrescription(
        mode=mode,
        min_reps=low,
        max_reps=high,
        load=_read_load(match["load"], match["unit"]),
        strictness=strictness,
        velocity_cap_pct=velocity_cap_pct,
        rest_s=rest_s,
    )


def _read_load(value: str | None, unit: str | None) -> Load | None:
    if value is None:
        return None
    known = {"kg": LoadUnit.KG, "kgs": LoadUnit.KG, "lb": LoadUnit.LB, "lbs": LoadUnit.LB}
    name = (unit or "").lower()
    if name not in known:
        shown = f"'{unit}' is not a unit of load" if name else "the load has no unit"
        raise ValueError(f"{shown}: write it like @100kg or @225lb")
    return Load(float(value), known[name])


def _read_rest_of_group(text: str) -> tuple[Strictness | None, int | None, int | None]:
    strictness: Strictness | None = None
    velocity_cap_pct: int | None = None
    rest_s: int | None = None
    text = text.strip()
    while text:
        if match := _STRICTNESS.match(text):
            _only_once(strictness, "strictness")
            strictness = Strictness(match["name"].lower())
        elif match := _VELOCITY_CAP.match(text):
            _only_once(velocity_cap_pct, "a velocity cap")
            velocity_cap_pct = int(match["pct"])
        elif match := _REST.match(text):
            _only_once(rest_s, "a rest")
            rest_s = _seconds(match)
        else:
            raise ValueError(
                f"'{text}' is not understood: after reps and load come strict, standard or "
                "lenient, VL20, rest 90s"
            )
        text = text[match.end() :].strip()
    return strictness, velocity_cap_pct, rest_s


def _seconds(match: re.Match[str]) -> int:
    if match["min"]:
        return 60 * int(match["min"]) + int(match["sec"])
    unit = (match["unit"] or "").lower()
    if not unit:
        raise ValueError(f"rest {match['n']} has no unit: write {match['n']}s or {match['n']}min")
    return int(match["n"]) * (60 if unit.startswith("m") else 1)


def _only_once(value: object, what: str) -> None:
    if value is not None:
        raise ValueError(f"{what} is given twice")


def _write_group(count: int, prescribed: SetPrescription) -> str:
    if prescribed.mode is SetMode.AMRAP:
        reps = "AMRAP"
    elif prescribed.min_reps == prescribed.max_reps:
        reps = f"{prescribed.max_reps}"
    else:
        reps = f"{prescribed.min_reps}-{prescribed.max_reps}"
    if prescribed.mode is SetMode.REP_MAX:
        reps += "RM"
    words = [f"{count}x{reps}" + (f"@{prescribed.load}" if prescribed.load else "")]
    if prescribed.strictness is not None:
        words.append(prescribed.strictness.value)
    if prescribed.velocity_cap_pct is not None:
        words.append(f"VL{prescribed.velocity_cap_pct}")
    if prescribed.rest_s is not None:
        words.append(f"rest {prescribed.rest_s}s")
    return " ".join(words)
