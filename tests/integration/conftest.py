"""One real analysis of a shipped sample, shared by the end-to-end tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration.samples import SAMPLE, Analysed, Run


@pytest.fixture(scope="session")
def lastrep() -> Run:
    """Run the real command in its own process, where it cannot see the checkout's folder."""

    def run(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lastrep", *map(str, words)]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=cwd,
            env={**os.environ, "COLUMNS": "100", **environment},
            timeout=240,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def analysed(lastrep: Run, tmp_path_factory: pytest.TempPathFactory) -> Analysed:
    """Analyse the sample once with the pose model."""
    tmp = tmp_path_factory.mktemp("analysed")
    poses = tmp / "poses.npz"
    process = lastrep(
        "analyze", SAMPLE, "-e", "back_squat", "--out", "out", "--save-poses", poses, cwd=tmp
    )
    return Analysed(process, tmp / "out" / SAMPLE.stem, poses)
