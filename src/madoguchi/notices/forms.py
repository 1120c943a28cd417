"""Shapes of input on this room's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.engines.japanese import ContactProblem, normalise_email, normalise_postal


class NewAddress(forms.Form):
    """Where to send once more; empty boxes keep what is known. E-mail is read as residents' is: carriers' `..` too."""

    email = forms.CharField(
        label=_("新しいメールアドレス"), required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    postal = forms.CharField(
        label=_("新しい郵便番号"), required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    address = forms.CharField(label=_("新しい住所"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, by_post: bool, is_private: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {"email"} if not by_post else {"email", "postal", "address"}
        for name in set(self.fields) - (set() if is_private else kept):
            del self.fields[name]

    def clean_email(self) -> str:
        typed = self.cleaned_data["email"].strip()
        try:
            return normalise_email(typed) if typed else ""
        except ContactProblem as problem:
            raise forms.ValidationError(_("メールアドレスを確かめてください。例：hanako@example.jp")) from problem

    def clean_postal(self) -> str:
        typed = self.cleaned_data["postal"].strip()
        try:
            return normalise_postal(typed) if typed else ""
        except ContactProblem as problem:
            raise forms.ValidationError(_("郵便番号は7けたの数字で入力してください。例：135-8383")) from problem
