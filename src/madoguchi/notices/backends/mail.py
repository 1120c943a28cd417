"""E-mail by SMTP."""

from __future__ import annotations

import smtplib
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext as _

from madoguchi.lib.errors import BackendError
from madoguchi.lib.seal import Unsealable
from madoguchi.notices.models import Notice


def quoted(address: str) -> str:
    """An address as SMTP's grammar wants it: old carrier addresses with `..` or a dot before the @ get quotes (RFC 5321, 4.1.2)."""
    local, at, domain = address.rpartition("@")
    if not local.startswith('"') and (".." in local or local.startswith(".") or local.endswith(".")):
        local = '"{}"'.format(local.replace("\\", "\\\\").replace('"', '\\"'))
    return f"{local}{at}{domain}"


class _Connection(smtplib.SMTP):
    def rcpt(self, recip: str, options: tuple[str, ...] = ()) -> tuple[int, bytes]:
        return super().rcpt(quoted(recip), options)


class QuotingSmtp(EmailBackend):
    """Django's SMTP, which takes the quotes of an address away, with the quotes put back on the wire. A value for EMAIL_BACKEND."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return super().connection_class if self.use_ssl else _Connection


class Email:
    """Plain text through EMAIL_BACKEND: nothing to load, nothing to click but our own address."""

    leaves_house = True

    def __init__(self, *, sender: str = "") -> None:
        self.sender = sender or settings.DEFAULT_FROM_EMAIL

    def deliver(self, notice: Notice) -> str:
        try:
            self._message(notice).send()
        except Unsealable as error:
            raise BackendError(f"the body cannot be opened: {error}", temporary=False) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise BackendError(_answer(code, words), temporary=code < 500) from error
        except smtplib.SMTPResponseException as error:  # the server itself: wrong password, too busy, sender refused
            raise BackendError(_answer(error.smtp_code, error.smtp_error), temporary=error.smtp_code < 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise BackendError(f"{type(error).__name__}: {error}", temporary=True) from error
        except ValueError as error:  # an address that cannot be written into a header
            raise BackendError(f"{type(error).__name__}: {error}", temporary=False) from error
        return _("メールサーバーが受け取りました")

    def _message(self, notice: Notice) -> EmailMessage:
        domain = self.sender.rpartition("@")[2].strip(" >") or "localhost"
        return EmailMessage(
            subject=notice.subject,
            body=notice.text,
            from_email=formataddr((notice.municipality.name, self.sender)) if "<" not in self.sender else self.sender,
            to=[quoted(notice.email)],
            headers={
                "Message-ID": f"<{notice.uuid}@{domain}>",  # the same for each attempt, so that a second copy is known as one
                "Auto-Submitted": "auto-generated",  # RFC 3834: no absence replies
                "X-Auto-Response-Suppress": "All",
                "Content-Language": "en" if notice.language == "en" else "ja",
            },
        )


def _answer(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
