"""The fixed lists of clips behind the accuracy tables.

:func:`landmark_suite` is for every change: hundreds of landmark sets, no pose model.
:func:`rendered_suite` is the honest one: film through the real pose model, rendered once into a
folder outside the repository. Seeds are fixed; a clip keeps its name as long as it keeps its
content.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from lifters.description import (
    BLAZEPOSE_NOISE,
    Camera,
    Clip,
    Fault,
    Lifter,
    Load,
    Look,
    Move,
    Noise,
    Rep,
    Sampling,
)
from lifters.exercises import EXERCISES
from lifters.faults import FAULTS
from lifters.sets import GrowingFault, Tempo, lifting_set
from lifters.truth import clip_document

Events = tuple[Rep | Move, ...]

# Where a coach would put the camera; the first is the best.
SIDE_VIEWS = (90.0, 75.0, 60.0)
BEST_VIEWS: dict[str, tuple[float, ...]] = {
    "bench_press": (75.0, 50.0, 90.0),
    "pull_up": (180.0, 0.0, 150.0),
    "lateral_raise": (0.0, 20.0, 180.0),
    "jumping_jack": (0.0, 20.0, 180.0),
}
# Faults that only a camera in front can see.
FRONTAL_FAULTS = frozenset({"knee_cave", "hip_shift", "uneven_bar"})

# The lifts shown under every condition and from every direction; the correction of the pose
# model's bias is fitted on them.
MAIN_LIFTS = (
    "back_squat",
    "deadlift",
    "bench_press",
    "overhead_press",
    "biceps_curl",
    "bent_over_row",
    "push_up",
    "lunge",
)
OTHER_LIFTS = tuple(e for e in EXERCISES if e not in MAIN_LIFTS)
# What the other lifts are tested under; the main lifts go through everything.
CORE_CONDITIONS = frozenset({"clean", "partial", "failed", "blazepose"})
# Conditions that say little about the exercise: each half of the lifts skips one of these groups.
SHARED_CONDITIONS = (
    frozenset({"15fps", "tilted", "portrait", "slow", "breathing"}),
    frozenset({"60fps", "variable_rate", "far", "fast", "paused"}),
)

PEOPLE = (
    Lifter(1.78, "male", "male"),
    Lifter(1.66, "female", "female"),
    Lifter(1.84, "male", "male_dark"),
    Lifter(1.72, "male", "male_heavy"),
    Lifter(1.70, "female", "female_dark"),
    Lifter(1.75, "male", "male_slim"),
)


def _seed(name: str) -> int:
    """A seed that depends on nothing but the clip's name."""
    return zlib.crc32(name.encode()) & 0x7FFFFFFF


# -- landmark sets


def landmark_suite() -> Iterator[Clip]:
    """Yield the sets of the regression guard: every exercise, condition and fault."""
    for i, exercise in enumerate(EXERCISES):
        views = BEST_VIEWS.get(exercise, SIDE_VIEWS)
        for condition, clip in _conditions(exercise).items():
            if exercise in OTHER_LIFTS and condition not in CORE_CONDITIONS:
                continue
            if condition in SHARED_CONDITIONS[i % 2]:
                continue
            for yaw in views[: 2 if condition == "clean" else 1]:
                yield _named(clip, f"{exercise}-{condition}-{yaw:.0f}", yaw)
        for fault in EXERCISES[exercise].faults:
            yaw = 0.0 if fault in FRONTAL_FAULTS else views[0]
            major = FAULTS[fault].major
            growing = GrowingFault(fault, 5, 1.75 * major, 0.1 * major)
            name = f"{exercise}-{fault}"
            reps = lifting_set(7, seed=_seed(name), faults=(growing,))
            yield _named(Clip(name, exercise, reps), name, yaw)


def _named(clip: Clip, name: str, yaw_deg: float) -> Clip:
    seed = _seed(name)
    # Half of the cameras stand on the lifter's right.
    side = -1.0 if seed % 2 else 1.0
    return replace(
        clip,
        name=name,
        seed=seed,
        camera=replace(clip.camera, yaw_deg=side * yaw_deg),
        lifter=PEOPLE[seed // 2 % len(PEOPLE)],
    )


def _conditions(exercise: str) -> dict[str, Clip]:
    """Sets of one exercise under different conditions; only the named thing is special."""
    seed = _seed(exercise)
    reps = lifting_set(6, seed=seed)
    base = Clip(exercise, exercise, reps)
    faint = _faintest(exercise)
    bad = replace(reps[4], faults=(Fault(faint.name, 2 * FAULTS[faint.name].major),))
    partial = replace(reps[3], rom=0.6)
    unrack, rerack = Move("unrack", 4.0), Move("rerack", 4.0)
    around: Events = (Move("walk_in"), Move("fidget"), unrack, *reps, rerack, Move("walk_out"))
    return {
        "clean": base,
        "fatigue": replace(base, events=lifting_set(7, seed=seed, velocity_loss=0.45, grind=0.9)),
        "slow": replace(
            base, events=lifting_set(4, seed=seed, tempo=Tempo(eccentric_s=3, concentric_s=2))
        ),
        "fast": replace(
            base, events=lifting_set(10, seed=seed, tempo=Tempo(eccentric_s=0.7, concentric_s=0.6))
        ),
        "paused": replace(base, events=lifting_set(4, seed=seed, tempo=Tempo(pause_s=2.0))),
        "breathing": replace(base, events=lifting_set(4, seed=seed, tempo=Tempo(hold_s=3.0))),
        "partial": replace(base, events=(*reps[:3], partial, *reps[4:])),
        "failed": replace(base, events=lifting_set(6, seed=seed, grind=0.8, fail_last_at=0.45)),
        "one_bad_rep": replace(base, events=(*reps[:4], bad, *reps[5:])),
        "faint_fault": replace(base, events=lifting_set(7, seed=seed, faults=(faint,))),
        "moves_around": replace(base, events=around),
        "two_sets": replace(
            base, events=(*reps[:4], rerack, Move("rest", 25.0), unrack, *reps[:4]), tail_s=2.0
        ),
        "blazepose": replace(base, noise=BLAZEPOSE_NOISE),
        "noisy": replace(base, noise=Noise(0.007, drift=0.007, dropout_per_s=0.1, swap_per_s=0.1)),
        "15fps": replace(base, sampling=Sampling(15.0)),
        "60fps": replace(base, sampling=Sampling(60.0)),
        "variable_rate": replace(base, sampling=Sampling(25.0, jitter=0.3, drop=0.15)),
        "tilted": replace(base, camera=Camera(height_m=0.3, roll_deg=4.0)),
        "far": replace(base, camera=Camera(distance_m=6.5)),
        "portrait": replace(
            base, camera=Camera(width_px=480, height_px=854, vertical_fov_deg=62.0)
        ),
    }


def _faintest(exercise: str) -> GrowingFault:
    """A fault of half the size that matters, from the fifth rep on."""
    name = next(iter(EXERCISES[exercise].faults), "soft_lockout")
    return GrowingFault(name, 5, 0.5 * FAULTS[name].major)


# -- rendered clips

SUITE_CAMERA = Camera(width_px=512, height_px=384)
YAWS = (90.0, 60.0, 45.0, 30.0, 0.0)
# Distance that keeps a press's bar, or a pull-up's, in the picture.
DISTANCES = {"overhead_press": 4.3, "pull_up": 4.4, "jumping_jack": 4.3, "push_up": 3.0}


def rendered_suite() -> list[Clip]:
    """Return the clips of the end-to-end tables: exercises by cameras, faults, conditions."""
    people = cycle(PEOPLE)
    clips = []
    for exercise in MAIN_LIFTS:
        for yaw in YAWS:
            clips.append(_film(f"{exercise}-{yaw:.0f}", exercise, yaw, next(people)))
    others = []
    for exercise in OTHER_LIFTS:
        yaw = BEST_VIEWS.get(exercise, (75.0,))[0]
        others.append(_film(f"{exercise}-{yaw:.0f}", exercise, yaw, next(people)))
    return clips + _set_ends() + _film_conditions() + others


def _film(
    name: str,
    exercise: str,
    yaw: float,
    lifter: Lifter,
    events: Events | None = None,
) -> Clip:
    seed = _seed(name)
    distance = DISTANCES.get(exercise, 3.5)
    events = events or lifting_set(3, seed=seed, velocity_loss=0.15)
    camera = replace(SUITE_CAMERA, yaw_deg=yaw, distance_m=distance)
    return Clip(name, exercise, events, lifter, camera=camera, seed=seed)


def _set_ends() -> list[Clip]:
    """Sets that end for a reason: a fault from rep 4 on, or a rep that fails."""
    people = cycle(PEOPLE)
    faults = [
        ("back_squat", "forward_lean", 75.0),
        ("back_squat", "depth_loss", 70.0),
        ("back_squat", "hips_shoot_up", 80.0),
        ("back_squat", "knee_cave", 0.0),
        ("deadlift", "hips_shoot_up", 80.0),
        ("biceps_curl", "torso_swing", 80.0),
        ("biceps_curl", "elbow_drift", 85.0),
        ("push_up", "hip_sag", 85.0),
        ("overhead_press", "lay_back", 85.0),
        ("overhead_press", "uneven_bar", 0.0),
        ("bent_over_row", "torso_swing", 85.0),
        ("bench_press", "depth_loss", 50.0),
    ]
    clips = []
    for exercise, fault, yaw in faults:
        major = FAULTS[fault].major
        growing = GrowingFault(fault, 4, 1.7 * major, 0.2 * major)
        name = f"{exercise}-ends-{fault}"
        reps = lifting_set(6, seed=_seed(name), faults=(growing,))
        clips.append(_film(name, exercise, yaw, next(people), reps))
    for exercise in ("back_squat", "deadlift", "bench_press", "biceps_curl"):
        name = f"{exercise}-fails"
        reps = lifting_set(4, seed=_seed(name), grind=0.8, velocity_loss=0.4, fail_last_at=0.45)
        clips.append(_film(name, exercise, 70.0, next(people), reps))
    return clips


def _film_conditions() -> list[Clip]:
    """One squat or curl under each condition that makes phone clips hard."""
    people = cycle(PEOPLE)

    def film(condition: str, exercise: str = "back_squat", yaw: float = 75.0) -> Clip:
        return _film(f"{exercise}-{condition}", exercise, yaw, next(people))

    squat, curl = film("plain"), film("plain", "biceps_curl", 80.0)
    around: Events = (Move("walk_in", 2.5), Move("unrack", 3.0), *squat.reps, Move("rerack", 3.0))
    variants = {
        "near": replace(
            squat, camera=replace(squat.camera, distance_m=2.85, aim_m=(0.0, 0.9, 0.0))
        ),
        "far": replace(squat, camera=replace(squat.camera, distance_m=6.0)),
        "high": replace(squat, camera=replace(squat.camera, height_m=2.0)),
        "low_rolled": replace(squat, camera=replace(squat.camera, height_m=0.25, roll_deg=4.0)),
        "shaky": replace(squat, camera=replace(squat.camera, shake_m=0.012)),
        "portrait": replace(
            squat,
            camera=replace(squat.camera, width_px=384, height_px=680, vertical_fov_deg=58.0),
        ),
        "24fps": replace(squat, sampling=Sampling(24.0)),
        "60fps": replace(squat, sampling=Sampling(60.0)),
        "variable_rate": replace(squat, sampling=Sampling(26.0, jitter=0.25, drop=0.1)),
        "dim": replace(squat, look=Look(gain=0.28, grain=4.0, crf=28)),
        "bad_encode": replace(squat, look=Look(crf=38)),
        "passer_by": replace(squat, look=Look(passer_by=True)),
        "home": replace(squat, load=Load("barbell", 0.0), look=Look(room="home")),
        "unracks": replace(squat, events=around),
        "grinds": replace(
            squat,
            events=lifting_set(4, seed=squat.seed, velocity_loss=0.6, grind=0.9),
        ),
        "pauses": replace(squat, events=lifting_set(3, seed=squat.seed, tempo=Tempo(pause_s=1.5))),
        "partial": replace(squat, events=(*squat.reps[:2], Rep(rom=0.6), squat.reps[2])),
    }
    curls = {
        "240fps": replace(
            curl, events=curl.reps[:1], sampling=Sampling(240.0), lead_s=0.4, tail_s=0.4
        ),
        "blurred": replace(curl, sampling=Sampling(24.0), look=Look(motion_blur=3)),
        "right_side": replace(curl, camera=replace(curl.camera, yaw_deg=-80.0)),
        "behind": replace(curl, camera=replace(curl.camera, yaw_deg=150.0)),
    }
    out = []
    for base, group in ((squat, variants), (curl, curls)):
        for condition, clip in group.items():
            name = f"{base.exercise}-{condition}"
            out.append(replace(clip, name=name, seed=_seed(name)))
    return out


def render_missing(
    folder: Path,
    assets: Path | None = None,
    report: Callable[[Clip, int, int], None] | None = None,
) -> Path:
    """Render what `folder` lacks of the rendered suite; a stopped run goes on where it was.

    Parameters
    ----------
    folder : Path
        Where clips and truth files live; created if need be.
    assets : Path, optional
        Skins, clothes and hair; see `lifters.video.Film`.
    report : callable, optional
        Told about every clip: ``report(clip, done, total)``.

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clips = rendered_suite()
    for done, clip in enumerate(clips):
        if not is_rendered(clip, folder):
            render_clip(clip, folder, assets)
            if report:
                report(clip, done + 1, len(clips))
    return folder


def render_clip(clip: Clip, folder: Path, assets: Path | None = None) -> None:
    """Render one clip into a folder; its files appear only when they are whole."""
    # Imported here: the lists above must not need the rendering dependencies.
    from lifters.video import Film

    part = folder / f".{clip.name}.mp4"
    Film(clip, assets).render(part)
    part.with_suffix(".json").replace(folder / f"{clip.name}.json")
    part.replace(folder / f"{clip.name}.mp4")


def is_rendered(clip: Clip, folder: Path) -> bool:
    """Whether the folder holds this clip as it is described now."""
    truth, film = folder / f"{clip.name}.json", folder / f"{clip.name}.mp4"
    if not (truth.is_file() and film.is_file()):
        return False
    stored = json.loads(truth.read_text(encoding="utf-8"))["clip"]
    return bool(stored == json.loads(json.dumps(clip_document(clip))))
