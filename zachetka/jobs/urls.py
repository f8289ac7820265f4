"""Addresses of background work."""

from django.urls import path

from zachetka.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.job_list, name="list"),
    path("jobs/export/", views.job_export, name="export"),
    path("jobs/<int:pk>/", views.job_page, name="job"),
    path("jobs/<int:pk>/stop/", views.job_stop, name="stop"),
    path("jobs/<int:pk>/result/", views.job_result, name="result"),
]
