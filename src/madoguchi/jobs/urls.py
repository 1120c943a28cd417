"""Paths of this room."""

from django.urls import path

from madoguchi.jobs import views

desk = [
    path("jobs/", views.jobs, name="list"),
    path("workers/", views.health, name="health"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("jobs/<int:pk>/again/", views.again, name="again"),
]
