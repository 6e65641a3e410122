"""`lastrep profile`, as typed: from result files and from the history."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from lastrep.apps.profile import profile
from lastrep.sets.results import Analysis, Provenance, Source
from lastrep.training.history import History, Recording
from lastrep.training.loads import Load
from lastrep.training.record import Declared
from unit.training.test_profile import rep, report, speed

LOADS_KG = (60.0, 90.0, 120.0)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LASTREP_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("LASTREP_HISTORY", str(tmp_path / "history.sqlite3"))


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(profile)
    return CliRunner().invoke(app, words)


def result_file(folder: Path, load_kg: float) -> str:
    analysis = Analysis(
        source=Source(
            path="a.mp4", duration_s=10, fps=30, width=640, height=480, frames=300,
            frames_with_pose=300,
        ),
        provenance=Provenance(version="0", model="m", options={}),
        sets=(report(rep(speed(load_kg)), rep(speed(load_kg) - 0.04)),),
    )  # fmt: skip
    path = folder / f"{load_kg:g}.json"
    path.write_text(analysis.model_dump_json())
    return f"{path}={load_kg:g}"


def test_files_with_loads_give_the_maximum(tmp_path: Path) -> None:
    files = [result_file(tmp_path, kg) for kg in LOADS_KG]
    shown = run(*files)
    assert shown.exit_code == 0
    assert "140 kg" in shown.stdout
    document = json.loads(run(*files, "--json").stdout)
    assert document["exercise"] == "back_squat"
    assert document["e1rm_kg"] == pytest.approx(140, abs=0.1)
    assert document["e1rm_error_pct"] == 5.0
    assert document["line"]["r_squared"] == pytest.approx(1.0)
    assert [point["load_kg"] for point in document["points"]] == list(LOADS_KG)


def test_the_history_gives_the_same_from_recent_sets_only(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with History(tmp_path / "history.sqlite3") as history:
        for days, load_kg in zip((3, 5, 8, 90), (*LOADS_KG, 30.0), strict=True):
            recording = Recording("Kim", f"clip {days}", "a.mp4", now - timedelta(days=days))
            history.add(recording, [(report(rep(speed(load_kg))), Declared(load=Load(load_kg)))])
    document = json.loads(run("-e", "squat", "--json").stdout)
    assert [point["load_kg"] for point in document["points"]] == list(LOADS_KG)
    assert document["e1rm_kg"] == pytest.approx(140, abs=0.1)
    older = json.loads(run("-e", "squat", "--days", "100", "--json").stdout)
    assert len(older["points"]) == 4


def test_what_does_not_allow_an_estimate_is_said(tmp_path: Path) -> None:
    files = [result_file(tmp_path, kg) for kg in (60.0, 62.0)]
    shown = run(*files)
    assert shown.exit_code == 0
    assert "no estimate: " in shown.stdout
    assert json.loads(run(*files, "--json").stdout)["e1rm_kg"] is None


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 2, "name the exercise"),
        (("a.json",), 2, "in kilograms"),
        (("a.json=heavy",), 2, "in kilograms"),
        (("missing.json=100",), 1, "missing.json"),
        (("-e", "squat"), 1, "no history yet"),
    ],
)
def test_bad_words_get_one_line(words: tuple[str, ...], status: int, said: str) -> None:
    shown = run(*words)
    assert shown.exit_code == status
    assert said in " ".join(shown.stderr.replace("│", "").split())
