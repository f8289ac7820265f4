"""The room «Уничтожение»."""

from django.apps import AppConfig


class DestructionConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.destruction"
    verbose_name = "Уничтожение"

    def ready(self) -> None:
        """Give cards what was destroyed and what is held, take the bytes of destroyed files away by the clock."""
        from zachetka.destruction import card_section, work  # noqa: F401 - importing them registers what they do
