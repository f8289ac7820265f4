"""Addresses of the journal of events and of the ledger."""

from django.urls import path

from zachetka.web.events import views

app_name = "events"
urlpatterns = [
    path("events/", views.journal, name="list"),
    path("events/export/", views.export, name="export"),
    path("events/<int:pk>/", views.event, name="event"),
    path("events/<int:pk>/proof/", views.event_proof, name="proof"),
    path("people/<uuid:uid>/events/", views.of_person, name="person"),
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/check/", views.check, name="check"),
]
