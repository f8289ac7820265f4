"""The Django app of the interface."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Base templates, navigation and the design system."""

    name = "zachetka.web"
    label = "web"
    verbose_name = "Интерфейс"
