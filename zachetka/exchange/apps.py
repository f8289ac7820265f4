"""The room «Обмен»."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.exchange"
    verbose_name = "Обмен"

    def ready(self) -> None:
        """Register the work that the worker does for this room."""
        from zachetka.exchange import work  # noqa: F401 - importing it registers the work
