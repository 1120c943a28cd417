"""Paths of this room."""

from django.conf import settings
from django.urls import path

from madoguchi.accounts import views

shared = [
    path("", views.home, name="home"),
    path("language/", views.language, name="language"),
    path("health", views.health, name="health"),
]
if settings.SERVE != "resident":  # the residents' host has nothing where a password of the desk could be tried
    shared += [
        path("sign-in/desk/", views.desk_sign_in, name="desk_sign_in"),
        path("sign-in/desk/out/", views.desk_sign_out, name="sign_out"),
        path("sign-in/desk/self/", views.desk_self, name="desk_self"),
        path("sign-in/desk/as/<int:membership>/", views.act_as, name="act_as"),
    ]
