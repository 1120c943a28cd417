"""Shapes of input on this room's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class StaffSignIn(forms.Form):
    username = forms.CharField(
        label=_("利用者名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"})
    )
    password = forms.CharField(
        label=_("パスワード"), max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class ChangePassword(forms.Form):
    old = forms.CharField(
        label=_("いまのパスワード"), max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=_("新しいパスワード"),
        help_text=_("12文字以上。名前やよくある言葉だけのものは使えません。"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
