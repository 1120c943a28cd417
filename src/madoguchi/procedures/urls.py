"""Paths of this room. `slug` is the municipality's and is spent by the guards; `procedure` is a procedure's slug."""

from django.urls import path

from madoguchi.procedures.views import desk as desk_views
from madoguchi.procedures.views import (
    examples,
    inventory,
    inventory_plan,
    publishing,
    studio,
    studio_blocks,
    studio_paper,
    surveys,
    versions,
)
from madoguchi.procedures.views import resident as views

resident = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("life/<slug:event>/", views.life_event, name="life_event"),
    path("divisions/<slug:code>/", views.division, name="division"),
    path("procedures/", views.every, name="all"),
    path("procedures/<slug:procedure>/", views.procedure, name="procedure"),
]

desk = [
    path("procedures/", desk_views.every, name="list"),
    path("procedures/<slug:procedure>/", desk_views.procedure, name="procedure"),
    path("procedures/<slug:procedure>/opening/", desk_views.opening, name="opening"),
    path("procedures/<slug:procedure>/hidden/", desk_views.hidden, name="hidden"),
    path("procedures/<slug:procedure>/publish/", desk_views.publishing, name="publish"),
    path("procedures/<slug:procedure>/versions/<int:number>/", desk_views.version, name="version"),
    path("procedures/<slug:procedure>/versions/<int:number>/form.json", desk_views.version_json, name="version_json"),
    path("procedures/<slug:procedure>/versions/<int:number>/compare/<int:other>/", versions.compare, name="compare"),
    path("procedures/<slug:procedure>/versions/<int:number>/restore/", versions.restore, name="restore"),
    path("procedures/<slug:procedure>/studio/", studio.studio, name="studio"),
    path("procedures/<slug:procedure>/studio/publish/", publishing.publishing, name="studio_publish"),
    path("procedures/<slug:procedure>/studio/facts/", examples.facts, name="studio_facts"),
    path("procedures/<slug:procedure>/studio/examples/", examples.every, name="studio_examples"),
    path("procedures/<slug:procedure>/studio/examples/<int:example>/", examples.one, name="studio_example"),
    path("procedures/<slug:procedure>/studio/paper/", studio_paper.paper, name="studio_paper"),
    path("procedures/<slug:procedure>/studio/blocks/", studio_blocks.shelf, name="studio_blocks"),
    path("inventory/", inventory.home, name="inventory"),
    path("inventory/procedures/", inventory.entries, name="inventory_entries"),
    path("inventory/procedures.xlsx", inventory.entries_xlsx, name="inventory_xlsx"),
    # `path`: a number that an earlier sheet brought may hold a "/", and must not take down the pages that link to it
    path("inventory/procedures/<path:number>/", inventory.entry, name="inventory_entry"),
    path("inventory/surveys/new/", surveys.new_survey, name="new_survey"),
    path("inventory/surveys/<int:survey>/", surveys.survey, name="survey"),
    path("inventory/surveys/<int:survey>/remind/", surveys.remind, name="remind"),
    path("inventory/surveys/<int:survey>/close/", surveys.close, name="close_survey"),
    path("inventory/surveys/<int:survey>/<slug:division>/", surveys.reply, name="reply"),
    path("inventory/surveys/<int:survey>/<slug:division>/answers.xlsx", surveys.reply_xlsx, name="reply_xlsx"),
    path("inventory/surveys/<int:survey>/<slug:division>/<path:number>/", surveys.answer, name="answer"),
    path("inventory/import/", inventory_plan.importing, name="inventory_importing"),
    path("inventory/import/<int:found>/", inventory_plan.one_import, name="inventory_import"),
    path("inventory/rules/", inventory_plan.rules, name="inventory_rules"),
    path("inventory/rules/<int:rule>/move/", inventory_plan.moving_rule, name="move_rule"),
    path("inventory/counts/", inventory_plan.counts, name="inventory_counts"),
    path("inventory/weights/", inventory_plan.weights, name="inventory_weights"),
    path("inventory/published/", inventory_plan.publication, name="publication"),
    path("inventory/published.<slug:kind>", inventory_plan.publication_file, name="publication_file"),
]
