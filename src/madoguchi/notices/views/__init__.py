"""Pages of this room: the desk's outbox and letters, the demo's mailbox."""

from madoguchi.notices.views.desk import letter, letters, letters_pdf, notice, outbox, posted, resend, returned
from madoguchi.notices.views.mailbox import mail, mailbox, mailbox_letter

__all__ = ["letter", "letters", "letters_pdf", "mail", "mailbox", "mailbox_letter", "notice", "outbox", "posted", "resend", "returned"]
