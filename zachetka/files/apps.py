"""The room «Файлы»."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.files"
    verbose_name = "Файлы"

    def ready(self) -> None:
        """Have the store checked with the ledger."""
        from zachetka.files import checking  # noqa: F401 - importing it registers the check
