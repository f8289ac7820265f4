"""The room «Обучение»."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.learning"
    verbose_name = "Обучение"

    def ready(self) -> None:
        """Give people's cards the part that this room knows, and background work what it does."""
        from zachetka.learning import card_section, work  # noqa: F401 - importing them registers the part and the work
