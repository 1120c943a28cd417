"""What every template may use without loading it: addresses, texts in the reader's language, dates, money, charts.

Django says `ja-plain` for やさしい日本語, a form document says `plain`; the one place that knows both names is `reader`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from madoguchi.engines.forms import pick, ruby
from madoguchi.lib import charts
from madoguchi.lib.addresses import address as address_of

register = template.Library()

WEEKDAYS_JA = "月火水木金土日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def reader() -> str:
    """The language in which the forms engine should speak to this reader: "ja", "plain" or "en"."""
    return {"ja-plain": "plain", "en": "en"}.get(get_language() or "ja", "ja")


# -- addresses ----------------------------------------------------------------------------------------------------------


def _slug(context: Mapping[str, Any]) -> str | None:
    return getattr(context.get("municipality"), "slug", None)


@register.simple_tag(takes_context=True)
def address(context: RequestContext, name: str, **parts: Any) -> str:
    """`{% address 'applications:status' uuid=… %}`: a page of this municipality (or of none, where the page has none)."""
    slug = parts.pop("slug", None) or _slug(context)  # type: ignore[arg-type]
    try:
        return address_of(name, slug=slug, **parts)
    except NoReverseMatch:
        if slug is None:
            raise
        try:
            return address_of(name, slug=None, **parts)
        except NoReverseMatch:
            return address_of(name, slug=slug, **parts)  # the first failure is the one that helps


@register.simple_tag(takes_context=True)
def address_if(context: RequestContext, name: str, **parts: Any) -> str:
    """As `address`, but "" for a page that this process does not serve (the other half, or a room left out)."""
    try:
        return str(address(context, name, **parts))
    except NoReverseMatch:
        return ""


# -- texts --------------------------------------------------------------------------------------------------------------


@register.filter
def text(value: Mapping[str, str] | str | None) -> SafeString:
    """A text of a form in the reader's language, escaped; in やさしい日本語 with its furigana above the characters."""
    if not value:
        return SafeString("")
    language = reader()
    words: Mapping[str, str] = value if isinstance(value, Mapping) else {"ja": str(value)}
    if language != "plain":
        return escape(pick(words, language))
    return format_html_join("", "{}", ((_pair(base, reading),) for base, reading in ruby(words, language)))


def _pair(base: str, reading: str | None) -> SafeString:
    if not reading:
        return escape(base)
    return format_html("<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>", base, reading)


@register.filter
def plain_text(value: Mapping[str, str] | str | None) -> str:
    """As `text`, without furigana: for attributes, titles and e-mail."""
    if not value:
        return ""
    return pick(value if isinstance(value, Mapping) else {"ja": str(value)}, reader())


@register.filter
def named(thing: Any, field: str = "name") -> str:
    """A row's name for this reader: `name_en` in English where there is one (municipality, division and their place, hours)."""
    if not thing:
        return ""
    english = getattr(thing, f"{field}_en", "") if reader() == "en" else ""
    return str(english or getattr(thing, field, ""))


@register.filter
def nl(value: Any) -> SafeString:
    """Line breaks of a text as `<br>`, everything else escaped."""
    lines = str(conditional_escape(value)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return mark_safe("<br>".join(lines))  # noqa: S308 - escaped in the line above


@register.filter
def part(values: Any, name: str = "") -> Any:
    """One part of an answer: `field.values|part:"family"`; the only part of a simple one has the name ""."""
    return values.get(name, "") if isinstance(values, Mapping) else ""


@register.filter
def error(field: Any, name: str = "") -> str:
    """The sentence for one box of a question; under "" also what belongs to none of its boxes."""
    own = getattr(field, "part_errors", {}).get(name)
    if own or name:
        return str(own or "")
    known = getattr(field, "names", {})
    return next((str(each["sentence"]) for each in getattr(field, "errors", ()) if not each.get("part") or each["part"] not in known), "")


@register.filter
def html_lang(language: Any) -> str:
    """The value of the attribute `lang`: やさしい日本語 is Japanese."""
    return "en" if str(language).startswith("en") else "ja"


@register.filter
def state(value: Any) -> str:
    """The name of a state as the style sheet knows it: `CORRECTING` → `correcting`."""
    return str(getattr(value, "value", value) or "").lower().replace("_", "-").replace(" ", "-")


# -- dates and money ----------------------------------------------------------------------------------------------------


def _local(value: datetime.date) -> datetime.date:
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def date_ja(value: datetime.date | None) -> str:
    """A day with its day of the week: 2026年4月1日（水）; in English Wed 1 April 2026. A moment is read in local time."""
    if value is None or value == "":
        return ""
    day = _local(value)
    if reader() == "en":
        return f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAYS_JA[day.weekday()]}）"


@register.filter
def month_ja(value: datetime.date | None) -> str:
    """A month: 2027年4月; in English April 2027."""
    if value is None or value == "":
        return ""
    return f"{MONTHS_EN[value.month - 1]} {value.year}" if reader() == "en" else f"{value.year}年{value.month}月"


@register.filter
def time_ja(value: datetime.datetime | datetime.time | None) -> str:
    """A time of day on the 24-hour clock: 14時05分; in English 14:05."""
    if value is None or value == "":
        return ""
    moment: Any = _local(value) if isinstance(value, datetime.datetime) else value
    return f"{moment.hour}:{moment.minute:02}" if reader() == "en" else f"{moment.hour}時{moment.minute:02}分"


@register.filter
def datetime_ja(value: datetime.datetime | None) -> str:
    """Day and time: 2026年4月1日（水）14時05分; in English Wed 1 April 2026, 14:05."""
    if value is None or value == "":
        return ""
    return f"{date_ja(value)}{', ' if reader() == 'en' else ''}{time_ja(value)}"


@register.filter
def iso(value: datetime.date | None) -> str:
    """For the attribute `datetime` of `<time>`."""
    return value.isoformat() if value else ""


@register.filter
def yen(value: Any) -> str:
    """Money: 12,000円; in English 12,000 yen. What is no number is shown as it is."""
    if value is None or value == "":
        return ""
    try:
        amount = f"{Decimal(str(value)):,f}"
    except InvalidOperation:
        return str(value)
    return f"{amount} yen" if reader() == "en" else f"{amount}円"


# -- pages --------------------------------------------------------------------------------------------------------------


@register.filter
def thousands(value: float | None) -> str:
    """A number with its thousands apart; nothing for None."""
    return "" if value is None else f"{value:,}"


@register.filter
def problems(form: Any) -> list[dict[str, str]]:
    """The errors of a Django form as `parts/error_summary.html` reads them: [{"target", "sentence"}]."""
    found: list[dict[str, str]] = []
    for name, sentences in form.errors.items():
        target = "" if name == "__all__" else str(form[name].id_for_label)
        found += [{"target": target, "sentence": str(sentence)} for sentence in sentences]
    return found


@register.simple_tag(takes_context=True)
def with_query(context: RequestContext, **changes: Any) -> str:
    """This page's query string with some values changed, for links of pagers and filters; None or "" takes one out."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else None
    if query is None:
        return ""
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = value
    return f"?{query.urlencode()}"


# -- charts: the numbers are drawn by lib/charts, the words stand in the template ------------------------------------------


@register.inclusion_tag("parts/chart_bars.html")
def bars(figure: charts.Figure) -> dict[str, Any]:
    """One value for each label, as lying bars; the first series only."""
    return {"chart": charts.bars(figure), "figure": figure}


@register.inclusion_tag("parts/chart_bars.html")
def stacked_bars(figure: charts.Figure) -> dict[str, Any]:
    """Several values for each label, one after the other."""
    return {"chart": charts.stacked_bars(figure), "figure": figure, "stacked": True}


@register.inclusion_tag("parts/chart_lines.html")
def lines(figure: charts.Figure) -> dict[str, Any]:
    """The course of each series over the labels."""
    return {"chart": charts.lines(figure), "figure": figure}
