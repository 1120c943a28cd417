"""The catalogues of translations, kept with Babel alone: a fresh machine has no gettext.

    python -m madoguchi.lib.catalogues --extract   bring the .po files up to date with the sources
    python -m madoguchi.lib.catalogues --compile   write each .mo that is missing or older than its .po (part of every start)
    python -m madoguchi.lib.catalogues --check     exit 1 and say what is missing, doubtful, out of date or has other placeholders

msgids are Japanese. `en` must be complete; what `ja_Plain` lacks is read in Japanese. A .po file holds no dates, authors or line
numbers, and its entries are sorted, so that it changes only when a text does.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

PACKAGE: Final = Path(__file__).resolve().parents[1]
LOCALE: Final = PACKAGE / "locale"
COMPLETE: Final = "en"
PLURALS: Final = {"en": "nplurals=2; plural=(n != 1);", "ja_Plain": "nplurals=1; plural=0;"}
KEYWORDS: Final[dict[str, tuple[int | tuple[int, str], ...] | None]] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_TEMPLATES: Final = (".html", ".txt", ".xml")
_LEFT_OUT: Final = frozenset({"tests", "migrations", "static", "locale", "library", "__pycache__"})
_PLACEHOLDER: Final = re.compile(r"%\([a-zA-Z_]\w*\)[a-z]|%[sd]|\{[a-zA-Z_]\w*[^}]*\}")
_HEADER: Final = """\
# {language}: made by `python -m madoguchi.lib.catalogues --extract`; only the msgstr lines are written by people.
msgid ""
msgstr ""
"Project-Id-Version: madoguchi\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""

Key = tuple[str, str]  # (context or "", msgid; the singular where there is a plural)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when done or nothing is wrong; 1 when `--check` finds something or a .po cannot be read."""
    parser = argparse.ArgumentParser(prog="madoguchi.lib.catalogues", description="Keep the catalogues of translations.")
    parser.add_argument("--extract", action="store_true", help="bring the .po files up to date with the sources")
    parser.add_argument("--compile", action="store_true", help="write each .mo that is older than its .po")
    parser.add_argument("--check", action="store_true", help="exit 1 when something is missing, doubtful or out of date")
    options = parser.parse_args(arguments)
    if not (options.extract or options.compile or options.check):
        parser.error("one of --extract, --compile, --check is needed")
    try:
        if options.extract:
            extract_all()
        if options.compile:
            compile_all()
        problems = check_all() if options.check else []
    except ValueError as error:
        problems = [str(error)]
    for problem in problems:
        sys.stdout.write(problem + "\n")
    return 1 if problems else 0


# -- compile --------------------------------------------------------------------------------------------------------------


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Write every .mo that is missing or older than its .po; the paths written. Imports nothing heavy when there is none."""
    stale = [po for language in PLURALS if (po := _po(locale, language)).exists() and _is_stale(po)]
    for po in stale:
        _compile(po)
    return [po.with_suffix(".mo") for po in stale]


def _po(locale: Path, language: str) -> Path:
    return locale / language / "LC_MESSAGES" / "django.po"


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def _compile(po: Path) -> None:
    from babel.messages.mofile import write_mo

    target = io.BytesIO()
    write_mo(target, _read(po.read_text(encoding="utf-8"), str(po)))
    draft = po.with_suffix(f".{os.getpid()}.tmp")
    draft.write_bytes(target.getvalue())
    draft.replace(po.with_suffix(".mo"))  # whole or not at all: another process may be starting too


# -- extract --------------------------------------------------------------------------------------------------------------


def extract_all(package: Path = PACKAGE, locale: Path = LOCALE) -> None:
    """Bring every .po up to date: new texts added without a translation, translations kept, what is used no more dropped."""
    found = collect(package)
    for language in PLURALS:
        po = _po(locale, language)
        po.parent.mkdir(parents=True, exist_ok=True)
        old = po.read_text(encoding="utf-8") if po.exists() else ""
        new = updated(old, found, language)
        if new != old:
            po.write_text(new, encoding="utf-8")


def collect(package: Path = PACKAGE) -> Catalog:
    """Every text of the sources and templates under `package`, tests and migrations left out."""
    from babel.messages.catalog import Catalog

    found = Catalog()
    for path in sorted(package.rglob("*")):
        if path.suffix not in (".py", *_TEMPLATES) or _LEFT_OUT & set(path.relative_to(package).parts):
            continue
        for msgid, context in _texts(path):
            found.add(msgid, context=context)
    return found


def _texts(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    from babel.messages.extract import extract

    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _as_python(source, path)
    if "gettext" not in source and "_(" not in source:
        return
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        if message and message != ("",):
            yield (message if isinstance(message, str) else tuple(message)), context


def _as_python(source: str, path: Path) -> str:
    """A template as Django's makemessages sees it, in brackets so that its indentation means nothing."""
    from django.utils.translation.template import templatize

    if path.suffix != ".html" and "{%" not in source:
        return ""
    return f"({templatize(source, origin=str(path))})"


def updated(old: str, found: Catalog, language: str) -> str:
    """The text of a .po file: the texts of `found` with the translations, comments and doubts of `old`."""
    from babel.messages.pofile import write_po

    before = _by_key(_read(old or _header(language), language))
    target = _read(_header(language), language)
    for message in found:
        if message.id:
            _copy(message, before.get(_key(message)), target)
    written = io.BytesIO()
    write_po(written, target, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return _header(language) + written.getvalue().decode().strip() + "\n"


def _copy(message: Message, before: Message | None, target: Catalog) -> None:
    has_same_shape = before is not None and isinstance(before.id, str) == isinstance(message.id, str)
    if before is None or not has_same_shape:
        target.add(message.id, context=message.context)
        return
    flags = {"fuzzy"} if before.fuzzy else set()
    target.add(message.id, before.string, flags=flags, user_comments=before.user_comments, context=message.context)


def _header(language: str) -> str:
    return _HEADER.format(language=language, plurals=PLURALS[language])


def _read(text: str, name: str) -> Catalog:
    from babel.messages.pofile import PoFileError, read_po

    try:
        return read_po(io.BytesIO(text.encode()), abort_invalid=True)
    except PoFileError as error:
        raise ValueError(f"{name}: {error}") from error


def _key(message: Message) -> Key:
    return message.context or "", message.id if isinstance(message.id, str) else message.id[0]


def _by_key(catalog: Catalog) -> dict[Key, Message]:
    return {_key(message): message for message in catalog if message.id}


# -- check ----------------------------------------------------------------------------------------------------------------


def check_all(package: Path = PACKAGE, locale: Path = LOCALE) -> list[str]:
    """What is wrong, one line each: out of date, missing or fuzzy in `en`, other placeholders anywhere."""
    found = collect(package)
    return [problem for language in PLURALS for problem in _check(_po(locale, language), found, language)]


def _check(po: Path, found: Catalog, language: str) -> Iterator[str]:
    old = po.read_text(encoding="utf-8") if po.exists() else ""
    if updated(old, found, language) != old:
        yield f"{language}: not up to date with the sources; run python -m madoguchi.lib.catalogues --extract"
        yield from _differences(_by_key(_read(old or _header(language), language)), _by_key(found), language)
    for key, message in sorted(_by_key(_read(old or _header(language), language)).items()):
        yield from (f"{language}: {problem}: {_named(key)}" for problem in _faults(message, language))


def _differences(before: dict[Key, Message], now: dict[Key, Message], language: str) -> Iterator[str]:
    yield from (f"{language}: new in the sources: {_named(key)}" for key in sorted(now.keys() - before.keys()))
    yield from (f"{language}: used no more: {_named(key)}" for key in sorted(before.keys() - now.keys()))


def _faults(message: Message, language: str) -> Iterator[str]:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ("",))
    if language == COMPLETE and not all(strings):
        yield "missing"
    if message.fuzzy:
        yield "fuzzy"
    if any(strings) and not _has_same_placeholders(message, strings):
        yield "other placeholders"


def _has_same_placeholders(message: Message, strings: list[str]) -> bool:
    """The same names in both; the singular of a plural may leave some out ("one file")."""
    if isinstance(message.id, str):
        return _placeholders(message.id) == _placeholders(strings[0])
    wanted = sorted({name for msgid in message.id for name in _placeholders(msgid)})
    return _placeholders(strings[-1]) == wanted and all(set(_placeholders(each)) <= set(wanted) for each in strings)


def _placeholders(text: str) -> list[str]:
    return sorted(set(_PLACEHOLDER.findall(text.replace("%%", ""))))


def _named(key: Key) -> str:
    context, msgid = key
    return repr(msgid) + (f" ({context})" if context else "")


if __name__ == "__main__":
    raise SystemExit(main())
