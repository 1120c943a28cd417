"""The acts of this room."""

from madoguchi.accounts.actions.addresses import check_code, consume_link, look_at_link, make_link, send_code
from madoguchi.accounts.actions.audit import record, verify_chain
from madoguchi.accounts.actions.people import add_member, open_municipality, resident_for, sign_in_staff

__all__ = [
    "add_member",
    "check_code",
    "consume_link",
    "look_at_link",
    "make_link",
    "open_municipality",
    "record",
    "resident_for",
    "send_code",
    "sign_in_staff",
    "verify_chain",
]
