"""The standards of the sport: every key is explained, printed and read; a wrong one is refused."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import lastrep
from lastrep.apps.cli import app
from lastrep.errors import ExerciseError
from lastrep.exercises import find, library
from lastrep.exercises.standards import (
    STANDARDS,
    Standards,
    load_standards,
    reasons,
    standards,
)
from lastrep.output.terminal import explain, explain_standards
from lastrep.sets.options import with_parameter

KEYS = [name for name, _ in standards().named()]


def edited(path: Path, key: str, line: str) -> Path:
    """Return a copy of the shipped file with another line for one key."""
    table, name = key.rsplit(".", 1)
    text = STANDARDS.read_text(encoding="utf-8")
    head, rest = text.split(f"[{table}]\n", 1)
    rest = re.sub(rf"^{name} *=.*$", line, rest, count=1, flags=re.MULTILINE)
    path.write_text(f"{head}[{table}]\n{rest}", encoding="utf-8")
    return path


def other(value: object) -> str:
    """Return another possible value, as TOML."""
    if isinstance(value, tuple):
        if isinstance(value[0], str):
            return "[" + ", ".join(f'"{one}"' for one in reversed(value)) + "]"
        return f"[{', '.join(str(one + 1) for one in value)}]"
    if isinstance(value, int):
        return str(value + 1)
    assert isinstance(value, float)
    return str(value / 2)


def printed(rules: Standards) -> str:
    text = io.StringIO()
    Console(file=text, width=200).print(explain_standards(rules, reasons()))
    return text.getvalue()


@pytest.mark.parametrize("key", KEYS)
def test_every_key_can_be_changed_and_is_printed(key: str, tmp_path: Path) -> None:
    was = dict(standards().named())[key]
    name = key.rsplit(".", 1)[-1]
    rules = load_standards(edited(tmp_path / "standards.toml", key, f"{name} = {other(was)}"))
    assert rules != standards()
    assert [k for k, now in rules.named() if now != dict(standards().named())[k]] == [key]
    assert printed(rules) != printed(standards())


def test_every_key_has_its_reason_and_source() -> None:
    said = reasons()
    assert set(said) == set(KEYS)
    for key in KEYS:
        assert re.search(r"(Choice|Convention|Measured|Zourdos 2016|Montgomery)", said[key]), key


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_used(key: str, sources: str) -> None:
    name = key.rsplit(".", 1)[-1]
    if key.startswith(("form.min_z.", "form.weight.", "form.penalty.", "strictness.")):
        name = key.split(".")[-2] if key.startswith("form") else name
    assert re.search(rf"\.{name}\b", sources) or (".more_pct(" in sources and "more_" in name)


@pytest.fixture(scope="module")
def sources() -> str:
    """Everything of the package but the reader of the file."""
    root = Path(lastrep.__file__).parent
    return (
        "\n".join(
            path.read_text(encoding="utf-8")
            for path in root.rglob("*.py")
            if path.name != "standards.py" or "exercises" not in path.parts
        )
        + ".lockout_at_turn .lockout_at_rest"
    )  # read by `RepStandards.lockout_needed`


@pytest.mark.parametrize(
    ("key", "line", "said"),
    [
        ("rep.stuck_s", "stuck = 0.9", "'rep.stuck'"),
        ("rep.stuck_s", "", "'rep.stuck_s': missing"),
        ("end.grace_reps", 'grace_reps = "two"', "'end.grace_reps'"),
        ("training.rest.heavy.seconds", "seconds = 0", "'training.rest.heavy.seconds'"),
        ("form.min_z.major", "major = nan", "'form.min_z.major'"),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_key(
    key: str, line: str, said: str, tmp_path: Path
) -> None:
    path = edited(tmp_path / "standards.toml", key, line)
    with pytest.raises(ExerciseError, match=re.escape(said)) as refused:
        load_standards(path)
    assert str(path) in str(refused.value)


def test_no_toml_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExerciseError, match="cannot be read"):
        load_standards(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("[rep", encoding="utf-8")
    with pytest.raises(ExerciseError, match="not valid TOML"):
        load_standards(tmp_path / "bad.toml")


def test_the_digest_covers_the_standards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = library.shipped_digest.__wrapped__()
    path = edited(tmp_path / "standards.toml", "rep.stuck_s", "stuck_s = 1.0")
    monkeypatch.setattr(library, "STANDARDS", path)
    assert library.shipped_digest.__wrapped__() != before


def test_the_command_prints_them() -> None:
    shown = CliRunner(env={"COLUMNS": "160"}).invoke(app, ["exercises", "--standards"])
    assert shown.exit_code == 0
    assert "rep.partial_below_pct" in shown.output
    both = CliRunner().invoke(app, ["exercises", "squat", "--standards"])
    assert both.exit_code != 0


def test_an_exercise_is_explained_with_them() -> None:
    text = io.StringIO()
    rules = with_parameter(standards(), "rep.partial_below_pct", 77.0)
    Console(file=text, width=200).print(explain(find("back_squat"), rules))
    assert "77 %" in text.getvalue()
