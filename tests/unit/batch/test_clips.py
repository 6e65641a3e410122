"""Which clips a batch finds, how their folders are called, and what a manifest says of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.batch.clips import Clip, find_clips, read_manifest
from lastrep.errors import BatchError


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder as people send it, and stand beside it."""
    monkeypatch.chdir(tmp_path)
    for name in (
        *("ann/squat.mp4", "ann/SQUAT2.MOV", "bob/squat.mp4", "row.npz"),
        *("notes.txt", "._row.mp4", ".trash/old.mp4", "photo.jpg"),
        *("lastrep-out/squat/annotated.mp4", "lastrep-out/squat/analysis.json"),
        *("graded/x/annotated.mp4", "filmed/annotated.mp4"),
        *("older/squat/annotated.mp4", "older/squat/grade.json"),
    ):
        path = Path("uploads") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return Path("uploads")


def test_a_folder_is_searched_without_results_and_hidden_files(uploads: Path) -> None:
    clips = find_clips([str(uploads)], None, uploads / "graded")
    assert {clip.name: str(clip.path) for clip in clips} == {
        "ann__SQUAT2": "uploads/ann/SQUAT2.MOV",
        "ann__squat": "uploads/ann/squat.mp4",
        "bob__squat": "uploads/bob/squat.mp4",
        "filmed__annotated": "uploads/filmed/annotated.mp4",
        "row": "uploads/row.npz",
    }


def test_files_patterns_and_lists_name_each_clip_once(uploads: Path, tmp_path: Path) -> None:
    Path("uploads/list.txt").write_text("bob/squat.mp4\n\n ann/SQUAT2.MOV \n")
    words = ["uploads/**/squat.mp4", "uploads/list.txt", str(tmp_path / "uploads/ann/squat.mp4")]
    clips = find_clips(words, None, tmp_path / "graded")
    assert [clip.source.relative_to(tmp_path / "uploads").as_posix() for clip in clips] == [
        "ann/SQUAT2.MOV",
        "ann/squat.mp4",
        "bob/squat.mp4",
    ]
    assert [clip.name for clip in clips] == ["SQUAT2", "ann__squat.mp4", "bob__squat.mp4"]


def test_a_missing_file_is_a_clip_that_will_fail(tmp_path: Path) -> None:
    (clip,) = find_clips([str(tmp_path / "gone.mp4")], None, tmp_path / "out")
    assert clip.name == "gone"


@pytest.mark.parametrize(
    ("word", "says"),
    [("empty", "holds no video"), ("uploads/*.mkv", "matches no file"), ("no.txt", "No such file")],
)
def test_finding_nothing_is_an_error(uploads: Path, word: str, says: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(BatchError, match=says):
        find_clips([word], None, Path("graded"))


part = st.sampled_from(["a", "A", "b", "a.mp4", "b__a", "..b"])
paths = st.lists(st.lists(part, min_size=1, max_size=3).map("/".join), min_size=1, max_size=12)


@given(paths, st.sampled_from([".mp4", ".MOV", ".npz"]))
def test_folder_names_are_unlike_each_other_and_lie_in_the_output(
    stems: list[str], suffix: str
) -> None:
    words = [f"{stem}{end}" for stem in stems for end in (".mp4", suffix)]
    clips = find_clips(words, None, Path("graded"))
    assert len({clip.source for clip in clips}) == len(clips) == len(set(words))
    assert len({clip.name.casefold() for clip in clips}) == len(clips)
    for clip in clips:
        assert Path(clip.name).name == clip.name
        assert not clip.name.startswith(".")


def test_folder_names_spare_the_tables_and_fit_any_file_system(tmp_path: Path) -> None:
    deep = tmp_path.joinpath("uploads", *["a" * 90] * 3)
    deep.mkdir(parents=True)
    for name in ("press.mp4", "squat.mp4"):
        (deep / name).write_bytes(b"")
    words = ["grades.csv.mp4", "Index.html.mov", str(tmp_path / "uploads")]
    names = {c.path.name: c.name for c in find_clips(words, None, Path("graded"))}
    assert names.pop("grades.csv.mp4") == "grades.csv.mp4"
    assert names.pop("Index.html.mov") == "Index.html.mov"
    assert len(set(names.values())) == 2
    assert all(len(name) < 200 for name in names.values())


def test_more_clips_do_not_rename_the_others(uploads: Path) -> None:
    def names() -> dict[Path, str]:
        return {c.path: c.name for c in find_clips([str(uploads)], None, Path("graded"))}

    before = names()
    (uploads / "ann" / "press.mp4").write_bytes(b"")
    assert names() == before | {uploads / "ann" / "press.mp4": "ann__press"}


MANIFEST = """\
clip, athlete, exercise, target, load_kg, height_m, remark
ann/squat.mp4, Ann, back squat, 8, 82.5, 1.70, went well
bob/squat.mp4, "Bob, jr.",,,,,
far/away.mp4, Cleo, auto, , , ,
"""


def test_a_manifest_says_more_of_clips_and_adds_its_own(uploads: Path) -> None:
    (uploads / "manifest.csv").write_text(MANIFEST)
    manifest = read_manifest(uploads / "manifest.csv")
    clips = {c.name: c for c in find_clips([str(uploads)], manifest, uploads / "graded")}
    assert manifest.unused_columns == ("remark",)
    assert clips["ann__squat"] == Clip(
        uploads / "ann/squat.mp4",
        "ann__squat",
        athlete="Ann",
        exercise="back squat",
        target_reps=8,
        load_kg=82.5,
        height_m=1.70,
    )
    assert clips["bob__squat"] == Clip(uploads / "bob/squat.mp4", "bob__squat", athlete="Bob, jr.")
    assert clips["far__away"].athlete == "Cleo"
    assert clips["row"].athlete is None
    assert {c.name for c in find_clips([], manifest, Path("graded"))} == {
        *("ann__squat", "bob__squat", "far__away")
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,load_kg\na.mp4,5\n", "no column clip"),
        ("clip,load_kg\na.mp4,heavy\n", "line 2: load_kg"),
        ("clip,height_m\nb.mp4,1.8\na.mp4,180\n", "line 3: height_m"),
        ("clip,target\na.mp4,0\n", "line 2: target"),
        ("clip,exercise\na.mp4,bakc squat\n", "line 2: exercise: .*back"),
        ("clip,load_kg\n,5\n", "line 2: clip"),
        ("clip\n\ud800", "not a CSV file in UTF-8"),
    ],
)
def test_a_bad_manifest_is_refused_before_the_work(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "manifest.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(BatchError, match=says) as refused:
        read_manifest(path)
    assert str(refused.value).startswith(str(path))
    assert "\n" not in str(refused.value)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(BatchError, match=r"none\.csv: cannot be read"):
        read_manifest(tmp_path / "none.csv")
