"""The acts of this room."""

from madoguchi.procedures.actions.banks import BankLists
from madoguchi.procedures.actions.checking import check_entry
from madoguchi.procedures.actions.library import LIBRARY, LibraryEntry, adopt, library_entries, read_entry
from madoguchi.procedures.actions.lists import WithBanks, entry_of, lists, publish_code_list
from madoguchi.procedures.actions.publishing import Proposal, close, hide, propose, publish, reopen, show

__all__ = [
    "LIBRARY",
    "BankLists",
    "LibraryEntry",
    "Proposal",
    "WithBanks",
    "adopt",
    "check_entry",
    "close",
    "entry_of",
    "hide",
    "library_entries",
    "lists",
    "propose",
    "publish",
    "publish_code_list",
    "read_entry",
    "reopen",
    "show",
]
