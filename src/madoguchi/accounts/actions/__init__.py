"""The acts of this room."""

from madoguchi.accounts.actions.addresses import check_code, consume_link, look_at_link, make_link, send_code
from madoguchi.accounts.actions.audit import record, verify_chain
from madoguchi.accounts.actions.people import (
    add_member,
    change_password,
    keep_contact,
    open_municipality,
    resident_for,
    sign_in_staff,
    sweep_proofs,
    take_on,
)

__all__ = [
    "add_member",
    "change_password",
    "check_code",
    "consume_link",
    "keep_contact",
    "look_at_link",
    "make_link",
    "open_municipality",
    "record",
    "resident_for",
    "send_code",
    "sign_in_staff",
    "sweep_proofs",
    "take_on",
    "verify_chain",
]
