"""Models are found by name or path, and damage is noticed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lastrep.environment import MODELS_VARIABLE
from lastrep.errors import ModelError
from lastrep.pose import models
from lastrep.pose.models import SHIPPED_MODELS, bundle_name, find_model, model_label, read_sums


@pytest.fixture(autouse=True)
def no_models_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.mark.parametrize("model", SHIPPED_MODELS)
def test_shipped_models_are_those_of_the_checksum_file(model: str) -> None:
    path = find_model(model)
    sums = read_sums(models.shipped_folder() / models.SUMS_FILE)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sums[path.name]
    assert model_label(path) == model


@pytest.mark.parametrize("model", SHIPPED_MODELS)
def test_bundles_hold_two_stored_networks(model: str) -> None:
    with zipfile.ZipFile(find_model(model)) as bundle:
        members = {m.filename: m.compress_type for m in bundle.infolist()}
    assert members == {
        "pose_detector.tflite": zipfile.ZIP_STORED,
        "pose_landmarks_detector.tflite": zipfile.ZIP_STORED,
    }


def test_heavy_is_found_where_the_user_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "shipped_folder", lambda: tmp_path / "shipped")
    with pytest.raises(ModelError, match=r"put pose_landmarker_heavy\.task in"):
        find_model("heavy")
    own = tmp_path / "data" / "lastrep" / "models" / bundle_name("heavy")
    chosen = tmp_path / "chosen" / bundle_name("heavy")
    for path in (own, chosen):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"as the user likes")
    assert find_model("heavy") == own
    monkeypatch.setenv(MODELS_VARIABLE, str(chosen.parent))
    assert find_model("heavy") == chosen


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.task"
    path.touch()
    assert find_model(str(path)) == path
    assert model_label(path) == "mine"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"huge: no such model; use lite, full, heavy"):
        find_model("huge")


def test_a_damaged_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = models.shipped_folder()
    for name in (models.SUMS_FILE, bundle_name("lite")):
        (tmp_path / name).write_bytes((shipped / name).read_bytes()[:5000])
    monkeypatch.setattr(models, "shipped_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match="damaged"):
        find_model("lite")
    with pytest.raises(ModelError, match=r"pose_landmarker_full.task: not found; install"):
        find_model("full")


def test_an_installed_wheel_finds_its_models(tmp_path: Path) -> None:
    """Where an installer puts the package, the models are a folder of it."""
    site = tmp_path / "site"
    package = Path(models.__file__).resolve().parents[1]
    (site / "lastrep").mkdir(parents=True)
    for part in ("__init__.py", "environment.py", "errors.py", "files.py", "pose", "video"):
        (site / "lastrep" / part).symlink_to(package / part)
    (site / "lastrep" / "pose").unlink()
    (site / "lastrep" / "pose").mkdir()
    for name in ("__init__.py", "landmarks.py", "sequence.py", "models.py"):
        (site / "lastrep" / "pose" / name).write_bytes((package / "pose" / name).read_bytes())
    (site / "lastrep" / "models").symlink_to(models.shipped_folder())
    code = "from lastrep.pose.models import find_model; print(find_model('lite'))"
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(site)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()) == site / "lastrep" / "models" / bundle_name("lite")
