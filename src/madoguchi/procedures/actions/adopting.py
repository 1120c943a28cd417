"""Taking over what another municipality published, and what its origin changed since: looked at, taken or left."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import Division, Municipality, User, current_municipality
from madoguchi.engines.forms import document_hash
from madoguchi.engines.forms.editing import Rejected
from madoguchi.engines.forms.merging import Update, take, updates
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.examples import take_examples
from madoguchi.procedures.actions.library import LIBRARY, facts_of, read_entry
from madoguchi.procedures.actions.publishing import publish
from madoguchi.procedures.actions.studio import change_draft, choice_ids, open_draft
from madoguchi.procedures.backends import Use, use_of
from madoguchi.procedures.models import Adoption, AdoptionKind, FormDraft, Procedure, SharedProcedure, SharedVersion

Json = dict[str, Any]
LEAST_ADOPTERS = 5  # below it figures would be those of somebody
# Columns that are the municipality's own from the start: whose it is and when it is open never come from the origin.
OWN_FACTS = frozenset({"kind", "annual_volume", "unsure"})
# Keys under which no text for people stands: no name is exchanged there.
NO_TEXTS = frozenset({"id", "type", "var", "named_by", "pattern", "list", "concept", "origin", "slug"})


@dataclass(frozen=True)
class Rating:
    """How an entry does where it is used: sums over its adopters, and only where there are enough of them."""

    adopters: int
    started: int
    filed: int
    corrections: int

    @property
    def completion(self) -> float | None:
        """Filed of a hundred that were started; None before anything was."""
        return 100 * self.filed / self.started if self.started else None

    @property
    def corrections_per_100(self) -> float | None:
        """Corrections asked for, for a hundred that were filed."""
        return 100 * self.corrections / self.filed if self.filed else None


@dataclass(frozen=True)
class Origin:
    """Where a procedure came from, as it is now; `document` and `facts` speak of this municipality where they spoke of their own."""

    kind: str
    name: str
    number: int
    document: Json
    facts: Json


@dataclass(frozen=True)
class FactUpdate:
    """A fact that the origin changed; `adapted` where it was changed here too."""

    name: str
    label: str
    before: Any
    after: Any
    mine: Any
    adapted: bool

    @property
    def key(self) -> str:
        return f"fact:{self.name}"


@transaction.atomic
def adopt_shared(*, entry: SharedProcedure, division: Division, by: User | None, hidden: bool = True) -> Procedure:
    """Take a shared procedure over into the open scope, its form as version 1, hidden until somebody shows it.

    Names of the origin become ours. Raises Refused where it was withdrawn or a procedure of that name stands here already.
    Nothing of an entry is ever run: form and texts are data that the engine reads.
    """
    version = entry.versions.first()
    if version is None or entry.withdrawn_at is not None:
        raise Refused(_("この見本は取り下げられました。"), code="withdrawn")
    if Procedure.objects.filter(slug=entry.procedure).exists():
        raise Refused(_("同じ識別名の手続き（%(slug)s）がすでにあります。") % {"slug": entry.procedure}, code="stands_already")
    found = _localised(entry, version)
    unsure = [*found.facts["unsure"], f"要確認: {entry.origin_name}の見本から採用した内容です"]
    made = _made_here(entry.procedure, division=division, is_hidden=hidden, **{**found.facts, "unsure": unsure})
    note = _("%(name)sの見本から作成") % {"name": entry.origin_name}
    publish(procedure=made, document=found.document, by=by, note=note)
    base = {"document": found.document, "facts": found.facts}
    Adoption.objects.create(procedure=made, kind=AdoptionKind.SHARED, origin=entry.slug, number=version.number, base=base, by=by)
    take_examples(procedure=made, examples=version.examples, origin=entry.slug, by=by)
    record("procedures.adopt", by=by, on=made, division=division, procedure=entry.procedure, again=False, entry=entry.slug)
    made.refresh_from_db()
    return made


def _made_here(slug: str, **facts: Any) -> Procedure:
    """The new procedure; Refused where another press made it a moment before."""
    try:
        with transaction.atomic():
            return Procedure.objects.create(slug=slug, **facts)
    except IntegrityError as error:
        raise Refused(_("同じ識別名の手続き（%(slug)s）がすでにあります。") % {"slug": slug}, code="stands_already") from error


def _localised(entry: SharedProcedure, version: SharedVersion) -> Origin:
    """The entry with this municipality's names in place of its own."""
    mine = current_municipality()
    pairs = [(entry.origin_name, mine.name), (entry.origin_name_en, mine.name_en)]
    words = [(_word(old), new) for old, new in pairs if old and new and old != new]
    facts = {"unsure": [], **version.facts}
    texts = (_replaced(version.document, words), _replaced(facts, words))
    return Origin(AdoptionKind.SHARED, entry.origin_name, version.number, *texts)


def _word(name: str) -> re.Pattern[str]:
    """A name as a word of its own, with its reading or without: 津市 is not in 焼津市, Oi not in Oil."""
    plain = re.escape(name)
    bare = rf"\b{plain}\b" if name.isascii() else rf"(?<![一-鿿]){plain}" if len(name) < 3 else plain
    return re.compile(rf"\{{{plain}\|[^}}]*\}}|{bare}")


def _replaced(value: Any, words: Sequence[tuple[re.Pattern[str], str]]) -> Any:
    """A value with words exchanged in every text; a word with its reading ({江東区|こうとうく}) loses the reading, which is not known."""
    if isinstance(value, str):
        for old, new in words:
            value = old.sub(lambda _found, new=new: new, value)  # type: ignore[misc]
        return value
    if isinstance(value, Mapping):
        return {key: each if key in NO_TEXTS else _replaced(each, words) for key, each in value.items()}
    return [_replaced(each, words) for each in value] if isinstance(value, list) else value


# -- what the origin changed ------------------------------------------------------------------------------------------------------


def origin_of(adoption: Adoption) -> Origin | None:
    """The origin as it is now; None where it is gone (withdrawn, or left out of the library)."""
    if adoption.kind == AdoptionKind.SHARED:
        entry = SharedProcedure.objects.filter(slug=adoption.origin, withdrawn_at=None).first()
        version = entry.versions.first() if entry is not None else None
        return _localised(entry, version) if entry is not None and version is not None else None
    folder = LIBRARY / adoption.origin
    if not (folder / "form.json").exists():
        return None
    found = read_entry(folder)
    return Origin(AdoptionKind.LIBRARY, _("様式の見本"), adoption.number, found.document, facts_of(found))


def form_updates(adoption: Adoption, origin: Origin, mine: Mapping[str, Any]) -> tuple[Update, ...]:
    """What the origin changed in the form since it was copied; `mine` is the draft that is open, or the version of now."""
    return updates(adoption.base["document"], origin.document, mine)


def fact_updates(adoption: Adoption, origin: Origin) -> list[FactUpdate]:
    """Facts and notices that the origin changed since and that are not the same here."""
    found = []
    for name, after in origin.facts.items():
        before, mine = adoption.base["facts"].get(name), getattr(adoption.procedure, name)
        if name not in OWN_FACTS and after not in (before, mine):
            label = str(Procedure._meta.get_field(name).verbose_name)
            found.append(FactUpdate(name, label, before, after, mine, mine != before))
    return found


def has_updates(adoption: Adoption) -> bool:
    """Whether the origin says something new since it was copied or last looked at."""
    origin = origin_of(adoption)
    if origin is None:
        return False
    base = adoption.base
    changed = any(base["facts"].get(name) != value for name, value in origin.facts.items() if name not in OWN_FACTS)
    return changed or bool(updates(base["document"], origin.document, base["document"]))


@transaction.atomic
def take_updates(*, adoption: Adoption, wanted: Collection[str], by: User, seen: str | None = None) -> FormDraft | None:
    """Bring what is wanted (keys of updates) and leave the rest: the form's into the draft in the studio, facts at once.

    What was looked at counts as known from now on; `look_again` shows it anew. Returns the draft where something went into one.
    `seen` is what `seen_of` gave when the page was looked at. Raises Refused (nothing is taken then) where something changed since, the
    draft is held by somebody else, or a change cannot be made.
    """
    row = Adoption.objects.select_for_update(of=("self",)).select_related("procedure__division", "procedure__current").get(pk=adoption.pk)
    origin = origin_of(row)
    if origin is None:
        raise Refused(_("もとの見本は取り下げられました。いまの様式は、このまま使えます。"), code="withdrawn")
    if seen is not None and seen != seen_of(row, origin):
        raise Refused(_("もとか、こちらの内容が変わりました。開き直した画面で、もう一度選んでください。"), code="stale")
    draft = _take_form(row, origin, wanted, by)
    facts = [one for one in fact_updates(row, origin) if one.key in wanted]
    for one in facts:
        setattr(row.procedure, one.name, one.after)
    if facts:
        row.procedure.save(update_fields=[one.name for one in facts])
    now = {"document": origin.document, "facts": origin.facts}
    if row.base != now:  # a second press keeps the way back to the first
        row.before, row.base, row.number = row.base, now, origin.number
        row.save(update_fields=["before", "base", "number"])
    record("procedures.take_updates", by=by, on=row, division=row.procedure.division, procedure=row.procedure.slug, taken=sorted(wanted))
    return draft


def form_here(procedure: Procedure) -> Json:
    """The form that an update would go into: the open draft's, or that of the version of now; {} without either."""
    standing = FormDraft.objects.filter(procedure=procedure, state="open").first()
    if standing is not None:
        return dict(standing.document)
    return dict(procedure.current.document) if procedure.current is not None else {}


def seen_of(adoption: Adoption, origin: Origin) -> str:
    """What a page of updates showed: another origin, another form or other facts here give another one."""
    here = {name: getattr(adoption.procedure, name) for name in origin.facts}
    return document_hash({"origin": [origin.document, origin.facts], "here": [form_here(adoption.procedure), here], "base": adoption.base})


def _take_form(row: Adoption, origin: Origin, wanted: Collection[str], by: User) -> FormDraft | None:
    mine = form_here(row.procedure)
    chosen = [one for one in form_updates(row, origin, mine) if one.key in wanted and one.takable] if mine else []
    if not chosen:
        return None
    try:
        changes = take(origin.document, mine, chosen)
    except Rejected as rejected:
        where = "、".join(rejected.where)
        sentence = _("いっしょに取り込めない変更があります（%(where)s）。選び直すか、様式を直してから取り込んでください。")
        raise Refused(sentence % {"where": where}, code=rejected.reason) from rejected
    draft = open_draft(procedure=row.procedure, by=by)
    for change in changes:
        if change.get("kind") == "choice" and change["part"]["id"] in choice_ids(
            draft=draft, question=str(change["into"]).partition(":")[2]
        ):
            sentence = _("前に使っていた選択肢の識別名です（%(where)s）。様式を作る画面で、別の識別名で加えてください。")
            raise Refused(sentence % {"where": change["part"]["id"]}, code="choice_again")
    return change_draft(draft=draft, changes=changes, edition=draft.edition, by=by)


@transaction.atomic
def look_again(*, adoption: Adoption, by: User) -> Adoption:
    """Show anew what was looked at last and left."""
    row = Adoption.objects.select_for_update(of=("self",)).get(pk=adoption.pk)
    if row.before is None:
        raise Refused(_("前に見た変更はありません。"), code="nothing_before")
    row.base, row.before = row.before, None
    row.save(update_fields=["base", "before"])
    return row


# -- how it does where it is used -----------------------------------------------------------------------------------------------------


def rating(kind: str, origin: str) -> Rating | None:
    """Sums over everybody who adopted an entry; None below LEAST_ADOPTERS. Each municipality is counted in its own scope, only sums leave it."""
    with scopes_disabled():
        rows = list(Adoption.objects.filter(kind=kind, origin=origin).values_list("municipality", "procedure"))
    if len(rows) < LEAST_ADOPTERS:
        return None
    municipalities = Municipality.objects.in_bulk({municipality for municipality, _procedure in rows})
    uses = []
    for municipality, procedure in rows:
        with scope(municipality=municipalities[municipality]):
            uses.append(use_of(procedure))
    enough = sum(use.started > 0 for use in uses) >= LEAST_ADOPTERS  # of fewer the sums would be somebody's
    total = sum(uses, Use()) if enough else Use()
    return Rating(len(rows), total.started, total.filed, total.corrections)


def adoption_of(procedure: Procedure) -> Adoption | None:
    """How the procedure was adopted; None for one that was made here."""
    return Adoption.objects.select_related("procedure").filter(procedure=procedure).first()
