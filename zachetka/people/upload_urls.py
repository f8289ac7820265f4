"""Addresses of the pages on which lists are taken in."""

from django.urls import path

from zachetka.people.views import uploads

app_name = "imports"
urlpatterns = [
    path("imports/", uploads.uploads, name="list"),
    path("imports/export/", uploads.export, name="export"),
    path("imports/<int:pk>/", uploads.upload, name="card"),
    path("imports/<int:pk>/columns/", uploads.columns, name="columns"),
    path("imports/<int:pk>/confirm/", uploads.confirm, name="confirm"),
    path("imports/<int:pk>/cancel/", uploads.cancel, name="cancel"),
    path("imports/<int:pk>/refused/", uploads.refused, name="refused"),
]
