"""The rules of docs/architecture.md that a machine can see: sizes, names, front doors, guards. Imports: also `lint-imports`."""

from __future__ import annotations

import ast
import inspect
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver
from django.utils.module_loading import import_string

from madoguchi.accounts.models.people import PERMISSIONS

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "madoguchi"
# demo fills a city through the actions of all rooms and has no rows; every other folder with models is a room.
ROOMS = sorted({path.relative_to(SOURCE).parts[0] for path in [*SOURCE.glob("*/models.py"), *SOURCE.glob("*/models/__init__.py")]})
HOUSES = [*ROOMS, "demo"]
WITH_URLS = [room for room in HOUSES if (SOURCE / room / "urls.py").exists()]

FILE_LINES = 400
BODY_LINES = 40  # of a function, without its signature and docstring: those are what a caller reads
AUDIENCES = ("resident", "desk", "shared")  # what madoguchi.urls serves
VAGUE_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "service",
    "common",
    "core",
    "misc",
    "signals",
    "managers",
    "selectors",
}
# A room is entered by its rows and its acts. `backends` is a door for backends only: there a low room keeps the Protocol and the
# dataclasses with which a higher one shows itself (MENUS, CASE_PANELS), and nothing else may reach through it.
DOORS = {"models", "actions"}


def files(*, with_tests: bool = True) -> list[Path]:
    found = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
    return [path for path in found if with_tests or not is_test(path)]


def is_test(path: Path) -> bool:
    return "tests" in path.parts or path.name == "conftest.py"


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


# -- sizes and names ---------------------------------------------------------------------------------------------------------


def test_no_file_is_longer_than_a_person_reads():
    long = {shown(path): lines for path in files() if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES}
    assert not long, "split by noun into a folder of the same name"


def functions() -> Iterator[tuple[str, int]]:
    for path in files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{shown(path)}:{node.lineno} {node.name}", body_lines(node)


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_function_is_longer_than_a_screen():
    assert not {name: lines for name, lines in functions() if lines > BODY_LINES}


def test_no_file_or_folder_has_a_name_that_says_nothing():
    vague = [shown(path) for path in SOURCE.rglob("*") if path.stem in VAGUE_NAMES and "locale" not in path.parts]
    assert not vague, "name it after what it holds"


def test_nothing_is_imported_inside_functions():
    """No hidden ways round the layers; heavy third-party libraries may wait until they are needed, our own code may not."""
    hidden = [
        f"{shown(path)}:{node.lineno}"
        for path in files(with_tests=False)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if any(module.split(".")[0] == "madoguchi" for module in modules_of(node))
    ]
    assert not hidden


# -- who may import whom -----------------------------------------------------------------------------------------------------


def modules_of(node: ast.AST) -> list[str]:
    """The modules that an import statement names; `from madoguchi.accounts import views` names madoguchi.accounts.views."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        is_room = node.module.count(".") == 1 and node.module.startswith("madoguchi.")
        return [f"{node.module}.{alias.name}" for alias in node.names] if is_room else [node.module]
    return []


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        for module in modules_of(node):
            yield getattr(node, "lineno", 0), module


def side_doors(path: Path) -> Iterator[str]:
    """Imports of another room that do not go through a front door."""
    inside = path.relative_to(SOURCE).parts if path.is_relative_to(SOURCE) else ("",)
    doors = DOORS | ({"tests.make"} if is_test(path) else set()) | ({"backends"} if is_backend(inside) else set())
    for line, module in imports_of(path):
        package, _, rest = module.partition(".")
        room, _, door = rest.partition(".")
        if package == "madoguchi" and room in HOUSES and room != inside[0] and door not in doors:
            yield f"{shown(path)}:{line} {module}"


def is_backend(inside: tuple[str, ...]) -> bool:
    return len(inside) > 1 and inside[1].removesuffix(".py") == "backends"


def test_rooms_are_entered_by_their_front_doors():
    assert not [door for path in files() for door in side_doors(path)]


def test_journeys_enter_by_the_front_doors_too():
    """Tests across rooms may look at rows, call acts, use builders; Django's machinery (urls, settings) is nobody's inside."""
    assert not [door for path in sorted((ROOT / "tests").rglob("*.py")) if path != Path(__file__) for door in side_doors(path)]


def test_urls_import_only_views_of_their_own_room():
    foreign = [
        f"{room}/urls.py:{line} {module}"
        for room in WITH_URLS
        for line, module in imports_of(SOURCE / room / "urls.py")
        if module.startswith("madoguchi.") and not module.startswith((f"madoguchi.{room}.views", f"madoguchi.{room}.api"))
    ]
    assert not foreign


def contracts() -> list[dict[str, Any]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def test_every_room_stands_under_the_contract_of_rooms():
    inside = next(contract for contract in contracts() if contract["name"] == "Inside a room")
    assert sorted(inside["containers"]) == [f"madoguchi.{room}" for room in ROOMS]


def test_the_contracts_have_no_exceptions():
    assert not [contract["name"] for contract in contracts() if "ignore_imports" in contract]
    assert all(contract.get("exhaustive") for contract in contracts() if contract["type"] == "layers")


# -- acts and views ----------------------------------------------------------------------------------------------------------


def acts(room: str) -> list[tuple[str, FunctionType]]:
    module = import_module(f"madoguchi.{room}.actions")
    return [(name, act) for name in module.__all__ if inspect.isfunction(act := getattr(module, name))]


@pytest.mark.parametrize("room", ROOMS)
def test_acts_say_what_they_do_and_with_what(room):
    """A docstring (what it does, gives, raises) and a type on every parameter and on what comes back."""
    assert not [name for name, act in acts(room) if not act.__doc__ or not is_typed(act)]
    assert acts(room)


def is_typed(act: FunctionType) -> bool:
    signature = inspect.signature(act)
    told = [parameter.annotation for parameter in signature.parameters.values()] + [signature.return_annotation]
    return inspect.Signature.empty not in told


def views(room: str) -> list[tuple[str, str, Any]]:
    """(audience, name, view) of every path of a room."""
    module = import_module(f"madoguchi.{room}.urls")
    return [(audience, name, view) for audience in AUDIENCES for name, view in leaves(getattr(module, audience, []))]


def leaves(patterns: list[Any]) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from leaves(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name), pattern.callback


def guards_worn(view: Any) -> int:
    """How many guards lie around a view: `functools.wraps` copies the mark outwards, so the wrappers themselves are counted."""
    worn = 0
    while view is not None:
        worn += getattr(getattr(view, "__code__", None), "co_name", "") == "guarded"
        view = getattr(view, "__wrapped__", None)
    return worn


@pytest.mark.parametrize("room", WITH_URLS)
def test_every_view_wears_exactly_one_guard(room):
    assert views(room)
    assert {name: guards_worn(view) for _, name, view in views(room) if guards_worn(view) != 1 or not getattr(view, "guard", "")} == {}


@pytest.mark.parametrize("room", WITH_URLS)
def test_a_guard_fits_its_audience(room):
    """At the desk only members; and what a guard asks for, some role has."""
    allowed = {f"desk:{permission}" for permissions in PERMISSIONS.values() for permission in permissions}
    worn = [(audience, name, getattr(view, "guard", "")) for audience, name, view in views(room)]
    assert not [(name, guard) for audience, name, guard in worn if audience == "desk" and guard not in allowed]
    assert not [(name, guard) for audience, name, guard in worn if guard.startswith("desk:") and guard not in allowed]


@pytest.mark.parametrize("room", WITH_URLS)
def test_urls_hold_lists_only_for_audiences_that_are_served(room):
    module = import_module(f"madoguchi.{room}.urls")
    assert {name for name, value in vars(module).items() if isinstance(value, list) and not name.startswith("_")} <= set(AUDIENCES)


def test_pages_for_what_went_wrong_wear_a_guard_too():
    urls = import_module("madoguchi.urls")
    assert {guards_worn(import_string(path)) for path in (urls.handler404, urls.handler500, settings.CSRF_FAILURE_VIEW)} == {1}
