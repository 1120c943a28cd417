"""Paths of this room."""

from django.urls import path

from madoguchi.notices import views

desk = [
    path("notices/", views.outbox, name="list"),
    path("letters/", views.letters, name="letters"),
    path("letters/letters.pdf", views.letters_pdf, name="letters_pdf"),
    path("letters/posted/", views.posted, name="posted"),
    path("notices/<uuid:uuid>/", views.notice, name="notice"),
    path("notices/<uuid:uuid>/letter.pdf", views.letter, name="letter"),
    path("notices/<uuid:uuid>/resend/", views.resend, name="resend"),
    path("notices/<uuid:uuid>/returned/", views.returned, name="returned"),
]

shared = [
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/mail/<int:pk>/", views.mail, name="mail"),
    path("mailbox/letter/<uuid:uuid>/", views.mailbox_letter, name="letter"),
]
