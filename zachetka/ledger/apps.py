"""The room of evidence."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Append-only events, Merkle tree, signed checkpoints (п. 2.1, 3.3)."""

    name = "zachetka.ledger"
    verbose_name = "Журнал событий"
