"""The locks: what is installed is named, hashed, the same in both, and small enough to patch."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RUNTIME, DEV = ROOT / "requirements" / "runtime.txt", ROOT / "requirements" / "dev.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
MOST_RUNTIME = 70
# Only a font file is used of matplotlib-fontja: the library that draws with it is never installed; what the solver of the extra
# `placement` brings is for the tests only (docs/decisions/0002).
NEVER = {"matplotlib", "contourpy", "fonttools", "kiwisolver"}
NEVER_IN_RUNTIME = {"numpy", "ortools", "pandas"}


def pins(lock: Path) -> dict[str, str]:
    return {plain(name): version for name, version in PINNED.findall(lock.read_text(encoding="utf-8"))}


def plain(name: str) -> str:
    """A package's name as the locks write it (PEP 503), without extras and versions."""
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", name)[0]).lower()


def named(*requirements: str) -> set[str]:
    return {plain(requirement) for requirement in requirements}


@pytest.mark.parametrize("lock", [RUNTIME, DEV], ids=lambda lock: lock.name)
def test_a_lock_holds_names_versions_and_hashes_only(lock):
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=sha256:[0-9a-f]{64})", text, re.MULTILINE), "only hashes, no options"
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert not [block.splitlines()[0] for block in blocks if PINNED.match(block) and "--hash=sha256:" not in block]
    assert len(blocks) == len(PINNED.findall(text))


def test_what_runs_is_what_was_tested():
    runtime, dev = pins(RUNTIME), pins(DEV)
    assert {name: dev.get(name) for name in runtime} == runtime


def test_every_direct_dependency_is_locked():
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    assert named(*project["dependencies"], *groups["build"]) <= pins(RUNTIME).keys()
    extras = project["optional-dependencies"]
    assert named(*groups["dev"], *extras["placement"], *extras["postgres"]) <= pins(DEV).keys()


def test_the_runtime_stays_small_enough_to_patch():
    assert len(pins(RUNTIME)) <= MOST_RUNTIME
    assert not (pins(RUNTIME).keys() | pins(DEV).keys()) & NEVER
    assert not pins(RUNTIME).keys() & NEVER_IN_RUNTIME
