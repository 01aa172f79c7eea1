"""What holds the parser's house together: imports go down only, a room is small, a private name means one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from verbalized_sampling import parsing

HOUSE = Path(parsing.__file__).parent
# From the room that knows nothing to the one that knows all; a room imports only from those before it.
FLOORS = [
    *(["language"], ["numbers"], ["page"], ["candidate"], ["readers"]),
    *(["reply", "exact"], ["streaming"], ["parser"]),
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(path for path in HOUSE.rglob("*.py") if path != HOUSE / "__init__.py")
FOLDERS = sorted({path.parent for path in MODULES})
MOST_FILES = 14

Parts = tuple[str, ...]


def parts(path: Path) -> Parts:
    """A module's name below the parser, a package by the name of its folder."""
    name = path.relative_to(HOUSE).with_suffix("").parts
    return name[:-1] if name[-1] == "__init__" else name


def imported(path: Path) -> Iterator[Parts]:
    """The modules of the parser that a module imports; imports for type checkers count, and those in functions."""
    package = path.parent.relative_to(HOUSE).parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and 0 < node.level <= len(package) + 1:
            target = package[: len(package) + 1 - node.level] + tuple(
                (node.module or "").split(".") * bool(node.module)
            )
            for alias in node.names:
                inner = HOUSE.joinpath(*target, alias.name)
                yield (*target, alias.name) if inner.is_dir() or inner.with_suffix(".py").exists() else target


def reader(module: Parts) -> Parts:
    return module[:2] if module[0] == "readers" else ()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_imports_go_down_the_house_only(path: Path) -> None:
    here = parts(path)
    for other in imported(path):
        same = other[0] == here[0]
        assert same or FLOOR[other[0]] < FLOOR[here[0]], f"{'/'.join(here)} imports {'/'.join(other)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_reader_imports_another(path: Path) -> None:
    here = reader(parts(path))
    if len(here) < 2:
        return
    assert {other for other in map(reader, imported(path)) if len(other) == 2} <= {here}


def test_no_module_imports_itself_by_a_detour() -> None:
    left = {parts(path): set(imported(path)) - {parts(path)} for path in MODULES}
    while free := {module for module, others in left.items() if others.isdisjoint(left)}:
        left = {module: others for module, others in left.items() if module not in free}
    assert not left


def test_the_house_says_which_rooms_it_has() -> None:
    rooms = [room for room in FLOOR if (HOUSE / room).is_dir()]
    assert {path.name for path in HOUSE.iterdir() if (path / "__init__.py").exists()} == set(rooms)
    assert parsing.__doc__ and all(f"``{room}``" in parsing.__doc__ for room in rooms)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_room_holds_what_a_person_holds_in_mind(folder: Path) -> None:
    assert len(list(folder.glob("*.py"))) <= MOST_FILES
    if folder != HOUSE:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))


def test_a_private_constant_means_one_thing() -> None:
    meanings: dict[str, set[str]] = defaultdict(set)
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            for target in targets:
                if isinstance(target, ast.Name) and target.id.startswith("_") and target.id.isupper():
                    meanings[target.id].add(ast.unparse(node.value))
    assert not {name for name, values in meanings.items() if len(values) > 1}


def test_amounts_are_compared_in_one_room_only() -> None:
    """A fraction in a comparison is a tolerance or a bound of shares; the exact way reads fractions only."""
    for path in MODULES:
        if parts(path)[0] == "exact" or parts(path) == ("numbers", "amounts"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                bounds = [
                    n for n in ast.walk(node) if isinstance(n, ast.Constant) and type(n.value) is float and n.value
                ]
                assert not bounds, f"{'/'.join(parts(path))}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_block_alone_keeps_and_drops_and_assemble_alone_makes_candidates(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if parts(path)[0] == "readers":
        for node in ast.walk(tree):
            grown = node.target if isinstance(node, ast.AugAssign) else getattr(node, "func", None)
            if isinstance(grown, ast.Attribute) and grown.attr in ("append", "extend", "insert"):
                grown = grown.value
            assert not (isinstance(grown, ast.Attribute) and grown.attr in ("drafts", "dropped")), node.lineno
    imported_names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    makers = {"Candidate", "CandidateColumns", "candidates_of"}
    assert imported_names.isdisjoint(makers) or parts(path) == ("candidate", "assemble")
