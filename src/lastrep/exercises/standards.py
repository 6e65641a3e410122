"""The standards of the sport that sets and training are judged by, from `standards.toml`.

Every function that judges takes them as an argument; the shipped ones are what it uses without.
Unit, reason and source of each value stand beside it in the file.

>>> standards().rep.partial_below_pct
85.0
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from lastrep.errors import ExerciseError
from lastrep.exercises.faults import FaultKind

#: The shipped standards.
STANDARDS = Path(__file__).with_name("standards.toml")

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
_CONFIG = ConfigDict(extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class RepStandards:
    """What a rep counts as."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    reference_reps: Count
    reference_min_share: Share
    partial_below_pct: Positive
    doubtful_from_pct: Positive
    lockout_at_turn: Share
    lockout_at_rest: Share
    stuck_s: Positive
    struggle_factor: Positive
    next_within_s: Positive

    def lockout_needed(self, *, eccentric_first: bool) -> float:
        """Return the concentric fraction from which a lift is finished."""
        return self.lockout_at_rest if eccentric_first else self.lockout_at_turn


@dataclass(frozen=True, slots=True)
class BarStandards:
    """Where the bar's travel is the range of motion, and how it is judged."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    travel_families: tuple[str, ...]
    travel_minor_pct: Positive
    travel_major_pct: Positive
    travel_sd_pct: Positive
    min_first_reps: Count


@dataclass(frozen=True, slots=True)
class EndStandards:
    """When a set ends, whatever the strictness."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    min_good_reps: Count
    grace_reps: Annotated[int, Field(ge=0)]
    grind_below_pct: Positive
    grind_factor: Positive
    min_coverage: Share
    stopped_after_s: Positive
    min_seen_after: Share


@dataclass(frozen=True, slots=True)
class StrictnessStandards:
    """How many bad reps end a set."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    run_length: Count
    bad_reps: Count
    among_reps: Count


@dataclass(frozen=True, slots=True)
class StrictnessLevels:
    """How many bad reps end a set, by strictness."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    strict: StrictnessStandards
    standard: StrictnessStandards
    lenient: StrictnessStandards

    def of(self, name: str) -> StrictnessStandards:
        """Return those of a strictness by its name."""
        levels = {"strict": self.strict, "standard": self.standard, "lenient": self.lenient}
        return levels[name]


@dataclass(frozen=True, slots=True)
class BySeverity:
    """One value for each severity of a fault."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    minor: Positive
    major: Positive
    critical: Positive

    def of(self, severity: str) -> float:
        """Return the value of a severity by its name."""
        return {"minor": self.minor, "major": self.major, "critical": self.critical}[severity]


@dataclass(frozen=True, slots=True)
class ByKind:
    """One value for each class of faults."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    safety: Positive
    range: Positive
    compensation: Positive
    symmetry: Positive
    control: Positive

    def of(self, kind: FaultKind) -> float:
        """Return the value of a class by its name."""
        values: dict[FaultKind, float] = {
            "safety": self.safety,
            "range": self.range,
            "compensation": self.compensation,
            "symmetry": self.symmetry,
            "control": self.control,
        }
        return values[kind]


@dataclass(frozen=True, slots=True)
class DriftStandards:
    """When a measure that creeps towards its limit is worth a warning."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    weight: Share
    limit_z: Positive
    min_limit_share: Share


@dataclass(frozen=True, slots=True)
class UnnamedChangeStandards:
    """When a movement changed in a way that no named fault describes."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    min_deg: Positive
    min_factor: Positive
    reps: Count


@dataclass(frozen=True, slots=True)
class FormStandards:
    """How form is judged against the lifter's own first reps, and what faults cost."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    baseline_reps: Count
    min_baseline_reps: Count
    setup_slower_factor: Positive
    setup_shorter_pct: Positive
    history_reps: Count
    habitual_reps: Count
    own_spread_min_reps: Count
    own_spread_min_share: Share
    critical_factor: Positive
    guard_change_pct: Positive
    min_z: BySeverity
    penalty: BySeverity
    weight: ByKind
    drift: DriftStandards
    unnamed_change: UnnamedChangeStandards


@dataclass(frozen=True, slots=True)
class CueStandards:
    """What is called out while a set runs."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    order: tuple[FaultKind, ...]
    repeat_after_reps: Count
    within_s: Positive


@dataclass(frozen=True, slots=True)
class UsualRest:
    """Rest for one kind of set."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    seconds: Count
    usual_s: tuple[int, int]


@dataclass(frozen=True, slots=True)
class RestStandards:
    """How long to rest between sets."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    heavy_max_reps: Count
    endurance_above_reps: Count
    after_failure_s: Count
    too_short_s: Count
    warm_up_again_s: Count
    ready_share: Share
    little_more_s: Count
    more_s: Count
    long_s: Count
    longest_s: Count
    kept_share: Share
    heavy: UsualRest
    multi_joint: UsualRest
    single_joint: UsualRest
    endurance: UsualRest


@dataclass(frozen=True, slots=True)
class LoadStandards:
    """By how much to change the load, and when."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    spare_reps: Count
    more_lower_pct: tuple[float, float]
    more_upper_pct: tuple[float, float]
    more_trunk_pct: tuple[float, float]
    largest_step_pct: Positive
    slightly_less_pct: Annotated[float, Field(lt=0)]
    less_pct: Annotated[float, Field(lt=0)]
    much_less_pct: Annotated[float, Field(lt=0)]
    nearly_reps: Count
    clear_shortfall_share: Share
    large_shortfall_share: Share

    def more_pct(self, region: str) -> tuple[float, float]:
        """Return the smallest and largest step up for a region of the body."""
        return {
            "lower": self.more_lower_pct,
            "upper": self.more_upper_pct,
            "trunk": self.more_trunk_pct,
        }[region]


@dataclass(frozen=True, slots=True)
class ExertionStandards:
    """What a rating of perceived exertion says of repetitions in reserve."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    min_rpe: Positive
    light_max_rpe: Positive
    light_rir: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SessionStandards:
    """What makes a session, and a set that is no measure of strength."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    gap_h: Positive
    unmet_up_to_rep: Count
    few_reps: Count


@dataclass(frozen=True, slots=True)
class FrequencyStandards:
    """How often sets may go to failure."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    warm_up_below_share: Share
    min_sets: Count
    technical_weight: Share
    green_max_share: Share
    amber_max_share: Share
    failure_week_above_share: Share
    cycle_weeks: Count
    hard_session_sets: Count
    recovery_h: Positive


@dataclass(frozen=True, slots=True)
class OverreachingStandards:
    """Signs that training outruns recovery."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    reference_sessions: Count
    sessions_in_a_row: Count
    reps_drop_share: Share
    velocity_drop_share: Share
    height_velocity_drop_share: Share
    earlier_reps: Count
    deload_kinds: Count
    deload_window_d: Count
    deload_d: Count
    deload_pct: Annotated[float, Field(lt=0)]


@dataclass(frozen=True, slots=True)
class MaxStandards:
    """When a one-repetition maximum can be estimated from reps, and how well."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    reliable_reps: Count
    most_reps: Count
    min_error_pct: Positive
    min_error_beyond_pct: Positive
    curve_min_sets: Annotated[int, Field(ge=3)]
    curve_min_span_reps: Count
    curve_weeks: Count


@dataclass(frozen=True, slots=True)
class ProfileStandards:
    """When a one-repetition maximum can be estimated from bar speed, and how well."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    min_span_m_s: Positive
    min_span_pct: Positive
    rom_tolerance_pct: Positive
    min_r_squared: Share
    max_beyond_pct: Positive
    two_loads_error_pct: Positive
    weeks: Count


@dataclass(frozen=True, slots=True)
class PastStandards:
    """Which earlier sets compare with the one to be judged."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    weeks: Count
    max_sets: Count
    load_tolerance_share: Share
    min_reps: Count


@dataclass(frozen=True, slots=True)
class TrainingStandards:
    """What training advice goes by."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    rest: RestStandards
    load: LoadStandards
    exertion: ExertionStandards
    session: SessionStandards
    frequency: FrequencyStandards
    overreaching: OverreachingStandards
    max: MaxStandards
    profile: ProfileStandards
    past: PastStandards


@dataclass(frozen=True, slots=True)
class Standards:
    """Every standard of the sport, as `standards.toml` groups them."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG
    rep: RepStandards
    bar: BarStandards
    end: EndStandards
    strictness: StrictnessLevels
    form: FormStandards
    cues: CueStandards
    training: TrainingStandards

    def named(self) -> tuple[tuple[str, object], ...]:
        """Return every standard with its dotted name, in the order of the file."""
        return tuple(_named(self, ""))


def _named(table: object, prefix: str) -> Iterator[tuple[str, object]]:
    for part in fields(table):  # type: ignore[arg-type]
        value, name = getattr(table, part.name), prefix + part.name
        if is_dataclass(value):
            yield from _named(value, name + ".")
        else:
            yield name, value


def standards() -> Standards:
    """Return the shipped standards, read once.

    Raises
    ------
    ExerciseError
        If the file is damaged; the message names file and key.
    """
    return _read_once(STANDARDS)


@cache
def _read_once(path: Path) -> Standards:
    return load_standards(path)


def load_standards(path: Path) -> Standards:
    """Return the standards of a file.

    Raises
    ------
    ExerciseError
        If it cannot be read, a key is missing or unknown, or a value is not possible; the message
        names file and key.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ExerciseError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExerciseError(f"{path}: not valid TOML: {error}") from error
    try:
        return TypeAdapter(Standards).validate_python(table)
    except ValidationError as error:
        # A misspelt key is also missing by its right name; what is written there says more.
        wrong = sorted(error.errors(), key=lambda e: e["type"] != "unexpected_keyword_argument")
        first = wrong[0]
        key = ".".join(str(part) for part in first["loc"])
        what = {
            "unexpected_keyword_argument": "unknown key",
            "missing": "missing",
        }.get(first["type"], first["msg"])
        raise ExerciseError(f"{path}: key '{key}': {what}") from error


def reasons(path: Path = STANDARDS) -> dict[str, str]:
    """Return the comment above each key of a file of standards, by the key's dotted name."""
    found: dict[str, str] = {}
    table, comment = "", list[str]()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            comment.append(line.lstrip("# "))
            continue
        if heading := re.fullmatch(r"\[([\w.]+)\]", line):
            table = heading[1]
        elif key := re.match(r"(\w+) *=", line):
            found[f"{table}.{key[1]}"] = " ".join(comment)
        comment = []
    return found
