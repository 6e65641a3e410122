"""The options of bar speed on the command line, and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lastrep.velocity.options import BarOptions

PlateM = Annotated[
    float | None,
    typer.Option("--plate-m", help="Diameter of the plates, metres (full-size: 0.45)."),
]
HeightM = Annotated[
    float | None, typer.Option("--height-m", help="Height of the lifter, metres: for m/s.")
]
BarAt = Annotated[
    str | None,
    typer.Option(
        "--bar", metavar="X,Y", help="The plate's middle in the first frame, pixels, if not found."
    ),
]
Distance = Annotated[
    str | None,
    typer.Option(
        "--distance",
        metavar="X1,Y1,X2,Y2,M",
        help="Two points of the picture in the plane of the bar, pixels, and metres between them.",
    ),
]
VelocityCap = Annotated[
    float | None,
    typer.Option("--velocity-cap", metavar="PCT", help="End the set at this velocity loss."),
]
SpeedFrom = Annotated[
    float | None,
    typer.Option(
        "--speed-from",
        min=0,
        metavar="M_S",
        help="Average a lift while it is faster than this (default: from start to highest point).",
    ),
]


def bar_options(
    plate_m: float | None = None,
    height_m: float | None = None,
    bar: str | None = None,
    distance: str | None = None,
    speed_from: float | None = None,
) -> BarOptions:
    """Return the options of bar speed; raises typer.BadParameter where they make no sense."""
    from lastrep.bar.lift_window import WindowRule
    from lastrep.bar.scale import Calibration, KnownDistance
    from lastrep.velocity.options import BarOptions

    try:
        known = None
        if distance is not None:
            x1, y1, x2, y2, metres = _numbers("--distance", distance, "X1,Y1,X2,Y2,M")
            known = KnownDistance((x1, y1), (x2, y2), metres)
        at = None
        if bar is not None:
            x, y = _numbers("--bar", bar, "X,Y")
            at = (x, y)
        return BarOptions(
            Calibration(plate_m=plate_m, height_m=height_m, known_distance=known),
            at,
            WindowRule(speed_from),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _numbers(option: str, text: str, form: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != form.count(",") + 1:
        raise ValueError(f"{option} {text}: write it as {form}")
    return numbers
