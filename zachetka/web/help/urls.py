"""Addresses of help."""

from django.urls import path

from zachetka.web.help import views

app_name = "help"
urlpatterns = [
    path("help/", views.index, name="index"),
    path("help/common/", views.common, name="common"),
    path("help/<slug:name>/", views.guide, name="guide"),
]
