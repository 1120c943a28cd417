"""Looking an application up by number and passphrase: a wrong number and a wrong phrase look and last the same."""

from __future__ import annotations

import time
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.actions import record
from madoguchi.applications.models import AnswersKind, Application, FilingBundle
from madoguchi.applications.models.reading import applicant_of, walk_revision
from madoguchi.lib import numbers, phrases
from madoguchi.lib.errors import Refused
from madoguchi.lib.limits import Limit

PER_NUMBER = Limit("look-up", 5, 15 * 60)  # from one address
PER_ADDRESS = Limit("look-up-from", 30, 15 * 60)
PER_NUMBER_ANYWHERE = Limit("look-up-any", 20, 15 * 60)
BIRTHS = Limit("look-up-birth", 5, 15 * 60)
# Only who holds number and passphrase gets here, so this shuts no stranger's door to anybody; a year of birthdays is soon tried.
BIRTHS_A_DAY = Limit("look-up-birth-day", 15, 24 * 3600)
MAX_DELAY_SECONDS = 2.0
WRONG = _("番号か合言葉が違います。受付番号（または再開番号）と、4つの言葉を確かめて、もう一度入力してください。")


def look_up(*, number: str, phrase: str, address: str) -> Application | FilingBundle:
    """The application of a number (受付番号, or 再開番号 while it is a draft) and its passphrase; or what is filed together, by its 再開番号.

    Five tries a number and thirty an address in a quarter of an hour, each slower than the last. The tries are counted per
    number *and* address, so that a stranger who tries somebody's number does not lock the owner out; from everywhere
    together a number only gets slower.
    """
    found = numbers.read_number(number) or numbers.read_resume_code(number)
    key = found or number.strip()[:40]
    _count(key, address)
    application = _by_number(found) if found else None
    stored = application.phrase_hash if application is not None else ""
    right = phrases.check_phrase(phrase, stored) if stored else phrases.burn()
    if application is None or not right:
        raise Refused(WRONG, code="wrong")
    PER_NUMBER.clear(f"{key}|{address}")
    return application


def _by_number(number: str) -> Application | FilingBundle | None:
    found = Application.objects.filter(number=number).first() or Application.objects.drafts().filter(resume_code=number).first()
    return found or FilingBundle.objects.filter(resume_code=number).first()


def _count(key: str, address: str) -> None:
    verdict = PER_ADDRESS.hit(address)
    verdict = PER_NUMBER.hit(f"{key}|{address}") if verdict.allowed else verdict
    if not verdict.allowed:
        raise Refused(
            _("何度も続けて違う入力がありました。%(minutes)s分ほど待ってから、もう一度お試しください。")
            % {"minutes": verdict.wait_minutes},
            code="too_many",
        )
    everywhere = PER_NUMBER_ANYWHERE.hit(key)
    tries = max(verdict.used, everywhere.used if not everywhere.allowed else 0)
    time.sleep(min(MAX_DELAY_SECONDS, 0.1 * 2 ** (tries - 1)) if tries > 1 else 0)


def prove_birth(*, application: Application, born: date, address: str) -> None:
    """The second proof that opens whole answers and papers; raises Refused when it is wrong or was tried too often."""
    verdict = BIRTHS.hit(f"{application.pk}|{address}")
    verdict = BIRTHS_A_DAY.hit(str(application.pk)) if verdict.allowed else verdict
    if not verdict.allowed:
        raise Refused(
            _("何度も続けて違う入力がありました。%(minutes)s分ほど待ってから、もう一度お試しください。")
            % {"minutes": verdict.wait_minutes},
            code="too_many",
        )
    if born not in _births(application):
        raise Refused(_("生年月日が、申請の内容と合いません。もう一度確かめてください。"), code="wrong")
    BIRTHS.clear(f"{application.pk}|{address}")
    BIRTHS_A_DAY.clear(str(application.pk))


def _births(application: Application) -> set[date | None]:
    """The applicant's day of birth as it was sent, or later given by who had proven themselves or by the desk.

    Not as a correction says: for that number and passphrase do, and who has just these must not choose the second proof.
    """
    known: set[date | None] = set()
    before: date | None = None
    for revision in application.answers.exclude(kind=AnswersKind.DRAFT).order_by("number"):
        born = applicant_of(walk_revision(application, revision)).birth
        if born != before and revision.kind != AnswersKind.CORRECTION:
            known.add(born)
        before = born
    return known


@transaction.atomic
def claim(*, application: Application, resident: object) -> None:
    """Put an application that was begun without an account into the account of the person who proved to own it."""
    if application.resident_id is None:
        application.resident = resident
        application.save(update_fields=["resident"])
        record("applications.claim", by=resident, on=application)
        FilingBundle.objects.filter(members__application=application, resident=None).update(resident=resident)
