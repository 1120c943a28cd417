"""Which papers several applications need: one list, each paper once, with the procedures that ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from madoguchi.applications.models.filing import FilingBundle
from madoguchi.applications.models.papers import speech
from madoguchi.engines.forms import Item, concepts, pick
from madoguchi.lib.tags import date_ja, reader

# Of the same meaning in every form; 証明する書類 is another paper in each, and goes by its name.
SAME_PAPER = frozenset({"attachment.identity", "attachment.proxy", "attachment.work", "attachment.work_spouse"})


@dataclass
class Paper:
    """One paper of the list. `given` and `later` say for how many procedures it is attached, or is to follow."""

    label: str
    procedures: list[str] = field(default_factory=list)
    given: int = 0
    later: int = 0

    @property
    def is_given(self) -> bool:
        return self.given == len(self.procedures)


@dataclass
class Documents:
    """Files that the forms ask for, and what to have at hand (用意するもの)."""

    files: list[Paper]
    at_hand: list[Paper]


def documents_of(standings: Iterable[Any]) -> Documents:
    """The papers of all members of a filing (their standings), each once."""
    language = reader()
    files, at_hand = dict[str, Paper](), dict[str, Paper]()
    for one in standings:
        if one.state == "gone":
            continue
        name = pick(one.member.procedure.name, language)
        for need in one.member.procedure.needs:
            paper = at_hand.setdefault(_same(need["ja"]), Paper(pick(need, language)))
            if name not in paper.procedures:
                paper.procedures.append(name)
        for item in one.walked.items() if one.walked is not None else ():
            if item.question.type == "file":
                _add(files, item, name, language)
    return Documents(list(files.values()), list(at_hand.values()))


def _same(text: str) -> str:
    """Labels that differ only in blanks and brackets name the same paper."""
    return "".join(text.split()).replace("（", "(").replace("）", ")")


def _add(files: dict[str, Paper], item: Item, name: str, language: str) -> None:
    concept = item.question.concept or ""
    is_same = concept in SAME_PAPER
    key = concept if is_same else _same(item.question.label["ja"])
    paper = files.setdefault(key, Paper(pick(concepts()[concept].meaning if is_same else item.question.label, language)))
    if name in paper.procedures:
        return
    paper.procedures.append(name)
    value: Mapping[str, Any] = item.value if isinstance(item.value, Mapping) else {}
    paper.given += bool(value.get("files"))
    paper.later += bool(value.get("later")) and not value.get("files")


def documents_paper(filing: FilingBundle, standings: Iterable[Any]) -> dict[str, Any]:
    """Data of lib/documents/report.typ."""
    with translation.override("en" if speech(translation.get_language() or "ja") == "en" else "ja"):
        found = documents_of(standings)
        columns = ["", _("書類"), _("使う手続き")]

        def section(title: str, papers: list[Paper]) -> dict[str, Any]:
            rows = [["☑" if paper.procedures and paper.is_given else "□", paper.label, "、".join(paper.procedures)] for paper in papers]
            return {"title": title, "columns": columns, "widths": [1, 9, 10], "rows": rows, "empty": _("ありません。")}

        return {
            "title": _("用意するもの"),
            "subtitle": pick(filing.title, reader()),
            "municipality": filing.municipality.name_en if reader() == "en" else filing.municipality.name,
            "date": date_ja(timezone.localdate()),
            "sections": [section(_("付けるファイル"), found.files), section(_("手元に用意するもの"), found.at_hand)],
        }
