#!/usr/bin/env python3
"""The only command a developer needs: setup | demo | test | check | bench | serve | lock.

Standard library only, so that a fresh machine needs nothing but Python 3.11 and this file.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
RUNTIME, DEV = ROOT / "requirements" / "runtime.txt", ROOT / "requirements" / "dev.txt"
MAX_RUNTIME_PACKAGES = 70


def run(*command: object, **environment: str) -> None:
    """Run a command and leave with its code when it fails."""
    code = call(*command, **environment)
    if code:
        raise SystemExit(code)


def call(*command: object, **environment: str) -> int:
    return subprocess.call([str(part) for part in command], cwd=ROOT, env={**os.environ, **environment})


# -- setup ---------------------------------------------------------------------------------------------------------


def make_venv() -> None:
    """Make .venv with the standard library's venv, else uv, else the system's pip; else say in one sentence what is missing."""
    if PYTHON.exists():
        return
    print("Making .venv …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, check=False).returncode == 0
    if made:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("uv"):
        run("uv", "venv", "--quiet", "--seed", "--python", sys.executable, VENV)
        return
    has_pip = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    if (
        not has_pip
        or subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], capture_output=True, check=False).returncode
    ):
        raise SystemExit("Python's venv is missing: install it (Debian and Ubuntu: apt install python3-venv) and run this again.")


def installer() -> list[str]:
    """The command that installs a hashed lock into .venv."""
    if shutil.which("uv"):
        return ["uv", "pip", "install", "--quiet", "--python", str(PYTHON), "--no-deps"]
    if subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-deps"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "--no-deps"]


def install(lock: Path) -> None:
    """Install a lock once; the stamp is the hash of the lock and of what makes the `madoguchi` command."""
    stamp = VENV / f"{lock.stem}.stamp"
    wanted = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing {lock.name} (once; it takes a minute or two) …", flush=True)
    run(*installer(), "--require-hashes", "-r", lock)
    run(*installer(), "--no-build-isolation", "-e", ".")
    stamp.write_text(wanted)


def setup(*, dev: bool = False) -> None:
    if sys.version_info < (3, 11):
        raise SystemExit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    make_venv()
    install(DEV if dev else RUNTIME)
    run(PYTHON, "-m", "madoguchi.lib.catalogues", "--compile")


# -- what the commands do ------------------------------------------------------------------------------------------


def demo(options: argparse.Namespace) -> None:
    setup()
    arguments = ["--port", options.port] + (["--fresh"] if options.fresh else []) + (["--ward-year"] if options.ward_year else [])
    run(PYTHON, "-m", "madoguchi", "demo", *arguments, MADOGUCHI_MODE="demo")


def serve(options: argparse.Namespace) -> None:
    setup()
    run(PYTHON, "-m", "madoguchi", "serve", "--port", options.port, MADOGUCHI_MODE="serve")


def test(options: argparse.Namespace, rest: list[str]) -> None:
    setup(dev=True)
    environment = {"MADOGUCHI_MODE": "test"}
    if options.database == "postgres":
        environment["DATABASE_URL"] = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
        environment["MADOGUCHI_TEST_DATABASE"] = "postgres"
    else:
        environment["DATABASE_URL"] = ""
    wanted = [] if options.all else ["not slow"]
    wanted += ["not browser"] if options.no_browser else []
    command = [PYTHON, "-m", "pytest", "-q", "-n", str(options.workers), "--dist", "loadgroup"]
    command += ["-m", " and ".join(wanted)] if wanted else []
    run(*command, *rest, **environment)


def check(_: argparse.Namespace) -> None:
    """Everything a machine can judge without running the product."""
    setup(dev=True)
    test_mode = {"MADOGUCHI_MODE": "test", "DATABASE_URL": ""}
    steps: list[tuple[str, list[object]]] = [
        ("ruff", [PYTHON, "-m", "ruff", "check", "."]),
        ("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."]),
        ("mypy (engines, lib)", [PYTHON, "-m", "mypy"]),
        ("import contracts", [BIN / "lint-imports"]),
        ("system check", [PYTHON, "-m", "madoguchi", "check", "--fail-level", "WARNING"]),
        ("migrations", [PYTHON, "-m", "madoguchi", "makemigrations", "--check", "--dry-run"]),
        ("translations", [PYTHON, "-m", "madoguchi.lib.catalogues", "--check"]),
    ]
    failed = [name for name, command in steps if not step(name, command, test_mode)]
    failed += [name for name, problem in (("locks", locks_problem()),) if problem and not print(f"locks: {problem}")]
    if failed:
        raise SystemExit("failed: " + ", ".join(failed))
    print("all checks passed")


def step(name: str, command: list[object], environment: dict[str, str]) -> bool:
    print(f"== {name}", flush=True)
    return call(*command, **environment) == 0


def locks_problem() -> str:
    """Locks hold names, versions and hashes only, and the runtime stays small enough to patch."""
    for lock in (RUNTIME, DEV):
        text = lock.read_text()
        if "://" in text or "--index" in text or "--find-links" in text:
            return f"{lock.name} holds an address"
    count = RUNTIME.read_text().count("==")
    return f"{count} runtime packages, more than {MAX_RUNTIME_PACKAGES}" if count > MAX_RUNTIME_PACKAGES else ""


def bench(_: argparse.Namespace, rest: list[str]) -> None:
    setup(dev=True)
    run(PYTHON, ROOT / "bench" / "run.py", *rest, MADOGUCHI_MODE="test")


# Only a font file is used of matplotlib-fontja: what draws with it stays out of both locks; what the solver of the extra `placement`
# brings is in the dev lock only, because the tests run it (docs/decisions/0002).
LEFT_OUT = ("contourpy", "cycler", "fonttools", "kiwisolver", "matplotlib", "pyparsing")
LEFT_OUT_OF_RUNTIME = (*LEFT_OUT, "numpy", "python-dateutil")


def lock(_: argparse.Namespace) -> None:
    """Make the locks anew from pyproject.toml (needs uv): hashes, no addresses, the same versions in both."""
    if not shutil.which("uv"):
        raise SystemExit("Making the locks needs uv on the PATH.")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    extras = project["project"]["optional-dependencies"]
    everything = [*runtime, *extras["placement"], *extras["postgres"], *project["dependency-groups"]["dev"]]
    flags = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
    flags += ["--no-header", "--no-annotate", "--quiet", "-"]
    sets = ((DEV, everything, LEFT_OUT, []), (RUNTIME, runtime, LEFT_OUT_OF_RUNTIME, ["--constraint", str(DEV)]))
    for target, names, left_out, constraint in sets:
        command = ["uv", "pip", "compile", *flags, *constraint, "--output-file", str(target)]
        command += [part for name in left_out for part in ("--no-emit-package", name)]
        subprocess.run(command, input="\n".join(names), text=True, check=True, cwd=ROOT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="make .venv and install what the demo needs; the other commands do this first")
    for name in ("demo", "serve"):
        sub = commands.add_parser(name, help="a filled sample city" if name == "demo" else "a real installation, under var/serve")
        sub.add_argument("--port", default="8000")
        sub.add_argument("--fresh", action="store_true", help="begin with a new city" if name == "demo" else argparse.SUPPRESS)
        ward_year = "a whole ward's nursery year: 5,000 children; many minutes" if name == "demo" else argparse.SUPPRESS
        sub.add_argument("--ward-year", action="store_true", help=ward_year)
    tests = commands.add_parser("test", help="run the tests; further words go to pytest")
    tests.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    tests.add_argument("--no-browser", action="store_true")
    tests.add_argument("--all", action="store_true", help="also the slow ones")
    tests.add_argument("--workers", default="2")
    commands.add_parser("check", help="ruff, mypy, import contracts, migrations, translations, locks")
    commands.add_parser("bench", help="run the measurements and write docs/figures.md")
    commands.add_parser("lock", help="make the locks anew")
    options, rest = parser.parse_known_args()
    if rest and options.command not in ("test", "bench"):
        parser.error(f"unknown: {' '.join(rest)}")
    if options.command == "setup":
        setup()
    elif options.command in ("test", "bench"):
        globals()[options.command](options, rest)
    else:
        globals()[options.command](options)


if __name__ == "__main__":
    main()
