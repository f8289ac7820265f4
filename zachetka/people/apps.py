"""The room «Люди»."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.people"
    verbose_name = "Люди"

    def ready(self) -> None:
        """Know the work that may be asked for."""
        from zachetka.people import work  # noqa: F401 - importing it registers the work
