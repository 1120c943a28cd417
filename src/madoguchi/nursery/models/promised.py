"""Papers that a family promised to bring later: which came, and which are still missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.engines.forms import Walk
from madoguchi.nursery.models.household import Household
from madoguchi.nursery.models.papers import EmploymentCertificate

Paper = dict[str, Any]  # {"path", "label", "page", "parent": 1 | 2 | None (a 就労証明書 of whom), "came_on": "" or the day it came}
CERTIFICATES = {"attachment.work": 1, "attachment.work_spouse": 2}


def promised(walked: Walk) -> list[Paper]:
    """What the answers put off."""
    found = []
    for page in walked.pages:
        for item in page.items():
            if item.question.type != "file" or not isinstance(item.value, Mapping):
                continue
            if item.value.get("later") and not item.value.get("files"):
                label, title = item.question.label.get("ja", ""), page.page.title.get("ja", "")
                parent = CERTIFICATES.get(item.question.concept or "")
                found.append({"path": item.path, "label": label, "page": title, "parent": parent, "came_on": ""})
    return found


def still(papers: Iterable[Paper], before: Iterable[Paper]) -> list[Paper]:
    """The papers of a newer revision: one that came before stays one that came."""
    came = {paper["path"]: paper["came_on"] for paper in before}
    return [{**paper, "came_on": came.get(paper["path"], "")} for paper in papers]


def outstanding(papers: Iterable[Paper], certified: Collection[int]) -> list[Paper]:
    """Those that have not come; a 就労証明書 that was typed or sent by the employer (`certified`: of which parents) has."""
    return [paper for paper in papers if not paper["came_on"] and paper["parent"] not in certified]


def named(paper: Paper, papers: Iterable[Paper]) -> str:
    """A paper's name as a clerk can tell it from the others: of which parent, or on which page of the form."""
    if paper["parent"]:
        return _("%(label)s（保護者%(number)s）") % {"label": paper["label"], "number": paper["parent"]}
    doubled = sum(one["label"] == paper["label"] for one in papers) > 1
    return f"{paper['label']}（{paper['page']}）" if doubled else str(paper["label"])


def certified_parents(household: Household) -> set[int]:
    """Of which parents there is a 就労証明書."""
    return set(EmploymentCertificate.objects.filter(household=household, replaced_by=None).values_list("parent", flat=True))


def carried(household: Household) -> list[Paper]:
    """The papers for the next round: a certificate counts there as a paper that came, for it stays with this round."""
    rows = EmploymentCertificate.objects.filter(household=household, replaced_by=None)
    days = {row.parent: row.made_at.date().isoformat() for row in rows}
    return [{**paper, "came_on": paper["came_on"] or days.get(paper["parent"], "")} for paper in household.papers]
