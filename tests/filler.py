"""Fills a form through the real pages, as a browser without scripts would, from canonical answers (a library example)."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from madoguchi.applications.actions import walk_of
from madoguchi.applications.models import Application
from madoguchi.engines.forms import Item, get, parts_of, rows_of

UUID = re.compile(r"/a/([0-9a-f-]{36})/")


def start(client: Client, municipality: str, procedure: str) -> Application:
    """Press the start button on the procedure's page."""
    response = client.post(f"/{municipality}/apply/{procedure}/")
    assert response.status_code == 302, response.content[:400]
    uuid = UUID.search(response["Location"])
    assert uuid
    return Application.objects.get(uuid=uuid[1])


def picture() -> bytes:
    """A small invented photograph."""
    data = io.BytesIO()
    Image.new("RGB", (64, 48), (120, 160, 200)).save(data, "JPEG")
    return data.getvalue()


def fill(client: Client, application: Application, answers: Mapping[str, Any], *, limit: int = 60) -> str:
    """Go from page to page until the check page, an end or a page that does not let on; gives the last address."""
    base = f"/{application.municipality.slug}/a/{application.uuid}/"
    address = client.get(base)["Location"]
    for _ in range(limit):
        if "/p/" not in address:
            return address
        after = one_page(client, application, address, answers)
        if after == address:
            return address
        address = after
    raise AssertionError(f"no end in sight at {address}")


def one_page(client: Client, application: Application, address: str, answers: Mapping[str, Any]) -> str:
    """Answer one page; gives the next address, or the same when the page did not let on."""
    response = client.get(address)
    if response.status_code == 302:
        return response["Location"]
    assert response.status_code == 200, (address, response.status_code)
    page, _, row = address.split("/p/", 1)[1].partition("?")[0].strip("/").partition("/")
    draft = application.draft()
    walked = walk_of(application, draft)
    repeat = application.version.form.page(page).repeat
    if repeat is not None and not row:
        return hub(client, address, walked, repeat.id, answers)
    for _ in range(8):  # answers open further questions, and rows of groups on the page are added one by one
        found = walked.page(page)
        if found is None:
            return address
        missing = next(
            (one for one in found.repeats if one.section is not None and len(walked.rows(one.id)) < len(rows_of(answers, one.id))), None
        )
        items = [item for group in (found.for_row(row) if row else found.groups) for item in group.items]
        data = boxes(items, walked, answers)
        data |= {"act": f"add:{missing.id}" if missing else "next", "seen": response.context["seen"]}
        response = client.post(address, data)
        if response.status_code == 302:
            return response["Location"]
        draft = application.draft()
        walked = walk_of(application, draft)
    problems = [problem["sentence"] for problem in response.context["problems"]]
    assert not problems, (address, problems)
    return address


def hub(client: Client, address: str, walked: Any, repeat: str, answers: Mapping[str, Any]) -> str:
    """On the list of a repeating page: open the row that is not done, add the missing one, or go on."""
    rows = walked.rows(repeat)
    wanted = rows_of(answers, repeat)
    for index, row in enumerate(rows):
        if index < len(wanted) and not any(get(walked.values, f"{row.path}.{key}") is not None for key in wanted[index] if key != "row"):
            return client.post(address, {"act": f"row:{row.path}"})["Location"]
    if len(rows) < len(wanted):
        return client.post(address, {"act": f"add:{repeat}"})["Location"]
    response = client.post(address, {"act": "next"})
    assert response.status_code == 302, [problem["sentence"] for problem in response.context["problems"]]
    return response["Location"]


def answer_for(item: Item, walked: Any, answers: Mapping[str, Any]) -> Any:
    """The example's answer to an item; rows are matched by their order, since ids are given by the page."""
    if item.row is None:
        return answers.get(item.question.id)
    order = [row.id for row in walked.rows(item.row.repeat.id)].index(item.row.id)
    wanted = rows_of(answers, item.row.repeat.id)
    return wanted[order].get(item.question.id) if order < len(wanted) else None


def boxes(items: list[Item], walked: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a browser would post for these items."""
    data: dict[str, Any] = {"shown": [item.path for item in items if item.question.is_typed]}
    for item in items:
        value = answer_for(item, walked, answers)
        if value is None:
            continue
        name = f"a:{item.path}"
        if item.question.type == "file":
            if value.get("later"):
                data[f"{name}:later"] = "yes"
            elif not item.answered:
                data[f"f:{item.path}"] = [SimpleUploadedFile(f"{n}.jpg", picture(), "image/jpeg") for n, _ in enumerate(value["files"])]
            continue
        for part, texts in parts_of(item.question, value).items():
            data[f"{name}:{part}" if part else name] = texts
    return data
