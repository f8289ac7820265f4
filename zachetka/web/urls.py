"""Addresses of the pages that belong to no room."""

from django.urls import path

from zachetka.web import views

app_name = "web"
urlpatterns = [
    path("", views.today, name="home"),
    path("search/", views.find, name="search"),
    path("theme/", views.theme, name="theme"),
    path("design/", views.design_sheet, name="design"),
]
