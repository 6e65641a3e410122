"""The progress page: one athlete's history as charts and guidance, in one HTML file."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement, tostring

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.library import Catalogue
from lastrep.output.charts import COLOURS, GREY, Chart, Line, Point, draw
from lastrep.sets.results import EndReason
from lastrep.training.frequency import ALL_MUSCLES, Light, WeekShare, working_sets
from lastrep.training.loads import plain
from lastrep.training.record import SetRecord, sessions
from lastrep.training.review import Outlook, review_weeks
from lastrep.training.strength import OneRepMax
from lastrep.training.verdict import judge

#: Loads that get a line of their own; the others share one.
LOADS_SHOWN = 5
#: What the axes of form and range show in any case: smaller changes are from camera and day.
FORM_SCORES, ROM_AROUND_DEG = (70.0, 100.0), 15.0
#: Weeks in the table of failure shares.
WEEKS_SHOWN = 12

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; margin: 2rem auto; max-width: 74rem;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); }
.charts svg { border: 1px solid #e3e5e8; border-radius: 6px; background: #fff; width: 100%; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { padding: .25rem .55rem; text-align: center; border: 1px solid #fff; font-weight: 400; }
th:first-child { text-align: left; }
td.green { background: #cdebd3; } td.amber { background: #ffe3a8; } td.red { background: #f8c2bb; }
td.few { color: #777; }
.note { color: #555; font-size: 13px; }
"""


def progress_page(athlete: str, records: Sequence[SetRecord], exercises: Catalogue) -> str:
    """Return the page as HTML that needs no other file.

    Parameters
    ----------
    athlete
        Whose page it is.
    records
        This athlete's sets, in order of time.
    exercises
        Gives exercises their titles and muscle groups.
    """
    html = Element("html", {"lang": "en"})
    head = SubElement(html, "head")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width"})
    SubElement(head, "title").text = f"{athlete}: progress"
    SubElement(head, "style").text = _STYLE
    body = SubElement(html, "body")
    SubElement(body, "h1").text = athlete
    SubElement(body, "p", {"class": "note"}).text = _summary(records)
    _guidance(body, review_weeks(records, exercises))
    for name, _ in Counter(r.exercise for r in records).most_common():
        definition = exercises.get(name)
        SubElement(body, "h2").text = definition.title if definition else name
        own = working_sets(r for r in records if r.exercise == name)
        row = SubElement(body, "div", {"class": "charts"})
        row.extend(draw(chart) for chart in charts(own, definition))
        if not len(row):
            SubElement(body, "p", {"class": "note"}).text = "Nothing measured yet."
    text: str = tostring(html, encoding="unicode", method="html")
    return f"<!DOCTYPE html>\n{text}\n"


def charts(
    records: Sequence[SetRecord], definition: ExerciseDefinition | None = None
) -> tuple[Chart, ...]:
    """Return the charts of one exercise for which something was measured.

    Parameters
    ----------
    records
        Working sets of one exercise.
    definition
        None if the exercise is not known.
    """
    bodyweight = definition is not None and definition.training.implement == "bodyweight"
    failures = _failures(records)
    forms = _session_values(records, lambda r: r.form_score, "points")
    ranges = _session_values(records, lambda r: r.rom_deg, "°")
    drawn = (
        Chart("Good reps, by load", _by_load(records, lambda r: r.good_reps, "good reps"), True),
        Chart("Estimated 1RM (kg)", _maxima(records, bodyweight=bodyweight)),
        Chart(
            "Speed of the first rep, by load (m/s)",
            _by_load(records, lambda r: r.first_velocity_m_s, "m/s"),
        ),
        Chart("Failure at rep" + _only(failures), failures, True),
        Chart("Form score", forms, including=FORM_SCORES),
        Chart("Range of motion (degrees)", ranges, including=_around_middle(ranges)),
    )
    days = [record.performed_at.date() for record in records]
    return tuple(
        replace(chart, between=(min(days), max(days)))
        for chart in drawn
        if any(line.points for line in chart.lines)
    )


_Value = Callable[[SetRecord], float | None]


def _by_load(records: Sequence[SetRecord], value: _Value, unit: str) -> tuple[Line, ...]:
    """Return the best of each session, a line for each load; the loads used most by themselves."""
    usual = [load for load, _ in Counter(r.half_kg for r in records).most_common(LOADS_SHOWN)]
    lines = []
    for load in sorted(usual, key=lambda kg: kg or 0.0):
        own = [r for r in records if r.half_kg == load]
        lines.append(_best_line(_load_name(own[0]), own, value, unit))
    others = [r for r in records if r.half_kg not in usual]
    if others:
        rest = _best_line("others", others, value, unit)
        lines.append(Line(rest.name, rest.points, joined=False, colour=GREY))
    return tuple(line for line in lines if line.points)


def _best_line(name: str, records: Sequence[SetRecord], value: _Value, unit: str) -> Line:
    points = []
    for session in sessions(records):
        measured = [(v, r) for r in session if (v := value(r)) is not None]
        if measured:
            best, record = max(measured, key=lambda pair: pair[0])
            label = f"{_day(record)}: {plain(best)} {unit}, {_load_name(record)}"
            points.append(Point(record.performed_at.date(), best, label))
    return Line(name, tuple(points))


def _maxima(records: Sequence[SetRecord], *, bodyweight: bool) -> tuple[Line, ...]:
    """Return the best estimate of each session, always by the same formulas, so they compare."""
    points = []
    for session in sessions(records):
        found = [
            (estimate, record)
            for record in session
            if isinstance(estimate := judge(record, bodyweight=bodyweight).one_rep_max, OneRepMax)
        ]
        if found:
            best, record = max(found, key=lambda pair: pair[0].kg)
            kind = "technical, " if best.technical else ""
            label = f"{_day(record)}: {best.kg:.0f} kg ± {best.error_pct:.0f} % ({kind}estimate)"
            error = best.kg * best.error_pct / 100
            points.append(Point(record.performed_at.date(), best.kg, label, error))
    return (Line("estimate", tuple(points)),)


def _failures(records: Sequence[SetRecord]) -> tuple[Line, ...]:
    kinds = (
        ("technical", EndReason.TECHNICAL_FAILURE),
        ("absolute", EndReason.ABSOLUTE_FAILURE),
    )
    lines: list[Line] = []
    for name, reason in kinds:
        points = tuple(
            Point(
                r.performed_at.date(),
                r.end_rep,
                f"{_day(r)}: {name} failure at rep {r.end_rep}, {_load_name(r)}",
                marker="cross" if reason is EndReason.ABSOLUTE_FAILURE else "dot",
            )
            for r in records
            if r.to_failure and r.end_reason is reason and r.end_rep is not None
        )
        lines.append(Line(name, points, joined=False, colour=COLOURS[len(lines)]))
    return tuple(line for line in lines if line.points)


def _only(lines: Sequence[Line]) -> str:
    """Name the one kind of points there is, where no legend does."""
    return f", {lines[0].name}" if len(lines) == 1 else ""


def _around_middle(lines: Sequence[Line]) -> tuple[float, ...]:
    values = [point.value for line in lines for point in line.points]
    middle = statistics.median(values) if values else 0.0
    return (middle - ROM_AROUND_DEG, middle + ROM_AROUND_DEG)


def _session_values(records: Sequence[SetRecord], value: _Value, unit: str) -> tuple[Line, ...]:
    points = []
    for session in sessions(records):
        values = [v for r in session if (v := value(r)) is not None]
        if values:
            mean = sum(values) / len(values)
            label = f"{_day(session[0])}: {mean:.0f} {unit}, mean of {len(values)} sets"
            points.append(Point(session[0].performed_at.date(), mean, label))
    return (Line("session", tuple(points)),)


def _guidance(body: Element, outlook: Outlook) -> None:
    SubElement(body, "h2").text = "Sets to failure, by week"
    if outlook.shares:
        _share_table(body, outlook.shares)
    SubElement(body, "p", {"class": "note"}).text = (
        "Share of the working sets that went to failure, technical failure counted half. Up to "
        "20 % is green, up to 35 % amber; grey weeks have too few sets to tell. Guidance from your "
        "own numbers, not a diagnosis."
    )
    shown = sorted({share.monday for share in outlook.shares})[-WEEKS_SHOWN:]
    if said := [(on, text) for on, text in outlook.said() if on >= shown[0]]:
        items = SubElement(body, "ul")
        for on, text in said:
            SubElement(items, "li").text = f"{on:%d %b %Y}: {text}"


def _share_table(body: Element, shares: Sequence[WeekShare]) -> None:
    weeks = sorted({s.monday for s in shares})[-WEEKS_SHOWN:]
    by_cell = {(s.muscle, s.monday): s for s in shares}
    present = [s.muscle for s in shares if s.monday in weeks]
    muscles = [ALL_MUSCLES, *sorted(set(present) - {ALL_MUSCLES})]
    table = SubElement(SubElement(body, "div", {"class": "table"}), "table")
    header = SubElement(table, "tr")
    SubElement(header, "th").text = "week of"
    for monday in weeks:
        SubElement(header, "th").text = f"{monday.day} {monday:%b}"
    for muscle in muscles:
        row = SubElement(table, "tr")
        SubElement(row, "th").text = muscle
        for monday in weeks:
            _share_cell(row, by_cell.get((muscle, monday)))


def _share_cell(row: Element, week: WeekShare | None) -> None:
    if week is None:
        SubElement(row, "td")
        return
    light: Light | None = week.light
    cell = SubElement(row, "td", {"class": light.value if light else "few"})
    cell.text = f"{week.share:.0%}" if light else "–"  # noqa: RUF001
    cell.set(
        "title",
        f"{week.working_sets} working sets: {week.technical} to technical, "
        f"{week.absolute} to absolute failure",
    )


def _summary(records: Sequence[SetRecord]) -> str:
    if not records:
        return "No sets yet."
    first, last = records[0].performed_at, records[-1].performed_at
    return (
        f"{len(records)} sets in {len(sessions(records))} sessions, "
        f"{first:%d %b %Y} to {last:%d %b %Y}."
    )


def _load_name(record: SetRecord) -> str:
    load = record.declared.load
    if load is None:
        return "no load given"
    return f"{plain(load.value)} {load.unit}"


def _day(record: SetRecord) -> str:
    return f"{record.performed_at:%d %b %Y}"
