"""Files: examined and stored at once, shown back to their owner only, gone with the answer that held them."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from madoguchi.applications.actions import attach, detach, discard, files_of, submit
from madoguchi.applications.models import Attachment
from madoguchi.applications.tests.make import ANSWERS, FORM, make_draft, make_filed, make_procedure, words
from madoguchi.lib.errors import Refused
from madoguchi.lib.tests.boxes import press, read
from madoguchi.lib.tests.boxes import words as on_page
from madoguchi.lib.tests.files import pdf, picture

pytestmark = pytest.mark.django_db
TWO_FILES = {**FORM, "pages": [{"id": "files", "title": words("書類"), "questions": [
    {"id": key, "type": "file", "label": words(key), "later": True, "max_files": 2} for key in ("one", "other")]}]}  # fmt: skip


@pytest.fixture
def draft(in_scope):
    return make_draft(make_procedure(form=TWO_FILES), {})


def put(draft, path="one", data=b"", name="a.png"):
    file = SimpleUploadedFile(name, data or picture("PNG"))
    return attach(store=draft.draft(), application=draft, question=draft.version.form.question(path), path=path, file=file, name=name)


def held(draft, path="one"):
    return [file["name"] for file in files_of(draft.draft().values.get(path))]


def test_a_file_is_stored_under_its_answer_with_its_hash(draft):
    attachment = put(draft, name="保険証.png")
    assert held(draft) == ["保険証.png"]
    assert len(attachment.sha256) == 64
    with default_storage.open(attachment.file) as stored:
        assert len(stored.read()) == attachment.size


def test_a_file_takes_back_that_it_comes_later(draft):
    store = draft.draft()
    store.values = {"one": {"files": [], "later": True}}
    store.save()
    put(draft)
    assert draft.draft().values["one"]["later"] is False


def test_the_question_says_how_many(draft):
    put(draft, name="1.png")
    put(draft, name="2.png")
    with pytest.raises(Refused) as refused:
        put(draft, name="3.png")
    assert (refused.value.code, held(draft)) == ("too_many_files", ["1.png", "2.png"])


def test_taking_a_file_off_removes_it(draft, django_capture_on_commit_callbacks):
    attachment = put(draft)
    with django_capture_on_commit_callbacks(execute=True):
        detach(store=draft.draft(), application=draft, path="one", file_id=str(attachment.uuid))
    assert (held(draft), Attachment.objects.count(), default_storage.exists(attachment.file)) == ([], 0, False)
    detach(store=draft.draft(), application=draft, path="one", file_id=str(attachment.uuid))  # pressed twice


def test_a_file_of_another_answer_stays(draft):
    mine = put(draft, "other", name="mine.png")
    put(draft, "one")
    detach(store=draft.draft(), application=draft, path="one", file_id=str(mine.uuid))
    detach(store=draft.draft(), application=draft, path="one", file_id="no-uuid")
    assert (held(draft), held(draft, "other")) == (["a.png"], ["mine.png"])


def test_a_file_of_another_application_is_not_found(in_scope, client):
    procedure = make_procedure(form=TWO_FILES)
    mine, other = make_draft(procedure, {}), make_draft(procedure, {})
    theirs = put(other)
    client.post("/koto/status/", {"number": mine.resume_code, "phrase": mine.phrase})
    assert client.get(f"/koto/a/{mine.uuid}/files/{theirs.uuid}/").status_code == 404
    assert client.get(f"/koto/a/{other.uuid}/files/{theirs.uuid}/").status_code == 302
    own = put(mine)
    response = client.get(f"/koto/a/{mine.uuid}/files/{own.uuid}/")
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_filed_file_stays_when_an_amendment_takes_it_off(in_scope):
    draft = make_draft(make_procedure(form=TWO_FILES), {})
    attachment = put(draft)
    filed = submit(application=draft)
    amendment = filed.amendments.create(application=filed, values=filed.latest().values)
    detach(store=amendment, application=filed, path="one", file_id=str(attachment.uuid))
    assert Attachment.objects.filter(pk=attachment.pk).exists()
    assert default_storage.exists(attachment.file)
    assert files_of(filed.latest().values["one"])


def test_a_file_that_no_sent_answer_names_is_not_kept(draft, django_capture_on_commit_callbacks):
    """Such as one on a page that a later answer took out of the form again."""
    sent, left = put(draft, name="sent.png"), put(draft, "other", name="left.png")
    store = draft.draft()
    store.values = {key: value for key, value in store.values.items() if key != "other"}
    store.save()
    with django_capture_on_commit_callbacks(execute=True):
        submit(application=draft)
    assert list(draft.attachments.values_list("uuid", flat=True)) == [sent.uuid]
    assert default_storage.exists(sent.file)
    assert not default_storage.exists(left.file)


def test_discarding_takes_the_files_along(draft, django_capture_on_commit_callbacks):
    attachment = put(draft)
    with django_capture_on_commit_callbacks(execute=True):
        discard(application=draft)
    assert not default_storage.exists(attachment.file)


def test_files_through_the_page_without_a_script(in_scope):
    client = Client()
    draft = make_draft(make_procedure(form=TWO_FILES), {})
    client.post("/koto/status/", {"number": draft.resume_code, "phrase": draft.phrase})
    page = client.get(f"/koto/a/{draft.uuid}/p/files/")
    files = [SimpleUploadedFile("a.pdf", pdf()), SimpleUploadedFile("b.exe", b"MZ" * 100)]
    page = press(client, page, "upload:one", **{"f:one": files})
    assert held(draft) == ["a.pdf"]
    assert "b.exe" in on_page(page)
    (act,) = [value for one in read(page).forms for _, value, _ in one.buttons if value.startswith("unfile:one|")]
    page = press(client, page, act)
    assert held(draft) == []
    page = press(client, page, "next", **{"a:one:later": ["yes"]})
    assert draft.draft().values["one"] == {"files": [], "later": True}


def test_answers_of_other_forms_hold_no_files(in_scope):
    filed = make_filed(make_procedure(), ANSWERS)
    assert files_of(filed.latest().values.get("proof")) == []
    assert files_of({"files": "nonsense"}) == files_of(None) == files_of([1]) == files_of({"files": [1, {}]}) == []
