"""The pages hold together: links lead somewhere, commands exist, the README stays a door."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lastrep.apps.cli import COMMANDS, loaded

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    (
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").glob("*.md"),
    )
)
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
#: Where code names a section of a page.
SECTION = re.compile(r"`docs/(\w+)\.md`\s+(?:#:? )?(\d+(?:\.\d+)?)")


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as they are made from them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.M)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {word.strip().replace(" ", "-") for word in words}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name}: {link}"
        assert target.is_relative_to(ROOT), f"{page.name}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{page.name}: {link}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in reached or not page.exists() or page.suffix != ".md":
            continue
        reached.add(page)
        links = re.findall(r"\]\(([^)\s#]+)", page.read_text(encoding="utf-8"))
        todo += [(page.parent / link).resolve() for link in links]
    assert set(PAGES) <= reached


def test_the_readme_is_a_door() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    code = [*FENCE.findall(text), *re.findall(r"`([^`\n]+)`", FENCE.sub("", text))]
    calls = [
        call
        for piece in code
        for call in re.findall(r"(?:^|&& )lastrep +([a-z]+)(?: +([a-z]+)\b)?", piece, re.MULTILINE)
    ]
    for name, below in calls:
        assert name in COMMANDS, f"{page.name}: lastrep {name}"
        inner = getattr(loaded(name), "commands", None)
        if inner is not None and below:
            assert below in inner, f"{page.name}: lastrep {name} {below}"
    if page.name in ("README.md", "command-line.md"):
        assert {name for name, _ in calls} >= {"analyze", "live", "batch", "review"}
    if page.name == "command-line.md":
        assert {name for name, _ in calls} >= COMMANDS.keys()


def test_options_that_pages_name_exist() -> None:
    names = {"--version", "--help"}
    todo: list[object] = [loaded(name) for name in COMMANDS]
    while todo:
        one = todo.pop()
        todo += getattr(one, "commands", {}).values()
        for parameter in getattr(one, "params", ()):
            names |= {*parameter.opts, *parameter.secondary_opts}
    for page in PAGES:
        if page.name in ("accuracy.md", "CONTRIBUTING.md", "CHANGELOG.md"):
            continue  # they name options of scripts
        for line in page.read_text(encoding="utf-8").splitlines():
            if "lastrep" in line or line.startswith("| `-"):
                for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", line):
                    assert option in names, f"{page.name}: {option}"


def test_sections_that_code_names_exist() -> None:
    found = 0
    for folder in ("src", "tests", "scripts"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix not in (".py", ".toml") or path == Path(__file__):
                continue
            for page, number in SECTION.findall(path.read_text(encoding="utf-8")):
                text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
                heading = rf"^#+ {re.escape(number)}[. ]"
                assert re.search(heading, text, re.MULTILINE), f"{path}: {page} {number}"
                found += 1
    assert found >= 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_files_that_pages_name_exist(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        return  # it tells of what is gone, too
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for name in re.findall(r"`((?:[a-z_]+/)+\w+\.(?:py|toml))`", text):
        if "NAME" in name:
            continue
        places = (ROOT / name, ROOT / "src" / "lastrep" / name)
        assert any(place.exists() for place in places), f"{page.name}: {name}"
