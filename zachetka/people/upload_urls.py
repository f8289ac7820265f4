"""Addresses of the pages on which lists are taken in."""

from django.urls import path

from zachetka.people import upload_views

app_name = "imports"
urlpatterns = [
    path("imports/", upload_views.uploads, name="list"),
    path("imports/<int:pk>/", upload_views.upload, name="card"),
    path("imports/<int:pk>/columns/", upload_views.columns, name="columns"),
    path("imports/<int:pk>/confirm/", upload_views.confirm, name="confirm"),
    path("imports/<int:pk>/cancel/", upload_views.cancel, name="cancel"),
    path("imports/<int:pk>/refused/", upload_views.refused, name="refused"),
]
