"""Shape of input on the page of other offices' lists."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.nursery.forms.facilities import SheetForm

KINDS = [("tax", _("区市町村民税の所得割額")), ("arrears", _("保育料の滞納")), ("certificate", _("ほかの自治体の課税証明書"))]


class OfficeListForm(SheetForm):
    """A list and what it says."""

    kind = forms.ChoiceField(label=_("照会の種類"), choices=KINDS, widget=forms.RadioSelect)
    field_order = ["kind", "file"]
