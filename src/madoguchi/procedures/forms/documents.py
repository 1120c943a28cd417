"""Shapes of input for versions and opening days."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 2 * 1024 * 1024
CHANGES = [("wording", _("文言だけの変更")), ("addition", _("項目の追加")), ("meaning", _("意味の変更"))]


def date_box() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "box w-14"})


class OpeningDays(forms.Form):
    opens_on = forms.DateField(label=_("受付の始まり"), required=False, widget=date_box())
    closes_on = forms.DateField(
        label=_("受付の終わり"),
        required=False,
        widget=date_box(),
        help_text=_("この日まで受け付けます。空のときは、期限がありません。"),
    )


class FormFile(forms.Form):
    """A form document as a file."""

    file = forms.FileField(
        label=_("様式のファイル"),
        help_text=_("form.json を選んでください（2MBまで）。公開する前に、変更の内容を確かめられます。"),
        widget=forms.FileInput(attrs={"class": "box", "accept": ".json,application/json"}),
    )

    def clean_file(self) -> dict[str, Any]:
        return read_document(self.cleaned_data["file"].read(MAX_BYTES + 1))


class FoundDocument(forms.Form):
    """The document that was looked at."""

    document = forms.CharField(widget=forms.HiddenInput, strip=False)

    def clean_document(self) -> dict[str, Any]:
        return read_document(self.cleaned_data["document"].encode())


def read_document(data: bytes) -> dict[str, Any]:
    """A JSON object from what was sent; raises ValidationError with what to do."""
    if len(data) > MAX_BYTES:
        raise forms.ValidationError(_("ファイルが大きすぎます。2MBまでの様式を選んでください。"))
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        where = f"{error.lineno}" if isinstance(error, json.JSONDecodeError) else "?"
        raise forms.ValidationError(_("JSONとして読めません。%(line)s行目を確かめてください。") % {"line": where}) from error
    if not isinstance(document, dict):
        raise forms.ValidationError(_("様式のファイルではありません。form.json を選んでください。"))
    return document
