"""The acts of this room."""

from madoguchi.procedures.actions.banks import BankLists
from madoguchi.procedures.actions.blocks import BLOCKS, Block, blocks
from madoguchi.procedures.actions.checking import check_entry
from madoguchi.procedures.actions.counting import record_counts
from madoguchi.procedures.actions.entries import add_entry, end_entry, entries_for, restore_entry, update_entry
from madoguchi.procedures.actions.importing import drop_import, read_inventory, take_import
from madoguchi.procedures.actions.library import LIBRARY, LibraryEntry, adopt, library_entries, read_entry
from madoguchi.procedures.actions.lists import WithBanks, entry_of, lists, publish_code_list
from madoguchi.procedures.actions.national import load_national, national_for, proposals_for, take_proposals
from madoguchi.procedures.actions.own_blocks import all_blocks, drop_block, save_block
from madoguchi.procedures.actions.planning import move_rule, order_entry, plan_entry, save_rule, set_weights
from madoguchi.procedures.actions.publishing import Proposal, close, hide, propose, publish, reopen, show
from madoguchi.procedures.actions.studio import (
    change_draft,
    choice_ids,
    drop_draft,
    may_undo,
    open_draft,
    take_draft,
    undo_draft,
    was_published,
)
from madoguchi.procedures.actions.surveying import (
    add_in_survey,
    answer_entry,
    approve_reply,
    close_survey,
    open_survey,
    propose_in_survey,
    remind_divisions,
    send_back_reply,
    submit_reply,
)

__all__ = [
    "BLOCKS",
    "LIBRARY",
    "BankLists",
    "Block",
    "LibraryEntry",
    "Proposal",
    "WithBanks",
    "add_entry",
    "add_in_survey",
    "adopt",
    "all_blocks",
    "answer_entry",
    "approve_reply",
    "blocks",
    "change_draft",
    "check_entry",
    "choice_ids",
    "close",
    "close_survey",
    "drop_block",
    "drop_draft",
    "drop_import",
    "end_entry",
    "entries_for",
    "entry_of",
    "hide",
    "library_entries",
    "lists",
    "load_national",
    "may_undo",
    "move_rule",
    "national_for",
    "open_draft",
    "open_survey",
    "order_entry",
    "plan_entry",
    "proposals_for",
    "propose",
    "propose_in_survey",
    "publish",
    "publish_code_list",
    "read_entry",
    "read_inventory",
    "record_counts",
    "remind_divisions",
    "reopen",
    "restore_entry",
    "save_block",
    "save_rule",
    "send_back_reply",
    "set_weights",
    "show",
    "submit_reply",
    "take_draft",
    "take_import",
    "take_proposals",
    "undo_draft",
    "update_entry",
    "was_published",
]
