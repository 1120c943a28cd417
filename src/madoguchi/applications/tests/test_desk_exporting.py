"""Files for other programs, and the recorded look at an individual number."""

from __future__ import annotations

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from madoguchi.accounts.models import AuditEntry
from madoguchi.accounts.tests.make import make_division, make_member
from madoguchi.applications.actions import accept, decide, export_cases, look_at_mynumber, save_answers, submit, walk_of
from madoguchi.applications.models import Application
from madoguchi.applications.tests.make import ANSWERS, CHILDREN, TWO_CHILDREN, WITH_MYNUMBER, make_draft, make_filed, make_procedure
from madoguchi.lib.errors import Refused

pytestmark = pytest.mark.django_db
NUMBER = "123456789018"


def rows(data: bytes, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(encoding))))


def test_csv_has_a_column_for_each_question_and_row(division, clerk) -> None:
    procedure = make_procedure(form=CHILDREN)
    filed = make_filed(procedure, TWO_CHILDREN)
    decide(accept(application=filed, by=clerk.user).subjects.first(), by=clerk.user, outcome="granted")
    exported = export_cases(applications=Application.objects.filed(), format="csv", by=clerk.user)
    assert exported.data.startswith(b"\xef\xbb\xbf")
    (row,) = rows(exported.data)
    assert row["受付番号"] == filed.number
    assert (row["氏名"], row["氏名（カナ）"], row["住所（郵便番号）"]) == ("架空 花子", "カクウ ハナコ", "135-0016")
    assert (row["生年月日"], row["金額"], row["種類"]) == ("1990-04-15", "12000", "新しく")
    assert [row[f"お子さま{place}：お子さまの氏名"] for place in (1, 2)] == ["架空 一郎", "架空 二葉"]
    assert row["結果"] == "架空 一郎：認められました\n架空 二葉：審査中"
    entry = AuditEntry.objects.get(verb="applications.export")
    assert (entry.details["count"], entry.details["format"]) == (1, "csv")
    assert AuditEntry.objects.get(verb="applications.open_case").details["purpose"] == "一覧の書き出し"


def test_a_cell_that_begins_with_equals_is_no_formula(division, clerk) -> None:
    make_filed(make_procedure(), {**ANSWERS, "reason": "=1+1"})
    chosen = list(Application.objects.filed())
    assert rows(export_cases(applications=chosen, format="csv", by=clerk.user).data)[0]["理由"] == "'=1+1"
    book = load_workbook(io.BytesIO(export_cases(applications=chosen, format="xlsx", by=clerk.user).data))
    cells = [cell for line in book.worksheets[0].iter_rows() for cell in line if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_cp932_reports_what_it_cannot_hold(division, clerk) -> None:
    filed = make_filed(make_procedure(), {**ANSWERS, "name": {**ANSWERS["name"], "family": "𠮷田"}, "reason": "\N{GRINNING FACE}です"})
    exported = export_cases(applications=[filed], format="csv-cp932", by=clerk.user)
    assert rows(exported.data, "cp932")[0]["理由"].endswith("です")
    assert {"number": filed.number, "column": "理由", "character": "\N{GRINNING FACE}（U+1F600）"} in exported.unmappable
    assert any("U+20BB7" in one["character"] and one["column"] == "氏名" for one in exported.unmappable)


def test_xlsx_has_a_sheet_for_each_group(division, clerk) -> None:
    filed = make_filed(make_procedure(form=CHILDREN), TWO_CHILDREN)
    book = load_workbook(io.BytesIO(export_cases(applications=[filed], format="xlsx", by=clerk.user).data))
    assert book.sheetnames == ["申請", "お子さま"]
    lines = list(book["お子さま"].iter_rows(values_only=True))
    assert lines[0][:4] == ("受付番号", "順", "名称", "お子さまの氏名")
    assert [line[:3] for line in lines[1:]] == [(filed.number, 1, "架空 一郎"), (filed.number, 2, "架空 二葉")]


def test_two_procedures_in_one_file(division, clerk) -> None:
    make_filed(make_procedure("one"))
    make_filed(make_procedure("two", form=CHILDREN), TWO_CHILDREN)
    found = rows(export_cases(applications=Application.objects.filed(), format="csv", by=clerk.user).data)
    assert len(found) == 2
    assert sum(key.endswith(("：氏名", "：氏名 (2)")) for key in found[0]) == 2


def test_individual_numbers_never_leave(division, clerk) -> None:
    procedure = make_procedure(form=WITH_MYNUMBER, entitled_to_mynumber=True)
    draft = make_draft(procedure)
    item = walk_of(draft, draft.draft()).item("mynumber")
    save_answers(store=draft.draft(), application=draft, items=[item], posted={"mynumber": {"": [NUMBER]}})
    filed = submit(application=draft)
    for format_ in ("csv", "csv-cp932", "xlsx", "json"):
        data = export_cases(applications=[filed], format=format_, by=clerk.user).data
        assert NUMBER.encode() not in data
        assert str(filed.secrets.get().pk).encode() not in data
    held = json.loads(export_cases(applications=[filed], format="json", by=clerk.user).data)[0]
    assert held["answers"]["values"]["mynumber"] == "＊" * 12
    assert held["answers"]["hash"] == filed.latest().hash
    assert look_at_mynumber(application=filed, path="mynumber", reason="identity", by=clerk.user) == NUMBER
    entry = AuditEntry.objects.get(verb="applications.look_at_mynumber")
    assert entry.details == {"path": "mynumber", "reason": "identity"}
    for path, reason, code in (("mynumber", "", "no_reason"), ("reason", "identity", "no_number"), ("x[[", "identity", "no_number")):
        with pytest.raises(Refused) as refused:
            look_at_mynumber(application=filed, path=path, reason=reason, by=clerk.user)
        assert refused.value.code == code


def test_where_the_procedure_has_no_right_nobody_looks(division, clerk) -> None:
    filed = make_filed(make_procedure(form=WITH_MYNUMBER))
    with pytest.raises(Refused) as refused:
        look_at_mynumber(application=filed, path="mynumber", reason="identity", by=clerk.user)
    assert refused.value.code == "not_entitled"


def test_what_cannot_be_exported(division, clerk) -> None:
    filed = make_filed(make_procedure())
    draft = make_draft(filed.procedure)
    stranger = make_member("clerk", make_division("zei", "課税課", "Tax"))
    cases = (([filed], "pdf", clerk, "no_format"), ([draft], "csv", clerk, "nothing_chosen"), ([filed], "csv", stranger, "other_division"))
    for chosen, format_, member, code in cases:
        with pytest.raises(Refused) as refused:
            export_cases(applications=chosen, format=format_, by=member.user)
        assert refused.value.code == code
