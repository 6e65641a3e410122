"""What the README shows works as it is shown there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integration.samples import ROOT, SAMPLES


def test_the_snippets_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a folder with the sample videos, one after another as a reader would."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    snippets = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(snippets) >= 2
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LASTREP_HISTORY", str(tmp_path / "history.sqlite3"))
    (tmp_path / SAMPLES.name).symlink_to(SAMPLES)
    scope: dict[str, object] = {}
    for snippet in snippets:
        exec(compile(snippet, "README.md", "exec"), scope)
    said = capsys.readouterr().out
    assert "5 good reps: " in said
    assert "rep_counted" in said
    assert "Rep 2 could not be completed" in said
