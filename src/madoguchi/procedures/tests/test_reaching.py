"""How a procedure is reached from outside: the short address, the poster, words for the web site, the paper edition's links."""

from __future__ import annotations

import io
import json
import zipfile
from importlib import import_module

import pypdfium2
import pytest
from django.apps import apps
from django.test import Client
from PIL import Image

from madoguchi.accounts.tests.make import make_member
from madoguchi.lib import numbers, pdf
from madoguchi.procedures.actions import LIBRARY, adopt, hide
from madoguchi.procedures.models import Procedure, ShortAddress, announcement, poster_data, short_url
from madoguchi.procedures.tests.make import make_procedure, signed_in, words


@pytest.fixture(scope="module", autouse=True)
def typesetters():
    yield
    pdf.close_all()


@pytest.fixture
def dog(division):
    return make_procedure(division, who=words("犬を飼う方", "Dog owners"), needs=[words("狂犬病の注射の証明", "Proof of vaccination")])


def test_every_procedure_has_a_code_of_its_own_from_the_first_moment(division) -> None:
    codes = {make_procedure(division, f"p{number}", published=False).short_code for number in range(30)}
    assert len(codes) == 30
    assert all(numbers.read_short_code(code) == code for code in codes)
    procedure = Procedure.objects.first()
    before = procedure.short_code
    procedure.save()
    assert (procedure.short_code, ShortAddress.objects.count()) == (before, 30)


def test_a_code_that_is_one_character_wrong_is_never_another_procedure() -> None:
    code = numbers.new_short_code()
    for place in range(5):
        for other in set(numbers.ALPHABET) - {code[place]}:
            assert numbers.read_short_code(code[:place] + other + code[place + 1 :]) is None


def test_the_short_address_leads_to_the_page(client, dog) -> None:
    code = dog.short_code
    for typed in (code, code.lower(), f"{code[:2]}-{code[2:]}"):
        response = client.get(f"/koto/t/{typed}/")
        assert (response.status_code, response["Location"]) == (302, "/koto/procedures/dog/")
    assert short_url(dog).endswith(f"/koto/t/{code}/")


def test_a_mistyped_code_says_so_and_a_right_one_of_nothing_too(client, dog) -> None:
    code = dog.short_code
    wrong = code[:-1] + next(letter for letter in numbers.ALPHABET if letter != code[-1])
    page = client.get(f"/koto/t/{wrong}/")
    assert page.status_code == 404
    assert "どこかの文字がちがいます" in page.content.decode()
    other = numbers.new_short_code({code})
    page = client.get(f"/koto/t/{other}/")
    assert page.status_code == 404
    assert "ここにはありません" in page.content.decode()
    assert client.get("/koto/t/%3Cscript%3E/").status_code == 404


def test_a_hidden_procedure_keeps_its_address_and_says_where_to_ask(client, dog, division) -> None:
    hide(procedure=dog, by=None)
    division.phone = "03-5555-0199"
    division.save()
    page = client.get(f"/koto/t/{dog.short_code}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "いまオンラインでは受け付けていません" in text
    assert "03-5555-0199" in text


def test_a_code_of_another_municipality_is_nothing_here(client, dog, other_municipality) -> None:
    assert client.get(f"/midori/t/{dog.short_code}/").status_code == 404


def test_words_for_the_web_site_say_the_facts_in_three_languages(dog) -> None:
    japanese, plain, english = (announcement(dog, language) for language in ("ja", "plain", "en"))
    assert japanese.name == "犬の登録"
    assert english.name == "Dog registration"
    assert any("Proof of vaccination" in line.texts for line in english.lines)
    assert any("狂犬病の注射の証明" in line.texts for line in japanese.lines)
    assert plain.address.endswith("?lang=ja-plain")
    assert all(line.texts for line in japanese.lines)


def test_readings_stand_behind_the_word_or_above_it(dog) -> None:
    dog.overview = {"ja": "登録", "plain": "{登録|とうろく}して <ください>", "en": "Register"}
    assert announcement(dog, "plain").overview == "登録（とうろく）して <ください>"
    html = announcement(dog, "plain", as_html=True).overview
    assert html == "<ruby>登録<rp>（</rp><rt>とうろく</rt><rp>）</rp></ruby>して &lt;ください&gt;"


def test_the_page_of_posters_and_words(dog, division) -> None:
    dog.overview = words("犬を<b>登録</b>します", "Register a dog & more")
    dog.save()
    browser = signed_in(make_member("designer", division))
    page = browser.get("/koto/desk/procedures/dog/announcing/").content.decode()
    assert dog.short_code in page
    assert "&lt;p&gt;犬を&amp;lt;b&amp;gt;登録" in page, "what is copied is sound HTML, shown as text"
    assert "犬を&lt;b&gt;登録" in page
    assert "<b>登録" not in page
    assert dog.short_code in browser.get("/koto/desk/procedures/dog/").content.decode()
    for size, wide in (("a4", 595), ("a5", 420)):
        poster = browser.get(f"/koto/desk/procedures/dog/poster-{size}.pdf")
        assert poster["Content-Type"] == "application/pdf"
        document = pypdfium2.PdfDocument(poster.content)
        assert (len(document), round(document[0].get_width())) == (1, wide)
        text = document[0].get_textpage().get_text_range()
        assert dog.short_code in text
        assert "Dog registration" in text
        document.close()
    assert browser.get("/koto/desk/procedures/dog/poster-a0.pdf").status_code == 404
    assert Client().get("/koto/desk/procedures/dog/poster-a4.pdf").status_code == 302


@pytest.mark.parametrize("size", ["a4", "a5"])
@pytest.mark.parametrize("entry", ["hoiku-riyo", "kaigo-nintei", "tenshutsu"])
def test_posters_of_long_procedures_are_one_page_with_everything(entry, size, division) -> None:
    procedure = adopt(LIBRARY / entry, by=None, division=division.code)
    document = pypdfium2.PdfDocument(pdf.render("poster", poster_data(procedure, size)).pdf)
    assert len(document) == 1
    page = document[0].get_textpage()
    text = "".join(page.get_text_range().split())
    assert procedure.short_code in text
    assert division.phone in text
    for need in procedure.needs:
        assert "".join(need["en"].split()) in text
    lowest = min(page.get_charbox(place)[1] for place in range(page.count_chars()))
    assert lowest > 15, "nothing is cut off at the foot"
    page.close()
    document.close()


def test_the_paper_edition_is_offered_where_paper_is_taken(client, dog) -> None:
    assert "/koto/procedures/dog/paper.pdf" in client.get("/koto/procedures/dog/").content.decode()
    response = client.get("/koto/procedures/dog/paper.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    Procedure.objects.filter(pk=dog.pk).update(identity="card")
    assert "paper.pdf" not in client.get("/koto/procedures/dog/").content.decode()
    assert client.get("/koto/procedures/dog/paper.pdf").status_code == 404


def test_the_desk_has_paper_and_sheets_of_every_version(dog, division) -> None:
    browser = signed_in(make_member("designer", division))
    page = browser.get("/koto/desk/procedures/dog/versions/1/").content.decode()
    assert "versions/1/paper.pdf" in page
    assert "versions/1/sheets.json" in page
    assert b"".join(browser.get("/koto/desk/procedures/dog/versions/1/paper.pdf").streaming_content).startswith(b"%PDF")
    sheets = browser.get("/koto/desk/procedures/dog/versions/1/sheets.json").json()
    assert (sheets["form"], sheets["version"], sheets["hash"]) == ("dog", 1, dog.current.hash)
    (edition,) = sheets["editions"]
    assert edition["sheets"][0]["qr"] == "F=dog;v=1;p=1;s=1"
    packed = browser.get("/koto/desk/procedures/dog/versions/1/sheets.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert sorted(archive.namelist()) == ["dog-1-1-1.json", "dog-1-1-1.png"]
        sheet = json.loads(archive.read("dog-1-1-1.json"))
        assert sheet == edition["sheets"][0]
        with Image.open(io.BytesIO(archive.read(sheet["blank"]))) as blank:
            assert list(blank.size) == sheet["size"]


def test_a_poster_has_what_the_paper_needs(dog) -> None:
    data = poster_data(dog, "a4")
    assert data["check_address"] == short_url(dog)
    assert data["code"] in data["address"]


def test_procedures_that_were_there_before_get_their_address_with_the_migration(division) -> None:
    kept = {"division": division, "kind": "application", "municipality": division.municipality}
    Procedure.objects.bulk_create([Procedure(slug=f"old{number}", name=words(f"昔{number}"), **kept) for number in range(3)])
    assert ShortAddress.objects.count() == 0
    import_module("madoguchi.procedures.migrations.0006_reach").give_short_addresses(apps, None)
    assert len({procedure.short_code for procedure in Procedure.objects.all()}) == 3
