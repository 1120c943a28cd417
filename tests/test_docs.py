"""What is written about the project stays true to it: links, tables, pages, words, and no address of somebody's machine."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

import madoguchi

ROOT = Path(__file__).resolve().parents[1]
SOURCE, DOCS = ROOT / "src" / "madoguchi", ROOT / "docs"
ROOMS = ("accounts", "jobs", "notices", "procedures", "applications")
BRANCHES = ("nursery",)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PICTURES = (
    "home",
    "procedure",
    "fill",
    "check",
    "sent",
    "status",
    "queue",
    "case",
    "decision",
    "mailbox",
    "inventory",
    "priority",
    "standing",
    "studio",
    "outage",
    "paths",
    "guide",
    "together",
)
PAPERS = ("poster", "paper-edition")  # first pages of what is printed: one picture each

LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
IMAGE = re.compile(r'<img src="([^"]+)"')
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
TICKED = re.compile(r"`([^`\n]+)`")


@cache
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def pages() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def links(path: Path) -> list[tuple[bool, str]]:
    """(is it a picture, target) of every link of a page that is no example of code."""
    text = CODE.sub("", read(path))
    return [(bool(mark), target) for mark, target in LINK.findall(text)] + [(True, target) for target in IMAGE.findall(text)]


def table(path: Path, heading: str = "") -> list[list[str]]:
    """The cells of every table row of a page, or of what stands under one heading; without the head and its rule."""
    text = read(path)
    if heading:
        text = re.split(r"^#", text[text.index(heading) + len(heading) :], maxsplit=1, flags=re.MULTILINE)[0]
    blocks = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    rows = [row for block in blocks for row in block.strip().splitlines()[2:]]
    return [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]


# -- links ---------------------------------------------------------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    """The anchors that a forge makes of a page's headings."""
    heads = re.findall(r"^#+\s+(.*)$", read(path), re.MULTILINE)
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", head.lower()).strip()) for head in heads}


def broken(path: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return False
    file, _, anchor = target.partition("#")
    wanted = (path.parent / file).resolve() if file else path
    return not wanted.exists() or bool(anchor and wanted.suffix == ".md" and anchor not in anchors(wanted))


@pytest.mark.parametrize("path", pages(), ids=shown)
def test_links_lead_somewhere(path):
    assert not [target for is_picture, target in links(path) if not is_picture and broken(path, target)]


def test_pictures_are_there():
    """Taken from the demo by hand's order (docs/rooms/demo.md), looked at, and kept at two widths."""
    shown_there = {(path.parent / target).resolve() for path in pages() for is_picture, target in links(path) if is_picture}
    agreed = {DOCS / "rooms" / "pictures" / f"{name}-{width}.png" for name in PICTURES for width in (1280, 360)}
    agreed |= {DOCS / "rooms" / "pictures" / f"{name}.png" for name in PAPERS}
    assert shown_there <= agreed
    assert not sorted(shown(path) for path in agreed if not path.exists())


def test_every_page_can_be_reached_from_the_front_door():
    reached, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        waiting += [(page.parent / target.partition("#")[0]).resolve() for _, target in links(page) if ".md" in target]
    assert not sorted(shown(page) for page in set(DOCS.rglob("*.md")) - reached)


# -- tables against code -------------------------------------------------------------------------------------------------------


def variables_read() -> set[str]:
    """Names of the environment that the product or dev.py reads."""
    sources = [path for path in SOURCE.rglob("*.py") if not {"tests", "migrations"} & set(path.parts)]
    text = "\n".join(read(path) for path in [*sources, ROOT / "dev.py", *ROOT.glob("tests/**/conftest.py"), *ROOT.glob("bench/*.py")])
    by_settings = re.findall(r"\benv(?:_list)?\(\s*\"([A-Z_]+)\"", text)
    directly = re.findall(r"\benviron(?:\.get\(|\.setdefault\(|\[)\s*\"([A-Z_]+)\"", text)
    return {name.removesuffix("_FILE") for name in (*by_settings, *directly)}


def test_every_variable_is_documented():
    documented = {name for row in table(DOCS / "operate" / "settings.md") for name in re.findall(r"^`([A-Z_]+)`$", row[0])}
    assert documented == variables_read()


def dependencies() -> set[tuple[str, str]]:
    """(name, where it is asked for) of every direct dependency."""
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    asked = {"runtime": project["dependencies"], **project["optional-dependencies"], **groups}
    return {(re.match(r"[\w.-]+", one)[0], place) for place, several in asked.items() for one in several}


def test_every_dependency_has_a_reason():
    rows = [row for row in table(DOCS / "decisions" / "0002-dependencies.md", "## What we use") if TICKED.fullmatch(row[0])]
    assert {(row[0].strip("`"), row[1]) for row in rows} == dependencies()
    assert not [row[0] for row in rows if len(row[2]) < 10]


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in sorted((DOCS / "decisions").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_version_is_the_same_everywhere():
    version = PROJECT["project"]["version"]
    assert madoguchi.__version__ == version
    assert f"## [{version}]" in read(ROOT / "CHANGELOG.md")
    assert f"softwareVersion: {version}" in read(ROOT / "publiccode.yml")


# -- a page for every room and engine ------------------------------------------------------------------------------------------


def folders(where: Path, mark: str) -> list[str]:
    return sorted(path.parent.name for path in where.glob(f"*/{mark}"))


def test_every_room_and_engine_has_a_page():
    rooms = {path.stem for path in (DOCS / "rooms").glob("*.md")}
    engines = {path.stem.split("-")[0] for path in (DOCS / "engines").glob("*.md")}  # placement-format belongs to placement
    assert rooms == set(folders(SOURCE, "apps.py"))
    assert engines == set(folders(SOURCE / "engines", "__init__.py"))


SECTIONS = ("## Rows", "## Acts", "## Screens", "## Figures", "## Limits")


@pytest.mark.parametrize("room", [*ROOMS, *BRANCHES])
def test_a_rooms_page_names_its_rows_acts_and_commands(room):
    page = DOCS / "rooms" / f"{room}.md"
    text = read(page)
    said = {word for ticked in TICKED.findall(FENCED.sub("", text)) for word in re.findall(r"\w+", ticked)}
    assert [section for section in SECTIONS if section not in text] == []
    assert {model.__name__ for model in apps.get_app_config(room).get_models()} - said == set()
    assert acts(room) - said == set()
    assert {path.stem for path in (SOURCE / room / "management" / "commands").glob("[a-z]*.py")} - said == set()


def acts(room: str) -> set[str]:
    """Public functions of a room's actions, as its __init__ lists them."""
    module = import_module(f"madoguchi.{room}.actions")
    return {name for name in module.__all__ if type(getattr(module, name)).__name__ == "function"}


# -- the glossary --------------------------------------------------------------------------------------------------------------


def glossary() -> list[tuple[list[str], list[str]]]:
    """(Japanese words, identifiers) of each row."""
    rows = table(DOCS / "glossary.md")
    return [([word.strip() for word in row[0].split("/")], TICKED.findall(row[1])) for row in rows]


def test_every_row_of_the_trunk_is_in_the_glossary_by_its_japanese_name():
    words = {name: japanese for japanese, names in glossary() for name in names}
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    missing = [model.__name__ for model in models if model.__name__ not in words]
    differing = {
        model.__name__: str(model._meta.verbose_name)
        for model in models
        if model.__name__ in words and str(model._meta.verbose_name) not in words[model.__name__]
    }
    assert (missing, differing) == ([], {})


def test_the_glossary_names_nothing_that_does_not_exist():
    known = names_in_code()
    assert not [name for _, names in glossary() for name in names for part in re.findall(r"\w+", name) if part not in known]


def names_in_code() -> set[str]:
    """Every name that our code defines: classes, functions, attributes, values."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if "migrations" not in path.parts:
            found |= {path.stem, path.parent.name}
            for node in ast.walk(ast.parse(read(path))):
                found |= {getattr(node, key) for key in ("name", "id", "attr", "arg") if isinstance(getattr(node, key, None), str)}
                found |= {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
    return found


# -- the first page ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_two_commands_stand_first(name):
    text = read(ROOT / name)
    commands = re.search(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    assert [line.split("#")[0].strip() for line in commands[1].strip().splitlines()] == ["python3 dev.py demo", "python3 dev.py test"]
    assert text.index("## ") > text.index("python3 dev.py demo")
    assert set(folders(SOURCE, "apps.py")) <= set(re.findall(r"[a-z]+", text)), "the map names every room"


# -- nothing of a machine ------------------------------------------------------------------------------------------------------

# Written in pieces, so that this file does not hold what it looks for.
HOSTS = [f"{name}.{end}" for name, end in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("crates", "io"))]
MACHINE = [r"https?://[^\s\"'<>]+/simple\b", r"(?<![\w.>/])/(?:work|root|home|Users)/\w"]
FORBIDDEN = re.compile("|".join([*map(re.escape, HOSTS), *MACHINE]))
LARGE = 2_000_000


def tracked() -> list[Path]:
    """What is or would be committed; without git, everything that is ours."""
    git = shutil.which("git")
    listed = (
        subprocess.run([git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False)
        if git
        else None
    )
    if listed is not None and listed.returncode == 0:
        return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]
    return [path for part in ("src", "tests", "docs", "requirements") for path in (ROOT / part).rglob("*") if path.is_file()]


def test_no_file_names_a_package_host_or_a_path_of_a_machine():
    found = {}
    for path in tracked():
        if path.stat().st_size < LARGE and (hits := FORBIDDEN.findall(path.read_bytes().decode("utf-8", errors="ignore"))):
            found[shown(path)] = sorted(set(hits))
    assert found == {}
