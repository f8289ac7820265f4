"""The room of rights."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Accounts, roles by order, the policy (п. 3.8)."""

    name = "zachetka.access"
    verbose_name = "Доступ"
