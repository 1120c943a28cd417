"""The acts of this room."""

from madoguchi.notices.actions.letters import document_pdf, posted, print_run
from madoguchi.notices.actions.sending import notify, recall, release, resend, returned, try_again

__all__ = ["document_pdf", "notify", "posted", "print_run", "recall", "release", "resend", "returned", "try_again"]
