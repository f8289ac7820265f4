"""The room «Люди»."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.people"
    verbose_name = "Люди"
