"""A page of a form as residents will see it, for the studio: named in settings (FORM_PREVIEWS), for the studio's room lies below this one."""

from __future__ import annotations

from typing import Any

from madoguchi.applications.forms.fields import SectionView, field_for, html_text
from madoguchi.engines.forms import Form, Item, Page, Section
from madoguchi.procedures.actions import lists


class PagePreview:
    """Every question of the page, also those that only some people get; nothing on it can be sent."""

    def page(self, form: Form, page_id: str, language: str) -> tuple[str, dict[str, Any]]:
        page = form.page(page_id)
        sections = [self._section(section, language) for section in page.sections]
        context: dict[str, Any] = {"title": html_text(page.title, language), "intro": html_text(page.intro, language), "sections": sections}
        return "applications/preview.html", {**context, "repeats": self._repeats(page)}

    def _section(self, section: Section, language: str) -> SectionView:
        known = lists()
        items = [Item(question, question.id, None, question.choices) for question in section.questions]
        fields = [field_for(item, language=language, lists=known) for item in items]
        return SectionView(html_text(section.title, language), html_text(section.intro, language), fields)

    def _repeats(self, page: Page) -> bool:
        return page.repeat is not None or any(section.repeat is not None for section in page.sections)
