"""The Django app of the interface."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Base templates, navigation and the design system."""

    name = "zachetka.web"
    label = "web"
    verbose_name = "Интерфейс"

    def ready(self) -> None:
        """Listen to sign-ins from the first request on, know the work that may be asked for."""
        from zachetka.web import (
            signin,  # noqa: F401 - importing it connects its receivers
            work,  # noqa: F401 - importing it registers its work
        )
