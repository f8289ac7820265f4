"""Addresses of notices."""

from django.urls import path

from zachetka.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.listed, name="list"),
    path("notices/read/", views.read, name="read"),
    path("notices/settings/", views.settings, name="settings"),
    path("notices/<int:pk>/open/", views.open_one, name="open"),
]
