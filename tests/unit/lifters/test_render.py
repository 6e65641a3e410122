"""Rendering: files with true times everywhere; pictures where the rendering tools are installed."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import av
import numpy as np
import pytest

from lifters import Camera, Clip, Look, Move, Rep, Sampling

TOOLS = all(importlib.util.find_spec(m) for m in ("moderngl", "anny"))
needs_tools = pytest.mark.skipif(not TOOLS, reason="rendering tools are not installed")

SMALL = Camera(yaw_deg=75, width_px=160, height_px=120)


def test_film_keeps_the_true_time_of_every_frame(tmp_path: Path) -> None:
    from lifters.render.encode import FilmWriter

    times = [0.0, 0.031, 0.075, 0.1, 0.166]
    path = tmp_path / "a.mp4"
    with FilmWriter(path, 64, 48, 30, 24) as film:
        for i, t in enumerate(times):
            film.write(np.full((48, 64, 3), 40 * i, np.uint8), t)
    with av.open(str(path)) as container:
        frames = [(f.time, f.to_ndarray(format="rgb24").mean()) for f in container.decode(video=0)]
    np.testing.assert_allclose([t for t, _ in frames], times, atol=1e-4)
    assert [round(v / 40) for _, v in frames] == [0, 1, 2, 3, 4]
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "does not start before it is loaded"


@needs_tools
def test_the_rendered_bodys_joints_are_the_stick_figures() -> None:
    from lifters.video import Film

    film = Film(Clip("t", "back_squat", (Rep(),)))
    t = np.linspace(0, film.motion.duration_s, 20)
    sample = film.motion.sample(t)
    solved = film.rig.solve(sample.pose).joints.position
    for name, points in sample.joints.position.items():
        if name != "head":
            np.testing.assert_allclose(solved[name], points, atol=0.015, err_msg=name)


@needs_tools
def test_a_clip_shows_the_lifter_where_the_truth_says(tmp_path: Path) -> None:
    from lifters.video import Film

    clip = Clip("t", "back_squat", (Rep(),), camera=SMALL, sampling=Sampling(2), look=Look(grain=0))
    film = Film(clip)
    rep = film.motion.timeline.reps[0]
    at = np.array([rep.start_s, rep.turn_s])
    standing, deep = film.frames(at)
    again, _ = Film(clip).frames(at)
    np.testing.assert_array_equal(standing, again)
    truth = film.truth()
    up, down = (np.argmin(np.abs(truth.frames.t_s - t)) for t in at)
    shoulder_x, shoulder_y = truth.frames.joints_px["left_shoulder"][up].astype(int)
    changed = np.abs(standing.astype(int) - deep.astype(int)).max(-1) > 25
    assert changed[shoulder_y, shoulder_x], "the shoulder has left its place"
    assert changed.mean() < 0.4, "the room stays"
    assert up != down
    film.render(tmp_path / "t.mp4")
    document = json.loads((tmp_path / "t.json").read_text())
    with av.open(str(tmp_path / "t.mp4")) as container:
        assert len(list(container.decode(video=0))) == len(document["frames"]["t_s"])


@needs_tools
@pytest.mark.parametrize("exercise", ["bench_press", "dip"])
def test_equipment_people_and_moving_cameras_are_drawn(exercise: str) -> None:
    from lifters.video import Film

    camera = Camera(yaw_deg=60, width_px=96, height_px=72, shake_m=0.01)
    look = Look(passer_by=True, motion_blur=2, room="home")
    events = (Move("unrack"), Rep(), Move("rerack"))
    film = Film(Clip("t", exercise, events, camera=camera, look=look))
    (image,) = film.frames(np.array([2.0]))
    assert image.shape == (72, 96, 3)
    assert image.std() > 15


@needs_tools
def test_an_unknown_person_is_refused() -> None:
    from lifters import Lifter
    from lifters.video import Film

    with pytest.raises(ValueError, match="unknown person 'yeti'"):
        Film(Clip("t", "back_squat", (Rep(),), Lifter(person="yeti")))
