"""The room «Обучение»."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.learning"
    verbose_name = "Обучение"
