"""The room «Люди»."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.people"
    verbose_name = "Люди"

    def ready(self) -> None:
        """Know the work that may be asked for and what is told by the clock, give cards the parts of consents and merges."""
        from zachetka.people import consent_section, merged, telling, work  # noqa: F401 - importing them registers each
        from zachetka.people.actions import suspending  # noqa: F401 - likewise
