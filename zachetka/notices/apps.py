"""The room «Уведомления»."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.notices"
    verbose_name = "Уведомления"

    def ready(self) -> None:
        """Let the worker know the work that comes by the clock."""
        from zachetka.notices import work  # noqa: F401 - importing it registers the work
