"""Reads the forms of a page and presses their buttons, as a browser without scripts does: what is not on the page cannot be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

Pairs = list[tuple[str, str]]


@dataclass
class PageForm:
    """One <form>: where it goes, what its boxes hold, which buttons and upload boxes it has."""

    action: str = ""
    method: str = "get"
    fields: Pairs = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)  # name → values of its radio buttons and check boxes
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, words
    files: list[str] = field(default_factory=list)

    def value(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def has(self, name: str) -> bool:
        return name in self.offered or name in self.files or any(key == name for key, _ in self.fields)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[PageForm] = []
        self.form: PageForm | None = None
        self.area: str | None = None
        self.button: tuple[str, str] | None = None
        self.words = ""
        self.text: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self.form = PageForm(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.form)
        if self.form is None:
            return
        if tag == "input":
            self._input(given)
        elif tag == "textarea":
            self.area, self.words = given.get("name", ""), ""
        elif tag == "button":
            self.button, self.words = (given.get("name", ""), given.get("value", "")), ""

    def _input(self, given: dict[str, str]) -> None:
        assert self.form is not None
        kind, name = given.get("type", "text"), given.get("name", "")
        if kind == "file":
            self.form.files.append(name)
        elif kind in ("checkbox", "radio"):
            self.form.offered.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                self.form.fields.append((name, given.get("value", "on")))
        elif name:
            self.form.fields.append((name, given.get("value", "").replace("\n", "").replace("\r", "")))

    def handle_data(self, data: str) -> None:
        self.words += data
        self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.form is not None and self.area is not None:
            self.form.fields.append((self.area, self.words.removeprefix("\n")))
            self.area = None
        elif tag == "button" and self.form is not None and self.button is not None:
            self.form.buttons.append((*self.button, " ".join(self.words.split())))
            self.button = None


def read(response: Any) -> Reader:
    reader = Reader()
    reader.feed(response.content.decode())
    return reader


def words(response: Any) -> str:
    """Everything that can be read on a page, in one line."""
    return " ".join(" ".join(read(response).text).split())


def form_with(response: Any, *, name: str = "", button: str = "", action: str = "") -> PageForm:
    """The form that has a box of this name, a button with these words or value, or goes to this address."""
    for one in read(response).forms:
        pressed = any(button in (value, label) for _, value, label in one.buttons)
        if (name and one.has(name)) or (button and pressed) or (action and action in one.action):
            return one
    raise AssertionError(f"no form with {name or button or action!r} on {words(response)[:300]}")


def posted(form: PageForm, act: str = "", **changes: Any) -> dict[str, list[Any]]:
    """What pressing a button posts; `changes` are what the person typed (a text, a list of ticked values, or files)."""
    data: dict[str, list[Any]] = {}
    for name, value in form.fields:
        data.setdefault(name, []).append(value)
    for name, value in changes.items():
        assert form.has(name), f"{name} is not on the page: {[key for key, _ in form.fields]}"
        data[name] = value if isinstance(value, list) else [value]
    if act:
        assert any(act == value for _, value, _ in form.buttons), f"no button {act}: {[value for _, value, _ in form.buttons]}"
        data["act"] = [act]
    return data


def press(client: Client, response: Any, act: str = "next", *, follow: bool = False, **changes: Any) -> Any:
    """Type into the form that has this button, press it, and give the answer."""
    form = form_with(response, button=act)
    address = form.action or response.request["PATH_INFO"] + (
        f"?{response.request['QUERY_STRING']}" if response.request["QUERY_STRING"] else ""
    )
    return client.post(address, posted(form, act, **changes), follow=follow)
