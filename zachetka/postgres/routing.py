"""Which alias does what: every alias is the same database under another role."""

from django.db.models import Model


class DefaultOnly:
    """Rows are read and written through `default` unless code asks for another role; tables change through `migrate`."""

    def db_for_read(self, _model: type[Model], **_hints: object) -> str | None:
        return None

    def db_for_write(self, _model: type[Model], **_hints: object) -> str | None:
        return None

    def allow_relation(self, _one: Model, _other: Model, **_hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: object) -> bool:
        return db == "migrate"
