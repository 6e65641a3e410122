"""The progress page shows what was measured, stands by itself, and the exports say the same."""

from __future__ import annotations

import csv
import io
import itertools
import json
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import some
from lastrep.exercises.library import catalogue
from lastrep.output.charts import Chart, Line, Point, day_ticks, draw, ticks
from lastrep.output.exports import to_csv, to_json
from lastrep.output.progress import charts, progress_page
from lastrep.sets.results import EndReason
from lastrep.training.loads import Load
from lastrep.training.record import SetRecord, summarise
from unit.training.lifter import at, record, report
from unit.training.twelve_weeks import twelve_weeks

KNOWN = catalogue()


@pytest.fixture(scope="module")
def sets() -> list[SetRecord]:
    return [
        summarise(m.report, "anna", m.recording.recorded_at, m.declared) for m in twelve_weeks()
    ]


def by_title(records: list[SetRecord]) -> dict[str, Chart]:
    return {chart.title: chart for chart in charts(records, KNOWN["back_squat"])}


def test_charts_hold_the_numbers(sets: list[SetRecord]) -> None:
    drawn = by_title([s for s in sets if s.exercise == "back_squat"])
    lines = {line.name: line for line in drawn["Good reps, by load"].lines}
    assert list(lines) == ["80 kg", "85 kg", "90 kg", "95 kg", "100 kg", "others"]
    # Eight from week 3 to 9, six in weeks 10 and 11: the best set of each session.
    assert [p.value for p in lines["100 kg"].points] == [8] * 14 + [6] * 4
    failures = {line.name: line.points for line in drawn["Failure at rep"].lines}
    assert {p.value for p in failures["absolute"]} == {5}
    assert len(failures["technical"]) == 14 * 3 + 4 * 2
    speeds = {line.name: line for line in drawn["Speed of the first rep, by load (m/s)"].lines}
    assert [p.value for p in speeds["100 kg"].points] == [0.5] * 14 + [0.45] * 4
    first, *_ = drawn["Estimated 1RM (kg)"].lines[0].points
    assert first.value == pytest.approx(
        (106.667 + 109.333) / 2, abs=0.01
    )  # 80 kg, ten or eleven reps
    assert {chart.between for chart in drawn.values()} == {(date(2026, 1, 5), date(2026, 3, 26))}


def test_what_was_not_measured_has_no_chart() -> None:
    assert list(by_title([record(5, when=at(1))])) == [
        "Good reps, by load",
        "Form score",
        "Range of motion (degrees)",
    ]
    # The weight of the body is not known, so its exercises have no maximum.
    push_up = record(5, EndReason.TECHNICAL_FAILURE, load=Load(10.0), exercise="push_up")
    assert "Estimated 1RM (kg)" not in {c.title for c in charts([push_up], KNOWN["push_up"])}
    assert "Estimated 1RM (kg)" in {c.title for c in charts([push_up], KNOWN["bench_press"])}


def test_the_page_stands_by_itself_and_keeps_names_as_text(sets: list[SetRecord]) -> None:
    page = progress_page("<script>alert(1)</script>", sets, KNOWN)
    assert "<script" not in page
    assert "http" not in page
    assert page.count("<svg") == 6 + 5
    assert 'class="red"' in page
    assert "consider an easy week" in page
    assert "diagnosis" in page


def test_a_page_without_sets_or_known_exercise() -> None:
    assert "No sets yet." in progress_page("anna", [], KNOWN)
    assert "atlas_stone" in progress_page("anna", [record(5, exercise="atlas_stone")], KNOWN)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.booleans())
def test_ticks_are_even_and_hold_the_values(low: float, span: float, whole: bool) -> None:
    found = ticks(low, low + span, whole_numbers=whole)
    assert 3 <= len(found) <= 8
    step = found[1] - found[0]
    assert found[0] <= low + step * 1e-6
    assert found[-1] >= low + span - step * 1e-6
    for before, after in itertools.pairwise(found):
        assert after - before == pytest.approx(step, rel=1e-6)
    assert not whole or step >= 1


@given(st.integers(1, 8000))
def test_day_ticks_are_few_and_in_range(days: int) -> None:
    first = date(2026, 1, 5)
    found = day_ticks(first, days)
    assert found[0] == first
    assert found[-1] <= first + timedelta(days=days)
    assert 1 <= len(found) <= 7


@given(
    st.lists(
        st.tuples(st.integers(0, 4000), st.floats(-1e4, 1e4), st.none() | st.floats(0, 100)),
        min_size=1,
        max_size=30,
    )
)
def test_everything_is_drawn_inside_the_picture(
    values: list[tuple[int, float, float | None]],
) -> None:
    points = tuple(
        Point(date(2026, 1, 1) + timedelta(days=day), value, "x", error)
        for day, value, error in sorted(values, key=lambda v: v[0])
    )
    svg = draw(Chart("t", (Line("a", points),)), width_px=420, height_px=210)
    drawn = [e for e in svg.iter() if e.tag == "circle"]
    assert len(drawn) == len(points)
    for name, most in (("cx", 420), ("x1", 420), ("x2", 420), ("cy", 210), ("y1", 210)):
        found = [float(v) for e in svg.iter() if (v := e.get(name)) is not None]
        assert all(0 <= v <= most for v in some(found))
    ElementTree.fromstring(ElementTree.tostring(svg))


def test_exports_say_the_same() -> None:
    seen = record(
        8, EndReason.TECHNICAL_FAILURE, "3x8-12", load=Load(82.5), rest_before_s=90, rpe=9.5
    )
    (row,) = csv.DictReader(io.StringIO(to_csv([seen])))
    (item,) = json.loads(to_json([(seen, report(8, EndReason.TECHNICAL_FAILURE))]))
    assert row["prescription"] == item["prescription"] == "1x8-12"
    assert (row["load"], item["load"], row["load_unit"]) == ("82.5", 82.5, "kg")
    assert (row["end_rep"], item["end_rep"]) == ("9", 9)
    assert row["fault_ids"] == item["fault_ids"] == "hips_rise_first"
    assert row["first_velocity_m_s"] == ""
    assert [r["number"] for r in item["report"]["reps"]] == list(range(1, 11))
    assert to_csv([]) == ""


def test_small_changes_of_form_and_range_stay_small() -> None:
    kept = [record(8, when=at(week)) for week in range(1, 5)]
    drawn = {chart.title: chart for chart in charts(kept)}
    assert drawn["Form score"].including == (70.0, 100.0)
    assert drawn["Range of motion (degrees)"].including == (80.0, 110.0)  # all have 95°
