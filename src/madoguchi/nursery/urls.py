"""Paths of this room. `slug` is the municipality's and is spent by the guards; `round` is a round's slug."""

from django.urls import path

from madoguchi.nursery.views import desk_certificates, desk_certifications, desk_facilities, desk_families, desk_rounds, desk_runs, employer

resident = [
    path("nursery/employer/<str:token>/", employer.employer, name="employer"),
]

desk = [
    path("nursery/", desk_rounds.rounds, name="rounds"),
    path("nursery/rounds/new/", desk_rounds.new_round, name="new_round"),
    path("nursery/rounds/<slug:round>/", desk_rounds.round_page, name="round"),
    path("nursery/rounds/<slug:round>/edit/", desk_rounds.edit_round, name="edit_round"),
    path("nursery/rounds/<slug:round>/move/", desk_rounds.move, name="move"),
    path("nursery/rounds/<slug:round>/run/", desk_rounds.run, name="start_run"),
    path("nursery/rounds/<slug:round>/approve/", desk_rounds.approve, name="approve"),
    path("nursery/rounds/<slug:round>/send-back/", desk_rounds.send_back, name="send_back"),
    path("nursery/rounds/<slug:round>/finalise/<slug:act>/", desk_rounds.finalise, name="finalise"),
    path("nursery/rounds/<slug:round>/seats/", desk_facilities.seats, name="seats"),
    path("nursery/rounds/<slug:round>/seats.xlsx", desk_facilities.seats_xlsx, name="seats_xlsx"),
    path("nursery/rounds/<slug:round>/seats/import/", desk_facilities.import_round_seats, name="import_seats"),
    path("nursery/rounds/<slug:round>/seats/free/", desk_facilities.take_free_seats, name="free_seats"),
    path("nursery/rounds/<slug:round>/families/", desk_families.families, name="families"),
    path("nursery/rounds/<slug:round>/families.xlsx", desk_families.families_xlsx, name="families_xlsx"),
    path("nursery/rounds/<slug:round>/take-in/", desk_families.start_taking_in, name="take_in"),
    path("nursery/rounds/<slug:round>/score/", desk_families.score_all, name="score_all"),
    path("nursery/rounds/<slug:round>/certifications/", desk_certifications.certifications, name="certifications"),
    path("nursery/rounds/<slug:round>/certifications/propose/", desk_certifications.propose_certifications, name="propose_certifications"),
    path("nursery/rounds/<slug:round>/certifications/decide/", desk_certifications.decide_certifications, name="decide_certifications"),
    path(
        "nursery/rounds/<slug:round>/certifications/postpone/", desk_certifications.postpone_certifications, name="postpone_certifications"
    ),
    path("nursery/facilities/", desk_facilities.facilities, name="facilities"),
    path("nursery/facilities.xlsx", desk_facilities.facilities_xlsx, name="facilities_xlsx"),
    path("nursery/facilities/import/", desk_facilities.import_list, name="import_facilities"),
    path("nursery/facilities/publish/", desk_facilities.publish, name="publish_facilities"),
    path("nursery/facilities/<str:code>/", desk_facilities.facility, name="facility"),
    path("nursery/families/<int:household>/", desk_families.family, name="family"),
    path("nursery/families/<int:household>/facts/", desk_families.judge_facts, name="judge_facts"),
    path("nursery/families/<int:household>/correct/", desk_families.correct, name="correct"),
    path("nursery/families/<int:household>/checked/", desk_families.checked, name="checked"),
    path("nursery/families/<int:household>/certificates/<int:parent>/", desk_certificates.certificate, name="certificate"),
    path("nursery/families/<int:household>/certificates/<int:parent>/link/", desk_certificates.employer_link, name="employer_link"),
    path("nursery/families/<int:household>/verify/<int:certificate>/", desk_certificates.verify, name="verify_certificate"),
    path("nursery/children/<int:candidate>/by-hand/", desk_families.by_hand, name="by_hand"),
    path("nursery/by-hand/<int:place>/revoke/", desk_families.revoke, name="revoke"),
    path("nursery/runs/<int:run>/", desk_runs.run_page, name="run"),
    path("nursery/runs/<int:run>/propose/", desk_rounds.propose, name="propose"),
    path("nursery/runs/<int:run>/children/", desk_runs.run_children, name="run_children"),
    path("nursery/runs/<int:run>/children/<int:candidate>/", desk_runs.run_child, name="run_child"),
    path("nursery/runs/<int:run>/facilities/<str:code>/", desk_runs.run_facility, name="run_facility"),
    path("nursery/runs/<int:run>/run.xlsx", desk_runs.run_xlsx, name="run_xlsx"),
    path("nursery/runs/<int:run>/what-if/", desk_runs.what_if, name="what_if"),
    path("nursery/runs/<int:run>/compare/<int:other>/", desk_runs.compare_runs, name="compare"),
    path("nursery/runs/<int:run>/papers.pdf", desk_runs.papers, name="meeting_papers"),
]
