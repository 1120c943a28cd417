"""What happens by itself, every minute: the acts that settings.CLOCK names, inside each municipality's scope."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import override
from django_scopes import scope

from madoguchi.accounts.models import Municipality
from madoguchi.lib.tasks import where

log = logging.getLogger("madoguchi.jobs")


def strike(*, force: bool = False) -> int:
    """Call every act of CLOCK once in this minute, however many workers ask; gives the number of calls made.

    An act takes no argument, is quick (it enqueues what is slow) and looks by itself whether anything is due. One that raises
    is logged and does not keep the others from their turn.
    """
    minute = int(timezone.now().timestamp()) // 60
    if not cache.add(f"clock:{minute}", 1, 180) and not force:
        return 0
    calls = 0
    for path in getattr(settings, "CLOCK", []):
        for municipality in Municipality.objects.order_by("pk"):
            calls += 1
            try:
                with scope(municipality=municipality), override("ja"):
                    import_string(path)()
            except Exception as error:  # noqa: BLE001 one room's failure must not stop the others' clock
                log.error("clock: %s for %s: %s", path, municipality.slug, where(error))
    return calls
