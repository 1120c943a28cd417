"""Every text has its English, and what residents read its やさしい日本語: which texts those are, the templates themselves tell.

A page that stands on desk.html, or whose name begins with desk, is the desk's, and so is a part that only such pages include.
All other templates are read by residents, with the sources of RESIDENT_SOURCES and the states of RESIDENT_CHOICES.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.db.models import TextChoices
from django.utils import translation

from madoguchi.applications.models import State, SubjectState
from madoguchi.lib import catalogues
from madoguchi.procedures.models import LifeEvent, OutageReason

SOURCE = catalogues.PACKAGE

# What an action or a view says to a resident. Other sources speak to the desk, which has no やさしい日本語.
RESIDENT_SOURCES = (
    "accounts/actions/addresses.py",
    "applications/actions/answering.py",
    "applications/actions/bundling.py",
    "applications/actions/looking.py",
    "applications/actions/reusing.py",
    "applications/actions/saving.py",
    "applications/actions/starting.py",
    "applications/actions/submitting.py",
    "applications/actions/uploading.py",
    "applications/models/documents.py",
    "applications/models/story.py",
    "applications/views/account.py",
    "applications/actions/handing_over.py",
    "applications/views/begin.py",
    "applications/views/fill.py",
    "applications/views/guide.py",
    "applications/views/newer.py",
    "applications/views/pages.py",
    "applications/views/status.py",
    "applications/views/together.py",
    "lib/uploads/sentences.py",
    "nursery/actions/certificates.py",
    "nursery/actions/changing.py",
    "nursery/views/employer.py",
    "nursery/views/resident_pages.py",
    "nursery/views/resident_result.py",
    "procedures/models/announcing.py",
    "lib/uploads/upload.py",
)
RESIDENT_CHOICES: tuple[type[TextChoices], ...] = (State, SubjectState, LifeEvent, OutageReason)

# The characters an adult learner meets in the first months, and those that every screen uses. All others carry their reading
# behind the word, 受付（うけつけ）番号, or inside the brackets that give the word of the office, （様式：ようしき）.
EASY = frozenset(
    "一二三四五六七八九十百千万円年月日時分今前後間半週朝夜"
    "人名子母父私友男女自者方何回番目度"
    "上下中外左右内本文字語話言聞読書見答数"
    "大小多少長短高安新古早同正好近遠"
    "行来入出開立休住食次飲買売使作持待送返動働止切足引決消直教知思合写撮調"
    "生学先校家町国店駅道車電画面紙手口耳気心体病院医薬"
    "水火木金土山川空雨雪犬赤青白黒色"
    "仕事用所号当真申"
)

KANJI = r"[㐀-鿿々]"
READ = re.compile(rf"{KANJI}[㐀-鿿々ぁ-ゖァ-ヺー・]*[（：][ぁ-ゖー・]+")
OFFICE_WORD = re.compile(r"\([^()]*\)")
JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ㐀-鿿々]")
PLACEHOLDER = re.compile(r"%\(\w+\)s")

EXTENDS = re.compile(r"""{%\s*extends\s+(?:is_desk\|yesno:)?["']([^"']+)["']""")
INCLUDES = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""")


@cache
def templates() -> dict[str, Path]:
    """Name → file of every template of the package."""
    found = [path for folder in SOURCE.rglob("templates") for path in folder.rglob("*") if path.suffix in (".html", ".txt")]
    return {path.as_posix().rpartition("/templates/")[2]: path for path in found}


def is_desk_page(name: str) -> bool:
    parent = EXTENDS.search(templates()[name].read_text(encoding="utf-8"))
    return name == "desk.html" or name.rpartition("/")[2].startswith("desk") or (parent is not None and parent[1] == "desk.html")


def reached(roots: set[str]) -> set[str]:
    """These templates and all that they include or extend."""
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in templates() and name not in seen:
            seen.add(name)
            waiting += INCLUDES.findall(templates()[name].read_text(encoding="utf-8"))
    return seen


@cache
def resident_templates() -> set[str]:
    desk = {name for name in templates() if is_desk_page(name)}
    only_desk = reached(desk)
    elsewhere = reached(set(templates()) - only_desk)
    return elsewhere - desk


def resident_files() -> list[Path]:
    return [templates()[name] for name in sorted(resident_templates())] + [SOURCE / name for name in RESIDENT_SOURCES]


def texts(path: Path) -> Iterator[tuple[str, str]]:
    for msgid, context in catalogues._texts(path):
        yield context or "", msgid if isinstance(msgid, str) else msgid[0]


@cache
def catalogue(language: str) -> dict[tuple[str, str], list[str]]:
    """(context, msgid) → its translations, empty where there are none."""
    po = catalogues.LOCALE / language / "LC_MESSAGES" / "django.po"
    found = catalogues._by_key(catalogues._read(po.read_text(encoding="utf-8"), language))
    return {
        key: [one for one in ([entry.string] if isinstance(entry.string, str) else entry.string) if one] for key, entry in found.items()
    }


def hard_words(text: str) -> list[str]:
    """The words of a text that are neither easy nor followed by their reading."""
    rest = READ.sub("", PLACEHOLDER.sub("", text))
    return [word for word in re.findall(rf"{KANJI}+", rest) if not set(word) <= EASY]


# -- both languages ------------------------------------------------------------------------------------------------------------


def test_catalogues_are_complete_and_up_to_date() -> None:
    assert catalogues.check_all() == [], "run python -m madoguchi.lib.catalogues --extract and translate what is new"


# -- English -------------------------------------------------------------------------------------------------------------------


def test_japanese_stands_in_english_only_in_brackets() -> None:
    mixed = [
        one for entries in catalogue("en").values() for one in entries if JAPANESE.search(OFFICE_WORD.sub("", PLACEHOLDER.sub("", one)))
    ]
    assert mixed == [], "the office's word in Japanese belongs in brackets behind the English one"


# -- やさしい日本語 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", resident_files(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_residents_read_plain_japanese(path: Path) -> None:
    plain = catalogue("ja_Plain")
    hard = {msgid: hard_words(msgid) for context, msgid in texts(path) if not plain.get((context, msgid)) and hard_words(msgid)}
    assert hard == {}, "these need an entry in ja_Plain"


@pytest.mark.parametrize("choices", RESIDENT_CHOICES, ids=lambda choices: choices.__name__)
def test_residents_read_states_in_plain_japanese(choices: type[TextChoices]) -> None:
    with translation.override("ja"):
        labels = [str(label) for label in choices.labels]
    assert [label for label in labels if not catalogue("ja_Plain").get(("", label)) and hard_words(label)] == []


def test_hard_words_of_plain_japanese_carry_their_reading() -> None:
    hard = {one: hard_words(one) for entries in catalogue("ja_Plain").values() for one in entries if hard_words(one)}
    assert hard == {}, "write an easier word, kana, or the reading behind the word: 受付（うけつけ）"


def test_plain_japanese_is_spaced() -> None:
    """分かち書き: a sentence of some length has spaces between its phrases."""
    dense = [one for entries in catalogue("ja_Plain").values() for one in entries if re.search(r"[ぁ-ゖ㐀-鿿]{18,}", one)]
    assert dense == []


# -- the tests themselves --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("名前を 書いて ください", []),
        ("受付番号を 書いて ください", ["受付番号"]),
        ("受付（うけつけ）番号を 書いて ください", []),
        ("新しい 紙（様式：ようしき）", []),
        ("丁目（ちょうめ）・番地（ばんち）・号（ごう）", []),
        ("%(minutes)s分くらい 待って 再度", ["再度"]),
    ],
)
def test_hard_words(text: str, words: list[str]) -> None:
    assert hard_words(text) == words


def test_residents_templates_are_found() -> None:
    found = resident_templates()
    assert {"base.html", "parts/footer.html", "questions/address.html", "procedures/procedure.html", "applications/status.html"} <= found
    assert {"notices/mail/applications/receipt.txt", "500.html", "parts/feedback.html"} <= found
    assert not {"desk.html", "parts/keys.html", "jobs/list.html", "notices/letters.html", "procedures/parts/findings.html"} & found
