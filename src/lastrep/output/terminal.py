"""What the terminal shows: a table of reps and one sentence for each set."""

from __future__ import annotations

from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lastrep.exercises import ExerciseDefinition
from lastrep.exercises.faults import shown
from lastrep.exercises.standards import Standards
from lastrep.sets.form.faults import counts
from lastrep.sets.results import Analysis, Rep, RepStatus, SetReport, SideCounts
from lastrep.velocity.parameters import DEFAULT_VELOCITY

STATUS_STYLE: dict[RepStatus, str] = {
    RepStatus.GOOD: "green",
    RepStatus.COMPLETED: "yellow",
    RepStatus.PARTIAL: "yellow",
    RepStatus.FAILED: "bold red",
}


#: How the sides of the body work together, after the order of lowering and lifting.
SIDES_TOLD = {"both": "", "each": ", each side may move by itself", "lead": ", one leg in front"}


def render(analysis: Analysis, title_of: dict[str, str]) -> RenderableType:
    """Return what to print for a recording; `title_of` gives exercises their names for people."""
    parts: list[RenderableType] = []
    for number, report in enumerate(analysis.sets, start=1):
        heading = Text()
        if len(analysis.sets) > 1:
            heading.append(f"Set {number} of {len(analysis.sets)}  ", style="bold")
        heading.append(title_of.get(report.exercise, report.exercise), style="bold")
        heading.append(f"  {report.view} view, {_clock(report.start_s)} to {_clock(report.end_s)}")
        if report.exercise_source == "recognised":
            heading.append(f", recognised ({report.exercise_confidence:.0%} sure)")
        if report.sides is not None:
            heading.append(f", {_by_side(report.sides)}")
        parts += [heading, rep_table(report), *_reasons(report), *_notes(report)]
        parts.append(Padding(Text(report.end.explanation, style="bold"), (0, 0, 1, 0)))
    if not analysis.sets:
        parts.append(Text("No set found: nobody moves like a set of repetitions in this video."))
    parts += [Text(f"note: {warning}", style="yellow") for warning in analysis.warnings]
    return Group(*parts)


def explain(exercise: ExerciseDefinition, standards: Standards) -> RenderableType:
    """Return what lastrep measures in an exercise, how to film it, and what it is judged by."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column()
    useful = f"; also useful: {', '.join(exercise.views.useful)}" if exercise.views.useful else ""
    order = "lowering first" if exercise.start == "con_end" else "lifting first"
    rows = {
        "measured": exercise.summary,
        "full rep": exercise.full_rep,
        "order": order + SIDES_TOLD[exercise.sides],
        "views": ", ".join(exercise.views.required) + useful,
        "camera": exercise.placement,
        "also called": ", ".join(alias.replace("_", " ") for alias in exercise.aliases),
    }
    for key, value in rows.items():
        if value:
            table.add_row(key, value)
    title = Text(f"{exercise.title}  ({exercise.name})", style="bold")
    return Group(
        title,
        table,
        Text("faults", style="bold"),
        _fault_list(exercise),
        Text("in every exercise", style="bold"),
        *(Text(line) for line in _standards_in_short(standards)),
        Text("more: lastrep exercises --standards", style="dim"),
    )


def _standards_in_short(standards: Standards) -> list[str]:
    """Return what every exercise is judged by, a sentence a line."""
    rep, end, form = standards.rep, standards.end, standards.form
    levels = "; ".join(
        f"{name} {level.run_length} in a row or {level.bad_reps} of {level.among_reps}"
        for name in ("strict", "standard", "lenient")
        for level in (standards.strictness.of(name),)
    )
    return [
        f"a rep is partial below {rep.partial_below_pct:g} % of the lifter's own range, which the "
        f"first {rep.reference_reps} full reps show",
        f"a lift is finished at {rep.lockout_at_turn:.0%} of the way up, at "
        f"{rep.lockout_at_rest:.0%} where the lifter rests there",
        f"it failed if it hung short of that for {rep.stuck_s:g} s, or took "
        f"{rep.struggle_factor:g} times as long as usual",
        f"bad reps that end a set: {levels}; never before rep {end.grace_reps + 1}",
        f"form is compared with the first {form.baseline_reps} good reps; a safety fault is "
        f"critical from {form.critical_factor:g} times its major limit",
    ]


def explain_standards(standards: Standards, reasons: Mapping[str, str]) -> RenderableType:
    """Return the standards of the sport, each with its unit, reason and source.

    Parameters
    ----------
    reasons
        What is said of each standard, by its dotted name.
    """
    parts: list[RenderableType] = [
        Text("standards of the sport, in every exercise: value, unit, reason, source", style="bold")
    ]
    for name, value in standards.named():
        parts.append(Text.assemble("\n", name, " = ", (_standard_value(value), "bold")))
        parts.append(Padding(Text(reasons.get(name, ""), style="dim"), (0, 0, 0, 2)))
    return Group(*parts)


def _standard_value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_standard_value(one) for one in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _fault_list(exercise: ExerciseDefinition) -> Table:
    """Return a row for each fault: from where it is seen, its limits, and what it does."""
    table = Table(header_style="dim", border_style="dim", box=SIMPLE_HEAD)
    for column in ("id", "fault", "seen from", "major limit", "change", "effect"):
        table.add_column(column)
    for rule in exercise.faults:
        if rule.not_assessed is not None:
            table.add_row(rule.id, rule.title, "", "", "", f"not judged: {rule.not_assessed}")
            continue
        absolute, change = (
            "" if limits is None or limits.major is None else shown(limits.major, rule.unit)
            for limits in (rule.absolute, rule.change)
        )
        effect = "may end the set" if counts(rule) and rule.ends_set else "reported"
        table.add_row(rule.id, rule.title, ", ".join(rule.views), absolute, change, effect)
    return table


def _reasons(report: SetReport) -> list[RenderableType]:
    reasons = [
        Text(f"rep {rep.number} {rep.status.value}: {rep.reason}", STATUS_STYLE[rep.status])
        for rep in report.reps
        if rep.status is not RepStatus.GOOD
    ]
    corrected = [
        Text(f"corrected: {one.says}, {one.attribution}", "cyan")
        for one in report.corrections
        if one.holds
    ]
    return [*reasons, *corrected]


def rep_table(report: SetReport) -> Table:
    """Return a row for each rep of a set."""
    table = Table(header_style="dim", border_style="dim", box=SIMPLE_HEAD)
    table.add_column("rep", justify="right")
    table.add_column("status")
    table.add_column("start", justify="right")
    for phase in ("lower s", "pause s", "lift s"):
        table.add_column(phase, justify="right")
    table.add_column("ROM °", justify="right")
    table.add_column("ROM %", justify="right")
    unit = speed_unit(report)
    if unit:
        table.add_column(unit, justify="right")
    for rep in report.reps:
        table.add_row(*_row(rep), *([Text(_speed(rep, unit))] if unit else []))
    return table


def _by_side(sides: SideCounts) -> str:
    """Return the attempts of each side, in words."""
    done = {"left": sides.left, "right": sides.right, "both sides": sides.both}
    return "reps: " + ", ".join(f"{count} {side}" for side, count in done.items() if count)


def speed_unit(report: SetReport) -> str | None:
    """Return what speeds are given in: metres per second, percent of the fastest rep, or None."""
    if any(rep.bar.mean_velocity_m_s is not None for rep in report.reps):
        return "m/s"
    if any(rep.bar.relative_velocity is not None for rep in report.reps):
        return "speed %"
    return None


def _speed(rep: Rep, unit: str) -> str:
    if unit == "m/s":
        return _number(rep.bar.mean_velocity_m_s, 2)
    relative = rep.bar.relative_velocity
    return _number(None if relative is None else 100 * relative, 0)


def _notes(report: SetReport) -> list[RenderableType]:
    """Return what else there is to know of a set, a line each."""
    notes = _fatigue(report)
    off_deg = report.angle_uncertainty_deg
    if off_deg is not None:
        told = f"joint angles from this view are good to about ±{off_deg:.0f}°"
        notes.append(Text(told, style="dim"))
    return notes


def _fatigue(report: SetReport) -> list[RenderableType]:
    """Return what the speeds say of the set, in one line."""
    loss, sd = report.velocity_loss_pct, report.velocity_loss_sd
    if loss is None:
        return []
    told = f"velocity loss {loss:.0f} %" + (f" (±{sd:.0f})" if sd is not None else "")
    if report.estimated_rir is not None:
        low, high = report.estimated_rir
        open_ended = high >= DEFAULT_VELOCITY.standards.rir_bands[-1][1]
        # From none to any number says nothing.
        if low or not open_ended:
            told += f", about {low} {'or more' if open_ended else f'to {high}'} reps left"
    sources = {rep.bar.source for rep in report.reps} - {"none"}
    what = "bar" if sources & {"plate", "point"} else "body in place of the bar"
    return [Text(f"speed of the {what}: {told}", style="dim")]


def _row(rep: Rep) -> list[Text]:
    style = STATUS_STYLE[rep.status]
    side = "" if rep.side == "both" else f" {rep.side[0].upper()}"
    return [
        Text(f"{rep.number}{side}"),
        Text(rep.status.value, style=style),
        Text(_clock(rep.start_s)),
        *(Text(_number(v, 2)) for v in (rep.eccentric_s, rep.pause_s, rep.concentric_s)),
        Text(_number(rep.rom_deg, 0)),
        Text(_number(rep.rom_pct, 0)),
    ]


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"  # noqa: RUF001


def _clock(t_s: float) -> str:
    minutes, seconds = divmod(max(t_s, 0.0), 60)
    return f"{int(minutes)}:{seconds:04.1f}"
