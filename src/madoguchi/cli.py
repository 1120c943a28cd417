"""The `madoguchi` command: one table of engines, everything else is a management command of a room."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from madoguchi import __version__

# name → module with `main(argv) -> int` and no Django; imported only when called.
ENGINES: dict[str, tuple[str, str]] = {
    "forms": ("madoguchi.engines.forms.command", "lint form documents, check answers, count a library"),
    "place": ("madoguchi.engines.placement.command", "place children in nurseries, check a placement"),
}
# What an engine's command works on when nothing is named: an engine knows no room, so it is told here.
SHIPPED: dict[str, dict[str, Path]] = {"forms": {"library": Path(__file__).parent / "procedures" / "library"}}


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command; 0 fine, 2 input that could not be used, other codes as each command says."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or (arguments[0] in ("--help", "-h", "help") and len(arguments) < 2):
        return print_help(as_json="--json" in arguments)
    if arguments == ["--help", "--json"]:
        return print_help(as_json=True)
    if arguments[0] == "--version":
        print(__version__)  # noqa: T201 the answer is the output
        return 0
    if arguments[0] in ENGINES:
        entrance: Any = import_module(ENGINES[arguments[0]][0])
        return int(entrance.main(arguments[1:], **SHIPPED.get(arguments[0], {})))
    return run_room(arguments)


def run_room(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
    management: Any = import_module("django.core.management")
    management.execute_from_command_line(["madoguchi", *arguments])
    return 0


def rooms_commands() -> dict[str, str]:
    """Our rooms' commands with the first sentence of each; Django's own are left to `madoguchi help`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
    import_module("django").setup()
    management: Any = import_module("django.core.management")
    found = {}
    for name, app in management.get_commands().items():
        if app.startswith("madoguchi."):
            found[name] = str(management.load_command_class(app, name).help)
    return found


def print_help(*, as_json: bool) -> int:
    engines = {name: text for name, (_, text) in ENGINES.items()}
    rooms = rooms_commands()
    if as_json:
        print(json.dumps({"version": __version__, "engines": engines, "rooms": rooms}, ensure_ascii=False))  # noqa: T201
        return 0
    lines = [f"madoguchi {__version__}", "", "engines (no database):"]
    lines += [f"  {name:<12} {text}" for name, text in sorted(engines.items())]
    lines += ["", "rooms:"] + [f"  {name:<12} {text}" for name, text in sorted(rooms.items())]
    lines += ["", "`madoguchi NAME --help` tells more; `madoguchi help` lists Django's own commands too."]
    print("\n".join(lines))  # noqa: T201
    return 0
