"""The room «Люди»."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.people"
    verbose_name = "Люди"

    def ready(self) -> None:
        """Know the work that may be asked for, give cards the part of consents."""
        from zachetka.people import consent_section, work  # noqa: F401 - importing them registers the part and the work
