"""The room «Обучение»."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.learning"
    verbose_name = "Обучение"

    def ready(self) -> None:
        """Give people's cards the part that this room knows."""
        from zachetka.learning import card_section  # noqa: F401 - importing it registers the part
