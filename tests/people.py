"""Residents and staff with a browser each: they see pages, type into boxes and press buttons, nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from django.test import Client
from django_scopes import scope, scopes_disabled

from madoguchi.accounts.tests.make import PASSWORD, make_division, make_member, make_municipality
from madoguchi.applications.models import Application
from madoguchi.applications.tests.make import make_procedure
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.tests.boxes import form_with, posted, read, words
from madoguchi.notices.models import Mail
from madoguchi.procedures.actions import adopt, publish_code_list
from tests import filler

FACILITIES = Path(__file__).parents[1] / "src/madoguchi/demo/data/nursery-facilities.json"


class Town:
    """A municipality with one division, a clerk and a chief, and the procedures that a journey needs."""

    def __init__(self, slug: str = "koto", name: str = "江東区", procedures: tuple[str, ...] = (), **facts: Any) -> None:
        self.slug = slug
        self.municipality = make_municipality(slug, name, name, code="131083" if slug == "koto" else "999997")
        with scope(municipality=self.municipality):
            self.division = make_division("madoguchi", f"{name}の担当課")
            self.members = {role: make_member(role, self.division, username=f"{role}-{slug}") for role in ("clerk", "chief")}
            if "hoiku-riyo" in procedures:
                entries = json.loads(FACILITIES.read_text())["entries"]
                publish_code_list(name="nursery-facilities", version="1", entries=entries, by=None)
            for one in procedures:
                procedure = adopt(one, by=None, division="madoguchi")
                for fact, value in facts.items():
                    setattr(procedure, fact, value)
                procedure.save()

    def with_form(self, slug: str, **facts: Any) -> Any:
        with scope(municipality=self.municipality):
            return make_procedure(slug, division=self.division, **facts)

    def application(self, **facts: Any) -> Application:
        with scope(municipality=self.municipality):
            return Application.objects.get(**facts)

    def staff(self, role: str) -> Staff:
        return Staff(self, role)


def text_of(page: Any, html_id: str) -> str:
    """What stands in the span with this id, whatever tags are in it."""
    found = re.search(rf'id="{html_id}">(.*?)</p>', page.content.decode())
    assert found, words(page)
    return re.sub(r"<[^>]*>", "", found[1])


class Resident:
    """Somebody with a browser."""

    def __init__(self, town: Town) -> None:
        self.town, self.client = town, Client()
        self.base = ""
        self.phrase = self.resume_code = self.number = ""

    def at(self, place: str) -> str:
        return f"{self.base}{place}"

    def starts(self, procedure: str) -> Resident:
        page = self.client.get(f"/{self.town.slug}/procedures/{procedure}/")
        response = self.client.post(form_with(page, action="/apply/").action)
        kept = self.client.get(response["Location"])
        self.base = response["Location"].removesuffix("keep/")
        self.resume_code, self.phrase = text_of(kept, "resume-code"), text_of(kept, "phrase")
        return self

    @property
    def application(self) -> Application:
        return self.town.application(uuid=self.base.split("/")[3])

    def fills(self, answers: dict[str, Any]) -> Resident:
        with scope(municipality=self.town.municipality):
            address = filler.fill(self.client, self.application, answers)
        assert address.endswith("/check/"), address
        return self

    def sends(self) -> Resident:
        page = self.client.get(self.at("check/"))
        response = self.client.post(self.at("check/"), posted(form_with(page, button="この内容で送る")))
        assert response.status_code == 302, words(response)
        sent = words(self.client.get(response["Location"]))
        assert "届きました" in sent
        self.number = self.application.number
        assert self.number in sent
        run_tasks()
        return self

    def applies(self, procedure: str, answers: dict[str, Any]) -> Resident:
        return self.starts(procedure).fills(answers).sends()

    def comes_back(self, number: str = "", phrase: str = "") -> Any:
        """From another machine, with number and passphrase."""
        self.client = Client()
        page = self.client.get(f"/{self.town.slug}/status/")
        data = posted(form_with(page, name="phrase"), number=number or self.number, phrase=phrase or self.phrase)
        return self.client.post(f"/{self.town.slug}/status/", data, follow=True)

    def status(self) -> str:
        return words(self.client.get(self.at("status/")))

    def proves(self, birth: str) -> Any:
        page = self.client.get(self.at("status/proof/"))
        return self.client.post(self.at("status/proof/"), posted(form_with(page, name="birth"), birth=birth), follow=True)

    def mails(self, to: str) -> list[Mail]:
        run_tasks()
        with scopes_disabled():
            return list(Mail.objects.filter(to=to).select_related("municipality").order_by("-pk"))

    def proves_email(self, place: str, email: str, **more: str) -> Any:
        """Type an address, read the six digits in the mailbox, type them in the same browser."""
        page = self.client.get(place)
        asked = self.client.post(place, posted(form_with(page, name="email"), email=email), follow=True)
        digits = re.search(r"\d{6}", self.mails(email)[0].body)
        assert digits
        data = posted(form_with(asked, name="code"), code=digits[0], **more)
        return self.client.post(asked.request["PATH_INFO"], data, follow=True)


class Staff:
    """A member of staff at the desk, signed in with name and password."""

    def __init__(self, town: Town, role: str) -> None:
        self.town, self.client = town, Client()
        page = self.client.get("/sign-in/desk/")
        data = posted(form_with(page, name="password"), username=f"{role}-{town.slug}", password=PASSWORD)
        response = self.client.post("/sign-in/desk/", data)
        assert response["Location"] == f"/{town.slug}/desk/"

    def opens(self, number: str) -> Any:
        response = self.client.get(f"/{self.town.slug}/desk/cases/{number}/")
        assert response.status_code == 200, response.status_code
        return response

    def presses(self, page: Any, button: str, action: str, **typed: Any) -> Any:
        """A button of one of the page's many forms, by its words and where it goes."""
        form = next(
            one for one in read(page).forms if action in one.action and any(button in (label, value) for _, value, label in one.buttons)
        )
        data = posted(form, **typed)
        name, value, _ = next(one for one in form.buttons if button in one[1:])
        if name:
            data[name] = [value]
        return self.client.post(form.action, data, follow=True)

    def accepts(self, number: str) -> Any:
        return self.presses(self.opens(number), "受け付ける", "/accept/")

    def asks(self, number: str, reasons: dict[str, str]) -> Any:
        place = f"/{self.town.slug}/desk/cases/{number}/correction/"
        form = form_with(self.client.get(place), name="due_on")
        typed = {"path": list(reasons), **{f"reason:{path}": reason for path, reason in reasons.items()}}
        response = self.client.post(place, posted(form, **typed), follow=True)
        assert response.status_code == 200, words(response)
        run_tasks()
        return response

    def decides(self, number: str, subject: int, outcome: str, act: str = "decide", **typed: Any) -> Any:
        place = f"/{self.town.slug}/desk/cases/{number}/subjects/{subject}/"
        form = form_with(self.client.get(place), button=act)
        response = self.client.post(place, posted(form, act, outcome=outcome, **typed), follow=True)
        assert response.status_code == 200, words(response)
        run_tasks()
        return response
