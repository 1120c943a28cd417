"""The acts of this room."""

from madoguchi.procedures.actions.banks import BankLists
from madoguchi.procedures.actions.blocks import BLOCKS, Block, blocks
from madoguchi.procedures.actions.checking import check_entry
from madoguchi.procedures.actions.counting import record_counts
from madoguchi.procedures.actions.drafting import draft_from_file, renew_draft, restore_version, restored_document
from madoguchi.procedures.actions.entries import add_entry, end_entry, entries_for, restore_entry, update_entry
from madoguchi.procedures.actions.examples import Outcome, change_example, drop_example, found_in, keep_example, run_examples
from madoguchi.procedures.actions.facts import keep_facts
from madoguchi.procedures.actions.importing import drop_import, read_inventory, take_import
from madoguchi.procedures.actions.library import LIBRARY, LibraryEntry, adopt, library_entries, read_entry
from madoguchi.procedures.actions.lists import WithBanks, entry_of, lists, publish_code_list
from madoguchi.procedures.actions.national import load_national, national_for, proposals_for, take_proposals
from madoguchi.procedures.actions.own_blocks import all_blocks, drop_block, save_block
from madoguchi.procedures.actions.planning import move_rule, order_entry, plan_entry, save_rule, set_weights
from madoguchi.procedures.actions.publishing import Proposal, close, hide, propose, publish, reopen, show
from madoguchi.procedures.actions.releasing import (
    DEFAULT_WAYS,
    WAYS,
    cancel_schedule,
    publish_draft,
    publish_due,
    schedule_publishing,
    sound_ways,
)
from madoguchi.procedures.actions.reviewing import approve_review, ask_review, send_back_review, writers
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
from madoguchi.procedures.actions.tasklist import Task, TaskList, needed_notices, needs_review, publishing_tasks, standing_review

__all__ = [
    "BLOCKS",
    "DEFAULT_WAYS",
    "LIBRARY",
    "WAYS",
    "BankLists",
    "Block",
    "LibraryEntry",
    "Outcome",
    "Proposal",
    "Task",
    "TaskList",
    "WithBanks",
    "add_entry",
    "add_in_survey",
    "adopt",
    "all_blocks",
    "answer_entry",
    "approve_reply",
    "approve_review",
    "ask_review",
    "blocks",
    "cancel_schedule",
    "change_draft",
    "change_example",
    "check_entry",
    "choice_ids",
    "close",
    "close_survey",
    "draft_from_file",
    "drop_block",
    "drop_draft",
    "drop_example",
    "drop_import",
    "end_entry",
    "entries_for",
    "entry_of",
    "found_in",
    "hide",
    "keep_example",
    "keep_facts",
    "library_entries",
    "lists",
    "load_national",
    "may_undo",
    "move_rule",
    "national_for",
    "needed_notices",
    "needs_review",
    "open_draft",
    "open_survey",
    "order_entry",
    "plan_entry",
    "proposals_for",
    "propose",
    "propose_in_survey",
    "publish",
    "publish_code_list",
    "publish_draft",
    "publish_due",
    "publishing_tasks",
    "read_entry",
    "read_inventory",
    "record_counts",
    "remind_divisions",
    "renew_draft",
    "reopen",
    "restore_entry",
    "restore_version",
    "restored_document",
    "run_examples",
    "save_block",
    "save_rule",
    "schedule_publishing",
    "send_back_reply",
    "send_back_review",
    "set_weights",
    "show",
    "sound_ways",
    "standing_review",
    "submit_reply",
    "take_draft",
    "take_import",
    "take_proposals",
    "undo_draft",
    "update_entry",
    "was_published",
    "writers",
]
