"""The room «Программы»."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.programs"
    verbose_name = "Программы"
