"""Addresses of register books."""

from django.urls import path

from zachetka.registers import views

app_name = "registers"
urlpatterns = [
    path("registers/", views.registers, name="list"),
    path("registers/export/", views.registers_export, name="list-export"),
    path("registers/<int:pk>/", views.register, name="book"),
    path("registers/<int:pk>/export/", views.register_export, name="export"),
]
