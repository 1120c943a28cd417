"""Two municipalities in one installation never see each other: every address, visited by everybody with the other's ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product

import pypdfium2
import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from madoguchi.accounts.actions import resident_for
from madoguchi.accounts.models import Division, EmailCode, EmailLink, Membership, Municipality, User
from madoguchi.accounts.tests.make import make_division, make_member, make_municipality
from madoguchi.applications.actions import (
    accept,
    attach,
    begin_amendment,
    carry_common,
    decide,
    looking,
    propose,
    request_correction,
    start_bundle,
    write_message,
)
from madoguchi.applications.models import Application, Attachment
from madoguchi.applications.tests.make import CHILDREN, FORM, TWO_CHILDREN, make_draft, make_filed, make_procedure
from madoguchi.engines.placement.points import shipped
from madoguchi.jobs import actions as jobs
from madoguchi.jobs.models import Worker
from madoguchi.jobs.tests.make import rows, run_tasks
from madoguchi.lib.dbguards import NOT_OWNED
from madoguchi.lib.tests.files import picture
from madoguchi.notices.models import Mail, Notice
from madoguchi.nursery.actions import (
    correct_fact,
    enter_certificate,
    make_employer_link,
    place_by_hand,
    propose_certification,
    publish_rules,
)
from madoguchi.nursery.models import Analysis, OfficeList, OfficeRow, Run
from madoguchi.nursery.tests.make import make_candidate, make_facility, make_household, make_round, make_seats
from madoguchi.procedures.actions import (
    add_cost,
    add_entry,
    ask_review,
    change_draft,
    keep_example,
    move_deadlines,
    offered_bundle,
    open_draft,
    open_survey,
    paper_edition,
    read_inventory,
    record_outage,
    save_rule,
    share_standing,
)
from madoguchi.procedures.models import Adoption, Procedure

pytestmark = pytest.mark.django_db
MARK = "ひみつの"  # stands in everything that residents and clerks of Midori wrote, and nowhere else
SECRET_ANSWERS = {
    **TWO_CHILDREN,
    "name": {"family": f"{MARK}花", "given": f"{MARK}子", "family_kana": "ヒミツノ", "given_kana": "ハナコ"},
    "home": {"postal": "135-0016", "prefecture": "東京都", "city": "江東区", "town": f"{MARK}町", "block": "1"},
    "reason": f"{MARK}理由",
    "child": [{**child, "child_name": {"family": MARK, "given": str(number)}} for number, child in enumerate(TWO_CHILDREN["child"])],
}


@dataclass
class Town:
    """A municipality with something of every kind; `ids` by the name that addresses give them."""

    slug: str
    ids: dict[str, list[object]] = field(default_factory=dict)


def build(slug: str, name: str) -> Town:
    municipality = make_municipality(slug, name, slug.title(), code="131083" if slug == "koto" else "999997")
    mark = MARK if slug == "midori" else "架空の"
    with scope(municipality=municipality):
        division = make_division("kosodate", f"{name}の課", "Section")
        people = {role: make_member(role, division, username=f"{role}-{slug}") for role in ("clerk", "chief", "designer", "ict", "auditor")}
        clerk = people["clerk"].user
        procedure = make_procedure("test", form=CHILDREN, amend_until_days=30, name={"ja": "試験の手続き", "plain": "試験", "en": "Test"})
        answers = SECRET_ANSWERS if slug == "midori" else TWO_CHILDREN
        draft = make_draft(procedure, answers)
        file = SimpleUploadedFile(f"{mark}.png", picture("PNG"))
        attach(
            store=draft.draft(), application=draft, question=draft.version.form.question("proof"), path="proof", file=file, name=file.name
        )
        resident = resident_for(email="same@example.jp")
        filed = make_filed(procedure, answers, resident=resident)
        correcting = make_filed(procedure, answers, email=f"{slug}@example.jp")
        request_correction(application=correcting, items=[("reason", f"{mark}直し")], by=clerk)
        accept(application=filed, by=clerk)
        write_message(application=filed, text=f"{mark}連絡", by=clerk, from_desk=True)
        begin_amendment(application=filed)
        subject = filed.subjects.first()
        decision = decide(subject, by=clerk, outcome="refused", reason=f"{mark}判断")
        waiting = accept(application=make_filed(procedure, answers), by=clerk)
        propose(subject=waiting.subjects.first(), outcome="refused", reason=f"{mark}案", by=clerk)
        job = jobs.start("test", title="試験", by=clerk, total=1, task=rows, ids=[1])
        ids = {
            "uuid": [str(one.uuid) for one in (draft, filed)],
            "notice": [str(one.uuid) for one in Notice.objects.all()[:1]],
            "number": [filed.number, "1"],
            "file": [str(one.uuid) for one in Attachment.objects.all()],
            "code": [filed.documents.first().check_code, "kosodate"],
            "subject": [subject.pk],
            "decision": [decision.pk],
            "job": [job.pk],
            "pk": [job.pk],
            "membership": [people["clerk"].pk],
            "procedure": ["test"],
            "page": ["you", "children"],
            "row": ["r1"],
            "event": ["child"],
            "token": ["x" * 43],
        }
        forms = form_ids(procedure, mark, people["designer"].user)
        made_ids = (
            nursery_ids(filed, mark, clerk),
            inventory_ids(mark, people["ict"].user, slug),
            forms,
            outage_ids(procedure, mark, people["ict"].user),
            filing_ids(mark),
        )
        for made in made_ids:
            for key, found in made.items():
                ids[key] = [*ids.get(key, []), *found]
    return Town(slug, ids)


def filing_ids(mark: str) -> dict[str, list[object]]:
    """Two drafts begun together, with the mark in the common answers and, copied, in both."""
    for slug in ("jido-teate-nintei", "kodomo-iryo"):
        make_procedure(slug, form=FORM)
    offered = offered_bundle("shussei")
    assert offered is not None
    filing = start_bundle(offered=offered, chosen=["jido-teate-nintei", "kodomo-iryo"], agreed=True).filing
    filing.values = {"applicant_name": {"family": f"{mark}花", "given": f"{mark}子", "family_kana": "ヒミツノ", "given_kana": "ハナコ"}}
    filing.save()
    assert carry_common(filing=filing) == 2
    return {"filing": [str(filing.uuid)], "bundle": ["shussei"], "uuid": [str(one.application.uuid) for one in filing.members.all()[:1]]}


def inventory_ids(mark: str, ict: User, municipality: str) -> dict[str, list[object]]:
    """An entry whose name bears the mark, a survey, a sheet that was read, a rule."""
    division = Division.objects.get()
    entry = add_entry(division=division, name=f"{mark}手続", by=ict)
    due = timezone.localdate() + timedelta(days=9)
    survey = open_survey(name=f"{mark}調査", asked=["seal"], message=mark, due_on=due, divisions=[division], by=ict)
    found = read_inventory(data=f"手続名,年間件数\n{mark}届,1\n".encode(), name=f"{mark}.csv", division=division, by=ict)
    origin = {"document": {"id": mark}, "facts": {}}
    Adoption.objects.create(procedure=Procedure.objects.get(slug="test"), kind="shared", origin=f"{mark}もと", base=origin)
    rule = save_rule(rule=None, title=f"{mark}条例", kind="ordinance", article="", division=division, note="", by=ict)
    add_cost(fiscal_year=2026, kind="licence", label=f"{mark}経費", yen=1, source=mark, by=ict)
    share_standing(by=ict)  # what a municipality shows the others holds nothing of this
    return {
        "number": [entry.number],
        "survey": [survey.pk],
        "division": [division.code],
        "found": [found.pk],
        "rule": [rule.pk],
        "kind": ["csv", "library", "shared"],
        "entry": ["inu-toroku", f"{municipality}--test"],
        "figure": ["procedures", "yen-spent"],
    }


def form_ids(procedure: Procedure, mark: str, designer: User) -> dict[str, list[object]]:
    """A draft of the next version that waits for a second pair of eyes, and an example whose answers bear the mark."""
    example = keep_example(
        procedure=procedure, name=f"{mark}例", on=timezone.localdate(), answers={"reason": mark}, expect="clean", by=designer
    )
    draft = open_draft(procedure=procedure, by=designer)
    change = {"do": "text", "at": "question:reason", "key": "hint", "language": "ja", "value": f"{mark}補足"}
    draft = change_draft(draft=draft, changes=[change], edition=0, by=designer)
    ask_review(draft=draft, edition=1, words=f"{mark}確認", by=designer)
    return {"example": [example.pk]}


def outage_ids(procedure: Procedure, mark: str, ict: User) -> dict[str, list[object]]:
    """An outage with a note that bears the mark and a deadline that was moved for it; the procedure's short address, the sizes of a poster."""
    began = timezone.now() - timedelta(hours=3)
    procedure.closes_on = timezone.localdate()
    procedure.save()
    outage = record_outage(began_at=began, ended_at=timezone.now() + timedelta(days=2), reason="fault", note=f"{mark}停止", by=ict)
    move_deadlines(outage=outage, keys=[f"{procedure.pk}:closes_on"], by=ict)
    paper_edition(version=procedure.current)  # whoever asks first has it made: a blank form, and nobody's
    return {"outage": [outage.pk], "code": [procedure.short_code], "size": ["a4"]}


def nursery_ids(filed: Application, mark: str, clerk: User) -> dict[str, list[object]]:
    """A round with a family whose names bear the mark, and the ids of what belongs to it."""
    publish_rules(document=shipped("koto-2027"), by=None)
    row, facility = make_round(filed.procedure), make_facility()
    make_seats(row, {facility: [1, 1, 1, 1, 1, 1]})
    household = make_household(row, filed.number, name=f"{mark}世帯", application=filed)
    candidate = make_candidate(household, [facility], name=f"{mark}児")
    correct_fact(household=household, parent=1, key="employer", value=f"{mark}商事", reason=f"{mark}理由", by=clerk)
    certificate = enter_certificate(
        household=household, parent=1, values={"company": f"{mark}商事", "month_days": 20, "month_hours": 160}, by=clerk
    )
    _link, token = make_employer_link(household=household, parent=2, by=clerk)
    place = place_by_hand(candidate=candidate, facility=facility, reason=f"{mark}理由", by=clerk)
    run = Run.objects.create(round=row, number=1, label=f"{mark}試行", state="done", summary={"classes": []})
    Analysis.objects.create(run=run, kind="sensitivity", problem=f"{mark}点検", state="failed")
    office = OfficeList.objects.create(round=row, kind="tax", source=f"{mark}照会")
    line = OfficeRow.objects.create(list=office, number=1, values={"name": f"{mark}氏名"}, state="doubtful", household=household)
    certification = propose_certification(candidate=candidate, by=clerk)
    return {
        "round": [row.slug],
        "household": [household.pk],
        "candidate": [candidate.pk],
        "run": [run.pk],
        "other": [run.pk],
        "place": [place.pk],
        "certificate": [certificate.pk],
        "code": [facility.code],
        "token": [token],
        "parent": [1],
        "act": ["decide", "tell"],
        "kind": ["sensitivity", "fairness"],
        "office": [office.pk],
        "line": [line.pk],
        "certification": [certification.pk],
    }


# -- every address ----------------------------------------------------------------------------------------------------------------


def addresses(patterns=None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, before + str(one.pattern))
        else:
            yield before + str(one.pattern), one


def filled(route: str, slug: str, ids: dict[str, list[object]]) -> Iterator[str]:
    """The addresses of a pattern with every id that fits; a parameter that nobody knows fails the test."""
    parts = route.replace("<", ">").split(">")
    choices: list[list[str]] = []
    for index, part in enumerate(parts):
        if index % 2 == 0:
            choices.append([part])
            continue
        kind, _, name = part.rpartition(":")
        name = "notice" if name == "uuid" and ("notices/" in route or "letter/" in route) else name
        choices.append([slug] if name == "slug" else [str(one) for one in known(ids, name, kind)])
    for picked in product(*choices):
        yield "/" + "".join(picked)


def known(ids: dict[str, list[object]], name: str, kind: str) -> list[object]:
    assert name in ids, f"tests/test_scope.py must know where <{kind}:{name}> comes from"
    return [one for one in ids[name] if str(one).isdigit() == (kind == "int") or name not in ("number", "page")] or [1]


def people(koto: Town) -> dict[str, Client]:
    """Somebody of each kind, all of Koto or of no municipality, signed in; also a resident with the same address as one of Midori's."""
    with scopes_disabled():
        members = {one.role: one.user for one in Membership.objects.filter(municipality__slug="koto").select_related("user")}
    joint = make_municipality("joint", "共同運営", "Joint", is_operator=True)
    with scope(municipality=joint):
        members["operator"] = make_member("operator", None, username="operator").user
    clients = {"anonymous": Client(), "resident": Client()}
    sign_in(clients["resident"], resident_for(email="other@example.jp"), "madoguchi")
    for role, user in members.items():
        clients[role] = Client()
        sign_in(clients[role], user, "madoguchi_desk")
    for client in clients.values():
        client.raise_request_exception = False
    return clients


def sign_in(client: Client, user: User, cookie: str) -> None:
    """force_login knows one cookie; this product has two."""
    client.force_login(user)
    client.cookies[cookie] = client.session.session_key


RESIDENT_ONLY = ("anonymous", "resident", "clerk")


def visits(town: Town, slug: str) -> list[tuple[str, bool]]:
    found = []
    for route, pattern in addresses():
        if "<slug:slug>" not in route:
            continue
        is_desk = pattern.callback.guard.startswith("desk")
        found += [(address, is_desk) for address in filled(route, slug, town.ids)]
    return found


def snapshot(slug: str) -> dict[str, list]:
    """Everything that belongs to a municipality."""
    with scopes_disabled():
        return {
            model._meta.label: list(model._base_manager.filter(municipality__slug=slug).order_by("pk").values())
            for model in apps.get_models()
            if getattr(model, "is_owned", False)
        }


@pytest.fixture
def towns(monkeypatch):
    monkeypatch.setattr(looking, "MAX_DELAY_SECONDS", 0.0)
    koto, midori = build("koto", "江東区"), build("midori", "みどり野市")
    run_tasks()
    return koto, midori


def test_nobody_of_one_municipality_sees_or_changes_another(towns):
    koto, midori = towns
    before = snapshot("midori")
    clients = people(koto)
    for address, is_desk in visits(midori, "koto"):
        for who, client in clients.items():
            if not is_desk and who not in RESIDENT_ONLY:
                continue
            for response in (client.get(address), client.post(address, {"act": "accept", "sure": "yes", "text": "x"})):
                label = f"{who} {response.request['REQUEST_METHOD']} {address} → {response.status_code}"
                assert response.status_code < 500, label
                assert not shows(response), label
    assert snapshot("midori") == before


def test_a_member_of_one_municipality_is_nobody_at_the_desk_of_another(towns):
    koto, midori = towns
    before = snapshot("midori")
    clients = people(koto)
    for address, is_desk in visits(midori, "midori"):
        for who, client in clients.items():
            if not is_desk and who not in RESIDENT_ONLY:
                continue
            response = client.get(address)
            label = f"{who} GET {address} → {response.status_code}"
            assert response.status_code < 500, label
            assert not shows(response), label
            if is_desk:
                assert response.status_code == (404 if who not in ("anonymous", "resident") else 302), label
                assert client.post(address).status_code in (302, 404), label
    assert snapshot("midori") == before


# Papers that say what a public page says: the form of a procedure, a poster, where its boxes stand. They are read for the mark.
BLANK = re.compile(r"/procedures/[a-z-]+/(versions/\d+/)?(paper|poster-a\d)\.pdf$")


def shows(response) -> bool:
    """Whether anything that Midori's people wrote can be read."""
    if BLANK.search(response.request["PATH_INFO"]) and response.status_code == 200:
        data = b"".join(response.streaming_content) if response.streaming else response.content
        document = pypdfium2.PdfDocument(data)
        return any(MARK in page.get_textpage().get_text_range() for page in document)
    if getattr(response, "streaming", False):
        return True  # a file: none of these people has one
    return MARK in response.content.decode(errors="replace") or response.headers.get("Content-Type") == "application/pdf"


def test_shared_pages_show_nobody_of_anywhere(towns):
    koto, midori = towns
    for who, client in people(koto).items():
        for route, _ in addresses():
            if "<slug:slug>" in route or route.startswith("mailbox"):  # the mailbox is the demo's: everybody's mail, on purpose
                continue
            for address in filled(route, "", midori.ids):
                for response in (
                    client.get(address),
                    client.post(address, {"username": "clerk-midori", "password": "x", "next": "/midori/desk/"}),
                ):
                    assert response.status_code < 500, f"{who} {address}"
                    assert not shows(response), f"{who} {address}"
        chosen = client.get("/midori/desk/").status_code
        assert chosen in (302, 404), who


def test_the_right_people_do_see_what_the_others_do_not(towns):
    """So that the tests above cannot pass because nothing is ever shown."""
    _, midori = towns
    with scopes_disabled():
        member = Membership.objects.get(municipality__slug="midori", role="clerk").user
    clerk = Client()
    sign_in(clerk, member, "madoguchi_desk")
    response = clerk.get(f"/midori/desk/cases/{midori.ids['number'][0]}/")
    assert response.status_code == 200
    assert shows(response)
    owner = Client()
    sign_in(owner, resident_for(email="same@example.jp"), "madoguchi")
    response = owner.get(f"/midori/a/{midori.ids['uuid'][1]}/status/")
    assert response.status_code == 200
    assert shows(response)


def test_one_name_and_one_address_in_two_municipalities_stay_two(towns):
    """The same e-mail address, the same name of a clerk, the same slug of a procedure."""
    resident = resident_for(email="same@example.jp")
    client = Client()
    sign_in(client, resident, "madoguchi")
    for slug, other in (("koto", "midori"), ("midori", "koto")):
        with scopes_disabled():
            mine = Application.objects.get(municipality__slug=slug, resident=resident)
            theirs = Application.objects.get(municipality__slug=other, resident=resident)
        page = client.get(f"/{slug}/my/").content.decode()
        assert mine.number in page
        assert theirs.number not in page
        assert client.get(f"/{slug}/a/{theirs.uuid}/status/").status_code == 404
        client.post(f"/{slug}/status/", {"number": theirs.number, "phrase": "x"})
        assert client.get(f"/{slug}/a/{theirs.uuid}/status/").status_code == 404
    with scopes_disabled():
        assert {mail.municipality.slug for mail in Mail.objects.filter(to="koto@example.jp").select_related("municipality")} <= {"koto"}


def test_number_and_phrase_open_nothing_elsewhere(towns):
    with scopes_disabled():
        midori = Municipality.objects.get(slug="midori")
    with scope(municipality=midori):
        filed = make_filed(make_procedure("another", form=FORM))
        draft = make_draft(make_procedure("third", form=FORM))
    for one in (filed, draft):
        sent = {"number": one.number or one.resume_code, "phrase": one.phrase}
        assert Client().post("/koto/status/", sent).status_code == 422
        assert Client().post("/midori/status/", sent).status_code == 302


# -- every model ------------------------------------------------------------------------------------------------------------------------


def test_every_model_belongs_to_a_municipality_or_is_known_not_to():
    others = {model._meta.label for model in apps.get_models() if not getattr(model, "is_owned", False)}
    assert others == NOT_OWNED & others
    assert {Municipality._meta.label, User._meta.label, EmailCode._meta.label, EmailLink._meta.label, Worker._meta.label} <= others
    assert not [message for message in run_checks() if message.id and message.id.startswith("madoguchi.")]


def test_a_model_of_nobody_is_found_by_the_check(monkeypatch):
    monkeypatch.setattr("madoguchi.lib.dbguards.NOT_OWNED", NOT_OWNED - {"accounts.EmailLink"})
    (found,) = [message for message in run_checks() if message.id == "madoguchi.E001"]
    assert "accounts.EmailLink" in found.msg
