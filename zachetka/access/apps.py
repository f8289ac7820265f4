"""The room of rights."""

from importlib import import_module

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Accounts, roles by order, the policy (п. 3.8)."""

    name = "zachetka.access"
    verbose_name = "Доступ"

    def ready(self) -> None:
        """Let every field be searched by its folded form; the lowest room that is an application does it for all."""
        import_module("zachetka.core.folded")
