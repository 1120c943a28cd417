"""Paths of this room. `slug` is the municipality's and is spent by the guards; `procedure` is a procedure's slug."""

from django.urls import path

from madoguchi.procedures.views import desk as desk_views
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
]
