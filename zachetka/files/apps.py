"""The room «Файлы»."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.files"
    verbose_name = "Файлы"
