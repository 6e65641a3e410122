"""Small line charts as SVG, for pages that stand by themselves: no script, no font, no library."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

Marker = Literal["dot", "ring", "cross"]

#: Told apart by people with any colour vision (Okabe and Ito 2008), dark enough for white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7a6a00", "#56b4e9")
#: For a line that is one of the rest.
GREY = "#8a8f98"

_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 44, 22, 30, 24
_LEGEND_PX = 18
#: A line does not bridge a longer time without points.
_GAP = timedelta(days=28)
#: Distances between dates on the axis: days, weeks, months, years.
_DAY_STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1820)


@dataclass(frozen=True, slots=True)
class Point:
    """One value.

    Parameters
    ----------
    on
        Its day.
    value
        In the chart's unit; finite.
    label
        What the pointer shows.
    error
        Half the height of its error bar; None for no bar.
    marker
        Its shape.
    """

    on: date
    value: float
    label: str
    error: float | None = None
    marker: Marker = "dot"


@dataclass(frozen=True, slots=True)
class Line:
    """Points that belong together, in order of time.

    Parameters
    ----------
    name
        For the legend.
    points
        At least one.
    joined
        Whether a line connects them.
    colour
        None for the next of `COLOURS`.
    """

    name: str
    points: tuple[Point, ...]
    joined: bool = True
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What to draw.

    Parameters
    ----------
    title
        With the unit.
    lines
        At least one; the legend names them if there are several.
    whole_numbers
        Whether values between two whole numbers make no sense (reps).
    between
        First and last day of the axis; None for those of the points.
    including
        Values that the axis reaches in any case, so that mere noise does not fill the chart.
    """

    title: str
    lines: tuple[Line, ...]
    whole_numbers: bool = False
    between: tuple[date, date] | None = None
    including: tuple[float, ...] = ()


def draw(chart: Chart, width_px: int = 420, height_px: int = 210) -> Element:
    """Return a chart as an `svg` element."""
    height_px += _LEGEND_PX * (len(chart.lines) > 1)
    svg = Element(
        "svg",
        {
            "viewBox": f"0 0 {width_px} {height_px}",
            "role": "img",
            "aria-label": chart.title,
            "font-family": "system-ui, sans-serif",
            "font-size": "11",
        },
    )
    text(svg, chart.title, 4, 16, {"font-size": "13", "font-weight": "600"})
    points = [point for line in chart.lines for point in line.points]
    frame = _Frame.around(points, width_px, height_px, chart)
    _axes(svg, frame)
    colours = _colours(chart.lines)
    for line, colour in zip(chart.lines, colours, strict=True):
        group = SubElement(svg, "g", {"stroke": colour, "fill": colour})
        _line(group, line, frame)
    if len(chart.lines) > 1:
        _legend(svg, chart.lines, colours, height_px)
    return svg


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plot's area, and where days and values lie in it."""

    first: date
    days: int
    ticks: tuple[float, ...]
    width_px: int
    bottom_px: int

    @classmethod
    def around(cls, points: Sequence[Point], width_px: int, height_px: int, chart: Chart) -> _Frame:
        low = min(*(p.value - (p.error or 0.0) for p in points), *chart.including, math.inf)
        high = max(*(p.value + (p.error or 0.0) for p in points), *chart.including, -math.inf)
        days = [p.on for p in points]
        first, last = chart.between or (min(days), max(days))
        legend_px = _LEGEND_PX * (len(chart.lines) > 1)
        return cls(
            first=first,
            days=max((last - first).days, 1),
            ticks=ticks(low, high, whole_numbers=chart.whole_numbers),
            width_px=width_px,
            bottom_px=height_px - _BOTTOM_PX - legend_px,
        )

    def x(self, on: date) -> float:
        share = (on - self.first).days / self.days
        return round(_LEFT_PX + share * (self.width_px - _LEFT_PX - _RIGHT_PX), 1)

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        share = (value - low) / (high - low)
        return round(self.bottom_px - share * (self.bottom_px - _TOP_PX), 1)


def ticks(low: float, high: float, *, whole_numbers: bool = False) -> tuple[float, ...]:
    """Return three to eight round numbers at even steps, from `low` or less to `high` or more."""
    span = max(high - low, abs(high) * 0.05, 1e-3)
    power = 10.0 ** math.floor(math.log10(span / 5))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= span / 5)
    if whole_numbers:
        step = max(step, 1.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if first == last and low > 0:
        first -= 1  # a level line runs through the middle
    last = max(last, first + 2)
    return tuple(round(i * step, 9) for i in range(first, last + 1))


def day_ticks(first: date, days: int) -> tuple[date, ...]:
    """Return up to seven days at even steps, from the first on."""
    step = next((s for s in _DAY_STEPS if days / s <= 6), _DAY_STEPS[-1])
    return tuple(first + timedelta(days=d) for d in range(0, days + 1, step))


def _axes(svg: Element, frame: _Frame) -> None:
    right = frame.width_px - _RIGHT_PX
    step = frame.ticks[1] - frame.ticks[0]
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    for value in frame.ticks:
        y = frame.y(value)
        style = {"stroke": "#000", "stroke-opacity": "0.12"}
        SubElement(svg, "line", ends(_LEFT_PX, y, right, y) | style)
        text(svg, f"{value:.{digits}f}", _LEFT_PX - 6, y + 4, {"text-anchor": "end"})
    for day in day_ticks(frame.first, frame.days):
        shown = f"{day.day} {day:%b}" if frame.days < 300 else f"{day:%b %Y}"
        text(svg, shown, frame.x(day), frame.bottom_px + 16, {"text-anchor": "middle"})


def _line(group: Element, line: Line, frame: _Frame) -> None:
    for before, after in itertools.pairwise(line.points) if line.joined else ():
        if after.on - before.on <= _GAP:
            joint = ends(
                frame.x(before.on), frame.y(before.value), frame.x(after.on), frame.y(after.value)
            )
            SubElement(group, "line", joint | {"stroke-opacity": "0.55"})
    for point in line.points:
        x, y = frame.x(point.on), frame.y(point.value)
        if point.error:
            low, high = frame.y(point.value - point.error), frame.y(point.value + point.error)
            SubElement(group, "line", ends(x, low, x, high) | {"stroke-opacity": "0.4"})
        SubElement(_marker(group, point.marker, x, y), "title").text = point.label


def _marker(group: Element, marker: Marker, x: float, y: float) -> Element:
    if marker == "cross":
        path = f"M{x - 4:g} {y - 4:g}l8 8m0 -8l-8 8"
        return SubElement(group, "path", {"d": path, "stroke-width": "2", "fill": "none"})
    fill = {"fill": "#fff", "stroke-width": "1.5"} if marker == "ring" else {}
    return SubElement(group, "circle", {"cx": f"{x}", "cy": f"{y}", "r": "3.2"} | fill)


def _legend(svg: Element, lines: Sequence[Line], colours: Sequence[str], height_px: int) -> None:
    x = float(_LEFT_PX)
    for line, colour in zip(lines, colours, strict=True):
        y = height_px - 6
        group = SubElement(svg, "g", {"stroke": colour, "fill": colour})
        _marker(group, line.points[0].marker, x + 4, y - 4)
        text(svg, line.name, x + 12, y, {})
        x += 22 + 5.8 * len(line.name)


def _colours(lines: Sequence[Line]) -> list[str]:
    palette = iter(COLOURS)
    return [line.colour or next(palette, GREY) for line in lines]


def ends(x1: float, y1: float, x2: float, y2: float) -> dict[str, str]:
    """Return the attributes of a line from one point to another."""
    return {"x1": f"{x1}", "y1": f"{y1}", "x2": f"{x2}", "y2": f"{y2}"}


def text(svg: Element, words: str, x: float, y: float, style: dict[str, str]) -> None:
    """Write words at a point, left-aligned unless the style says otherwise."""
    SubElement(svg, "text", {"x": f"{x}", "y": f"{y}", "fill": "#333"} | style).text = words
