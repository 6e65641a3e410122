"""Twelve weeks of a simulated lifter through `lastrep batch`, held against the training rules."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from evaluation import rules
from evaluation.season import ATHLETE, End, Lifted, write_season
from evaluation.tables import Table
from lastrep.exercises import catalogue
from lastrep.sets.results import EndReason
from lastrep.training.history import History
from lastrep.training.loads import GYM, LoadUnit
from lastrep.training.record import SetRecord
from lastrep.training.review import SetReview, review_set, review_weeks
from lastrep.training.strength import MaxSource, OneRepMax

_Lights = Mapping[rules.Week, str | None]
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Row:
    """One set: as it was, as it was seen, and what was due and said.

    Parameters
    ----------
    lifted
        As it was.
    seen
        As it was seen; None if it was not.
    due
        What the rules call for after what was seen.
    truly_due
        What they call for after what was.
    said
        What was said.
    """

    lifted: Lifted
    seen: Lifted
    due: rules.Due
    truly_due: rules.Due
    said: rules.Due


@dataclass(frozen=True, slots=True)
class Outlook:
    """The weeks: ratings, notices, signs and deloads."""

    lights: dict[rules.Week, str | None]
    said: tuple[rules.Said, ...]

    def differences(self, other: Outlook) -> int:
        """Return how many ratings and notices are not the same."""
        lights = {week for week, _ in self.lights.items() ^ other.lights.items()}
        return len(lights) + len({*self.said} ^ {*other.said})


@dataclass(frozen=True, slots=True)
class Outcome:
    """Twelve weeks, set by set and week by week; the outlooks are as those of a row."""

    rows: tuple[Row, ...]
    due: Outlook
    truly_due: Outlook
    said: Outlook

    @property
    def wrong(self) -> int:
        """How often something was said that was not due after what was seen, or the reverse."""
        return sum(r.said != r.due for r in self.rows) + self.said.differences(self.due)


def evaluate(sets: Sequence[Lifted]) -> Outcome:
    """Record the sets, have them graded and kept, and compare what is said with the rules.

    Raises
    ------
    CalledProcessError
        If the batch fails.
    ValueError
        If it does not find one set in each recording.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = kept(write_season(sets, folder), folder)
    if len(records) != len(sets):
        raise ValueError(f"{len(records)} sets found in {len(sets)} recordings")
    seen = [_as_seen(one, record) for one, record in zip(sets, records, strict=True)]
    rows = tuple(
        Row(
            lifted=sets[i],
            seen=seen[i],
            due=rules.due(seen[i], seen[:i]),
            truly_due=rules.due(sets[i], sets[:i]),
            said=_said_after(records[i], records[:i]),
        )
        for i in range(len(sets))
    )
    measured = {o.name: r.first_velocity_m_s for o, r in zip(sets, records, strict=True)}
    true = {one.name: one.recording().truth.reps[0].mean_concentric_velocity_m_s for one in sets}
    return Outcome(
        rows,
        due=Outlook(rules.lights(seen), rules.said(seen, measured)),
        truly_due=Outlook(rules.lights(sets), rules.said(sets, true)),
        said=_said_of_weeks(records),
    )


def _as_seen(one: Lifted, record: SetRecord) -> Lifted:
    ends: dict[EndReason, End] = {
        EndReason.TECHNICAL_FAILURE: "technical",
        EndReason.ABSOLUTE_FAILURE: "absolute",
    }
    end = ends.get(record.end_reason, "done")
    return replace(
        one,
        good=record.good_reps,
        end=end,
        end_rep=record.end_rep,
        reserve=record.estimated_rir if end == "done" and one.rpe is None else None,
    )


def kept(manifest: Path, folder: Path) -> tuple[SetRecord, ...]:
    """Run `lastrep batch` on a manifest, and return the history it leaves."""
    words = ["--manifest", str(manifest), "--athlete", ATHLETE, "-o", str(folder / "graded")]
    settings = {
        "LASTREP_HISTORY": str(folder / "history.sqlite3"),
        "LASTREP_SETTINGS": str(folder / "settings.toml"),
    }
    subprocess.run(
        [sys.executable, "-m", "lastrep", "batch", *words, "--format", "json"],
        check=True, capture_output=True, env=os.environ | settings,
    )  # fmt: skip
    with History(folder / "history.sqlite3") as history:
        return history.sets()


def _said_after(record: SetRecord, earlier: Sequence[SetRecord]) -> rules.Due:
    """Return what `lastrep history show` says of a set, as the rules have it."""
    review = review_set(record, earlier, catalogue()[record.exercise], GYM[LoadUnit.KG])
    maximum = review.verdict.rep_max
    return rules.Due(
        fit=review.verdict.fit.value,
        rep_max="none" if maximum is None else str(maximum),
        one_rep_max_kg=_by_reps(review),
        advice=str(review.advice).partition(":")[0].partition(" (")[0],
        rest_s=review.rest.seconds,
    )


def _by_reps(review: SetReview) -> float | None:
    """Return the maximum where it rests on reps; one that rests on bar speed is another matter."""
    maximum = review.verdict.one_rep_max
    if not isinstance(maximum, OneRepMax) or maximum.source is MaxSource.VELOCITY:
        return None
    return round(maximum.kg, 1)


def _said_of_weeks(records: Sequence[SetRecord]) -> Outlook:
    """Return what `lastrep history guidance` says."""
    outlook = review_weeks(records, catalogue())
    notices = [(n.on, n.kind.value, n.muscle) for n in outlook.notices]
    flags = [(f.on, f.sign.value, f.exercise) for f in outlook.flags]
    deloads = [(d.on, "deload", "all") for d in outlook.deloads]
    return Outlook(
        {(s.monday, s.muscle): s.light.value if s.light else None for s in outlook.shares},
        tuple(sorted([*notices, *flags, *deloads])),
    )


# -- tables


def tables(outcome: Outcome) -> tuple[Table, ...]:
    """Return the season as tables.

    `<` marks what was not due after what was seen, `~` what was not due after what really was.
    """
    return _sets(outcome), _weeks(outcome), _notices(outcome)


def _sets(outcome: Outcome) -> Table:
    rows = outcome.rows
    seen = sum(row.seen.word == row.lifted.word for row in rows)
    due = sum(row.said == row.due for row in rows)
    truly = sum(row.said == row.truly_due for row in rows)
    table = Table(
        f"{len(rows)} sets: {due} told what was due after what was seen; {seen} seen as they "
        f"were, {truly} told what was due after that",
        ("when", "exercise", "wanted", "kg", "was", "seen", *rules.Due.__slots__, ""),
    )
    for row in rows:
        one = row.lifted
        what = (one.exercise, one.wanted or "warm-up", one.load_kg, one.word, row.seen.word)
        when = f"{one.week:2} {_DAYS[one.at.weekday()]} {one.at:%H:%M}"
        mark = "<" * (row.said != row.due) + "~" * (row.said != row.truly_due)
        table.add(when, *what, *astuple(row.said), mark)
    return table


def _weeks(outcome: Outcome) -> Table:
    due, truly, said = (one.lights for one in (outcome.due, outcome.truly_due, outcome.said))
    mondays = sorted({monday for monday, _ in due})
    muscles = sorted({muscle for _, muscle in due}, key=lambda name: (name == "all", name))
    right = sum(said.get(week) == light for week, light in due.items())
    table = Table(
        f"{len(due)} ratings of weeks by muscle: {right} as due after what was seen",
        ("share of failure", *(f"{monday:%d %b}" for monday in mondays)),
    )
    for muscle in muscles:
        weeks = [(monday, muscle) for monday in mondays]
        table.add(muscle, *(f"{said.get(w) or '-'}{_mark(w, said, due, truly)}" for w in weeks))
    return table


def _mark(week: rules.Week, said: _Lights, due: _Lights, truly: _Lights) -> str:
    given = said.get(week)
    return " <" * (given != due.get(week)) + " ~" * (given != truly.get(week))


def _notices(outcome: Outcome) -> Table:
    said, due, truly = outcome.said.said, outcome.due.said, outcome.truly_due.said
    table = Table(
        f"{len(due)} notices, signs and deloads due after what was seen, {len(said)} said",
        ("day", "what", "of", "said", ""),
    )
    for one in sorted({*said, *due, *truly}):
        mark = "<" * ((one in said) != (one in due)) + "~" * ((one in said) != (one in truly))
        table.add(*map(str, one), "yes" if one in said else "no", mark)
    return table
