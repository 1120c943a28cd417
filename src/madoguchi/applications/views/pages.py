"""A page of questions, whatever is being filled: a draft, a correction or an amendment. Every button saves first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from madoguchi.applications.actions import (
    Saved,
    add_row,
    attach,
    detach,
    fingerprint,
    origins,
    remove_row,
    save_answers,
    set_answer,
    walk_of,
)
from madoguchi.applications.actions.saving import Posted
from madoguchi.applications.forms import Act, FieldView, SectionView, field_for, posted_act, posted_parts, uploaded
from madoguchi.applications.forms.fields import html_text
from madoguchi.applications.models import Answers, Application, FilingBundle
from madoguchi.engines.forms import Group, Item, Lists, Problem, Walk, check_walk, get, parts_of, read, say, split_path
from madoguchi.engines.japanese import look_up_postal
from madoguchi.lib.errors import Refused
from madoguchi.lib.tags import reader
from madoguchi.procedures.actions import lists

MAX_TYPED = 20_000  # what the engine keeps of one text
NO_TOWN = _("この郵便番号の住所が見つかりません。番号を確かめるか、住所をそのまま入力してください。")
NUMBER_AGAIN = _("個人番号は保存していません。もう一度入力してください。")
NOTHING = _("（なし）")
Pick = Callable[[Walk], Sequence[Group]]  # which groups of the walk this page shows
TYPES = {  # which questions a button may be about: its path comes from the browser
    "postal": ("address",),
    "search": ("lookup", "ranked", "bank_account"),
    "pick": ("lookup", "ranked", "bank_account"),
    "up": ("ranked",),
    "down": ("ranked",),
    "drop": ("lookup", "ranked", "bank_account"),
    "unfile": ("file",),
}


@dataclass
class PageForm:
    """One form of the page: reads, saves, acts, and gives what the template shows."""

    request: HttpRequest
    application: Application | FilingBundle  # what has the form
    store: Any
    pick: Pick
    may_repeat: Callable[[Walk], Collection[str]] = lambda walk: ()  # groups whose rows this page adds and removes
    problems: list[Problem] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # refusals of uploads and rows, shown at the top
    conflicts: tuple[str, ...] = ()
    queries: dict[str, str] = field(default_factory=dict)
    towns: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    understood: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    act: Act = field(default_factory=Act)
    added_row: str = ""
    unread: list[Problem] = field(default_factory=list)
    unsaved: frozenset[str] = frozenset()  # paths whose posted text is shown again, because it was not (or not wholly) saved
    refused: bool = False  # nothing was saved: `said` has the reason

    def __post_init__(self) -> None:
        self.lists: Lists = lists()
        self.language = reader()
        self.origins = origins(application=self.application) if isinstance(self.store, Answers) else {}
        self.walked: Walk = walk_of(self.application, self.store)

    # -- what is on the page ---------------------------------------------------------------------------------------------

    @property
    def groups(self) -> Sequence[Group]:
        return self.pick(self.walked)

    def items(self) -> list[Item]:
        return [item for group in self.groups for item in group.items]

    def item(self, path: str) -> Item | None:
        return next((item for item in self.items() if item.path == path), None)

    # -- posting -----------------------------------------------------------------------------------------------------------

    def post(self) -> Act:
        """Save what was typed, then do what the button says; gives the act for the view to go on with."""
        self.act = posted_act(self.request)
        shown = self.items()
        posted = posted_parts(self.request, shown)
        seen = self.request.POST.get("seen", "")
        try:
            saved = save_answers(store=self.store, application=self.application, items=shown, posted=posted, seen=seen, by=self.by)
        except Refused as refused:
            if refused.code != "answers_too_large":
                raise
            self.refused, self.unsaved = True, frozenset(posted)
            self.said.append(str(refused))
            return self.act
        self._note(saved, posted)
        self._mark_later(shown)
        self._take_files(shown)
        if not self.conflicts:
            self._do()
        self.reload()
        return self.act

    def _note(self, saved: Saved, posted: Posted) -> None:
        self.conflicts, self.understood = saved.conflicts, saved.understood
        self.unread = [problem for problem in saved.unread if not self.conflicts]
        if self.conflicts:
            self.unsaved = frozenset(posted)
            if any(self._is_secret(path) and any(parts.get("", ())) for path, parts in posted.items()):
                self.said.append(str(NUMBER_AGAIN))
        else:
            self.unsaved = frozenset(
                path for path, parts in posted.items() if any(len(text) > MAX_TYPED for each in parts.values() for text in each)
            )

    def _is_secret(self, path: str) -> bool:
        item = self.item(path)
        return item is not None and item.question.type == "mynumber"

    @property
    def by(self) -> Any:
        return self.request.user if self.request.user.is_authenticated else None

    def reload(self) -> None:
        self.store.refresh_from_db()
        self.walked = walk_of(self.application, self.store)
        self.origins = origins(application=self.application) if self.origins else {}

    def new_items(self) -> list[Item]:
        """Questions that count now and were not on the posted page: a choice has opened them."""
        shown = set(self.request.POST.getlist("shown"))
        return [item for item in self.items() if item.path not in shown and item.question.is_typed]

    def check(self, pages: Iterable[str] | None = None) -> list[Problem]:
        """Problems of this page's answers, those of numbers that were not kept among them."""
        paths = {item.path for item in self.items()}
        repeats = {group.row.repeat.id for group in self.groups if group.row} | {
            repeat.id for page in self.walked.pages for repeat in page.repeats
        }
        mine = list(pages) if pages else None
        found = check_walk(self.walked, self.store.values, lists=self.lists, typed=self.store.typed, pages=mine)
        unread = {problem.path for problem in self.unread}
        faults = [p for p in found if mine and p.key == "rule.error" and p.path not in paths]
        self.problems = [p for p in found if (p.path in paths or p.path in repeats) and p.path not in unread] + faults + list(self.unread)
        return [problem for problem in self.problems if problem.level == "error"]

    def _do(self) -> None:
        act = self.act
        try:
            if act.word in TYPES:
                self._do_on_question(act)
            elif act.word == "add" and act.path in self.may_repeat(self.walked):
                self.added_row = add_row(store=self.store, application=self.application, repeat_id=act.path, by=self.by)
            elif act.word == "remove" and self.row_of(act.path):
                remove_row(store=self.store, application=self.application, row_path=act.path, by=self.by)
        except Refused as refused:
            self.said.append(str(refused))

    def _do_on_question(self, act: Act) -> None:
        path, _, part = act.path.partition(":")
        item = self.item(path)
        parts = ("bank", "branch") if item is not None and item.question.type == "bank_account" else ("",)
        if item is None or item.question.type not in TYPES[act.word] or part not in parts:
            return  # not on this page
        if act.word == "search":
            self.queries[act.path] = self.request.POST.get(f"q:{act.path}", "")[:100]
        elif act.word == "postal":
            self._postal(item)
        elif act.word == "unfile":
            detach(store=self.store, application=self.application, path=path, file_id=act.id, by=self.by)
        elif item.question.type == "bank_account":
            self._pick_bank(item, part, act)
        else:
            self._move(item, act)

    def row_of(self, path: str) -> str:
        """The id of a row that stands on this page; "" for any other path."""
        try:
            place = split_path(path)
        except ValueError:
            return ""
        rows = self.walked.rows(place.repeat) if place.repeat in self.may_repeat(self.walked) and place.question is None else ()
        return next((row.id for row in rows if row.id == place.row), "")

    def _move(self, item: Item, act: Act) -> None:
        self.store.refresh_from_db()
        wishes = get(self.store.values, item.path)
        entries = [dict(wish) for wish in wishes] if isinstance(wishes, list) else []
        entry = self.lists.get(item.question.list, act.id)
        if act.word == "pick" and entry is not None:
            chosen = {"id": entry.id, "label": entry.label["ja"]}
            entries = [*entries, chosen] if act.id not in {wish["id"] for wish in entries} else entries
            value: Any = entries[: int(item.question.max or 5)] if item.question.type == "ranked" else chosen
        elif act.word == "pick":
            return
        else:
            value = _moved(entries, act) or None
        set_answer(store=self.store, application=self.application, path=item.path, value=value, by=self.by)

    def _pick_bank(self, item: Item, part: str, act: Act) -> None:
        """Choose or give up a bank (its branch goes with it) or a branch; the other boxes stay as they were typed."""
        self.store.refresh_from_db()
        value, typed = get(self.store.values, item.path), self.store.typed.get(item.path)
        parts = parts_of(item.question, value) if value is not None else {name: [text] for name, text in (typed or {}).items()}
        parts[part] = [act.id] if act.word == "pick" else []
        if part == "bank":
            parts["branch"] = []
        save_answers(store=self.store, application=self.application, items=[item], posted={item.path: parts}, by=self.by)

    def _postal(self, item: Item) -> None:
        """Fill prefecture, city and town from the postal code; several towns are offered, what was typed stays."""
        path = item.path
        typed = {
            part: self.request.POST.get(f"a:{path}:{part}", "") for part in ("postal", "prefecture", "city", "town", "block", "building")
        }
        towns = look_up_postal(typed["postal"])
        if not towns:
            self.said.append(str(NO_TOWN))
            return
        first = towns[0]
        filled = {
            **typed,
            "postal": first.postal,
            "prefecture": first.prefecture,
            "city": first.city,
            "town": first.town if len(towns) == 1 else "",
        }
        parts = {part: [text] for part, text in filled.items() if text}
        save_answers(store=self.store, application=self.application, items=[item], posted={path: parts}, by=self.by)
        if len(towns) > 1:
            self.towns[path] = [{"town": town.town, "city": town.city} for town in towns]

    def _mark_later(self, items: Sequence[Item]) -> None:
        for item in items:
            if item.question.type != "file" or not item.question.later or item.path not in self.request.POST.getlist("shown"):
                continue
            later = bool(self.request.POST.get(f"a:{item.path}:later"))
            value = item.value or {}
            if later != bool(value.get("later")) and not value.get("files"):
                set_answer(
                    store=self.store,
                    application=self.application,
                    path=item.path,
                    value={"files": [], "later": True} if later else None,
                    by=self.by,
                )

    def _take_files(self, items: Sequence[Item]) -> None:
        by_path = {item.path: item for item in items if item.question.type == "file"}
        for path, files in uploaded(self.request).items():
            if path not in by_path:
                continue
            for file in files:
                try:
                    attach(
                        store=self.store,
                        application=self.application,
                        question=by_path[path].question,
                        path=path,
                        file=file,
                        name=file.name or "",
                        by=self.by,
                    )
                except Refused as refused:
                    self.said.append(f"{file.name}：{refused}")

    # -- showing -----------------------------------------------------------------------------------------------------------

    def seen(self) -> str:
        """What the page carries so that a second tab is noticed."""
        self.store.refresh_from_db()
        return fingerprint(self.store, self.items())

    def sections(self) -> list[SectionView]:
        return [self._section(group) for group in self.groups if group.items]

    def _section(self, group: Group) -> SectionView:
        fields = [self.field(item) for item in group.items]
        inside = group.row is not None and group.row.repeat.section is not None
        return SectionView(
            title=html_text(group.section.title, self.language),
            intro=html_text(group.section.intro, self.language),
            fields=fields,
            row_path=group.row.path if inside and group.row else "",
            row_name=group.row.named(self.language) if inside and group.row else "",
            repeat_id=group.row.repeat.id if inside and group.row else "",
        )

    def field(self, item: Item) -> FieldView:
        if item.path in self.unsaved:
            return self._as_posted(item)
        view = self._view(item, self.store.typed.get(item.path))
        view.towns = self.towns.get(item.path, [])
        view.origin = self.origins.get(item.path, "")
        return view

    def _view(self, item: Item, typed: Mapping[str, str] | None) -> FieldView:
        problems, queries = self.problems, self.queries
        return field_for(item, language=self.language, lists=self.lists, typed=typed, problems=problems, queries=queries)

    def _as_posted(self, item: Item) -> FieldView:
        """The box with what was posted and not saved; in a conflict also with what another tab saved meanwhile."""
        posted = posted_parts(self.request, [item]).get(item.path, {})
        stored = self._view(item, self.store.typed.get(item.path))
        if self._is_secret(item.path):
            return stored
        reading = read(item.question, posted, on=self.walked.on, lists=self.lists, value=item.value)
        view = self._view(replace(item, value=reading.value), reading.typed)
        view.values = view.values | {part: "\n".join(texts) for part, texts in posted.items()}
        if item.path in self.conflicts:
            view.before = stored.shown or "\n".join(text for text in stored.values.values() if text) or str(NOTHING)
        return view

    def error_list(self) -> list[dict[str, str]]:
        """For the summary at the top: what a row or upload was refused for, then each problem with a link to its box."""
        listed = [{"target": "", "sentence": sentence} for sentence in self.said if sentence]
        for section in self.sections():
            for view in section.fields:
                listed += [{"target": error["target"], "sentence": error["sentence"]} for error in view.errors]
        placed = {view.path for section in self.sections() for view in section.fields}
        return listed + [
            {"target": "", "sentence": say(p, self.language)} for p in self.problems if p.level == "error" and p.path not in placed
        ]


def _moved(entries: list[dict[str, Any]], act: Act) -> list[dict[str, Any]]:
    """The wishes after a button: one up, one down, or out."""
    place = next((index for index, wish in enumerate(entries) if wish["id"] == act.id), None)
    if place is None:
        return entries
    wish = entries.pop(place)
    if act.word != "drop":
        entries.insert(max(0, place - 1) if act.word == "up" else place + 1, wish)
    return entries
