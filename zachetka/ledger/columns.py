"""Column types that Django does not know."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.expressions import Expression

    IntegerColumn = models.Field[int, int]
else:
    IntegerColumn = models.Field  # Django's class takes no parameters at run time


class TransactionId(IntegerColumn):
    """PostgreSQL's `xid8`: the number of a transaction, never reused within one cluster."""

    def db_type(self, connection: "BaseDatabaseWrapper") -> str:  # noqa: ARG002 - Django's signature
        return "xid8"

    def from_db_value(
        self,
        value: str | int | None,
        expression: "Expression",  # noqa: ARG002
        connection: "BaseDatabaseWrapper",  # noqa: ARG002
    ) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: int | None) -> str | None:
        return None if value is None else str(value)
