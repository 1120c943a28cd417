"""A page of a form as residents will see it, for the studio: named in settings (FORM_PREVIEWS), for the studio's room lies below this one."""

from __future__ import annotations

from typing import Any

from madoguchi.applications.forms.fields import SectionView, field_for, html_text
from madoguchi.engines.forms import Form, Item, Page, Repeat, Section, pick
from madoguchi.procedures.actions import lists


class PagePreview:
    """Every question of the page, also those that only some people get, a group with its first row; nothing on it can be sent."""

    def page(self, form: Form, page_id: str, language: str) -> tuple[str, dict[str, Any]]:
        page = form.page(page_id)
        context: dict[str, Any] = {
            "title": html_text(page.title, language),
            "intro": html_text(page.intro, language),
            "sections": [self._section(section, section.repeat or page.repeat, language) for section in page.sections],
            "groups": [pick(repeat.item, language) for repeat in self._repeats(page)],
        }
        return "applications/preview.html", context

    def _section(self, section: Section, repeat: Repeat | None, language: str) -> SectionView:
        known = lists()
        items = [Item(question, question.id, None, question.choices) for question in section.questions]
        fields = [field_for(item, language=language, lists=known) for item in items]
        name = f"{pick(repeat.item, language)} 1" if repeat is not None else ""
        return SectionView(html_text(section.title, language), html_text(section.intro, language), fields, row_name=name)

    def _repeats(self, page: Page) -> list[Repeat]:
        own = [page.repeat] if page.repeat is not None else []
        return own + [section.repeat for section in page.sections if section.repeat is not None]
