"""Addresses of what comes from other systems."""

from django.urls import path

from zachetka.exchange import views

app_name = "exchange"
urlpatterns = [
    path("moodle/people/", views.moodle_people, name="moodle-people"),
    path("moodle/marks/", views.moodle_marks, name="moodle-marks"),
]
