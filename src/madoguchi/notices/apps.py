from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004 Django's own name


class NoticesConfig(AppConfig):
    name = "madoguchi.notices"
    label = "notices"


@register()
def mail_has_a_way(**_: Any) -> list[CheckMessage]:
    """An installation without a mail server looks healthy until the first resident waits for a code."""
    by_smtp = settings.EMAIL_BACKEND.endswith(("smtp.EmailBackend", "QuotingSmtp"))
    if settings.DEMO or settings.TESTING or settings.EMAIL_HOST or not by_smtp:
        return []
    return [Warning("No mail server is named: e-mail will wait and fail.", hint="Set MADOGUCHI_SMTP_HOST.", id="madoguchi.W101")]
