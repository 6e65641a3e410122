"""Recorded landmarks come back to the last bit; other files are refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lastrep.errors import OutputError, PoseFileError
from lastrep.pose import LANDMARK_COUNT, Pose, PoseSequence
from lastrep.pose.pose_file import load_poses, save_poses


def sequence(frames: int = 4, seed: int = 0) -> PoseSequence:
    rng = np.random.default_rng(seed)
    image_px = rng.normal(300, 100, (frames, LANDMARK_COUNT, 3)).astype(np.float32)
    image_px[1::3] = np.nan
    return PoseSequence(
        t_s=np.cumsum(rng.uniform(0.01, 0.1, frames)),
        image_px=image_px,
        world_m=rng.normal(0, 1, image_px.shape).astype(np.float32),
        visibility=rng.uniform(0, 1, image_px.shape[:2]).astype(np.float32),
        width_px=720,
        height_px=1280,
        model="mediapipe/full",
    )


def assert_same(a: PoseSequence, b: PoseSequence) -> None:
    for name in ("t_s", "image_px", "world_m", "visibility"):
        ours, theirs = getattr(a, name), getattr(b, name)
        assert ours.dtype == theirs.dtype
        assert ours.tobytes() == theirs.tobytes()
    assert (a.width_px, a.height_px, a.model) == (b.width_px, b.height_px, b.model)


@pytest.mark.parametrize("frames", [0, 1, 50])
@pytest.mark.parametrize("name", ["poses.npz", "no ending"])
def test_round_trip(tmp_path: Path, frames: int, name: str) -> None:
    path = tmp_path / name
    save_poses(path, sequence(frames))
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert_same(load_poses(path), sequence(frames))


@given(
    values=arrays.arrays(np.float32, (2, LANDMARK_COUNT, 3)),
    first_s=st.floats(0, 1e6),
    model=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
)
def test_any_value_comes_back(
    tmp_path_factory: pytest.TempPathFactory, values: np.ndarray, first_s: float, model: str
) -> None:
    path = tmp_path_factory.mktemp("poses") / "poses.npz"
    poses = PoseSequence(
        t_s=np.array([first_s, first_s + 1]),
        image_px=values,
        world_m=values[::-1].copy(),
        visibility=values[:, :, 0].copy(),
        width_px=3,
        height_px=5,
        model=model,
    )
    save_poses(path, poses)
    assert_same(load_poses(path), poses)


def assert_refused(path: Path, reason: str) -> None:
    with pytest.raises(PoseFileError, match=reason) as caught:
        load_poses(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert "; " in message, "says what to do"


def test_missing(tmp_path: Path) -> None:
    assert_refused(tmp_path / "nowhere.npz", "no such file")


def test_folder(tmp_path: Path) -> None:
    assert_refused(tmp_path, "cannot be read")


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 half an archive"])
def test_no_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "poses.npz"
    path.write_bytes(content)
    assert_refused(path, "not a file of recorded landmarks")


def test_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "poses.npz"
    save_poses(path, sequence(50))
    path.write_bytes(path.read_bytes()[:-500])
    assert_refused(path, "not a file of recorded landmarks")


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "poses.npz"
    save_poses(path, sequence(50))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)
    assert_refused(path, "not a file of recorded landmarks")


def rewrite(path: Path, **changes: object) -> None:
    save_poses(path, sequence())
    with np.load(path) as file:
        fields = {**file, **changes}
    kept = {name: value for name, value in fields.items() if value is not None}
    with path.open("wb") as out:
        np.savez(out, **kept)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"visibility": None}, "holds no visibility"),
        ({"format": None}, "holds no format"),
        ({"format": 99}, "layout 99"),
        ({"image_px": np.zeros((4, 17, 3), np.float32)}, "image_px has shape"),
        ({"t_s": np.array([0.0, 2.0, 1.0, 3.0])}, "strictly increasing"),
        ({"t_s": np.array(["a", "b", "c", "d"])}, "malformed"),
        ({"width_px": np.array([1, 2])}, "malformed"),
    ],
)
def test_malformed(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    path = tmp_path / "poses.npz"
    rewrite(path, **changes)
    assert_refused(path, reason)


class Trap:
    """Would run code when unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (pytest.fail, ("a pickle was loaded",))


def test_pickles_are_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "poses.npz"
    rewrite(path, model=np.array([Trap()], object))
    assert_refused(path, "not a file of recorded landmarks")


def test_unwritable(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        save_poses(tmp_path / "nowhere" / "poses.npz", sequence())


def test_a_missing_pose_is_not_found() -> None:
    assert not Pose.missing(0.0).found
