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
