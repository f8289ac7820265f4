"""The room «Книги регистрации»."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """See the package's docstring."""

    name = "zachetka.registers"
    verbose_name = "Книги регистрации"
