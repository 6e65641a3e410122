"""`lastrep history` and `lastrep plan`, as typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from lastrep.apps import history as history_app
from lastrep.apps import plan as plan_app
from lastrep.errors import SettingsError
from lastrep.sets.results import EndReason
from lastrep.training.history import History, Query, Recording, content_hash
from lastrep.training.history_writer import keep_sets, recorded_at
from lastrep.training.loads import Load, LoadUnit
from lastrep.training.plan import load_plan
from lastrep.training.prescription import parse_prescription
from lastrep.training.record import Declared
from lastrep.training.settings import Settings, load_settings
from unit.training.lifter import report
from unit.training.twelve_weeks import twelve_weeks

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("LASTREP_HISTORY", str(tmp_path / "history.sqlite3"))
    monkeypatch.setenv("LASTREP_SETTINGS", str(tmp_path / "settings.toml"))
    app = typer.Typer()
    app.add_typer(history_app.app)
    app.add_typer(plan_app.app)

    def run(*words: str, answer: str | None = None) -> Result:
        return CliRunner().invoke(app, words, input=answer)

    return run


@pytest.fixture
def filled(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "history.sqlite3"
    with History(path) as history:
        for made in twelve_weeks():
            history.add(made.recording, [(made.report, made.declared)])
    return path


def test_without_a_history_none_is_made(run: Run, tmp_path: Path) -> None:
    for command in (["list"], ["show", "1"], ["plot"], ["guidance"], ["export"]):
        result = run("history", *command)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "no history yet" in result.stderr
        assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("filled")
def test_list_filters(run: Run) -> None:
    result = run("history", "list", "-e", "bench press", "--until", "2026-01-16", "-n", "2")
    lines = [line for line in result.stdout.splitlines() if "bench_press" in line]
    assert len(lines) == 2
    assert "back_squat" not in result.stdout
    assert "did you mean" in run("history", "list", "-e", "bnech").stderr


@pytest.mark.usefixtures("filled")
def test_show_judges_and_advises(run: Run) -> None:
    shown = run("history", "show", "1").stdout
    assert "Barbell back squat, 80kg" in shown
    assert "Too light for 8" in shown
    assert "Next: Load 85kg" in shown
    document = json.loads(run("history", "show", "1", "--json").stdout)
    assert (document[0]["set"], document[0]["good_reps"]) == (1, 8)
    missing = run("history", "show", "999")
    assert missing.exit_code == 1
    assert "holds no set 999" in missing.stderr


@pytest.mark.usefixtures("filled")
def test_export(run: Run, tmp_path: Path) -> None:
    assert run("history", "export").stdout.count("\n") == 1 + 109
    out = tmp_path / "squats.json"
    assert run("history", "export", "-e", "squat", "-o", str(out)).exit_code == 0
    assert len(json.loads(out.read_text())) == 109 - 36
    assert run("history", "export", "-o", "sets.xlsx").exit_code == 2


def test_delete_asks_first(run: Run, filled: Path) -> None:
    assert run("history", "delete").exit_code == 2
    assert run("history", "delete", "1", answer="n\n").exit_code == 1
    assert "2 sets deleted" in run("history", "delete", "1", "2", answer="y\n").stderr
    with History(filled) as history:
        assert len(history.sets()) == 107
    assert "107 sets deleted" in run("history", "delete", "--athlete", "ANNA", "--yes").stderr


@pytest.mark.usefixtures("filled")
def test_plot_and_guidance_of_the_only_athlete(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert run("history", "plot", "-o", str(page)).exit_code == 0
    assert "<svg" in page.read_text()
    said = run("history", "guidance").stdout
    assert "consider an easy" in said
    assert "athletes with sets: anna" in run("history", "plot", "--athlete", "ben").stderr


def test_restore(run: Run, filled: Path) -> None:
    filled.write_bytes(b"gone")
    broken = run("history", "list")
    assert "is damaged" in broken.stderr
    assert run("history", "restore").exit_code == 0
    assert run("history", "list").exit_code == 0


def test_plan_new_and_show(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "push.toml"
    made = run(
        "plan", "new", str(file), "bench=2x8@60kg + AMRAP strict", "--name", 'Push "A"',
        "--goal", "strength",
    )  # fmt: skip
    assert made.exit_code == 0
    assert "safeties or a spotter" in made.stderr
    plan = load_plan(file)
    assert (plan.name, plan.items[0].exercise) == ('Push "A"', "bench_press")
    shown = run("plan", "show", str(file)).stdout
    assert "8@60kg" in shown
    assert "strict" in shown
    assert "180 s" in shown
    assert "exists already" in run("plan", "new", str(file)).stderr
    assert run("plan", "new", str(file), "--force").exit_code == 0  # the example
    assert len(load_plan(file).items) == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["new", "p.toml", "bench"], "'bench' lacks its sets: write bench=3x10"),
        (["new", "p.toml", "bench=3x0"], "reps must be 1 to 200"),
        (["new", "p.toml", "bnech press=3x5"], "did you mean"),
        (["show", "none.toml"], "none.toml: cannot be read"),
    ],
)
def test_plan_errors_are_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("plan", *words)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert says in result.stderr
    assert not (tmp_path / "p.toml").exists()


@pytest.mark.usefixtures("run")
def test_keeping_a_clip_reviews_its_sets(tmp_path: Path) -> None:
    clip = tmp_path / "squats.mp4"
    clip.write_bytes(b"a clip")
    recording = Recording("anna", content_hash(clip), clip.name, recorded_at(clip))
    assert recording.recorded_at.tzinfo is UTC
    amrap = parse_prescription("AMRAP").sets[0]
    sets = [
        (report(10, EndReason.TECHNICAL_FAILURE), Declared(Load(100.0), amrap)),
        (report(6, EndReason.TECHNICAL_FAILURE, start_s=86.0), Declared(Load(100.0), amrap)),
    ]
    first, second = keep_sets(recording, sets, Settings())
    assert "technical 10RM" in first.verdict.reason
    assert second.rest_warning is not None  # 50 s
    assert str(second.advice).startswith("Rest 110 s")
    keep_sets(recording, sets, Settings())
    with History(tmp_path / "history.sqlite3") as history:
        assert len(history.sets(Query(athlete="anna"))) == 2


def test_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    assert load_settings(path) == Settings()
    path.write_text(
        'athlete = "anna"\nunit = "lb"\n[equipment]\nbar = 35\npairs = [45, 10]\nbelt_step = 5\n'
    )
    found = load_settings(path)
    assert (found.athlete, found.unit) == ("anna", LoadUnit.LB)
    assert found.equipment.barbell.loadable(1000) == (35.0, 55.0, 125.0, 145.0)
    assert found.equipment.of("bodyweight").loadable(10) == (5.0, 10.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("athlete =", "not valid TOML"),
        ('athlete = ""', "key 'athlete'"),
        ('unit = "stone"', "key 'unit'"),
        ("[equipment]\npairs = [-5]", "key 'equipment.pairs.0'"),
        ("[equipment]\nbarr = 20", "key 'equipment.barr'"),
        ("[equipment]\nbelt_step = 0", "key 'equipment.belt_step'"),
    ],
)
def test_settings_errors_name_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_settings(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: ")
    assert says in message
    assert "\n" not in message
