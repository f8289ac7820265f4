"""Addresses of programmes, scales and minima."""

from django.urls import path

from zachetka.programs import views

app_name = "programs"
urlpatterns = [
    path("programs/", views.programs, name="list"),
    path("programs/export/", views.programs_export, name="export"),
    path("programs/new/", views.create, name="new"),
    path("programs/scales/", views.scales, name="scales"),
    path("programs/scales/<slug:code>/", views.scale, name="scale"),
    path("programs/minima/", views.minima, name="minima"),
    path("programs/minima/<slug:which>/", views.norm, name="norm"),
    path("programs/<int:pk>/", views.card, name="card"),
    path("programs/<int:pk>/draft/", views.draft, name="draft"),
    path("programs/versions/<int:pk>/", views.version, name="version"),
    path("programs/versions/<int:pk>/edit/", views.edit, name="edit"),
    path("programs/versions/<int:pk>/matrix/", views.matrix, name="matrix"),
    path("programs/versions/<int:pk>/matrix/export/", views.matrix_export, name="matrix-export"),
    path("programs/versions/<int:pk>/<slug:name>/", views.step, name="step"),
]
