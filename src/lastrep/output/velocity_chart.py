"""Mean concentric velocity by rep, as an SVG picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from lastrep.output.charts import ends, text, ticks
from lastrep.sets.results import Rep, RepStatus, SetReport

#: Told apart by people with any colour vision (Okabe and Ito 2008).
STATUS_COLOUR: dict[RepStatus, str] = {
    RepStatus.GOOD: "#009e73",
    RepStatus.COMPLETED: "#e69f00",
    RepStatus.PARTIAL: "#8a8f98",
    RepStatus.FAILED: "#d55e00",
}
_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 44, 22, 48, 40


@dataclass(frozen=True, slots=True)
class _Bars:
    """One bar a rep: height and its standard deviation, in m/s or % of the fastest."""

    unit: str
    values: tuple[float | None, ...]
    errors: tuple[float | None, ...]
    least: float | None


def draw_sets(sets: Sequence[tuple[SetReport, str]]) -> Element | None:
    """Return the charts of several (set, title), one below the other; None if there is none."""
    charts = [svg for report, title in sets if (svg := draw_velocity(report, title)) is not None]
    if len(charts) < 2:
        return charts[0] if charts else None
    width_px = max(int(svg.attrib["width"]) for svg in charts)
    height_px = sum(int(svg.attrib["height"]) for svg in charts)
    size = {"width": f"{width_px}", "height": f"{height_px}"}
    whole = Element("svg", {"xmlns": "http://www.w3.org/2000/svg"} | size)
    down = 0
    for svg in charts:
        svg.set("y", f"{down}")
        down += int(svg.attrib["height"])
        whole.append(svg)
    return whole


def draw_velocity(report: SetReport, title: str) -> Element | None:
    """Return the chart of a set as an `svg` element; None where no speed was measured.

    Metres per second where they are known, else percent of the fastest rep. The dashed line is the
    published speed of a last possible rep.
    """
    bars = _bars(report)
    if bars is None:
        return None
    width_px, height_px = max(300, 90 + 40 * len(report.reps)), 260
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width_px} {height_px}",
            "width": f"{width_px}",
            "height": f"{height_px}",
            "role": "img",
            "aria-label": f"{title}: mean concentric velocity by rep",
            "font-family": "system-ui, sans-serif",
            "font-size": "11",
        },
    )
    SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "#fff"})
    text(svg, title, 4, 16, {"font-size": "13", "font-weight": "600"})
    text(svg, f"mean concentric velocity, {bars.unit}{_loss(report)}", 4, 32, {})
    tops = [v + (e or 0) for v, e in zip(bars.values, bars.errors, strict=True) if v is not None]
    levels = ticks(0.0, max(*tops, bars.least or 0.0, 0.0))
    bottom, top = height_px - _BOTTOM_PX, _TOP_PX

    def y(value: float) -> float:
        return round(bottom - (value - levels[0]) / (levels[-1] - levels[0]) * (bottom - top), 1)

    right = width_px - _RIGHT_PX
    digits = max(0, -math.floor(math.log10(levels[1] - levels[0]) + 1e-9))
    for level in levels:
        style = {"stroke": "#000", "stroke-opacity": "0.12"}
        SubElement(svg, "line", ends(_LEFT_PX, y(level), right, y(level)) | style)
        label = f"{level:.{digits}f}"
        text(svg, label, _LEFT_PX - 6, y(level) + 4, {"text-anchor": "end"})
    step = (right - _LEFT_PX) / len(report.reps)
    for i, rep in enumerate(report.reps):
        x = round(_LEFT_PX + (i + 0.5) * step, 1)
        _bar(svg, rep, bars.values[i], bars.errors[i], x, step, y)
        text(svg, f"{rep.number}", x, bottom + 15, {"text-anchor": "middle"})
    text(svg, "rep", (right + _LEFT_PX) / 2, height_px - 8, {"text-anchor": "middle"})
    if bars.least is not None:
        style = {"stroke": "#333", "stroke-dasharray": "4 3"}
        SubElement(svg, "line", ends(_LEFT_PX, y(bars.least), right, y(bars.least)) | style)
        text(svg, "last possible rep", right, y(bars.least) - 4, {"text-anchor": "end"})
    return svg


def _bars(report: SetReport) -> _Bars | None:
    metric = [rep.bar.mean_velocity_m_s for rep in report.reps]
    if any(value is not None for value in metric):
        errors = tuple(rep.bar.mean_velocity_sd for rep in report.reps)
        return _Bars("m/s", tuple(metric), errors, report.minimum_velocity_m_s)
    relative = [rep.bar.relative_velocity for rep in report.reps]
    if any(value is not None for value in relative):
        percent = tuple(None if v is None else 100 * v for v in relative)
        return _Bars("% of the fastest rep", percent, (None,) * len(percent), None)
    return None


def _bar(
    svg: Element,
    rep: Rep,
    value: float | None,
    error: float | None,
    x: float,
    step: float,
    y: Callable[[float], float],
) -> None:
    if value is None:
        text(svg, "–", x, y(0) - 4, {"text-anchor": "middle"})  # noqa: RUF001
        return
    half = 0.32 * step
    box = {
        "x": f"{x - half:.1f}",
        "y": f"{y(value)}",
        "width": f"{2 * half:.1f}",
        "height": f"{y(0) - y(value):.1f}",
        "fill": STATUS_COLOUR[rep.status],
    }
    shown = f"rep {rep.number}, {rep.status.value}: {value:.3g}"
    SubElement(SubElement(svg, "rect", box), "title").text = shown
    if error:
        style = {"stroke": "#333"}
        SubElement(svg, "line", ends(x, y(max(value - error, 0)), x, y(value + error)) | style)


def _loss(report: SetReport) -> str:
    loss = report.velocity_loss_pct
    said = "" if loss is None else f"; loss {loss:.0f} %"
    return f"{said}; corrected by {report.corrected_by}" if report.corrected_by else said
