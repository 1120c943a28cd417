"""The acts of this room, named by the office's verbs."""

from madoguchi.nursery.actions.certificates import enter_certificate, make_employer_link, receive_from_employer, verify_certificate
from madoguchi.nursery.actions.certifying import (
    certify,
    postpone_certification,
    propose_certification,
    recall_certification,
    release_certification,
)
from madoguchi.nursery.actions.changing import change_wishes
from madoguchi.nursery.actions.core_families import import_core_families, save_layout
from madoguchi.nursery.actions.deciding import (
    confirm_birth,
    decide_candidate,
    finish_deciding,
    finish_recalling,
    finish_telling,
    recall_candidate,
    settle_answers,
    tell_candidate,
)
from madoguchi.nursery.actions.facilities import close_facility, import_facilities, publish_facilities, save_district, save_facility
from madoguchi.nursery.actions.facts import correct_fact, leave, put_facts, take_over
from madoguchi.nursery.actions.freeing import free_seats
from madoguchi.nursery.actions.hand_places import place_by_hand, revoke_hand_place
from madoguchi.nursery.actions.importing import import_result
from madoguchi.nursery.actions.office import import_office_list, judge_office_row
from madoguchi.nursery.actions.rounds import approve_round, change_round, move_round, open_round, propose_run, send_round_back
from madoguchi.nursery.actions.running import start_analysis, start_run, start_what_if
from madoguchi.nursery.actions.scoring import confirm_checked, publish_rules, receive_papers, score_household, score_round
from madoguchi.nursery.actions.seats import import_seats, set_seats
from madoguchi.nursery.actions.taking_in import carry_over, settle_other_year, take_in_application

__all__ = [
    "approve_round",
    "carry_over",
    "certify",
    "change_round",
    "change_wishes",
    "close_facility",
    "confirm_birth",
    "confirm_checked",
    "correct_fact",
    "decide_candidate",
    "enter_certificate",
    "finish_deciding",
    "finish_recalling",
    "finish_telling",
    "free_seats",
    "import_core_families",
    "import_facilities",
    "import_office_list",
    "import_result",
    "import_seats",
    "judge_office_row",
    "leave",
    "make_employer_link",
    "move_round",
    "open_round",
    "place_by_hand",
    "postpone_certification",
    "propose_certification",
    "propose_run",
    "publish_facilities",
    "publish_rules",
    "put_facts",
    "recall_candidate",
    "recall_certification",
    "receive_from_employer",
    "receive_papers",
    "release_certification",
    "revoke_hand_place",
    "save_district",
    "save_facility",
    "save_layout",
    "score_household",
    "score_round",
    "send_round_back",
    "set_seats",
    "settle_answers",
    "settle_other_year",
    "start_analysis",
    "start_run",
    "start_what_if",
    "take_in_application",
    "take_over",
    "tell_candidate",
    "verify_certificate",
]
