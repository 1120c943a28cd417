"""From one round to the next: the seats that are left."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from madoguchi.accounts.models import User
from madoguchi.lib.errors import Refused
from madoguchi.nursery.actions.deciding import settle_answers
from madoguchi.nursery.actions.rounds import locked
from madoguchi.nursery.actions.seats import set_seats
from madoguchi.nursery.models import Round, RoundState, VacancyList
from madoguchi.nursery.models.freeing import seats_left


@transaction.atomic
def free_seats(*, round: Round, by: User) -> VacancyList:  # noqa: A002 the office's word
    """Make the list of seats of a round from what the round before left, 辞退 and 取下げ included. Raises Refused."""
    row = locked(round)
    if row.previous is None:
        raise Refused(_("前の回が決められていません。予定を変えるページで、前の回を選んでください。"), code="no_previous")
    if row.previous.state != RoundState.TOLD:
        raise Refused(_("前の回の結果をまだ知らせていません。知らせた後に、残りの席を入れられます。"), code="previous_open")
    settle_answers(round=row.previous)
    source = _("%(round)sの残りと辞退") % {"round": row.previous}
    return set_seats(round=row, seats=seats_left(row.previous), by=by, source=source)
