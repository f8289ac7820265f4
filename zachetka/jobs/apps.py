"""The room «Фоновые задания»."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.jobs"
    verbose_name = "Фоновые задания"
