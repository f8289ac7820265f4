"""The room «Обучение»."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.learning"
    verbose_name = "Обучение"

    def ready(self) -> None:
        """Give people's cards and the answers to data subjects what this room knows, do its background work and what is due."""
        from zachetka.learning import (  # noqa: F401 - importing them registers what they do
            card_section,
            merging,
            personal_work,
            subject_papers,
            summary_work,
            telling,
            work,
        )
        from zachetka.learning.actions import reopenings  # noqa: F401 - likewise
