"""The page to browse a batch with."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from checks import some
from lastrep.analysis.options import AnalyzeOptions
from lastrep.batch.clips import Clip
from lastrep.batch.grading import RULE, Grade
from lastrep.batch.index import write_index
from lastrep.batch.records import ClipOutcome, ClipRecord, GradedSet
from lastrep.sets.results import EndReason, RepStatus

EVIL = 'a"><script>alert(1)</script>&.mp4'


def graded_set(grade: Grade | None, good: int = 3, attempts: int = 4) -> GradedSet:
    return GradedSet(
        number=1,
        exercise="back_squat",
        title="Barbell back squat",
        exercise_source="given",
        view="side",
        attempts=attempts,
        completed_reps=attempts,
        good_reps=good,
        statuses=(RepStatus.GOOD,) * good + (RepStatus.PARTIAL,) * (attempts - good),
        end_reason=EndReason.LIFTER_STOPPED,
        end_rep=None,
        explanation="The lifter stopped.",
        first_fault=None,
        first_fault_rep=None,
        best_velocity_m_s=None,
        last_velocity_m_s=None,
        velocity_loss_pct=None,
        grade=grade,
        grade_reason="because",
    )


def outcome(*sets: GradedSet) -> ClipOutcome:
    return ClipOutcome(
        ClipRecord(
            version="1",
            content_sha256="0",
            options=AnalyzeOptions(),
            formats=("json", "video"),
            files=("analysis.json", "annotated.mp4"),
            duration_s=10.0,
            warnings=("<dim> light",),
            sets=sets,
        )
    )


class Page(HTMLParser):
    """Collects the grade and links of each row, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.grades: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        if tag == "a":
            self.links.append(values["href"] or "")
        if tag == "tr" and "data-grade" in values:
            self.grades.append(values["data-grade"] or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page(tmp_path: Path, missing: int = 0) -> Page:
    clips = [Clip(tmp_path / "in" / f"{name}.mp4", name) for name in ("a", "b", "c", "d", "e")]
    clips.append(Clip(tmp_path / "in" / "sub" / EVIL, EVIL, athlete="<b>Eve", load_kg=60.0))
    outcomes = [
        outcome(graded_set(Grade.A, 4)),
        outcome(graded_set(Grade.F, 1), graded_set(Grade.C)),
        ClipOutcome(None, "b.mp4: is empty & <broken>"),
        outcome(),
        outcome(graded_set(Grade.F, 0)),
        outcome(graded_set(None)),
    ]
    write_index(tmp_path, clips, outcomes, missing=missing)
    return Page((tmp_path / "index.html").read_text("utf-8"))


def test_worst_first_and_what_has_no_grade_last(tmp_path: Path) -> None:
    assert page(tmp_path).grades == ["F", "F", "C", "A", "none", "no set", "failed"]


def test_names_from_outside_are_only_text(tmp_path: Path) -> None:
    one = page(tmp_path)
    assert one.tags.count("script") == 1
    assert any(EVIL in text for text in one.words)
    assert {"<b>Eve", "<dim> light", "b.mp4: is empty & <broken>"} <= set(one.words)


def test_links_lead_into_the_clips_folders(tmp_path: Path) -> None:
    links = page(tmp_path).links
    assert links[:3] == ["e/annotated.mp4", "e/annotated.mp4", "e/analysis.json"]
    assert f"{EVIL}/annotated.mp4" in {unquote(link) for link in links}
    assert all(re.fullmatch(r"[\w%./-]+", link) for link in links)


def test_the_page_is_whole_and_publishes_the_rule(tmp_path: Path) -> None:
    one = page(tmp_path)
    assert not {"link", "img", "iframe"} & set(some(one.tags))
    assert "http" not in (tmp_path / "index.html").read_text("utf-8")
    assert set(some(RULE)) <= set(one.words)
    assert any("1 clip failed" in text for text in one.words)


def test_a_stopped_batch_says_so(tmp_path: Path) -> None:
    assert any("2 clips are not graded yet" in text for text in page(tmp_path, missing=2).words)
    assert not any("not graded yet" in text for text in some(page(tmp_path).words))


def test_faults_are_told_in_words_and_notes_folded_away(tmp_path: Path) -> None:
    faulty = graded_set(Grade.B).model_copy(update={"first_fault": "SQ2", "first_fault_rep": 3})
    write_index(tmp_path, [Clip(tmp_path / "a.mp4", "a")], [outcome(faulty)])
    one = Page((tmp_path / "index.html").read_text("utf-8"))
    assert any("first fault: forward lean, rep 3" in text for text in one.words)
    assert {"1 note", "<dim> light"} <= set(one.words)
