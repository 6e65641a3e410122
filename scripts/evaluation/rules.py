"""The training rules of `docs/science.md` 6, written a second time, on a made-up lifter.

Nothing here uses `lastrep.training`: where both say the same, both are right or wrong alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, median

import numpy as np

from evaluation.season import Lifted


@dataclass(frozen=True, slots=True)
class About:
    """What the rules need to know of an exercise; no `step_kg`: the body is the load."""

    muscles: tuple[str, ...]
    step_kg: float | None
    more_pct: tuple[float, float]
    rest_s: int | None = None


_UPPER_PCT, _LOWER_PCT = (2.5, 5.0), (5.0, 10.0)
ABOUT = {
    "back_squat": About(("quadriceps", "glutes"), 2.5, _LOWER_PCT),
    "bench_press": About(("chest", "triceps"), 2.5, _UPPER_PCT),
    "overhead_press": About(("shoulders", "triceps"), 2.5, _UPPER_PCT),
    "bent_over_row": About(("back", "biceps"), 2.5, _UPPER_PCT),
    "biceps_curl": About(("biceps",), 2.0, _UPPER_PCT, rest_s=90),
    "pull_up": About(("back", "biceps"), None, _UPPER_PCT),
}
#: Reps in reserve by RPE (`docs/science.md` 1.3).
RESERVE = {10: (0, 0), 9.5: (0, 0), 9: (1, 1), 8.5: (1, 2), 8: (2, 2), 7.5: (2, 3), 7: (3, 3)} | {
    6.5: (3, 4), 6: (4, 6), 5.5: (4, 6), 5: (4, 6),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """What is due after one set; `one_rep_max_kg` is None where reps give none."""

    fit: str
    rep_max: str
    one_rep_max_kg: float | None
    advice: str
    rest_s: int


def due(one: Lifted, earlier: Sequence[Lifted]) -> Due:
    """Return what is due after a set; `earlier` are all sets before it, in order of time."""
    earlier = [other for other in earlier if other.exercise == one.exercise]
    in_session = [other for other in earlier if other.at.date() == one.at.date()]
    usual_s = _usual_rest_s(one)
    failed = one.end != "done" and not _standing(one)
    return Due(
        _fit(one),
        _rep_max(one),
        _one_rep_max(one, _own_curve(one, earlier)),
        _advice(one, in_session, usual_s),
        usual_s + 30 * failed,
    )


def _target(one: Lifted) -> tuple[int, int] | None:
    if one.wanted is None or "AMRAP" in one.wanted:
        return None
    low, _, high = one.wanted.split("x")[1].removesuffix("RM").partition("-")
    return int(low), int(high or low)


def _standing(one: Lifted) -> bool:
    """Form outside the standard from the first reps on is not fatigue."""
    return one.end == "technical" and one.end_rep in (1, 2)


def _reserve(one: Lifted) -> tuple[int, int] | None:
    if one.end != "done":
        return 0, 0
    return one.reserve if one.rpe is None else RESERVE.get(one.rpe)


def _fit(one: Lifted) -> str:
    target, left = _target(one), _reserve(one)
    if _standing(one):
        return "too_heavy"
    if target is None or left is None:
        return "not_judged"
    possible = one.good + left[0], one.good + left[1]
    if possible[0] >= target[1] + 2:
        return "too_light"
    if possible[1] < target[0]:
        return "too_heavy"
    sure = possible[0] >= target[0] and possible[1] < target[1] + 2
    return "on_target" if sure else "not_judged"


def _rep_max(one: Lifted) -> str:
    if _standing(one):
        return "none"
    if one.end_rep != one.good + 1 and (one.end != "done" or one.rpe != 10):
        return f"at least {one.good}RM"
    return f"{'technical ' * (one.end == 'technical')}{one.good}RM"


def _own_curve(one: Lifted, earlier: Sequence[Lifted]) -> float | None:
    """K of load = a / (1 + reps / k), from four fresh sets to failure that span three reps."""
    points = []
    for session in _by_day(earlier):
        failed = next((s for s in session if s.end != "done" and not _standing(s)), None)
        if failed is None or not failed.load_kg or failed.end_rep != failed.good + 1:
            continue
        if one.at - failed.at <= timedelta(weeks=6):
            points.append((failed.good, 1 / failed.load_kg))
    reps = [good for good, _ in points]
    if len(points) < 4 or max(reps) - min(reps) < 3:
        return None
    slope, level = np.polyfit(reps, [per_kg for _, per_kg in points], 1)
    return float(level / slope) if slope > 0 < level else None


def _one_rep_max(one: Lifted, k_reps: float | None) -> float | None:
    left = _reserve(one)
    if one.load_kg is None or left is None or _standing(one) or one.good + left[1] > 15:
        return None

    def estimate(reps: int) -> float:
        if k_reps is not None:
            return (1 + reps / k_reps) / (1 + 1 / k_reps)
        epley = 1.0 if reps == 1 else 1 + reps / 30
        return epley if reps > 10 else (epley + 36 / (37 - reps)) / 2

    return round(one.load_kg * fmean(estimate(one.good + more) for more in left), 1)


def _usual_rest_s(one: Lifted) -> int:
    target = _target(one)
    most = 8 if target is None else target[1]
    if most > 15:
        return 60
    return ABOUT[one.exercise].rest_s or (180 if most <= 6 else 150)


def _advice(one: Lifted, in_session: Sequence[Lifted], rest_s: int) -> str:
    """Apply the rows of 6.3, one change only."""
    target, left, good = _target(one), _reserve(one), one.good
    about = ABOUT[one.exercise]
    short = target is None or good < target[0]
    if _standing(one):
        return _less(one, 10)
    first = in_session[0] if in_session else None
    fell = first is not None and first.load_kg == one.load_kg and good < 0.7 * first.good
    if fell and short and rest_s + 60 <= 300:
        return f"Rest {rest_s + 60} s"
    if target is None or left is None:
        return "Change nothing"
    low, high = target
    if good < low and one.end == "absolute":
        return _less(one, 5)
    if good < low and left[1] <= 1:
        if good <= low - 3 or good < 0.8 * low:
            return _less(one, 10 if good <= 0.6 * low else 5)
        return _less(one, 2.5) if rest_s >= 180 else f"Rest {rest_s + 30 * (low - good)} s"
    if good + left[0] >= high + 2:
        return _more(one, about.more_pct)
    return "Change nothing"


def _less(one: Lifted, pct: float) -> str:
    step, load = ABOUT[one.exercise].step_kg, one.load_kg
    if step is None or load is None:
        return f"Load -{pct:.1f} %"
    steps = next(n for n in range(1, 99) if 100 * n * step / load >= pct)
    return f"Load {load - steps * step:g}kg"


def _more(one: Lifted, band_pct: tuple[float, float]) -> str:
    step, load = ABOUT[one.exercise].step_kg, one.load_kg
    if step is None or load is None:
        return f"Load +{band_pct[0]:.1f} %"

    def miss(steps: int) -> tuple[float, int]:
        pct = 100 * steps * step / load
        return max(band_pct[0] - pct, pct - band_pct[1], 0.0), steps

    steps = min(range(1, 99), key=miss)
    too_far = 100 * steps * step / load > 10
    return "Change nothing" if too_far else f"Load {load + steps * step:g}kg"


# -- the weeks

#: The speed that is a fall: 8 % less in 6.4, and what speeds read from the body scatter by.
SLOWER = 0.85
#: A week, by its Monday, of a muscle or of all.
Week = tuple[date, str]
#: A day, what is said on it, and of what.
Said = tuple[date, str, str]


def lights(sets: Sequence[Lifted]) -> dict[Week, str | None]:
    """Return each week's rating; None where there are too few sets."""
    grouped: dict[Week, list[Lifted]] = defaultdict(list)
    for one in _working(sets):
        for muscle in (*ABOUT[one.exercise].muscles, "all"):
            grouped[_monday(one), muscle].append(one)
    return {key: _light(group) for key, group in grouped.items()}


def _light(group: Sequence[Lifted]) -> str | None:
    ends = Counter(one.end for one in group if not _standing(one))
    share = (ends["absolute"] + ends["technical"] / 2) / len(group)
    if len(group) < 3:
        return None
    return "green" if share <= 0.20 else "amber" if share <= 0.35 else "red"


def said(sets: Sequence[Lifted], first_rep_m_s: Mapping[str, float | None]) -> tuple[Said, ...]:
    """Return every notice, sign and deload; `first_rep_m_s` is by set's name."""
    signs = list(_signs(sets, first_rep_m_s))
    told = [*_cycles(sets), *_recoveries(sets), *signs, *_deloads(signs)]
    return tuple(sorted(told))


def _cycles(sets: Sequence[Lifted]) -> Iterator[Said]:
    weeks: dict[date, list[bool]] = defaultdict(list)
    for one in _working(sets):
        weeks[_monday(one)].append(one.end != "done" and not _standing(one))
    run = 0
    for monday, failed in sorted(weeks.items()):
        often = len(failed) >= 3 and sum(failed) / len(failed) > 1 / 3
        run = run + 1 if often and (not run or monday - timedelta(weeks=1) in weeks) else int(often)
        if run > 6:
            yield monday, "long_cycle", "all"


def _recoveries(sets: Sequence[Lifted]) -> Iterator[Said]:
    working = _working(sets)
    for muscle in {m for about in ABOUT.values() for m in about.muscles}:
        own = [one for one in working if muscle in ABOUT[one.exercise].muscles]
        for before, after in pairwise(_by_day(own)):
            failed = [one for one in before if one.end != "done" and not _standing(one)]
            if len(failed) >= 2 and after[0].at - failed[-1].at < timedelta(hours=48):
                yield after[0].at.date(), "short_recovery", muscle


def _signs(sets: Sequence[Lifted], first_rep_m_s: Mapping[str, float | None]) -> Iterator[Said]:
    lines: dict[tuple[str, float | None], list[Lifted]] = defaultdict(list)
    for one in _working(sets):
        lines[one.exercise, one.load_kg].append(one)
    for (exercise, _), own in lines.items():
        days = _by_day(own)
        best = [max(day, key=lambda one: one.good) for day in days]
        limited = [one.end != "done" or one.good < (_target(one) or (0, 0))[0] for one in best]
        speed = [first_rep_m_s[day[0].name] for day in days]
        broke = [next((one.end_rep for one in day if one.end == "technical"), None) for day in days]
        for sign, values, fallen in (
            ("fewer_reps", [one.good for one in best], lambda now, usual: now <= 0.85 * usual),
            ("slower_first_rep", speed, lambda now, usual: now <= SLOWER * usual),
            ("earlier_failure", broke, lambda now, usual: now <= usual - 2),
        ):
            may = limited if sign == "fewer_reps" else [True] * len(days)
            for index in _twice(values, fallen, may):
                yield days[index][0].at.date(), sign, exercise


def _twice(
    values: Sequence[float | None],
    fallen: Callable[[float, float], bool],
    may: Sequence[bool],
) -> Iterator[int]:
    """Yield where a value has fallen below the median of the four before for the second time."""
    before: list[float] = []
    run = 0
    for index, value in enumerate(values):
        if value is None:
            run = 0
            continue
        low = len(before) >= 4 and may[index] and fallen(value, median(before[-4:]))
        run = run + 1 if low else 0
        if run >= 2:
            yield index
        before.append(value)


def _deloads(signs: Iterable[Said]) -> Iterator[Said]:
    recent: list[Said] = []
    easy_until = date.min
    by_day: dict[date, list[Said]] = defaultdict(list)
    for sign in signs:
        by_day[sign[0]].append(sign)
    for day, of_day in sorted(by_day.items()):
        if day < easy_until:
            continue
        recent = [sign for sign in recent if day - sign[0] <= timedelta(days=14)] + of_day
        if len({kind for _, kind, _ in recent}) >= 2:
            yield day, "deload", "all"
            recent, easy_until = [], day + timedelta(weeks=1)


def _working(sets: Sequence[Lifted]) -> list[Lifted]:
    """Leave out warm-ups."""
    heaviest: dict[tuple[date, str], float] = defaultdict(float)
    for one in sets:
        key = one.at.date(), one.exercise
        heaviest[key] = max(heaviest[key], one.load_kg or 0.0)
    return [
        one
        for one in sets
        if one.load_kg is None or one.load_kg >= 0.6 * heaviest[one.at.date(), one.exercise]
    ]


def _by_day(sets: Iterable[Lifted]) -> list[list[Lifted]]:
    days: dict[date, list[Lifted]] = defaultdict(list)
    for one in sets:
        days[one.at.date()].append(one)
    return list(days.values())


def _monday(one: Lifted) -> date:
    return one.at.date() - timedelta(days=one.at.weekday())
