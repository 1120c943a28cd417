"""Shapes of input on the desk's pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Membership, User
from madoguchi.applications.models import Channel, Outcome, Subject
from madoguchi.applications.models.queue import Filters
from madoguchi.engines.forms import pick
from madoguchi.engines.japanese import DateProblem, parse_date
from madoguchi.lib.tags import reader
from madoguchi.procedures.models import Procedure

STATES = [
    ("submitted", _("未受付")),
    ("accepted", _("審査中")),
    ("correcting", _("補正待ち")),
    ("decided", _("決定済み")),
    ("withdrawn", _("取下げ")),
]


class AnyDate(forms.CharField):
    """A day in 和暦 or 西暦, of any width."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_date(text)
        except DateProblem as problem:
            raise forms.ValidationError(_("日付を読み取れません。例：2026-04-15、令和8年4月15日"), code="date") from problem


def colleagues(member: Membership) -> list[User]:
    """Who works on cases in the member's division."""
    found = Membership.objects.current().filter(division_id=member.division_id).select_related("user").order_by("user__name")
    return list({one.user_id: one.user for one in found if one.may("cases.work")}.values())


class StartForm(forms.Form):
    """Which procedure of the division is typed in, and how it came."""

    procedure = forms.ChoiceField(
        label=_("手続き"), error_messages={"required": _("手続きを選んでください。"), "invalid_choice": _("手続きを選んでください。")}
    )
    channel = forms.ChoiceField(
        label=_("どう届いたか"),
        widget=forms.RadioSelect,
        choices=[(Channel.PAPER, _("紙で届いた")), (Channel.COUNTER, _("窓口や電話で聞き取る"))],
        error_messages={"required": _("紙か窓口を選んでください。"), "invalid_choice": _("紙か窓口を選んでください。")},
    )

    def __init__(self, *args: Any, member: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Procedure.objects.public().of(member.division).for_lists() if member.division is not None else Procedure.objects.none()
        self.rows = {row.slug: row for row in rows}
        self.fields["procedure"].choices = [("", "－"), *((slug, pick(row.name, reader())) for slug, row in self.rows.items())]
        self.fields["procedure"].widget.attrs["class"] = "box"

    def procedure_row(self) -> Procedure:
        """The chosen procedure, with its version."""
        return Procedure.objects.select_related("current", "division").get(pk=self.rows[self.cleaned_data["procedure"]].pk)


class QueueFilter(forms.Form):
    procedure = forms.ChoiceField(label=_("手続き"), required=False)
    state = forms.ChoiceField(label=_("状態"), required=False, choices=[("", _("すべて")), *STATES])
    assignee = forms.ChoiceField(label=_("担当者"), required=False)
    arrived_from = AnyDate(label=_("届いた日（から）"), required=False)
    arrived_to = AnyDate(label=_("届いた日（まで）"), required=False)
    sort = forms.ChoiceField(
        label=_("並び順"), required=False, choices=[("due", _("期限が近い順")), ("newest", _("新しい順")), ("oldest", _("古い順"))]
    )

    def __init__(self, *args: Any, member: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        procedures = Procedure.objects.filter(division=member.division).only("name", "kana")
        self.fields["procedure"].choices = [("", _("すべて")), *((str(one.pk), pick(one.name, reader())) for one in procedures)]
        people = [(str(user.pk), user.name or user.username) for user in colleagues(member)]
        self.fields["assignee"].choices = [("", _("すべて")), ("me", _("自分")), ("none", _("担当なし")), *people]
        for field in self.fields.values():
            field.widget.attrs["class"] = "box"

    def filters(self) -> Filters:
        """What could be read; what could not narrows nothing and is said beside its box."""
        self.is_valid()
        given = self.cleaned_data
        return Filters(
            procedure=int(given["procedure"]) if given.get("procedure") else None,
            state=given.get("state", ""),
            assignee=given.get("assignee", ""),
            arrived_from=given.get("arrived_from"),
            arrived_to=given.get("arrived_to"),
        )


class AssignForm(forms.Form):
    to = forms.ChoiceField(label=_("担当者"), required=False)

    def __init__(self, *args: Any, member: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {str(user.pk): user for user in colleagues(member)}
        self.fields["to"].choices = [("", _("担当なし")), *((key, user.name or user.username) for key, user in self.people.items())]
        self.fields["to"].widget.attrs["class"] = "box"

    def user(self) -> User | None:
        return self.people.get(self.cleaned_data.get("to", ""))


class DecisionForm(forms.Form):
    """結果 and its reason; for a proposal (起案) the same without what concerns the notice."""

    outcome = forms.ChoiceField(label=_("結果"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "class": "box"}),
        help_text=_("申請した人が読みます。どの事実を、どの基準に当てはめたかが分かるように書いてください。"),
    )
    note = forms.CharField(
        label=_("決裁する人への説明"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "box"}),
        help_text=_("申請した人には見えません。"),
    )
    valid_until = AnyDate(label=_("保留の有効期限"), required=False, help_text=_("保留のときだけ。例：2026-09-30、令和8年9月30日"))
    title = forms.CharField(label=_("通知の件名"), required=False, max_length=200)
    body = forms.CharField(
        label=_("通知の本文"), required=False, max_length=6000, widget=forms.Textarea(attrs={"rows": 10, "class": "box"})
    )
    release = forms.ChoiceField(
        label=_("知らせる時"), required=False, widget=forms.RadioSelect, initial="now",
        choices=[("now", _("すぐに知らせる")), ("later", _("決定だけして、後で知らせる"))],
    )  # fmt: skip

    def __init__(self, *args: Any, subject: Subject, proposing: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        outcomes = subject.application.procedure.outcomes or list(Outcome.values)
        self.fields["outcome"].choices = [(key, Outcome(key).label) for key in outcomes if key in Outcome.values]
        unwanted = ("title", "body", "release", "valid_until") if proposing else ("note",)
        for name in unwanted:
            del self.fields[name]
        if not proposing and "held" not in outcomes:
            del self.fields["valid_until"]

    @property
    def releases(self) -> bool:
        return self.cleaned_data.get("release") != "later"


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("どのように申し出がありましたか"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "box"}),
        help_text=_("例：電話で本人から"),
    )
    subjects = forms.MultipleChoiceField(label=_("取り下げる対象"), widget=forms.CheckboxSelectMultiple, required=True)

    def __init__(self, *args: Any, subjects: Iterable[Subject], **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = {str(one.pk): one for one in subjects}
        if len(self.known) > 1:
            self.fields["subjects"].choices = [(key, one.name or str(one)) for key, one in self.known.items()]
        else:
            del self.fields["subjects"]

    def chosen(self) -> list[Subject] | None:
        return [self.known[key] for key in self.cleaned_data["subjects"]] if "subjects" in self.fields else None


PROOFS = {
    "card": _("マイナンバーカード"),
    "licence": _("運転免許証・パスポートなど、写真付きの書類"),
    "two": _("写真のない書類2点"),
    "residence": _("在留カード・特別永住者証明書"),
}


class PhraseForm(forms.Form):
    proof = forms.ChoiceField(label=_("確かめた書類"), choices=list(PROOFS.items()), widget=forms.RadioSelect)
    sure = forms.BooleanField(
        label=_("窓口に来た人が申請した本人（または代理人）であることを、書類で確かめました"),
        error_messages={"required": _("本人確認をしてから、印を付けてください。")},
    )
