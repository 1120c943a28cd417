"""Shapes of input: questions as boxes on a page, what a browser posts, and the desk's own screens."""

from madoguchi.applications.forms.fields import FieldView, SectionView, field_for, html_id
from madoguchi.applications.forms.posted import Act, posted_act, posted_parts, uploaded

__all__ = ["Act", "FieldView", "SectionView", "field_for", "html_id", "posted_act", "posted_parts", "uploaded"]
