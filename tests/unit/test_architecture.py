"""Imports point one way: what each package may know of the others, and no circles."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

import pytest

import lastrep
from checks import some

SOURCE = Path(lastrep.__file__).parent

#: Floors of the house, the highest first: a package imports from itself and from lower floors. What
#: stands beside the packages is at the very top or bottom. `lastrep` itself is left out: it loads
#: nothing but what is asked for, so that everything may ask it for the version.
FLOORS = (
    {"__main__"},
    {"apps"},
    {"api"},
    {"web", "batch", "live"},
    {"output"},
    {"analysis"},
    {"training"},
    {"sets"},
    {"velocity"},
    {"reps"},
    {"bar", "exercises"},
    {"motion"},
    {"pose"},
    {"video"},
    {"files", "locking", "machine"},
    {"environment", "errors", "missing"},
)

#: Arrows of today's tree that point upwards or sideways, by package. This list only ever shrinks.
KNOWN_ARROWS: frozenset[tuple[str, str]] = frozenset()

#: Circles of today's tree, each with all the modules that import each other in a round.
KNOWN_CIRCLES: frozenset[frozenset[str]] = frozenset()

#: Public names of today's tree that come from the command line. Likewise.
KNOWN_PUBLIC: frozenset[str] = frozenset()

Imports = Mapping[str, Set[str]]


def module_name(path: Path, root: Path) -> str:
    """Name below `lastrep`: "bar.track"; a package is called as its folder."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def statements(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports in a tree, those in functions too, but not those for the type checker."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from statements(ast.Module([other], []))
        else:
            yield from statements(child)


def imported(statement: ast.Import | ast.ImportFrom, modules: Set[str]) -> Iterator[str]:
    """Yield the modules below `lastrep` that a statement imports."""
    if isinstance(statement, ast.Import):
        found = [alias.name for alias in statement.names]
    else:
        assert statement.level == 0, "imports are written in full"
        base = statement.module or ""
        found = [
            f"{base}.{alias.name}"
            if f"{base}.{alias.name}".removeprefix("lastrep.") in modules
            else base
            for alias in statement.names
        ]
    for name in found:
        if name.startswith("lastrep."):
            yield name.removeprefix("lastrep.")


def imports_of(root: Path) -> Imports:
    """Return what each module imports of the others."""
    paths = {module_name(path, root): path for path in root.rglob("*.py") if path.parent != root}
    paths |= {path.stem: path for path in root.glob("*.py") if path.stem != "__init__"}
    return {
        name: {
            target
            for statement in statements(ast.parse(path.read_text(encoding="utf-8")))
            for target in imported(statement, paths.keys())
            if target != name
        }
        for name, path in paths.items()
    }


def package(module: str) -> str:
    """Package of a module; what stands beside the packages is called by its own name."""
    return module.partition(".")[0]


def wrong_arrows(imports: Imports) -> dict[tuple[str, str], list[str]]:
    """Return the arrows between packages that do not point downwards, and who draws them."""
    floor = {name: i for i, names in enumerate(FLOORS) for name in names}
    wrong: dict[tuple[str, str], list[str]] = {}
    for module, targets in imports.items():
        for target in targets:
            ends = package(module), package(target)
            if ends[0] != ends[1] and floor[ends[0]] >= floor[ends[1]]:
                wrong.setdefault(ends, []).append(f"{module} -> {target}")
    return wrong


def circles(imports: Imports) -> set[frozenset[str]]:
    """Return the groups of modules of which each reaches every other one."""
    reach = {module: reachable(module, imports) for module in imports}
    return {
        frozenset({module, *(other for other in reach[module] if module in reach[other])})
        for module in imports
        if module in reach[module]
    }


def reachable(start: str, imports: Imports) -> set[str]:
    """Return every module that one imports, directly or through others."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for target in imports.get(waiting.pop(), set()) - found:
            found.add(target)
            waiting.append(target)
    return found


@pytest.fixture(scope="module")
def imports() -> Imports:
    found = imports_of(SOURCE)
    assert len(found) > 100
    assert len(some(target for targets in found.values() for target in targets)) > 300
    return found


def test_every_package_has_its_floor(imports: Imports) -> None:
    named = set().union(*FLOORS)
    assert sum(map(len, FLOORS)) == len(named), "a package stands on two floors"
    assert {package(module) for module in imports} <= named


def test_arrows_point_downwards(imports: Imports) -> None:
    wrong = wrong_arrows(imports)
    new = {ends: wrong[ends] for ends in wrong.keys() - KNOWN_ARROWS}
    assert not new
    assert wrong.keys() >= KNOWN_ARROWS, "an arrow is gone: take it off KNOWN_ARROWS"


def test_public_names_come_from_below_the_command_line() -> None:
    above = {
        name
        for name in some(lastrep.__all__)
        if package(getattr(lastrep, name).__module__.removeprefix("lastrep.")) == "apps"
    }
    assert above == KNOWN_PUBLIC


def test_no_modules_import_each_other_in_a_circle(imports: Imports) -> None:
    found = circles(imports)
    assert {tuple(sorted(one)) for one in found - KNOWN_CIRCLES} == set()
    assert found >= KNOWN_CIRCLES, "a circle is gone: take it off KNOWN_CIRCLES"


def test_the_rules_catch_what_they_are_for(tmp_path: Path) -> None:
    files = {
        "__init__.py": "from lastrep.sets.a import x",
        "apps/main.py": "import lastrep\nfrom lastrep import errors, video\n",
        "video/__init__.py": "",
        "video/low.py": "def late():\n    from lastrep.sets import a\n",
        "sets/__init__.py": "",
        "sets/a.py": "from lastrep.sets import b\nfrom lastrep.video.low import late\n",
        "sets/b.py": "if TYPE_CHECKING:\n    import lastrep.sets.a\n\nimport lastrep.errors\n",
        "errors.py": "import json\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    found = imports_of(tmp_path)
    assert found["apps.main"] == {"errors", "video"}
    assert found["sets.b"] == {"errors"}
    assert found["sets.a"] == {"sets.b", "video.low"}
    assert wrong_arrows(found) == {("video", "sets"): ["video.low -> sets.a"]}
    assert circles(found) == {frozenset({"sets.a", "video.low"})}
