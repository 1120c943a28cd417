"""What is said of a procedure outside this system: on a poster at the counter and on the municipality's own web site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import override

from madoguchi.engines.forms import minutes, pick, ruby
from madoguchi.lib.addresses import address
from madoguchi.lib.tags import date_ja, named, reader, text
from madoguchi.procedures.models.procedure import Procedure

LANGUAGES = {"ja": "ja", "plain": "ja-plain", "en": "en"}  # the form's name of a language: Django's
Text = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """A heading and what stands under it; several texts are a list."""

    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Announcement:
    """A procedure's facts in one language."""

    language: str
    name: str
    overview: str
    lines: tuple[Line, ...]
    address: str


def short_url(procedure: Procedure) -> str:
    """The whole short address, as it stands on paper."""
    slug, code = procedure.municipality.slug, procedure.short_code
    try:
        path = address("procedures:short", slug=slug, code=code)
    except NoReverseMatch:  # a process that serves the desk only
        path = f"/{slug}/t/{code}/"
    return f"{settings.PUBLIC_URL}{path}"


def announcement(procedure: Procedure, language: str, *, as_html: bool = False) -> Announcement:
    """Name, for whom, when, what is needed, fee, how long, where to ask and the address; what is not known is left out.

    Readings of やさしい日本語 stand behind the word, 受付（うけつけ）, or above it as HTML; with `as_html` the texts are escaped.
    """
    with override(LANGUAGES[language]):
        division = procedure.division
        facts: list[tuple[str, list[str]]] = [
            (_("対象の方"), [_said(procedure.who, as_html)]),
            (_("手続きの時期"), [_said(procedure.when, as_html)]),
            (_("受付期間"), [_period(procedure)]),
            (_("用意するもの"), [_said(need, as_html) for need in procedure.needs]),
            (_("手数料"), [_said(procedure.fee, as_html) or _yen(procedure)]),
            (_("入力にかかる時間"), [_("%(minutes)s分ほど") % {"minutes": _minutes(procedure, language)}] if procedure.current else []),
            (_("送ったあとの期間"), [_said(procedure.usual, as_html)]),
            (_("担当の課"), [f"{named(procedure.municipality)} {named(division)}", division.phone, named(division, "hours")]),
        ]
        lines = tuple(Line(str(label), tuple(one for one in texts if one)) for label, texts in facts if any(texts))
        name, overview = _said(procedure.name, as_html), _said(procedure.overview, as_html)
        return Announcement(language, name, overview, lines, f"{short_url(procedure)}?lang={LANGUAGES[language]}")


def _said(value: Text, as_html: bool) -> str:
    """A text in the language at hand."""
    if as_html:
        return text(value)
    return "".join(f"{base}（{reading}）" if reading else base for base, reading in ruby(value, reader()))


def _minutes(procedure: Procedure, language: str) -> int:
    return minutes(procedure.current.form, language=language) if procedure.current else 0


def _period(procedure: Procedure) -> str:
    first, last = date_ja(procedure.opens_on), date_ja(procedure.closes_on)
    if first and last:
        return _("%(first)sから%(last)sまで") % {"first": first, "last": last}
    if first:
        return _("%(first)sから") % {"first": first}
    return _("%(last)sまで") % {"last": last} if last else ""


def _yen(procedure: Procedure) -> str:
    return _("%(yen)s円") % {"yen": f"{procedure.fee_yen:,}"} if procedure.fee_yen else _("かかりません")


def poster_data(procedure: Procedure, size: str) -> dict[str, Any]:
    """What lib/documents/poster.typ prints."""
    division, municipality, url = procedure.division, procedure.municipality, short_url(procedure)
    return {
        "size": size,
        "title": pick(procedure.name, "ja"),
        "names": [pick(procedure.name, "ja"), ruby_pairs(procedure.name), pick(procedure.name, "en")],
        "overviews": [pick(procedure.overview, "ja"), ruby_pairs(procedure.overview), pick(procedure.overview, "en")],
        "needs": [[pick(need, "ja"), ruby_pairs(need), pick(need, "en")] for need in procedure.needs],
        "address": url.removeprefix("https://").removeprefix("http://").rstrip("/"),
        "code": procedure.short_code,
        "check_address": url,
        "municipality": municipality.name,
        "municipality_en": municipality.name_en,
        "division": [division.name, division.name_en],
        "phone": division.phone or municipality.phone,
        "hours": [division.hours, division.hours_en],
        "place": [division.place, division.place_en],
        "prepares": procedure.finishes_at_counter,
        "sample": municipality.is_invented or settings.DEMO,
    }


def ruby_pairs(text: Text) -> list[list[str]]:
    """やさしい日本語 as [base, reading] pairs, the reading "" for what carries no furigana."""
    return [[base, reading or ""] for base, reading in ruby(text, "plain")]
