"""One database, three logins: reads and writes go to `default`, migrations to `migrate`."""

from __future__ import annotations

from typing import Any


class DefaultOnly:
    """Code that needs the sealer's login names it; nothing else ever leaves `default`."""

    def db_for_read(self, model: Any, **hints: Any) -> str:  # noqa: ARG002 - Django's signature
        """Read as the application."""
        return "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:  # noqa: ARG002
        """Write as the application."""
        return "default"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:  # noqa: ARG002
        """The aliases are one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:  # noqa: ARG002
        """The application's login may not change the schema."""
        return db == "migrate"
